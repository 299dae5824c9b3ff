"""Carry out lanes of tasks in processes, and put a `Cut` where a task did not come to its end."""

import os
import select
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from . import limits
from .child import TaskProcess, can_fork, fork
from .limits import Cut, Why
from .outcome import rebuild

T = TypeVar("T")


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
    is_free = not limits.hold() and most is None and not is_closed
    # What is to open nothing is forked beside threads, too: its deadline ends what hangs.
    may_fork = can_fork() or (is_closed and hasattr(os, "fork"))
    if not may_fork or (is_free and len(lanes) < 2):
        return [[task() for task in lane] for lane in lanes]
    sys.stdout.flush()  # else every child would print what waits to be printed
    sys.stderr.flush()
    allowance = partial(limits.allowance, share, most)
    started = [_Lane(lane, allowance, is_closed) for lane in lanes]
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


_LONGEST = 3600  # seconds; a system may not take longer ones


@dataclass(eq=False)
class _Lane:
    """Tasks, the process that is at them, and what came of them so far."""

    tasks: Sequence[Callable[[], Any]]
    allowance: Callable[[], float]
    is_closed: bool
    outcomes: list[Any] = field(default_factory=list)
    child: TaskProcess | None = None
    _until: float = 0.0

    def start(self) -> None:
        """Have a process carry out what is left, unless one does; without one, do so here."""
        left = self.tasks[len(self.outcomes) :]
        if self.child is not None or not left:
            return
        self._begin()
        try:
            self.child = fork(left, self.allowance, self.is_closed)
        except OSError:  # there may be no more processes, or no more pipes
            self.outcomes += [task() for task in left]

    def read(self) -> None:
        """Read what the process has sent, and end it after the last task."""
        assert self.child is not None  # whoever reads has started it
        is_open = self.child.read()
        while (outcome := self.child.take()) is not None:
            self._keep(*outcome)
        if len(self.outcomes) == len(self.tasks):
            self.end()
        elif not is_open:
            self.cut(self.child.wait())

    def cut(self, why: Why) -> None:
        """Give up the task that the process is at, and the process."""
        assert self.child is not None  # it is at a task
        self.outcomes.append(Cut(why, self.child.marked()))
        self.end()

    def end(self) -> None:
        """End the process, if there is one."""
        child, self.child = self.child, None
        if child is not None:
            child.end()

    def left(self) -> float:
        """Tell how many seconds the task has left."""
        return max(0.0, self._until - time.monotonic())

    def _keep(self, kind: str, content: Any) -> None:
        if kind == "failed":
            raise rebuild(*content)
        self.outcomes.append(Cut(*content) if kind == "cut" else content)
        self._begin()

    def _begin(self) -> None:
        self._until = time.monotonic() + self.allowance()
