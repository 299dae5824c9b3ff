"""The embedded engine: a pool of worker processes with the data in memory.

A worker runs one query at a time. What a query does to it, by its running time, its
memory or its nesting, ends that worker alone; another is forked in its place. The same
goes for who gives up waiting: the worker is ended, not waited for.
"""

import asyncio
import logging
from pathlib import Path

from ..config import Config
from ..errors import EngineFailed, QueryError
from . import Answer, Load, Request
from .process import NotTaken, Worker, Zygote
from .scheduler import Turns

_log = logging.getLogger(__name__)
_PAUSES = (0.0, 0.1, 0.5, 2.0, 5.0)  # seconds between attempts to replace a worker


class Pool:
    """Implement `AsyncEngine` over the N-Quads of one snapshot."""

    def __init__(self, dataset: Path, config: Config) -> None:
        self._dataset = dataset.resolve()
        self._config = config
        self._closed = False
        self._replaced = 0
        self._turns: Turns[Worker] = Turns(config, self._give_back)
        self._zygote: Zygote | None = None
        self._workers: set[Worker] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Load the data and fork the workers, or raise `EngineFailed`."""
        try:
            await asyncio.gather(*(self._fork() for _ in range(self._config.query_workers)))
        except (QueryError, OSError) as fault:
            await self.close()
            raise EngineFailed(f"The query engine did not load {self._dataset}.") from fault

    async def reply(self, request: Request) -> Answer:
        """Answer `request`, or raise a `QueryError`; the answer is to be closed."""
        seconds = min(request.timeout or self._config.timeout, self._config.timeout)
        dead = 0
        while True:
            worker = await self._turns.take(request.client)
            try:
                return await worker.run(request, seconds)
            except NotTaken:
                # Each worker that died while idle is found only by asking it.
                dead += 1
                if dead > self._config.query_workers:
                    raise
            finally:
                self._give_back(worker, request.client)

    def load(self) -> Load:
        """Say what the workers are doing."""
        turns = self._turns
        return Load(len(self._workers), turns.idle, turns.waiting, self._replaced)

    async def close(self) -> None:
        """End all processes."""
        self._closed = True
        self._turns.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for worker in self._workers:
            worker.kill()
        self._workers.clear()
        if self._zygote is not None:
            self._zygote.kill()

    def _give_back(self, worker: Worker, client: str | None) -> None:
        if worker.is_idle and not self._closed:
            self._turns.add(worker)
        else:  # it is dead, or busy with a query given up
            worker.kill()
            self._replace(worker)
        self._turns.leave(client)

    async def _fork(self) -> None:
        if self._zygote is None or not self._zygote.is_alive:
            self._zygote = Zygote(self._dataset, self._config)
        worker = Worker(*await self._zygote.fork(), self._config.result_mb)
        self._workers.add(worker)
        worker.on_death = lambda: self._miss(worker)
        try:
            await worker.await_ready()
        except BaseException:
            worker.kill()
            self._workers.discard(worker)
            raise
        self._turns.add(worker)

    def _miss(self, worker: Worker) -> None:
        """Replace a worker that died while idle; others are missed by who waits for them."""
        if self._turns.remove(worker):
            self._replace(worker)

    def _replace(self, worker: Worker) -> None:
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
            except (QueryError, OSError, TimeoutError) as fault:
                if self._closed:
                    return
                _log.warning("A query worker was not replaced, and will be tried again: %s", fault)
                attempt += 1
            else:
                return
