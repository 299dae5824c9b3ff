"""How long work may take and how much memory it may need, and what becomes of what exceeds it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal

_UNENDING = 1e9  # seconds
Why = Literal["time", "memory", "depth", "crash"]
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


@contextmanager
def limited(seconds: float, memory_mb: int) -> Iterator[None]:
    """Allow what is run meanwhile so many seconds in all, and each process so much memory."""
    with _in_force(_Budget(time.monotonic() + seconds, memory_mb)):
        yield


@contextmanager
def allowed(seconds: float) -> Iterator[None]:
    """Leave what is run meanwhile so many seconds, in all that is limited."""
    with _in_force(_budget and replace(_budget, until=time.monotonic() + seconds)):
        yield


@contextmanager
def _in_force(new: _Budget | None) -> Iterator[None]:
    global _budget
    before, _budget = _budget, new
    try:
        yield
    finally:
        _budget = before


def is_limited() -> bool:
    """Tell whether any limits hold now."""
    return _budget is not None


def memory_mb() -> int | None:
    """Tell how much memory each process may have beyond what it has; None for any amount."""
    return None if _budget is None else _budget.memory_mb


def allowance(share: float, most: float | None) -> float:
    """Tell how many seconds a task may take: a share of what is left, but `most` at the most."""
    left = _UNENDING if _budget is None else max(0.0, _budget.until - time.monotonic()) * share
    return left if most is None else min(left, most)
