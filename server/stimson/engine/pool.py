"""The embedded engine: a pool of worker processes with the data in memory.

A worker runs one query at a time. What a query does to it, by its running time, its
memory or its nesting, ends that worker alone; another is forked in its place.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..config import Config
from ..errors import EngineBusy, EngineFailed, QueryError
from . import Answer, Request
from .process import WorkerProcess
from .spool import Spool
from .wire import Tag

_log = logging.getLogger(__name__)
_PROBE = Request("ASK {}", base_iri="urn:x-stimson:probe", timeout=5.0)


class Pool:
    """Implement `Engine` over the N-Quads of one snapshot."""

    def __init__(self, dataset: Path, config: Config) -> None:
        self._config = config
        self._closed = False
        self._waiting = 0
        self._changed = threading.Condition()
        self._places = [
            _Place(dataset.resolve(), config.memory_mb) for _ in range(config.query_workers)
        ]
        for place in self._places:
            place.await_ready()
        # The last one used is the first one used again: its memory is warm.
        self._idle = list(self._places)

    @contextmanager
    def answer(self, request: Request) -> Iterator[Answer]:
        """Answer `request`, or raise a `QueryError`."""
        with Spool(self._config.result_mb) as spool:
            media_type = self._run(request, spool)
            yield Answer(media_type, spool.length, spool.chunks())

    def is_ready(self) -> bool:
        """Tell whether a worker answers the simplest query."""
        try:
            with self.answer(_PROBE):
                return True
        except QueryError:
            return False

    def close(self) -> None:
        """End all workers; the process they were forked from ends with this one."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for place in self._places:
            place.clear()

    def _run(self, request: Request, spool: Spool) -> str:
        """Fill `spool` with the answer and return its media type."""
        seconds = min(request.timeout or self._config.timeout, self._config.timeout)
        place = self._take()
        try:
            return place.run(request, seconds, spool)
        finally:
            self._give_back(place)

    def _take(self) -> "_Place":
        """Wait for an idle worker, or raise `EngineBusy`."""
        with self._changed:
            if not self._idle:
                self._wait()
            if self._closed:
                raise EngineFailed("The query engine has been stopped.")
            return self._idle.pop()

    def _wait(self) -> None:
        if self._waiting >= self._config.queue:
            raise EngineBusy("Too many queries are waiting: try again in a few seconds.")
        self._waiting += 1
        try:
            free = self._changed.wait_for(
                lambda: self._idle or self._closed, self._config.queue_timeout
            )
        finally:
            self._waiting -= 1
        if not free:
            raise EngineBusy("No query worker came free in time: try again in a few seconds.")

    def _give_back(self, place: "_Place") -> None:
        place.mend(closing=self._closed)
        with self._changed:
            self._idle.append(place)
            self._changed.notify()


class _Place:
    """One place of the pool and the worker that fills it, if one does."""

    def __init__(self, dataset: Path, memory_mb: int) -> None:
        self._dataset = dataset
        self._memory_mb = memory_mb
        self._worker: WorkerProcess | None = self._start()

    def await_ready(self) -> None:
        """Wait until the first worker has the data, or raise `EngineFailed`."""
        try:
            if self._worker is not None:
                self._worker.await_ready()
        except (OSError, EOFError) as fault:
            raise EngineFailed(f"The query engine did not load {self._dataset}.") from fault

    def run(self, request: Request, seconds: float, spool: Spool) -> str:
        """Fill `spool` with the answer and return its media type."""
        worker = self._hand_over(request, seconds)
        media_type = ""
        for tag, body in worker.frames(time.monotonic() + seconds):
            if tag is Tag.HEAD:
                media_type = body.decode()
            else:
                spool.add(body)
        return media_type

    def mend(self, *, closing: bool) -> None:
        """Replace a worker that is dead or still busy with a query given up."""
        if self._worker is not None and self._worker.is_idle:
            return
        self.clear()
        if not closing:
            self._fill()

    def clear(self) -> None:
        """End the worker."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.kill()

    def _hand_over(self, request: Request, seconds: float) -> WorkerProcess:
        """Find the query a living worker: one that died while idle is replaced, once."""
        for worker in (self._worker, None):
            if worker is None:
                self.clear()
                worker = self._worker = self._start()
            if worker.ask(request, seconds):
                return worker
        raise EngineFailed("The query engine lost its workers: try again.")

    def _start(self) -> WorkerProcess:
        return WorkerProcess(self._dataset, self._memory_mb)

    def _fill(self) -> None:
        """Start a worker ahead of the next query, which will try again if this fails."""
        try:
            self._worker = self._start()
        except EngineFailed as fault:
            _log.warning("%s", fault)
