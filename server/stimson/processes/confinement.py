"""What a worker may not do, kept by the kernel.

Where the platform lacks one of these, the deadline of the pool still holds.
"""

import multiprocessing
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

from .child import die_with
from .limits import limit_memory

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_STANDARD_ERROR = 2
_DESCRIPTORS = Path("/dev/fd")
_GRACE = 2  # seconds of CPU beyond the deadline: the pool should be the first to act


def die_with_the_zygote() -> None:
    """Ask the kernel to kill this process when the one it was forked from ends.

    A spawned process is left out: the signal would come when the *thread* ends that
    started it.
    """
    parent = multiprocessing.parent_process()
    if parent is not None and parent.pid != os.getppid():
        die_with(os.getppid())


def give_way() -> None:
    """Ask the kernel never to interrupt others when there is work for this process.

    It would do so for each query, which costs the server more than a cheap query does. The
    share of the processors stays the same (sched(7), SCHED_BATCH).
    """
    if sys.platform == "linux":
        with suppress(PermissionError):  # some sandboxes forbid it: then it is slower
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def keep_only(descriptor: int) -> None:
    """Close what was inherited, save for the standard streams and `descriptor`.

    Among it is the pipe that keeps the zygote alive, and with it this worker.
    """
    if not _DESCRIPTORS.exists():
        return
    for entry in list(_DESCRIPTORS.iterdir()):
        if (other := int(entry.name)) > _STANDARD_ERROR and other != descriptor:
            os.closerange(other, other + 1)  # passes over the one that listed them


def shut_in(memory_mb: int) -> None:
    """Allow no new file or socket, no core dump, and `memory_mb` more memory than now."""
    if resource is None:
        return
    limit_memory(memory_mb)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NOFILE, 0)


def allow_cpu(seconds: float) -> None:
    """Have the kernel end this process if one query burns more than `seconds` and a little."""
    if resource is None:
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    until = int(usage.ru_utime + usage.ru_stime + seconds) + _GRACE
    resource.setrlimit(resource.RLIMIT_CPU, (until, hard))


class Allowance:
    """CPU for one query after another, without a word to the kernel before each."""

    def __init__(self) -> None:
        self._until = 0.0

    def grant(self, seconds: float) -> None:
        """Have the kernel end this process if it burns `seconds` twice over, and a little."""
        left = self._until - time.process_time()
        if not seconds <= left <= 2 * seconds:
            allow_cpu(2 * seconds)
            self._until = time.process_time() + 2 * seconds


def _limit(which: int, value: int) -> None:
    resource.setrlimit(which, (value, value))
