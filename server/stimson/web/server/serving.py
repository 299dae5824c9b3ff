"""The snapshot in service, and the change to the next one."""

import asyncio
import hashlib
import logging
import time
from pathlib import Path

from flask import Flask

from ...config import Config
from ...engine import Answer, AsyncEngine, Load, Request, open_engine
from ...errors import EngineFailed, QueryError, SnapshotMissing, StimsonError
from ...processes.fork_server import Launched
from ...project import read_project
from ...queries import SavedQuery, read_queries
from ...rdf import Folders
from ...snapshot import Snapshot, read_current
from ..app import create_app
from ..ops import access_log
from ..ops.metrics import CLIENT_LEFT, OK, Metrics
from ..ops.operation import Operation
from ..sparql.problems import slug_of
from .responder import Responder
from .wsgi import ViewEngine

_log = logging.getLogger(__name__)
_PATIENCE = 10.0  # seconds that a request may take beyond its query


class MeteredEngine:
    """Implement `AsyncEngine` by another, and count what becomes of each query."""

    def __init__(self, engine: AsyncEngine, metrics: Metrics) -> None:
        self._engine = engine
        self._metrics = metrics

    async def start(self) -> None:
        """Make it ready, or raise `EngineFailed`."""
        await self._engine.start()

    async def reply(self, request: Request) -> Answer:
        """Answer `request`, or raise a `QueryError`; the answer is to be closed."""
        record = access_log.current()
        if record.is_counted:
            record.query = request.text
        start, outcome = time.perf_counter(), CLIENT_LEFT
        try:
            answer = await self._engine.reply(request)
            outcome = OK
        except QueryError as fault:
            outcome = slug_of(fault)
            raise
        finally:
            if record.is_counted:
                self._metrics.count_query(outcome, time.perf_counter() - start)
        return answer

    def load(self) -> Load:
        """Say what its workers are doing."""
        return self._engine.load()

    async def close(self) -> None:
        """End the engine's processes."""
        await self._engine.close()


class Serving:
    """One snapshot: its engine, its views, its cache, and the requests that use them."""

    responder: Responder

    def __init__(
        self,
        snapshot: Snapshot,
        config: Config,
        operation: Operation,
        launched: Launched | None = None,
    ) -> None:
        self.snapshot = snapshot
        self._config = config
        self._operation = operation
        self._engine = MeteredEngine(open_engine(snapshot, config, launched), operation.metrics)
        self._app: Flask | None = None
        self._open = 0
        self._replaced = 0  # query workers that are counted as such
        self._is_unused = asyncio.Event()

    async def start(self) -> None:
        """Load the data and make the views, or raise the error that says why not."""
        loop = asyncio.get_running_loop()
        starting = loop.create_task(self._engine.start())  # in another process: no time is lost
        try:
            app = await asyncio.to_thread(self._make_views, loop)
        finally:
            await starting
        self._app = app
        self.responder = Responder(self._config, self._engine, self.snapshot, app)

    def _make_views(self, loop: asyncio.AbstractEventLoop) -> Flask:
        engine = ViewEngine(self._engine, loop)
        queries: dict[str, SavedQuery] = {}
        folders: Folders | None = None
        if "files" not in self.snapshot.manifest:  # else what is beside them has its own subject
            project = read_project(Path(self._config.project))
            queries = read_queries(project.queries) if project.queries else {}
            folders = project.folders
        return create_app(self._config, engine, self.snapshot, queries, self._operation, folders)

    async def rehearse(self) -> None:
        """Make a page before anyone asks for one, or raise `EngineFailed`."""
        assert self._app is not None  # it has been started
        page = await asyncio.to_thread(self._app.test_client().get, "/")
        if page.status_code != 200:
            raise EngineFailed(f"Snapshot {self.snapshot.name} cannot be shown: {page.text}")

    def enter(self) -> None:
        """Count a request that uses this."""
        self._open += 1

    def leave(self) -> None:
        """Count it as over."""
        self._open -= 1
        if not self._open:
            self._is_unused.set()

    def measure(self) -> None:
        """Set the metrics of what is in use."""
        metrics, load = self._operation.metrics, self._engine.load()
        metrics.snapshot = self.snapshot
        metrics.workers.labels("idle").set(load.idle)
        metrics.workers.labels("busy").set(load.workers - load.idle)
        metrics.waiting_queries.set(load.waiting)
        metrics.cache_bytes.set(self.responder.cache.size)
        metrics.cache_limit.set(self.responder.cache.limit)
        self._count_replaced()

    def _count_replaced(self) -> None:
        replaced = self._engine.load().replaced
        self._operation.metrics.replaced_workers.inc(replaced - self._replaced)
        self._replaced = replaced

    async def retire(self) -> None:
        """End it once nobody uses it, or nobody should any more."""
        if self._open:
            self._is_unused.clear()
            config = self._config
            longest = config.queue_timeout + config.timeout + config.send_timeout + _PATIENCE
            try:
                async with asyncio.timeout(longest):
                    await self._is_unused.wait()
            except TimeoutError:
                _log.warning("Snapshot %s was still in use when it was let go.", self.snapshot.name)
        await self.close()

    async def close(self) -> None:
        """End the engine and the checkers, and remove what was made to search."""
        if self._app is not None:
            self.responder.flask.close()
            site = self._app.extensions["stimson"]
            await asyncio.to_thread(site.checkers.close)
            await asyncio.to_thread(site.search_cache.close)
        self._count_replaced()
        await self._engine.close()


class Service:
    """What is served now."""

    current: Serving

    def __init__(
        self, config: Config, operation: Operation, launched: Launched | None = None
    ) -> None:
        """`launched` may hold the data of the first snapshot already."""
        self._config = config
        self._operation = operation
        self._launched = launched
        self._lock = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Serve the current snapshot, or raise the error that says why not."""
        async with self._lock:
            snapshot = read_current(self._config.store)
            serving = Serving(snapshot, self._config, self._operation, self._launched)
            await serving.start()
            self.current = serving
        _log.info("Snapshot %s is served.", serving.snapshot.name)

    def switch(self) -> None:
        """Serve what is the current snapshot by now; what is wrong with it goes to the log."""
        task = asyncio.get_running_loop().create_task(self._switch())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """End all of it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.current.close()

    async def _switch(self) -> None:
        async with self._lock:
            old = self.current
            try:
                fresh = await self._prepare(old.snapshot.name)
            except Exception as fault:  # whatever is wrong with the new one, the old one serves
                self._operation.metrics.switches.labels("failed").inc()
                trace = None if isinstance(fault, StimsonError) else fault
                name = old.snapshot.name
                _log.error("Snapshot %s is served as before: %s", name, fault, exc_info=trace)
                return
            if fresh is None:
                _log.info("Snapshot %s is served already.", old.snapshot.name)
                return
            self.current = fresh
        self._operation.metrics.switches.labels("done").inc()
        _log.info("Snapshot %s is served after %s.", fresh.snapshot.name, old.snapshot.name)
        try:
            await old.retire()
        except asyncio.CancelledError:
            await old.close()
            raise

    async def _prepare(self, served: str) -> Serving | None:
        """Make ready what is to be served next; None if it is what is `served` now."""
        snapshot = read_current(self._config.store)
        if snapshot.name == served:
            return None
        await asyncio.to_thread(_verify, snapshot)
        serving = Serving(snapshot, self._config, self._operation)
        try:
            await serving.start()
            await serving.rehearse()
        except BaseException:
            await serving.close()
            raise
        return serving


def _verify(snapshot: Snapshot) -> None:
    """Raise `SnapshotMissing` if the content is not what the name says."""
    with snapshot.dataset.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    if not content.startswith(snapshot.name):
        raise SnapshotMissing(f"Snapshot {snapshot.name} is damaged; run `stimson build --force`.")
