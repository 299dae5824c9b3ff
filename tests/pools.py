"""What the tests of the embedded engine ask and await of a pool of workers."""

import os
from pathlib import Path

from waiting import wait_for

_MORE = 0.03  # seconds: to begin takes less


def load(pool):
    """Say what the workers of a pool are doing."""

    async def ask():
        return pool._engine.load()

    return pool.wait(ask())


def workers_of(pool):
    """List the query workers of one pool."""
    return {worker.pid for worker in list(pool._engine._workers)}


def is_running(pid):
    """Tell whether a process has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):  # it may end while it is looked at
        return False


def parent(pid):
    """Give the process that another descends from; None if that has ended."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def processor_time(pid):
    """Give the seconds that a process has used, to a hundredth."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def await_work(pool):
    """Wait until a worker is in the middle of a query, and give its process."""
    before = {pid: processor_time(pid) for pid in workers_of(pool)}

    def at_work():
        return [pid for pid, spent in before.items() if processor_time(pid) > spent + _MORE]

    wait_for(at_work)
    return at_work()[0]
