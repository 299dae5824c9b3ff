"""The checkers as the server sees them: a few keepers, started when the first is needed."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ...config import Config
from ...errors import CheckerBusy, CheckerFailed
from . import Contribution, Verdict
from .process import KeeperProcess

_log = logging.getLogger(__name__)
_QUEUE = 8  # contributions that wait, at most


class Checkers:
    """Check contributions for one web process, `config.validate_workers` at once."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._closed = False
        # Whoever waits or checks holds a thread of the server; half of them are left to others.
        most = config.validate_workers + _QUEUE
        self._slots = threading.BoundedSemaphore(max(1, min(most, config.web_threads // 2)))
        self._changed = threading.Condition()
        self._idle = [KeeperProcess(config.memory_mb) for _ in range(config.validate_workers)]

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Hold the place of one request, or raise `CheckerBusy`."""
        if not self._slots.acquire(blocking=False):
            raise CheckerBusy("Too many contributions are being checked: try again in a moment.")
        try:
            yield
        finally:
            self._slots.release()

    def warm(self) -> None:
        """Start a keeper without waiting for it: it loads while a form is filled in."""
        with self._changed:
            if self._idle and not self._closed:
                self._idle[-1].start()

    def check(self, contribution: Contribution, form: str) -> Verdict:
        """Check what was sent, or raise the `CheckError` that says why it was not."""
        keeper = self._take()
        try:
            return keeper.check(contribution, form, self._config.validate_timeout)
        except CheckerFailed as fault:
            _log.error("%s", fault)
            raise
        finally:
            self._give_back(keeper)

    def close(self) -> None:
        """End the keepers that are idle now, and the others once their check is done."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            for keeper in self._idle:
                keeper.end()

    def _take(self) -> KeeperProcess:
        with self._changed:
            self._changed.wait_for(lambda: self._idle or self._closed, self._config.queue_timeout)
            if self._closed:
                raise CheckerFailed("The checker has been stopped.")
            if not self._idle:
                raise CheckerBusy("No checker came free in time: try again in a few seconds.")
            return self._idle.pop()

    def _give_back(self, keeper: KeeperProcess) -> None:
        with self._changed:
            if self._closed:
                keeper.end()
            self._idle.append(keeper)
            self._changed.notify()
