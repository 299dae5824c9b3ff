"""An engine whose queries are counted."""

import time

from ...engine import Answer, AsyncEngine, Load, Request
from ...errors import QueryError
from ..sparql.problems import slug_of
from . import families, records
from .meters import Meters


class Metered:
    """Implement `AsyncEngine` by another, and note what becomes of each query."""

    def __init__(self, engine: AsyncEngine, meters: Meters) -> None:
        self._engine = engine
        self._meters = meters

    async def start(self) -> None:
        """Make it ready, or raise `EngineFailed`."""
        await self._engine.start()

    async def reply(self, request: Request) -> Answer:
        """Answer `request`, or raise a `QueryError`; the answer is to be closed."""
        record = records.current()
        if record.is_counted:
            record.query = request.text
        start, outcome = time.perf_counter(), families.LEFT
        try:
            answer = await self._engine.reply(request)
            outcome = families.OK
        except QueryError as fault:
            outcome = slug_of(fault)
            raise
        finally:
            if record.is_counted:
                self._meters.add(families.QUERIES, outcome)
                seconds = time.perf_counter() - start
                self._meters.observe(families.QUERY_SECONDS, outcome, seconds)
        return answer

    def load(self) -> Load:
        """Say what its workers are doing."""
        return self._engine.load()

    async def close(self) -> None:
        """End the engine's processes."""
        await self._engine.close()
