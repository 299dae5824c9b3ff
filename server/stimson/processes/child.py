"""Fork a process, and tell why one ended: the same for all that is forked here."""

import os
import signal
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Literal

from .rlimits import die_with_parent

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
