"""What is noted of a request on its way, and what the access log says of it at its end.

The current record is that of the running task or view; code that learns something about the
request notes it there. Outside a request there is a record too, which is not read.
"""

import os
import time
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from hashlib import sha256

from ...config import Config
from ...logs import timestamp

NO_ROUTE = "none"  # what is logged and counted where no route matches
FAILED = 500
_QUERY_SHOWN = 2000  # characters of a query in the log


@dataclass(slots=True)
class AccessRecord:
    """One request, as far as it is known."""

    method: str
    address: str = ""  # the client's, as trusted proxies have it
    route: str = NO_ROUTE  # the pattern: a path may hold what should not be logged
    status: int = 0
    size: int = 0  # bytes of the body
    media_type: str = ""
    query: str = ""
    cache: str = ""
    problem: str = ""  # the last part of its type
    snapshot: str = ""
    is_counted: bool = True  # the operator's own requests are not
    started: float = field(default_factory=time.perf_counter)

    @property
    def seconds(self) -> float:
        """The time it has taken so far."""
        return time.perf_counter() - self.started

    def answer(self, status: int, head: Iterable[tuple[str, str]], body: bytes | None) -> None:
        """Note what is sent; header names are in lower case."""
        self.status = status
        values = dict(head)
        self.media_type = values.get("content-type", "").partition(";")[0]
        self.size = int(values.get("content-length", 0)) if body is None else len(body)

    def fields(self, config: Config, seconds: float) -> dict[str, object]:
        """Put together the line of the log, without what the settings keep out of it."""
        values: dict[str, object] = {
            "time": timestamp(time.time()),
            "level": self._level(config, seconds),
            "event": "request",
            "method": self.method,
            "route": self.route,
            "status": self.status,
            "duration_ms": round(seconds * 1000, 2),
            "bytes": self.size,
            "process": os.getpid(),
        }
        query = self.query
        known = {
            "type": self.media_type,
            "query": query and sha256(query.encode("utf-8", "replace")).hexdigest()[:16],
            "cache": self.cache,
            "problem": self.problem,
            "snapshot": self.snapshot,
            "text": query[:_QUERY_SHOWN] if config.log_queries else "",
            "address": self.address if config.log_addresses else "",
        }
        values.update((name, value) for name, value in known.items() if value)
        return values

    def _level(self, config: Config, seconds: float) -> str:
        if self.status == FAILED:
            return "error"
        is_slow = 0 < config.slow_request <= seconds
        return "warning" if is_slow or self.status > FAILED else "info"


_current: ContextVar[AccessRecord | None] = ContextVar("record", default=None)


def begin(method: str, address: str) -> AccessRecord:
    """Make the record of a request, in the task that answers it."""
    record = AccessRecord(method, address)
    _current.set(record)
    return record


def current() -> AccessRecord:
    """Find the record of the running task or view."""
    return _current.get() or AccessRecord("", is_counted=False)
