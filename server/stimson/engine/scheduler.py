"""Who is given the next idle worker: they are few, and one client must not have them all."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..config import Config
from ..errors import EngineBusy, EngineFailed, QueueFull

Worker = TypeVar("Worker")


@dataclass(frozen=True, slots=True, eq=False)
class _Ticket(Generic[Worker]):
    client: str | None
    worker: asyncio.Future[Worker]


class FairQueue(Generic[Worker]):
    """Hand idle workers to those who wait, the client with the fewest running first.

    No client runs on all of several workers, so that one is left for others. Queries of
    the server itself (`client` is None) have no such limit.
    """

    def __init__(self, config: Config, give_back: Callable[[Worker, str | None], None]) -> None:
        """`give_back` takes the worker that a client was given as it left."""
        self._give_back = give_back
        self._limit = max(1, config.query_workers - 1)
        self._queue = config.queue
        self._timeout = config.queue_timeout
        self._idle: list[Worker] = []
        self._waiting: list[_Ticket[Worker]] = []
        self._running: Counter[str | None] = Counter()
        self._closed = False

    @property
    def idle(self) -> int:
        """Count the workers that wait for a query."""
        return len(self._idle)

    @property
    def waiting(self) -> int:
        """Count the queries that wait for a worker."""
        return len(self._waiting)

    async def acquire(self, client: str | None) -> Worker:
        """Wait for an idle worker, or raise `EngineBusy`; give it back in any case."""
        if self._closed:
            raise EngineFailed("The query engine has been stopped.")
        if self._idle and self._may_run(client):
            self._running[client] += 1
            # The last one used is the first one used again: its memory is warm.
            return self._idle.pop()
        return await self._wait(client)

    def release(self, client: str | None) -> None:
        """Count a query of `client` as over."""
        self._running[client] -= 1
        if not self._running[client]:
            del self._running[client]
        self._match()

    def add(self, worker: Worker) -> None:
        """Take a worker that is idle."""
        self._idle.append(worker)
        self._match()

    def remove(self, worker: Worker) -> bool:
        """Take out a worker that died; tell whether it was idle."""
        if worker in self._idle:
            self._idle.remove(worker)
            return True
        return False

    def close(self) -> None:
        """Send everyone away."""
        self._closed = True
        self._idle.clear()
        for ticket in self._waiting:
            _refuse(ticket, EngineFailed("The query engine has been stopped."))

    def _may_run(self, client: str | None) -> bool:
        return client is None or self._running[client] < self._limit

    def _match(self) -> None:
        while self._idle:
            able = [ticket for ticket in self._waiting if self._may_run(ticket.client)]
            if not able:
                return
            ticket = min(able, key=lambda each: self._running[each.client])
            self._waiting.remove(ticket)
            if not ticket.worker.done():
                self._running[ticket.client] += 1
                ticket.worker.set_result(self._idle.pop())

    def _make_room(self, client: str | None) -> None:
        """Have a place in the queue given up by who has the most, or raise `QueueFull`."""
        places = Counter(ticket.client for ticket in self._waiting)
        most = max(places, key=lambda each: places[each], default=client)
        full = QueueFull("Too many queries are waiting: try again in a few seconds.")
        if places[most] <= places[client] + 1:
            raise full
        last = [ticket for ticket in self._waiting if ticket.client == most][-1]
        self._waiting.remove(last)
        _refuse(last, full)

    async def _wait(self, client: str | None) -> Worker:
        if len(self._waiting) >= self._queue:
            self._make_room(client)
        loop = asyncio.get_running_loop()
        ticket: _Ticket[Worker] = _Ticket(client, loop.create_future())
        self._waiting.append(ticket)
        late = EngineBusy("No query worker came free in time: try again in a few seconds.")
        timer = loop.call_later(self._timeout, _refuse, ticket, late)
        try:
            return await ticket.worker
        except asyncio.CancelledError:
            given = ticket.worker
            if not given.cancelled() and given.exception() is None:
                self._give_back(given.result(), client)
            raise
        finally:
            timer.cancel()
            if ticket in self._waiting:
                self._waiting.remove(ticket)


def _refuse(ticket: _Ticket[Worker], fault: Exception) -> None:
    if not ticket.worker.done():
        ticket.worker.set_exception(fault)
