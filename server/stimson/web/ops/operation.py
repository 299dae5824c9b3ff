"""What one web process knows of its own work: what it did, and whether it goes on.

It outlives the snapshot that is served: counts go on when another takes its place.
"""

import asyncio
import logging
import os
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from ... import __version__
from ...config import OFF, Config
from ...logs import Messages, Writer, choose, stamp
from . import families, memory, records
from .families import FAMILIES, OUTCOMES
from .meters import GAUGE, Key, Meters, Samples, add_up
from .records import Record
from .sharing import Sharing

LEFT = 499  # the status of a request whose client has left, as nginx has it
_log = logging.getLogger(__name__)
_FAILED = 500
_METHODS = ("GET", "HEAD", "POST", "OPTIONS", "QUERY", "PUT", "DELETE", "PATCH")
_ROUTELESS = "none"
_TEXT = 2000  # characters of a query in the log
_INTERVAL = 1.0  # seconds between two times that samples are shared
_SAMPLED = {family.name for family in FAMILIES if family.kind == GAUGE}


class Operation:
    """The work of one web process."""

    def __init__(self, config: Config) -> None:
        self.is_stopping = False
        self.meters = Meters()
        self.meters.expect(families.QUERIES, OUTCOMES)
        self.meters.expect(families.LOOKUPS, ("hit", "miss"))
        self.meters.expect(families.SWITCHES, ("done", "failed"))
        self._config = config
        self._started = time.time()
        self._open = 0
        self._gauges: Callable[[], dict[Key, float]] = dict
        self._writer: Writer | None = None
        self._sharing: Sharing | None = None

    def start(
        self, loop: asyncio.AbstractEventLoop, gauges: Callable[[], dict[Key, float]]
    ) -> None:
        """Measure with `gauges` from now on, and share the result with the other processes."""
        self._gauges = gauges
        Messages.writer = self._writer = Writer(sys.stderr, choose(self._config.log, sys.stderr))
        if self._config.metrics_folder:
            self._sharing = Sharing(Path(self._config.metrics_folder), _SAMPLED)
            self._share_always(loop)

    def stop(self) -> None:
        """Write and share what is left to."""
        if self._sharing is not None:
            self._share()
        if self._writer is not None:
            Messages.writer = None
            self._writer.close()

    def expect_the_end(self) -> None:
        """Say from now on that this server is no place to send requests to."""
        self.is_stopping = True

    def begin(self, method: str, address: str) -> Record:
        """Note that a request has come."""
        self._open += 1
        return records.begin(method if method in _METHODS else "other", address)

    def finish(self, record: Record) -> None:
        """Note that a request is over."""
        self._open -= 1
        seconds = record.seconds
        route = record.route or _ROUTELESS
        status = record.status = record.status or _FAILED
        self.meters.add(families.REQUESTS, record.method, route, str(status))
        self.meters.observe(families.SECONDS, route, seconds)
        self.meters.add(families.BYTES, route, amount=record.size)
        if record.problem:
            self.meters.add(families.PROBLEMS, record.problem)
        if record.cache:
            self.meters.add(families.LOOKUPS, record.cache)
        if self._writer is not None and self._config.log != OFF:
            self._writer.put(self._line(record, route, seconds))

    def samples(self) -> Samples:
        """Give the samples of the whole server."""
        others = [] if self._sharing is None else list(self._sharing.others())
        total = add_up(FAMILIES, *others, self._own())
        for part, size in memory.by_part(memory.server()).items():
            total[families.MEMORY, part] = size
        return total

    def _own(self) -> Samples:
        lost = 0 if self._writer is None else self._writer.lost
        measured: Samples = {
            (families.LOST_LINES,): lost,
            (families.OPEN,): self._open,
            (families.PROCESSES,): 1,
            (families.STARTED,): self._started,
            (families.VERSION, __version__): 1,
        }
        return add_up(FAMILIES, self.meters.samples, self._gauges(), measured)

    def _share_always(self, loop: asyncio.AbstractEventLoop) -> None:
        self._share()
        loop.call_later(_INTERVAL, self._share_always, loop)

    def _share(self) -> None:
        assert self._sharing is not None  # who calls this has made it
        try:
            self._sharing.publish(self._own())
        except OSError as fault:
            _log.warning("The other web processes do not know of the metrics here: %s", fault)

    def _line(self, record: Record, route: str, seconds: float) -> dict[str, object]:
        """Put together what the log says of a request, without what it is not to say."""
        values: dict[str, object] = {
            "time": stamp(time.time()),
            "level": self._level(record.status, seconds),
            "event": "request",
            "method": record.method,
            "route": route,
            "status": record.status,
            "duration_ms": round(seconds * 1000, 2),
            "bytes": record.size,
            "process": os.getpid(),
        }
        query = record.query
        known = {
            "type": record.media_type,
            "query": query and sha256(query.encode("utf-8", "replace")).hexdigest()[:16],
            "cache": record.cache,
            "problem": record.problem,
            "snapshot": record.snapshot,
            "text": query[:_TEXT] if self._config.log_queries else "",
            "address": record.address if self._config.log_addresses else "",
        }
        values.update((name, value) for name, value in known.items() if value)
        return values

    def _level(self, status: int, seconds: float) -> str:
        if status == _FAILED:
            return "error"
        is_slow = 0 < self._config.slow_request <= seconds
        return "warning" if is_slow or status > _FAILED else "info"
