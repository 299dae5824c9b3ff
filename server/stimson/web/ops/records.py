"""What is noted of a request on its way, for the log and the metrics.

The current record is that of the running task or view; whoever learns something about the
request notes it there. Outside a request there is a record too, which nobody reads.
"""

import time
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(slots=True)
class Record:
    """One request, as far as it is known."""

    method: str
    address: str = ""  # who asks, as trusted proxies have it
    route: str = ""  # the pattern: a path may hold what is nobody's business
    status: int = 0
    size: int = 0  # bytes of the body
    media_type: str = ""
    query: str = ""
    cache: str = ""
    problem: str = ""  # the last part of its type
    snapshot: str = ""
    is_counted: bool = True  # what the operator asks is not
    started: float = field(default_factory=time.perf_counter)

    @property
    def seconds(self) -> float:
        """The time it has taken so far."""
        return time.perf_counter() - self.started

    def answer(self, status: int, head: Iterable[tuple[str, str]], body: bytes | None) -> None:
        """Note what is sent; names in the head are in lower case."""
        self.status = status
        values = dict(head)
        self.media_type = values.get("content-type", "").partition(";")[0]
        self.size = int(values.get("content-length", 0)) if body is None else len(body)


_current: ContextVar[Record | None] = ContextVar("record", default=None)


def begin(method: str, address: str) -> Record:
    """Make the record of a request, in the task that answers it."""
    record = Record(method, address)
    _current.set(record)
    return record


def current() -> Record:
    """Find the record of the running task or view."""
    return _current.get() or Record("", is_counted=False)


def resume(record: Record) -> None:
    """Go on with a record in another thread."""
    _current.set(record)
