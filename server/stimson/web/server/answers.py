"""Find the answer to a request: in the cache, with the engine, or with the views."""

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from wsgiref.types import WSGIApplication

from ...config import Config
from ...engine import Answer, AsyncEngine, Request
from ...errors import QueryError
from ..ops import access_log
from . import wsgi
from .asgi_request import Incoming
from .asgi_response import Response
from .calls import FAULT, Call
from .request_body import NONE, Body
from .response_cache import Cache
from .shapes import Shapes, Sighting, sight

_HIT = ("cache-status", "stimson; hit")
_STORED = ("cache-status", "stimson; fwd=miss; stored")
_MISSED = ("cache-status", "stimson; fwd=miss")


class Answers:
    """Queries of a known shape go to the engine straight away, all else to the views."""

    def __init__(self, config: Config, engine: AsyncEngine, views: WSGIApplication) -> None:
        self._engine = engine
        self._views = views
        self.cache = Cache(config.cache_mb)
        self._shapes = Shapes()
        # Whoever waits for the engine keeps a thread: none of those may keep a page waiting.
        threads = config.web_threads + config.query_workers + config.queue
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="view")

    async def find(self, incoming: Incoming, body: Body, client: str | None) -> Response:
        """Answer a request."""
        seen = sight(incoming, body.content)
        if seen is None:
            return await self._ask_views(incoming, body, Call(client))
        record = access_log.current()
        record.route, record.query = incoming.path, seen.text
        key = seen.digest()
        if (kept := self.cache.get(key)) is not None:
            record.cache = "hit"
            return Response(kept.status, [*kept.head, _HIT], kept.body)
        record.cache = "miss"
        found = await self._ask_engine(seen, client)
        if isinstance(found, Response):
            return self._keep(key, found)
        call = Call(client, found)
        response = await self._ask_views(incoming, body, call)
        self._shapes.learn(seen, call, response)
        return self._keep(key, response)

    async def explain(self, incoming: Incoming, fault: Exception) -> Response:
        """Have the views say what is wrong with a request."""
        return await self._ask_views(incoming, NONE, Call(None), fault)

    def close(self) -> None:
        """Take no more requests."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _ask_engine(
        self, seen: Sighting, client: str | None
    ) -> Response | tuple[Request, Answer | QueryError] | None:
        """Answer a query of a known shape; else give what the views can make use of."""
        known = self._shapes.find(seen.shape)
        if known is None:
            return None
        asked = known.ask(seen.text, client)
        try:
            answer = await self._engine.reply(asked)
        except QueryError as fault:
            return asked, fault
        head = known.head(answer, seen.text)
        return (asked, answer) if head is None else Response(200, head, answer.body)

    async def _ask_views(
        self, incoming: Incoming, body: Body, call: Call, fault: Exception | None = None
    ) -> Response:
        try:
            variables = wsgi.environ(incoming, body)
            variables[FAULT] = fault
            asking = self._threads.submit(call.run, wsgi.ask, self._views, variables)
            try:
                return await asyncio.wrap_future(asking)
            except asyncio.CancelledError:
                call.cancel()
                asking.add_done_callback(_discard)
                raise
        finally:
            call.release()

    def _keep(self, key: bytes, response: Response) -> Response:
        """Keep a response that will be the same the next time."""
        head = dict(response.head)
        is_lasting = "etag" in head and "no-store" not in head.get("cache-control", "")
        if response.status != 200 or response.body is None or not is_lasting:
            return response
        status = _STORED if self.cache.put(key, response) else _MISSED
        return Response(response.status, [*response.head, status], response.body)


def _discard(asking: "Future[Response]") -> None:
    """Close a response that nobody waits for any more."""
    if not asking.cancelled() and asking.exception() is None:
        asking.result().close()
