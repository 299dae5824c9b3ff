"""An engine whose queries are counted."""

import time

from ...engine import Answer, AsyncEngine, Load, Request
from ...errors import QueryError
from ..ops import access_log
from ..ops.metrics import CLIENT_LEFT, OK, Metrics
from ..sparql.problems import slug_of


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
