"""How long work may take and how much memory it may need, and what becomes of what exceeds it."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_STATM = Path("/proc/self/statm")
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
class Limits:
    """What this process and those it forks may take: until when, and how much memory each."""

    until: float  # by `time.monotonic`, which processes share
    memory_mb: int

    def left(self) -> float:
        """Tell how many seconds are left."""
        return max(0.0, self.until - time.monotonic())


_limits: Limits | None = None


@contextmanager
def limited(seconds: float, memory_mb: int) -> Iterator[None]:
    """Allow what is run meanwhile so many seconds in all, and each process so much memory."""
    with _in_force(Limits(time.monotonic() + seconds, memory_mb)):
        yield


@contextmanager
def allowed(seconds: float) -> Iterator[None]:
    """Leave what is run meanwhile so many seconds, in all that is limited."""
    with _in_force(_limits and replace(_limits, until=time.monotonic() + seconds)):
        yield


@contextmanager
def _in_force(new: Limits | None) -> Iterator[None]:
    global _limits
    before, _limits = _limits, new
    try:
        yield
    finally:
        _limits = before


def hold() -> bool:
    """Tell whether any limits hold now."""
    return _limits is not None


def allowance(share: float, most: float | None) -> float:
    """Tell how many seconds a task may take: a share of what is left, but `most` at the most."""
    left = _UNENDING if _limits is None else _limits.left() * share
    return left if most is None else min(left, most)


def shut_in(is_closed: bool) -> None:
    """Have the kernel keep the limits of memory; if `is_closed`, this process opens nothing."""
    if resource is None:
        return
    if _limits is not None:
        limit_memory(_limits.memory_mb)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if is_closed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def limit_memory(more_mb: int) -> None:
    """Allow this process so much more memory than it has now, but never more than before."""
    if resource is None or not _STATM.exists():
        return
    size = int(_STATM.read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    wanted = size + more_mb * 2**20
    for before in resource.getrlimit(resource.RLIMIT_AS):
        wanted = wanted if before == resource.RLIM_INFINITY else min(wanted, before)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, wanted))
