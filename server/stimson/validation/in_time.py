"""Run tasks in a process of their own, each with a deadline; where there is no fork, here.

The process can open nothing: a query that names another endpoint does not reach it.
"""

import json
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .. import parallel

Task = Callable[[], Any]
LATE, LOST = "late", "lost"


def run_in_time(tasks: Sequence[Task], seconds: float) -> Iterator[tuple[Any, str | None]]:
    """Give what each task returns (it must fit into JSON), and None.

    Where a task runs past its `seconds` or takes the process with it, None and `LATE` or
    `LOST`; the tasks after it run in a new process.
    """
    if not hasattr(os, "fork"):
        yield from ((task(), None) for task in tasks)
        return
    waiting = list(tasks)
    while waiting:
        for outcome in _run(waiting, seconds):
            del waiting[0]
            yield outcome


def _run(tasks: Sequence[Task], seconds: float) -> Iterator[tuple[Any, str | None]]:
    """Run tasks in one process, up to the first that does not end well."""
    reader, writer = os.pipe()
    parent = os.getpid()
    process = os.fork()
    if process == 0:
        parallel.die_with(parent)
        os.close(reader)
        _serve(tasks, writer)
    os.close(writer)
    try:
        lines = _Lines(reader)
        for _ in range(len(tasks)):
            line, why = lines.next(seconds)
            yield (None, why) if why else (json.loads(line), None)
            if why:
                break
    finally:
        os.close(reader)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)


def _serve(tasks: Sequence[Task], writer: int) -> None:
    """Write what each task returns on a line; never return."""
    status = 1
    try:
        _close_the_doors()
        for task in tasks:
            text = f"{json.dumps(task())}\n".encode()
            while text:
                text = text[os.write(writer, text) :]
        status = 0
    except Exception:
        # Nobody above will see it: what runs here is the end of this process.
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        # Neither the exit handlers nor the buffers of the process that forked are ours.
        os._exit(status)


def _close_the_doors() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class _Lines:
    """The lines that come through a pipe, each with a deadline."""

    def __init__(self, reader: int) -> None:
        self._reader, self._held = reader, b""

    def next(self, seconds: float) -> tuple[bytes, str | None]:
        """Give the next line and None, else why there is none."""
        deadline = time.monotonic() + seconds
        while b"\n" not in self._held:
            left = max(0.0, deadline - time.monotonic())
            if not select.select([self._reader], [], [], left)[0]:
                return b"", LATE
            if not (chunk := os.read(self._reader, 1 << 16)):
                return b"", LOST
            self._held += chunk
        line, _, self._held = self._held.partition(b"\n")
        return line, None
