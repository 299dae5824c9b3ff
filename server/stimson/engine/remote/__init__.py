"""The remote engine: any SPARQL 1.1 endpoint, asked as the built-in engine is.

The same policy reads a query before it is sent, the same spool holds the result until it is
whole, the same scheduler decides whose turn it is. Each running query has an HTTP client of its
own, in a thread of its own, which is cut at the deadline or when the asker leaves.
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, cast

import pyoxigraph
from pyoxigraph import Quad, RdfFormat

from ... import names
from ...config import Config
from ...errors import (
    AnswerUnusable,
    EngineBusy,
    EngineFailed,
    PeerError,
    QueryError,
    QueryTimeout,
)
from ...http import HttpClient, HttpRequest, HttpResponse, RetryPolicy, read_url
from ...snapshot import Snapshot
from .. import formats
from ..formats import GRAPHS
from ..interface import Answer, Load, Request
from ..scheduler import FairQueue
from ..spool import Spool
from ..threads import PROBE
from . import query_request
from .query_request import RemoteQuery, union_fields, write_query
from .response_check import end_check, is_self_contained, refuse_many_rows

_log = logging.getLogger(__name__)
_PROBE_SECONDS = 5.0
_RETRIES = RetryPolicy(attempts=4, first_wait=0.1, factor=3.0)
_STATE = f"""SELECT ?state {{ GRAPH <{names.RELEASE_GRAPH}> {{
  <{names.RELEASE_GRAPH}> <{names.PREFIXES["owl"]}versionInfo> ?state
}} }}"""


class RemoteEngine:
    """Implement `AsyncEngine` over an endpoint that holds the data of a snapshot."""

    def __init__(self, snapshot: Snapshot, config: Config) -> None:
        self._snapshot = snapshot
        self._config = config
        self._url = read_url(
            "STIMSON_ENGINE",
            config.engine,
            config.engine_user,
            config.engine_password,
            config.engine_token,
        )
        self._union = union_fields(config.engine_union, snapshot.manifest["graphs"])
        self._turns: FairQueue[HttpClient] = FairQueue(config, self._give_back)
        self._connections: set[HttpClient] = set()
        self._closed = False
        self._replaced = 0  # connections that were cut
        # One that was cut may need a moment to notice, while its successor is busy.
        self._threads = ThreadPoolExecutor(2 * config.query_workers, thread_name_prefix="remote")

    async def start(self) -> None:
        """Take in queries. An endpoint that is down now may be up when the first one comes."""
        for _ in range(self._config.query_workers):
            self._add_connection()
        try:
            await self.check()
        except QueryError as fault:
            _log.warning("The query engine at %s is not ready: %s", self._url, fault)

    async def reply(self, request: Request) -> Answer:
        """Answer `request`, or raise a `QueryError`; the answer is to be closed."""
        if request.base_iri == PROBE.base_iri:
            await self.check()
        seconds = min(request.timeout or self._config.timeout, self._config.timeout)
        connection = await self._turns.acquire(request.client)
        loop = asyncio.get_running_loop()
        until = time.monotonic() + seconds
        running = loop.run_in_executor(self._threads, self._run, connection, request, until)
        running.add_done_callback(lambda _: self._give_back(connection, request.client))
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.shield(running)
        except TimeoutError as fault:
            self._give_up(connection, running)
            raise QueryTimeout(query_request.DEADLINE_PASSED) from fault
        except asyncio.CancelledError:
            self._give_up(connection, running)
            raise

    async def check(self) -> None:
        """Raise the `QueryError` that says why a query sent now would not be answered."""
        answer = await self.reply(Request(_STATE, names.BASE, timeout=_PROBE_SECONDS))
        try:
            rows = json.loads(b"".join(answer.chunks))["results"]["bindings"]
        except (ValueError, LookupError, TypeError) as fault:
            raise AnswerUnusable("The query engine did not answer as SPARQL does.") from fault
        finally:
            answer.close()
        # One that was loaded in another way does not say what it holds.
        if rows and rows[0]["state"]["value"] != self._snapshot.name:
            raise EngineBusy(
                f"The query engine does not hold snapshot {self._snapshot.name}, or not all of "
                "it: run `stimson release load`."
            )

    def load(self) -> Load:
        """Say what the connections are doing."""
        return Load(len(self._connections), self._turns.idle, self._turns.waiting, self._replaced)

    async def close(self) -> None:
        """Cut all connections."""
        self._closed = True
        self._turns.close()
        for connection in self._connections:
            connection.cut()
            connection.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _add_connection(self) -> None:
        connection = HttpClient(self._url, _RETRIES)
        self._connections.add(connection)
        self._turns.add(connection)

    def _give_up(self, connection: HttpClient, running: "asyncio.Future[Answer]") -> None:
        if not running.done():  # else the connection is another's by now, or will be
            connection.cut()
        running.add_done_callback(_discard)

    def _give_back(self, connection: HttpClient, client: str | None) -> None:
        if connection.is_cut:
            connection.close()
            self._connections.discard(connection)
            if not self._closed:
                self._replaced += 1
                self._add_connection()
        elif not self._closed:
            self._turns.add(connection)
        self._turns.release(client)

    def _run(self, connection: HttpClient, request: Request, until: float) -> Answer:
        spool = Spool(self._config.result_mb)
        try:
            if request.is_dump:
                media_type = self._dump(connection, request.graph, spool)
            else:
                media_type = self._ask(connection, write_query(request, self._union), spool, until)
        except BaseException as fault:
            spool.close()
            if isinstance(fault, PeerError):
                if not connection.is_cut:
                    _log.warning("%s", fault)
                raise query_request.from_peer_error(fault) from fault
            if isinstance(fault, OSError):  # the disk
                raise EngineFailed("The answer could not be kept: try again.") from fault
            raise
        return spool.answer(media_type)

    def _dump(self, connection: HttpClient, media_type: str | None, spool: Spool) -> str:
        """Write the whole dataset, from the snapshot: SPARQL has no query for it."""
        chosen = formats.of_dataset(media_type)
        form = GRAPHS[chosen]
        quads = _quads(self._snapshot.dataset, lambda: connection.is_cut)
        pyoxigraph.serialize(
            quads, cast("IO[bytes]", spool), form, prefixes=formats.prefixes_for(form)
        )
        return chosen

    def _ask(self, connection: HttpClient, query: RemoteQuery, spool: Spool, until: float) -> str:
        with connection.send(self._request(query), until) as response:
            if (fault := query_request.from_response(response, query)) is not None:
                if response.status >= 500:
                    _log.warning("%s answered with status %d", self._url, response.status)
                raise fault
            media_type = query.recognise(response.media_type)
            assert media_type is not None  # else there was a fault
            self._read(response, media_type, spool)
        return media_type

    def _request(self, query: RemoteQuery) -> HttpRequest:
        headers = {"Accept": query.accept, "Content-Type": "application/x-www-form-urlencoded"}
        return HttpRequest(
            "POST", self._url.target(), headers, query.body, is_final=query_request.is_timeout
        )

    def _read(self, response: HttpResponse, media_type: str, spool: Spool) -> None:
        """Fill the spool with a result, or raise `AnswerUnusable` if it is not whole."""
        if not response.is_framed and not is_self_contained(media_type):
            raise AnswerUnusable("The query engine's answer has no end to tell a cut one by.")
        check = end_check(media_type)
        for chunk in response.chunks():
            check.feed(chunk)
            spool.write(chunk)
        check.end()
        if self._config.result_rows:
            refuse_many_rows(spool.chunks(), media_type, self._config.result_rows)


def _discard(running: "asyncio.Future[Answer]") -> None:
    """Close an answer that nobody waits for any more."""
    if not running.cancelled() and running.exception() is None:
        running.result().close()


def _quads(dataset: Path, is_over: Callable[[], bool]) -> Iterator[Quad]:
    """Read the quads of a snapshot, until nobody waits for them any more."""
    for quad in pyoxigraph.parse(path=dataset, format=RdfFormat.N_QUADS):
        if is_over():
            raise EngineFailed("The answer was given up.")
        yield quad
