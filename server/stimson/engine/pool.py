"""The embedded engine: a pool of worker processes with the data in memory.

A worker runs one query at a time. What a query does to it, by its running time, its
memory or its nesting, ends that worker alone; another is forked in its place. The same
goes for who gives up waiting: the worker is ended, not waited for.
"""

import asyncio
import logging
from pathlib import Path

from ..config import Config
from ..errors import EngineFailed, QueryError, QueryTimeout, QueryTooDeep, QueryTooLarge
from ..processes.fork_server import Launched
from ..processes.framing import Tag
from ..processes.supervisor import Child, ForkServer, Lost, LostIdle, NotStarted
from .data_process import launch_workers
from .interface import Answer, Load, Request
from .scheduler import FairQueue
from .spool import Spool
from .worker import OUT_OF_MEMORY, pack_request

_log = logging.getLogger(__name__)
_PAUSES = (0.0, 0.1, 0.5, 2.0, 5.0)  # seconds between attempts to replace a worker
_NO_WORKER = (OSError, NotStarted, Lost, TimeoutError)  # why one could not be forked


class Pool:
    """Implement `AsyncEngine` over the N-Quads of one snapshot."""

    def __init__(self, dataset: Path, config: Config, launched: Launched | None = None) -> None:
        """`launched` may hold the data already."""
        self._dataset = dataset.resolve()
        self._config = config
        self._closed = False
        self._replaced = 0
        self._queue: FairQueue[Child] = FairQueue(config, self._give_back)
        self._launched = launched
        self._server: ForkServer | None = None
        self._workers: set[Child] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Load the data and fork the workers, or raise `EngineFailed`."""
        forking = (self._fork() for _ in range(self._config.query_workers))
        for outcome in await asyncio.gather(*forking, return_exceptions=True):
            if isinstance(outcome, _NO_WORKER):
                await self.close()
                raise EngineFailed(f"The query engine did not load {self._dataset}.") from outcome
            if outcome is not None:
                raise outcome

    async def reply(self, request: Request) -> Answer:
        """Answer `request`, or raise a `QueryError`; the answer is to be closed."""
        seconds = min(request.timeout or self._config.timeout, self._config.timeout)
        dead = 0
        while True:
            worker = await self._queue.acquire(request.client)
            try:
                return await _ask(worker, request, seconds, self._config.result_mb)
            except LostIdle as lost:
                # Each worker that died while idle is found only by asking it.
                dead += 1
                if dead > self._config.query_workers:
                    raise _error_for(lost) from lost
            finally:
                self._give_back(worker, request.client)

    def load(self) -> Load:
        """Say what the workers are doing."""
        queue = self._queue
        return Load(len(self._workers), queue.idle, queue.waiting, self._replaced)

    async def close(self) -> None:
        """End all processes."""
        self._closed = True
        self._queue.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for worker in self._workers:
            worker.kill()
        self._workers.clear()
        if self._server is not None:
            self._server.kill()
        if self._launched is not None:
            self._launched.end()
            self._launched = None

    def _give_back(self, worker: Child, client: str | None) -> None:
        if worker.is_idle and not self._closed:
            self._queue.add(worker)
        else:  # it is dead, or busy with a query given up
            worker.kill()
            self._replace(worker)
        self._queue.release(client)

    async def _fork(self) -> None:
        worker = await self._running_server().fork()
        worker.on_death = lambda: self._miss(worker)
        self._workers.add(worker)
        self._queue.add(worker)

    def _running_server(self) -> ForkServer:
        """Give the process that holds the data; another one, if it has ended."""
        if self._server is None or not self._server.is_alive:
            self._server = ForkServer(self._launch(), "The engine")
        return self._server

    def _launch(self) -> Launched:
        """Take over what was launched, if it is of the same data; else launch it."""
        launched, self._launched = self._launched, None
        if launched is not None:
            if launched.arguments[0] == str(self._dataset):
                return launched
            launched.end()
        return launch_workers(self._dataset, self._config)

    def _miss(self, worker: Child) -> None:
        """Replace a worker that died while idle; others are missed by who waits for them."""
        if self._queue.remove(worker):
            self._replace(worker)

    def _replace(self, worker: Child) -> None:
        self._workers.discard(worker)
        if not self._closed:
            self._replaced += 1
            task = asyncio.get_running_loop().create_task(self._refill())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _refill(self) -> None:
        """Fork a worker; if that fails, say so and try again."""
        attempt = 0
        while True:
            await asyncio.sleep(_PAUSES[min(attempt, len(_PAUSES) - 1)])
            try:
                await self._fork()
            except _NO_WORKER as fault:
                if self._closed:
                    return
                _log.warning("A query worker was not replaced, and will be tried again: %s", fault)
                attempt += 1
            else:
                return


async def _ask(worker: Child, request: Request, seconds: float, result_mb: int) -> Answer:
    """Have a worker answer a query, or raise a `QueryError` or `LostIdle`."""
    spool, media_type = Spool(result_mb), ""

    def receive(tag: int, body: bytes) -> None:
        nonlocal media_type
        if tag == Tag.DATA:
            spool.write(body)
        else:
            media_type = body.decode()

    try:
        await worker.ask(pack_request(request, seconds), seconds, receive, QueryError)
    except BaseException as fault:
        spool.close()
        if isinstance(fault, Lost) and not isinstance(fault, LostIdle):
            raise _error_for(fault) from fault
        raise
    return spool.answer(media_type)


def _error_for(lost: Lost) -> QueryError:
    """Say what became of a query whose worker was lost."""
    match lost.cause:
        case "memory":
            return QueryTooLarge(OUT_OF_MEMORY)
        case "depth":
            return QueryTooDeep("The query is nested too deeply to be parsed.")
        case "time":
            return QueryTimeout("The query ran past its deadline: make it more specific.")
        case "ended":
            return EngineFailed("The query's worker was ended: try again.")
    code = "" if lost.exit_code is None else f" (exit code {lost.exit_code})"
    return EngineFailed(f"The query's worker was lost{code}: try again.")
