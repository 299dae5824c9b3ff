"""Carry out lanes of tasks in forked processes, and put a `Cut` where a task was ended.

A lane is a row of tasks that one process carries out, one after the other; lanes run at the
same time. A process begins with all that its parent knows and sends back one pickled answer
for each task. Where a task takes too long, needs too much memory or ends its process, a
`Cut` stands in place of its answer, and a new process carries out the tasks after it.
"""

import gc
import mmap
import os
import pickle
import select
import struct
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from traceback import format_exc
from typing import Any, Literal, TypeVar

from .child import Cause, apply_rlimits, can_fork, cause_of_death, fork, kill_child
from .framing import FrameReader, Tag, error_from_pickle, error_to_pickle, frame

T = TypeVar("T")
Task = Callable[[], Any]
_STANDARD_ERROR = 2
_LENGTH = struct.Struct("!I")
_BOARD = 4096  # bytes
_READ = 2**20  # bytes of a pipe taken at once
_LONGEST = 3600  # seconds; a system may not wait longer at once
_UNENDING = 1e9  # seconds
Why = Literal["time", "memory", "depth", "crash"]
# A parser that overflows its stack is one way to crash; the kernel kills where memory is scarce.
_WHY: dict[Cause, Why] = {"depth": "crash", "killed": "memory"}
_PROBLEMS: dict[Why, str] = {
    "time": "it takes too long and was ended; make it simpler, or allow more time (--timeout)",
    "memory": "it needs too much memory and was ended; make it simpler, or allow more (--memory)",
    "depth": "it is nested too deeply; nest it less",
    "crash": "it ended the process that worked on it; nest it less, or make it simpler",
}


@dataclass(frozen=True, slots=True)
class Cut:
    """What stands for the answer of a task that did not come to its end.

    `mark` is what the task said last of what it was at; see `mark`.
    """

    why: Why
    mark: str = ""

    @property
    def problem(self) -> str:
        """Say why, as the end of a sentence."""
        return _PROBLEMS[self.why]


@dataclass(frozen=True, slots=True)
class _Budget:
    """What this process and those it forks may take: until when, and how much memory each."""

    until: float  # by `time.monotonic`, which processes share
    memory_mb: int


_budget: _Budget | None = None
_board: mmap.mmap | None = None


@contextmanager
def limited(seconds: float, memory_mb: int) -> Iterator[None]:
    """Allow what is run meanwhile so many seconds in all, and each process so much memory."""
    with _in_force(_Budget(time.monotonic() + seconds, memory_mb)):
        yield


@contextmanager
def _in_force(new: _Budget | None) -> Iterator[None]:
    global _budget
    before, _budget = _budget, new
    try:
        yield
    finally:
        _budget = before


def allowance(share: float, most: float | None) -> float:
    """Tell how many seconds a task may take: a share of what is left, but `most` at the most."""
    left = _UNENDING if _budget is None else max(0.0, _budget.until - time.monotonic()) * share
    return left if most is None else min(left, most)


def run(
    lanes: Sequence[Sequence[Callable[[], T]]],
    share: float = 1.0,
    most: float | None = None,
    is_closed: bool = False,
) -> list[list[T | Cut]]:
    """Run the tasks of each lane in their order, and give their answers in the same order.

    A task may take a `share` of the seconds that are left to this process, and `most` at
    the most; without either, it may take for ever, and a single lane needs no process. In
    one that `is_closed` nothing can be opened: no file, no connection. The first exception
    of a task is raised here as it is; the other tasks are ended then.
    """
    is_free = _budget is None and most is None and not is_closed
    # What is to open nothing is forked beside threads, too: its deadline ends what hangs.
    may_fork = can_fork() or (is_closed and hasattr(os, "fork"))
    if not may_fork or (is_free and len(lanes) < 2):
        return [[task() for task in lane] for lane in lanes]
    sys.stdout.flush()  # else every child would print what waits to be printed
    sys.stderr.flush()
    seconds = partial(allowance, share, most)
    started = [_Lane(lane, seconds, is_closed) for lane in lanes]
    try:
        _watch(started)
    finally:
        for lane in started:
            lane.end()
    return [lane.outcomes for lane in started]


def run_one(task: Callable[[], T], share: float = 1.0, most: float | None = None) -> T | Cut:
    """Run one task in a process of its own."""
    ((outcome,),) = run([[task]], share, most)
    return outcome


def mark(at: str) -> None:
    """Say what this process is at: its parent knows it then, should this process be lost."""
    if _board is not None:
        content = at.encode("utf-8", "surrogateescape")[: _BOARD - _LENGTH.size]
        _board[: _LENGTH.size + len(content)] = _LENGTH.pack(len(content)) + content


def _marked(board: mmap.mmap) -> str:
    (length,) = _LENGTH.unpack_from(board)
    return board[_LENGTH.size : _LENGTH.size + length].decode("utf-8", "surrogateescape")


def _watch(lanes: Sequence["_Lane"]) -> None:
    """Start, read and end processes until every task is over."""
    while True:
        for lane in lanes:
            lane.start()
        working = [lane for lane in lanes if lane.child is not None]
        if not working:
            return
        ready = _ready(working)
        for lane in working:
            if lane in ready:
                lane.read()
            elif lane.left() == 0:
                lane.cut("time")


def _ready(lanes: Sequence["_Lane"]) -> list["_Lane"]:
    """Wait until some have something to be read, or the first is out of time."""
    poll, by_pipe = select.poll(), {}
    for lane in lanes:
        assert lane.child is not None  # all are at work
        by_pipe[lane.child.pipe] = lane
        poll.register(lane.child.pipe, select.POLLIN)
    shortest = min(lane.left() for lane in lanes)
    return [by_pipe[pipe] for pipe, _ in poll.poll(min(shortest, _LONGEST) * 1000 + 1)]


@dataclass(eq=False)
class _Lane:
    """Tasks, the process that is at them, and what came of them so far."""

    tasks: Sequence[Task]
    allowance: Callable[[], float]  # seconds for the task that begins now
    is_closed: bool
    outcomes: list[Any] = field(default_factory=list)
    child: "_TaskProcess | None" = None
    _until: float = 0.0

    def start(self) -> None:
        """Have a process carry out what is left, unless one does; without one, do so here."""
        left = self.tasks[len(self.outcomes) :]
        if self.child is not None or not left:
            return
        self._begin()
        try:
            self.child = _TaskProcess(left, self.allowance, self.is_closed)
        except OSError:  # there may be no more processes, or no more pipes
            self.outcomes += [task() for task in left]

    def read(self) -> None:
        """Read what the process has sent, and end it after the last task."""
        assert self.child is not None  # whoever reads has started it
        is_open = self.child.read()
        while self.child.frames:
            self._keep(*self.child.frames.popleft())
        if len(self.outcomes) == len(self.tasks):
            self.end()
        elif not is_open:
            cause = cause_of_death(self.child.wait())
            self.cut(_WHY.get(cause, cause))  # type: ignore[arg-type]  # what is left are reasons

    def cut(self, why: Why) -> None:
        """Give up the task that the process is at, and the process."""
        assert self.child is not None  # it is at a task
        self.outcomes.append(Cut(why, _marked(self.child.board)))
        self.end()

    def end(self) -> None:
        process, self.child = self.child, None
        if process is not None:
            process.end()

    def left(self) -> float:
        return max(0.0, self._until - time.monotonic())

    def _keep(self, tag: int, body: bytes) -> None:
        if tag == Tag.ERROR:
            raise error_from_pickle(body)
        content = pickle.loads(body)
        self.outcomes.append(Cut(*content) if tag == Tag.CUT else content)
        self._begin()

    def _begin(self) -> None:
        self._until = time.monotonic() + self.allowance()


class _TaskProcess:
    """A forked process that carries out tasks, and the frames that have come from it."""

    def __init__(
        self, tasks: Sequence[Task], allowance: Callable[[], float], is_closed: bool
    ) -> None:
        """Fork it; raises `OSError` if there may be no more."""
        pipe = self.pipe, writer = os.pipe()
        self.frames: deque[tuple[int, bytes]] = deque()
        self._reader = FrameReader()
        self._is_over = False
        try:
            self.board = mmap.mmap(-1, _BOARD)
            work = partial(_carry_out, tasks, allowance, pipe, self.board, is_closed)
            self._pid = fork(work)
        except OSError:
            os.close(self.pipe)
            raise
        finally:
            os.close(writer)

    def read(self) -> bool:
        """Read what it has written; False at the end."""
        data = os.read(self.pipe, _READ)
        self.frames += self._reader.feed(data)
        return bool(data)

    def wait(self) -> int:
        """Wait for the end of a child that has closed its pipe, and give its exit code."""
        self._is_over = True
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])

    def end(self) -> None:
        """End the child if it still runs, and free what it held."""
        os.close(self.pipe)
        if not self._is_over:
            kill_child(self._pid)
        self.board.close()


def _carry_out(
    tasks: Sequence[Task],
    allowance: Callable[[], float],
    pipe: tuple[int, int],
    board: mmap.mmap,
    is_closed: bool,
) -> None:
    global _board
    reader, writer = pipe
    os.close(reader)
    if _board is None:
        _silence_libraries()
    _board = board
    gc.freeze()  # what is inherited is not to be searched, and thereby copied
    memory_mb = None if _budget is None else _budget.memory_mb
    apply_rlimits(memory_mb, opens=not is_closed, writes=True)
    for task in tasks:
        mark("")
        with _in_force(_budget and replace(_budget, until=time.monotonic() + allowance())):
            outcome = _outcome(task, board)
        with os.fdopen(writer, "wb", closefd=False) as file:
            file.write(outcome)
        sys.stdout.flush()
        sys.stderr.flush()


def _outcome(task: Task, board: mmap.mmap) -> bytes:
    """Run a task, and write its answer, its exception, or why it was cut."""
    try:
        return frame(Tag.END, pickle.dumps(task()))
    except MemoryError:
        return _cut(board, "memory")
    except RecursionError:
        return _cut(board, "depth")
    except (Exception, KeyboardInterrupt, SystemExit) as fault:
        fault.add_note(f"In a process of its own:\n{format_exc()}")
        return frame(Tag.ERROR, error_to_pickle(fault))
    except BaseException:  # a panic of a library written in Rust
        return _cut(board, "crash")


def _cut(board: mmap.mmap, why: Why) -> bytes:
    return frame(Tag.CUT, pickle.dumps((why, _marked(board))))


def _silence_libraries() -> None:
    """Leave the standard error to Python: what libraries below write there ends as a `Cut`."""
    with suppress(OSError):  # without a descriptor to spare they are heard
        own = os.dup(_STANDARD_ERROR)
        sys.stderr = os.fdopen(own, "w", buffering=1, errors="backslashreplace")
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, _STANDARD_ERROR)
        os.close(nowhere)
