"""What one web process knows of its own work: what it did, and whether it goes on.

It outlives the snapshot that is served: counts go on when another takes its place.
"""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from ...config import OFF, Config
from ...logs import LogThread, choose_format
from . import access_log
from .access_log import FAILED, AccessRecord
from .metrics import Metrics

CLIENT_LEFT = 499  # the status of a request whose client has left, as nginx has it
_METHODS = ("GET", "HEAD", "POST", "OPTIONS", "QUERY", "PUT", "DELETE", "PATCH")
_INTERVAL = 1.0  # seconds between two updates of the metrics for the other processes


class Operation:
    """The work of one web process."""

    def __init__(self, config: Config) -> None:
        self.is_stopping = False
        self.metrics = Metrics(Path(config.metrics_folder) if config.metrics_folder else None)
        self._config = config
        self._open = 0
        self._measuring = Lock()
        self._measure: Callable[[], None] = lambda: None
        self._log: LogThread | None = None

    def start(self, loop: asyncio.AbstractEventLoop, measure: Callable[[], None]) -> None:
        """Log from now on, and have `measure` set the gauges."""
        self._measure = measure
        form = choose_format(self._config.log, sys.stderr)
        self._log = LogThread(sys.stderr, form, self.metrics.lost_lines.inc)
        self._log.start()
        if self._config.metrics_folder:
            self._measure_always(loop)

    def stop(self) -> None:
        """Count and log what is left to."""
        self.metrics.count_finished()
        if self._log is not None:
            self._log.close()

    def prepare_to_stop(self) -> None:
        """Say from now on that this server is no place to send requests to."""
        self.is_stopping = True

    def begin(self, method: str, address: str) -> AccessRecord:
        """Note that a request has come."""
        self._open += 1
        return access_log.begin(method if method in _METHODS else "other", address)

    def finish(self, record: AccessRecord) -> None:
        """Note that a request is over."""
        self._open -= 1
        seconds = record.seconds
        record.status = record.status or FAILED
        self.metrics.count_request(record, seconds)
        if self._log is not None and self._config.log != OFF:
            self._log.put(record.fields(self._config, seconds))

    def measure(self) -> None:
        """Bring the metrics up to date."""
        with self._measuring:  # a view may do so while the event loop does
            self.metrics.count_finished()
            self.metrics.open_requests.set(self._open)
            self._measure()

    def _measure_always(self, loop: asyncio.AbstractEventLoop) -> None:
        self.measure()
        loop.call_later(_INTERVAL, self._measure_always, loop)
