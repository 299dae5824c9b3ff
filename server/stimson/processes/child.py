"""Fork a process, have the kernel confine it, and tell why one ended: the same for all forks.

Where the platform lacks one of the limits, the deadline that the parent keeps still holds.
"""

import ctypes
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Literal

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_PR_SET_PDEATHSIG = 1
_STANDARD = (0, 1, 2)  # input, output, errors
_DESCRIPTORS = Path("/dev/fd")
_STATM = Path("/proc/self/statm")
_GRACE = 2  # seconds of CPU beyond the deadline: the parent should be the first to act
# The first three are its task's doing: it took too long, or too much memory, or was nested too
# deeply. "killed" is the kernel's, where memory is scarce, or an operator's; "ended" is ours.
Cause = Literal["time", "memory", "depth", "killed", "ended", "crash"]
_CAUSES: dict[int, Cause] = {
    -signal.SIGABRT: "memory",  # an allocation was refused
    -signal.SIGSEGV: "depth",  # the stack of a parser overflowed
    -signal.SIGKILL: "killed",
}
if hasattr(signal, "SIGXCPU"):
    _CAUSES[-signal.SIGXCPU] = "time"


def cause_of_death(exit_code: int) -> Cause:
    """Tell why a process ended that had not yet done its task."""
    return _CAUSES.get(exit_code, "crash")


def processors() -> int:
    """Count the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def can_fork() -> bool:
    """Tell whether a process may be forked: a lock that a thread holds would stay shut."""
    return hasattr(os, "fork") and threading.active_count() == 1


def fork(work: Callable[[], None]) -> int:
    """Fork a process that does `work`, and ends with this one; raises `OSError` if it cannot.

    It ends as its work does: with 0, with the status of a `SystemExit`, or else with 1.
    """
    parent = os.getpid()
    if pid := os.fork():
        return pid
    status = 1
    try:
        die_with_parent(parent)
        work()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except (BrokenPipeError, ConnectionResetError):
        status = 1  # nobody waits any more for what it had to say
    except BaseException:
        traceback.print_exc()
    finally:
        # Nothing that the parent has set up for its own end may happen in the child.
        os._exit(status)


def kill_child(pid: int) -> int:
    """End a child of this process if it still runs, and give its exit code."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def die_with_parent(parent: int) -> None:
    """Ask the kernel to end this process when `parent` ends, however that comes about."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before it could be watched
        os._exit(1)


def set_batch_priority() -> None:
    """Ask the kernel never to interrupt others when there is work for this process.

    It would do so for each query, which costs the server more than a cheap query does. The
    share of the processors stays the same (sched(7), SCHED_BATCH).
    """
    if sys.platform == "linux":
        with suppress(PermissionError):  # some sandboxes forbid it: then it is slower
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def close_other_fds(kept: int) -> None:
    """Close what was inherited, save for the standard streams and `kept`."""
    if not _DESCRIPTORS.exists():
        return
    for entry in list(_DESCRIPTORS.iterdir()):
        if (other := int(entry.name)) not in _STANDARD and other != kept:
            os.closerange(other, other + 1)  # passes over the one that listed them


def discard_streams() -> None:
    """Let nothing that libraries print or log reach anyone: it may quote what they read."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in _STANDARD:
        os.dup2(nowhere, stream)
    if nowhere not in _STANDARD:  # else one of them was closed before
        os.close(nowhere)


def apply_rlimits(memory_mb: int | None, *, opens: bool = False, writes: bool = False) -> None:
    """Allow `memory_mb` more memory than now, and no core dump.

    Unless it `opens`, the process has no new file or socket; unless it `writes`, no file grows.
    """
    if resource is None:
        return
    if memory_mb is not None:
        limit_memory(memory_mb)
    forbidden = [resource.RLIMIT_CORE]
    forbidden += [] if writes else [resource.RLIMIT_FSIZE]
    forbidden += [] if opens else [resource.RLIMIT_NOFILE]
    for each in forbidden:
        resource.setrlimit(each, (0, 0))


def limit_memory(more_mb: int) -> None:
    """Allow this process so much more memory than it has now, but never more than before."""
    if resource is None or not _STATM.exists():
        return
    size = int(_STATM.read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    wanted = size + more_mb * 2**20
    for before in resource.getrlimit(resource.RLIMIT_AS):
        wanted = wanted if before == resource.RLIM_INFINITY else min(wanted, before)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, wanted))


def limit_cpu(seconds: float) -> None:
    """Have the kernel end this process if it burns more than `seconds` from now, and a little."""
    if resource is None:
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    until = int(usage.ru_utime + usage.ru_stime + seconds) + _GRACE
    resource.setrlimit(resource.RLIMIT_CPU, (until, hard))


class CpuBudget:
    """CPU for one request after another, without a call to the kernel before each."""

    def __init__(self) -> None:
        self._until = 0.0

    def grant(self, seconds: float) -> None:
        """Have the kernel end this process if it burns `seconds` twice over, and a little."""
        left = self._until - time.process_time()
        if not seconds <= left <= 2 * seconds:
            limit_cpu(2 * seconds)
            self._until = time.process_time() + 2 * seconds
