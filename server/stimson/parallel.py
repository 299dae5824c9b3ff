"""Work in forked processes: every task in one of its own, at the same time.

A child begins with all that its parent knows and sends back one pickled answer. Where
no process can be forked, or not safely since threads run, tasks run one by one.
"""

import ctypes
import gc
import os
import pickle
import selectors
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from traceback import format_exc
from typing import Any, TypeVar

from .errors import DeadlinePassed, ProcessLost

T = TypeVar("T")
_PR_SET_PDEATHSIG = 1


def processors() -> int:
    """Count the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def can_fork() -> bool:
    """Tell whether a process may be forked: a lock that a thread holds would stay shut."""
    return hasattr(os, "fork") and threading.active_count() == 1


def die_with(parent: int) -> None:
    """Ask the kernel to end this process when `parent` ends, however that comes about."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before it could be watched
        os._exit(1)


def run(tasks: Sequence[Callable[[], T]], timeout: float | None = None) -> list[T]:
    """Run tasks at the same time, and give their answers in the same order.

    The first exception of a task is raised here as it is. `ProcessLost` if a child was
    killed, `DeadlinePassed` if one is not done within `timeout` seconds; the others are
    ended then. Tasks that run here, one by one, have no deadline.
    """
    if not can_fork() or not tasks or (len(tasks) == 1 and timeout is None):
        return [task() for task in tasks]
    sys.stdout.flush()  # else every child would print what waits to be printed
    sys.stderr.flush()
    children: list[_Child] = []
    try:
        try:
            children.extend(map(_fork, tasks))
        except OSError:  # there may be no more processes, or no more pipes
            return [task() for task in tasks]
        _read(children, timeout)
        return [child.answer() for child in children]
    finally:
        for child in children:
            child.end()


@dataclass
class _Child:
    """A forked process, and what it has sent so far."""

    pid: int
    pipe: int
    sent: bytearray = field(default_factory=bytearray)
    status: int | None = None

    def answer(self) -> Any:
        """Give the answer of a child that has closed its pipe, or raise what it raised."""
        self.wait()
        if self.status:
            raise ProcessLost(
                f"A process of this program {_ending(self.status)} before it was done; "
                "run the command again, with more memory if that is scarce."
            )
        is_done, content = pickle.loads(self.sent)
        if is_done:
            return content
        raise _rebuild(*content)

    def wait(self) -> None:
        """Wait for the end of the child."""
        if self.status is None:
            self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def end(self) -> None:
        """End the child if it still runs, and free what it held."""
        os.close(self.pipe)
        if self.status is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            self.wait()


def _fork(task: Callable[[], Any]) -> _Child:
    reader, writer = os.pipe()
    parent = os.getpid()
    try:
        pid = os.fork()
    except OSError:
        os.close(reader)
        os.close(writer)
        raise
    if pid:
        os.close(writer)
        return _Child(pid, reader)
    status = 1
    try:
        die_with(parent)
        gc.freeze()  # what is inherited is not to be searched, and thereby copied
        os.close(reader)
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(_carry_out(task))
        sys.stdout.flush()
        sys.stderr.flush()
        status = 0
    finally:
        # Nothing that the parent has set up for its own end may happen in the child.
        os._exit(status)


def _carry_out(task: Callable[[], Any]) -> bytes:
    """Run a task, and pickle its answer or its exception."""
    try:
        return pickle.dumps((True, task()))
    except BaseException as fault:
        fault.add_note(f"In a process of its own:\n{format_exc()}")
        return pickle.dumps((False, _take_apart(fault)))


def _take_apart(
    fault: BaseException,
) -> tuple[type[BaseException], tuple[Any, ...], dict[str, Any]]:
    """Split an exception into what can be pickled, whatever arguments its class takes."""
    state = {name: value for name, value in vars(fault).items() if _is_picklable(value)}
    args = tuple(value if _is_picklable(value) else repr(value) for value in fault.args)
    return type(fault), args, state


def _rebuild(
    kind: type[BaseException], args: tuple[Any, ...], state: dict[str, Any]
) -> BaseException:
    # Its own class need not accept the arguments that it has handed on to its base.
    fault = kind.__new__(kind, *args)
    fault.args = args
    vars(fault).update(state)
    return fault


def _is_picklable(value: Any) -> bool:
    try:
        pickle.dumps(value)
    except (pickle.PicklingError, TypeError, AttributeError):
        return False
    return True


def _read(children: Sequence[_Child], timeout: float | None) -> None:
    """Read from all children until each has closed its pipe."""
    deadline = None if timeout is None else time.monotonic() + timeout
    with selectors.DefaultSelector() as selector:
        for child in children:
            selector.register(child.pipe, selectors.EVENT_READ, child)
        while selector.get_map():
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            ready = selector.select(left)
            if not ready:
                raise DeadlinePassed(f"The work was not done within {timeout:.0f} seconds.")
            for key, _ in ready:
                if piece := os.read(key.fd, 1 << 20):
                    key.data.sent += piece
                else:
                    selector.unregister(key.fd)


def _ending(status: int) -> str:
    return f"ended with {status}" if status > 0 else f"was killed by signal {-status}"
