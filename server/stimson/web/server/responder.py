"""Find the response to a request: in the cache, with the engine, or with the Flask application.

What is cached cannot change: a snapshot never does, so nothing here grows stale.
"""

import asyncio
import logging
from functools import partial

from cachetools import LRUCache
from flask import Flask
from werkzeug.exceptions import HTTPException, InternalServerError

from ...config import Config
from ...engine import AsyncEngine
from ...errors import QuerySyntaxError, StimsonError
from ...snapshot import Snapshot
from ...snapshot.known_names import KnownNames
from ..ops import access_log
from ..sparql import protocol, unknown_names
from ..sparql.compression import choose_coding, compress, is_worth_compressing
from ..sparql.conditional import failed_precondition, wants_none
from ..sparql.headers import CommonHeaders
from ..sparql.messages import Head, WebResponse
from ..sparql.problems import problem_of
from ..sparql.protocol import Edition, QueryOperation
from .asgi import AsgiRequest, RequestBody
from .wsgi import FlaskBridge

_log = logging.getLogger(__name__)
_HIT = ("cache-status", "stimson; hit")
_STORED = ("cache-status", "stimson; fwd=miss; stored")
_MISSED = ("cache-status", "stimson; fwd=miss")
_LONG = 32 * 1024  # characters of a query whose reading would hold up others
_SHARE = 8  # one response may take this part of the whole
_ENTRY = 1024  # bytes: the key, and what holds the parts of an entry together
_PAIR = 168  # bytes: what a name and a value take beside their letters


class ResponseCache:
    """At most `megabytes` of responses; the least used go first.

    A key is a digest, so that all are of one size: a request may be larger than its response.
    """

    def __init__(self, megabytes: int) -> None:
        self.limit = megabytes * 2**20  # bytes
        self._kept: LRUCache[str, WebResponse] = LRUCache(self.limit, _size)

    @property
    def size(self) -> int:
        """Count the bytes in use."""
        return int(self._kept.currsize)

    def get(self, key: str) -> WebResponse | None:
        """Find a response."""
        return self._kept.get(key)

    def put(self, key: str, response: WebResponse) -> bool:
        """Keep a response, and tell whether there was room for it."""
        if _size(response) > self.limit // _SHARE:
            return False
        self._kept[key] = response
        return True


def _size(response: WebResponse) -> int:
    head = sum([len(name) + len(value) for name, value in response.head])
    return _ENTRY + head + _PAIR * len(response.head) + len(response.body or b"")


class Responder:
    """Queries are answered on the event loop; all that may be a page is for Flask."""

    def __init__(self, config: Config, engine: AsyncEngine, snapshot: Snapshot, app: Flask) -> None:
        self.cache = ResponseCache(config.cache_mb)
        self._config = config
        self._engine = engine
        self._known_names: KnownNames = app.extensions["stimson"].known_names
        self._edition = Edition.of(snapshot, config)
        self._common = CommonHeaders(config)
        # Whoever waits for the engine keeps a thread: none of those may keep a page waiting.
        self.flask = FlaskBridge(app, config.web_threads + config.query_workers + config.queue)

    async def respond(
        self, request: AsgiRequest, body: RequestBody, client: str | None
    ) -> WebResponse:
        """Answer a request."""
        if request.path not in protocol.PATHS or request.method not in protocol.METHODS:
            return await self.flask.respond(request, body, client)
        access_log.current().route = request.path
        try:
            query_kb = self._config.query_kb
            read_body = partial(body.read, protocol.body_limit(query_kb))
            operation = protocol.read_operation(request, read_body, query_kb)
            if operation is None:
                return await self.flask.respond(request, body, client)
            return await self._respond_to(operation, request, body, client)
        except (StimsonError, HTTPException) as fault:
            return await self._explain(request, fault)
        except Exception:
            _log.exception("A request to %s was not answered.", request.path)
            return await self._explain(request, InternalServerError())

    async def _respond_to(
        self, operation: QueryOperation, request: AsgiRequest, body: RequestBody, client: str | None
    ) -> WebResponse:
        record = access_log.current()
        record.query = operation.query
        etag = operation.etag(self._edition)
        if (early := protocol.respond_early(request, etag)) is not None:
            return await self._complete(request, early)
        key = self._cache_key(request, etag)
        if key and (kept := self.cache.get(key)) is not None:
            record.cache = "hit"
            return WebResponse(kept.status, [*kept.head, _HIT], kept.body)
        record.cache = "miss"
        if operation.may_be_page:
            response = await self.flask.respond(request, body, client)
            is_for_all = "public" in response.header("cache-control")
            return self._keep(key, response) if is_for_all else response
        response = await self._ask(operation, request, etag, client)
        return self._keep(key, await self._complete(request, response))

    async def _ask(
        self, operation: QueryOperation, request: AsgiRequest, etag: str | None, client: str | None
    ) -> WebResponse:
        write = partial(operation.for_engine, is_union=self._config.is_union, client=client)
        is_long = len(operation.query) > _LONG
        asked = await asyncio.to_thread(write) if is_long else write()
        more = await self._warnings(operation.query)
        try:
            answer = await self._engine.reply(asked)
        except QuerySyntaxError as fault:
            said = asyncio.to_thread(operation.explain, fault) if is_long else None
            raise (operation.explain(fault) if said is None else await said) from fault
        return protocol.respond(request, etag, answer, more)

    async def _warnings(self, query: str) -> Head:
        """Say in headers which names of ours are not there; what takes time is for a thread."""
        known = self._known_names
        if not known.needs_time(query) and not known.may_lack(query):
            return []
        unknown = await asyncio.to_thread(known.unknown, query)
        return unknown_names.headers(unknown, self._config)

    async def _explain(
        self, request: AsgiRequest, fault: StimsonError | HTTPException
    ) -> WebResponse:
        found = problem_of(fault)
        response = found.respond(request.headers.get("accept", ""))
        if response is None:  # a page is wanted
            return await self.flask.refuse(request, fault)
        access_log.current().problem = found.slug
        return await self._complete(request, response)

    async def _complete(self, request: AsgiRequest, response: WebResponse) -> WebResponse:
        """Do what is done to every response: the hooks of the Flask application do the same."""
        if (if_match := request.headers.get("if-match")) is not None:  # none of these has a date
            etag = response.header("etag")
            fault = failed_precondition(request, if_match, response.status, etag)
            if fault is not None:
                response.close()
                return await self._explain(request, fault)
        coding = choose_coding(request.headers.get("accept-encoding", ""))
        if coding is not None and is_worth_compressing(response.status, response.length):
            response = await self.flask.run(compress, response, coding)
        head = [*response.head, *self._common.of(request.path, request.query_string)]
        if request.method != "HEAD":
            return response._replace(head=head)
        response.close()
        return WebResponse(response.status, head, b"")

    def _cache_key(self, request: AsgiRequest, etag: str | None) -> str:
        """Name all that a response depends on; "" if it is not to be kept."""
        if etag is None or "if-match" in request.headers or wants_none(request):
            return ""
        coding = choose_coding(request.headers.get("accept-encoding", ""))
        has_query_string = bool(request.query_string)
        return f"{etag} {coding} {request.method == 'HEAD'} {has_query_string}"

    def _keep(self, key: str, response: WebResponse) -> WebResponse:
        """Keep a response that will be the same the next time."""
        if not key or response.status != 200 or response.body is None:
            return response
        response.close()
        kept = WebResponse(response.status, response.head, response.body)
        status = _STORED if self.cache.put(key, kept) else _MISSED
        return kept._replace(head=[*kept.head, status])
