"""A forked process that carries out tasks, and what its parent knows of it."""

import ctypes
import gc
import mmap
import os
import pickle
import signal
import struct
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from . import limits
from .limits import Why
from .outcome import carry_out

Task = Callable[[], Any]
Allowance = Callable[[], float]  # seconds for the task that begins now
_PR_SET_PDEATHSIG = 1
_STANDARD_ERROR = 2
_LENGTH = struct.Struct("!Q")
_BOARD = 4096  # bytes
_OUT_OF_MEMORY = (signal.SIGABRT, signal.SIGKILL)  # an allocator gives up so, and the kernel
_board: mmap.mmap | None = None


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


def mark(at: str) -> None:
    """Say what this process is at: its parent knows it then, should this process be lost."""
    if _board is not None:
        content = at.encode("utf-8", "surrogateescape")[: _BOARD - _LENGTH.size]
        _board[: _LENGTH.size + len(content)] = _LENGTH.pack(len(content)) + content


def _read(board: mmap.mmap) -> str:
    (length,) = _LENGTH.unpack_from(board)
    return board[_LENGTH.size : _LENGTH.size + length].decode("utf-8", "surrogateescape")


@dataclass(slots=True)
class TaskProcess:
    """A forked process, and what it has sent so far."""

    pid: int
    pipe: int
    board: mmap.mmap
    sent: bytearray = field(default_factory=bytearray)
    is_over: bool = False

    def take(self) -> tuple[str, Any] | None:
        """Take the next outcome, if it has come as a whole: its kind, and what it is."""
        end = _LENGTH.size
        if len(self.sent) < end:
            return None
        end += _LENGTH.unpack_from(self.sent)[0]
        if len(self.sent) < end:
            return None
        outcome: tuple[str, Any] = pickle.loads(self.sent[_LENGTH.size : end])
        del self.sent[:end]
        return outcome

    def read(self) -> bool:
        """Read what it has written; False at the end."""
        piece = os.read(self.pipe, 1 << 20)
        self.sent += piece
        return bool(piece)

    def marked(self) -> str:
        """Tell what it was at."""
        return _read(self.board)

    def wait(self) -> Why:
        """Wait for the end of a child that has closed its pipe, and tell the cause of it."""
        self.is_over = True
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return "memory" if -status in _OUT_OF_MEMORY else "crash"

    def end(self) -> None:
        """End the child if it still runs, and free what it held."""
        os.close(self.pipe)
        if not self.is_over:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            self.wait()
        self.board.close()


def fork(tasks: Sequence[Task], allowance: Allowance, is_closed: bool) -> TaskProcess:
    """Fork a process that carries out tasks; `OSError` if there may be no more."""
    reader, writer = os.pipe()
    parent = os.getpid()
    try:
        board = mmap.mmap(-1, _BOARD)
        pid = os.fork()
    except OSError:
        os.close(reader)
        os.close(writer)
        raise
    if pid:
        os.close(writer)
        return TaskProcess(pid, reader, board)
    status = 1
    try:
        die_with(parent)
        os.close(reader)
        _serve(tasks, allowance, writer, board, is_closed)
        status = 0
    finally:
        # Nothing that the parent has set up for its own end may happen in the child.
        os._exit(status)


def _serve(
    tasks: Sequence[Task], allowance: Allowance, writer: int, board: mmap.mmap, is_closed: bool
) -> None:
    global _board
    if _board is None:
        _hush()
    _board = board
    gc.freeze()  # what is inherited is not to be searched, and thereby copied
    limits.shut_in(is_closed)
    for task in tasks:
        mark("")
        with limits.allowed(allowance()):
            outcome = carry_out(task, partial(_read, board))
        _write(writer, _LENGTH.pack(len(outcome)) + outcome)
        sys.stdout.flush()
        sys.stderr.flush()


def _write(writer: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(writer, rest) :]


def _hush() -> None:
    """Leave the standard error to Python: what libraries below write there ends as a `Cut`."""
    with suppress(OSError):  # without a descriptor to spare they are heard
        own = os.dup(_STANDARD_ERROR)
        sys.stderr = os.fdopen(own, "w", buffering=1, errors="backslashreplace")
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, _STANDARD_ERROR)
        os.close(nowhere)
