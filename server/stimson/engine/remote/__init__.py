"""The remote engine: any SPARQL 1.1 endpoint, asked as the built-in engine is.

The same guard reads a query before it is sent, the same spool holds the answer until it is
whole, the same turns are taken. Each query in work has a line of its own, in a thread of its
own, which is cut at the deadline or when the client leaves.
"""

import asyncio
import json
import logging
import time
from concurrent.futures import ThreadPoolExecutor

from ... import names
from ...config import Config
from ...errors import (
    AnswerUnusable,
    EngineBusy,
    EngineFailed,
    PeerError,
    QueryError,
    QueryTimeout,
    StimsonError,
)
from ...http import Line, Message, Reply, read_address
from ...snapshot import Snapshot
from .. import Answer, Load, Request
from ..scheduler import FairQueue
from ..spool import Spool
from ..threads import PROBE
from . import faults
from .compose import Composed, compose, union_fields
from .dump import dump
from .rows import refuse_many
from .whole import check_of, is_self_contained

_log = logging.getLogger(__name__)
_PROBE_SECONDS = 5.0
_STATE = f"""SELECT ?state {{ GRAPH <{names.RELEASE_GRAPH}> {{
  <{names.RELEASE_GRAPH}> <{names.PREFIXES["owl"]}versionInfo> ?state
}} }}"""


class Remote:
    """Implement `AsyncEngine` over an endpoint that holds the data of a snapshot."""

    def __init__(self, snapshot: Snapshot, config: Config) -> None:
        self._snapshot = snapshot
        self._config = config
        self._address = read_address(
            "STIMSON_ENGINE",
            config.engine,
            config.engine_user,
            config.engine_password,
            config.engine_token,
        )
        self._union = union_fields(config.engine_union, snapshot.manifest["graphs"])
        self._turns: FairQueue[Line] = FairQueue(config, self._give_back)
        self._lines: set[Line] = set()
        self._closed = False
        self._replaced = 0  # lines that were cut
        # A line that was cut may need a moment to notice, while its successor is busy.
        self._threads = ThreadPoolExecutor(2 * config.query_workers, thread_name_prefix="remote")

    async def start(self) -> None:
        """Take in queries. An endpoint that is down now may be up when the first one comes."""
        for _ in range(self._config.query_workers):
            self._add_line()
        try:
            await self.check()
        except QueryError as fault:
            _log.warning("The query engine at %s is not ready: %s", self._address, fault)

    async def reply(self, request: Request) -> Answer:
        """Answer `request`, or raise a `QueryError`; the answer is to be closed."""
        if request.base_iri == PROBE.base_iri:
            await self.check()
        seconds = min(request.timeout or self._config.timeout, self._config.timeout)
        line = await self._turns.acquire(request.client)
        loop = asyncio.get_running_loop()
        until = time.monotonic() + seconds
        running = loop.run_in_executor(self._threads, self._run, line, request, until)
        running.add_done_callback(lambda _: self._give_back(line, request.client))
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.shield(running)
        except TimeoutError as fault:
            self._give_up(line, running)
            raise QueryTimeout(faults.LATE) from fault
        except asyncio.CancelledError:
            self._give_up(line, running)
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
        """Say what the lines are doing."""
        return Load(len(self._lines), self._turns.idle, self._turns.waiting, self._replaced)

    async def close(self) -> None:
        """Cut all lines."""
        self._closed = True
        self._turns.close()
        for line in self._lines:
            line.cut()
            line.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _add_line(self) -> None:
        line = Line(self._address)
        self._lines.add(line)
        self._turns.add(line)

    def _give_up(self, line: Line, running: "asyncio.Future[Answer]") -> None:
        if not running.done():  # else the line is another's by now, or will be
            line.cut()
        running.add_done_callback(_discard)

    def _give_back(self, line: Line, client: str | None) -> None:
        if line.is_cut:
            line.close()
            self._lines.discard(line)
            if not self._closed:
                self._replaced += 1
                self._add_line()
        elif not self._closed:
            self._turns.add(line)
        self._turns.release(client)

    def _run(self, line: Line, request: Request, until: float) -> Answer:
        """Answer in a thread of its own."""
        spool = Spool(self._config.result_mb)
        try:
            if request.is_dump:
                media_type = dump(self._snapshot.dataset, request.graph, spool, lambda: line.is_cut)
            else:
                media_type = self._ask(line, compose(request, self._union), spool, until)
        except PeerError as fault:
            spool.close()
            if not line.is_cut:
                _log.warning("%s", fault)
            raise faults.of_peer(fault) from fault
        except OSError as fault:  # the disk
            spool.close()
            raise EngineFailed("The answer could not be kept: try again.") from fault
        except StimsonError:
            spool.close()
            raise
        body = spool.body
        chunks = spool.chunks() if body is None else iter((body,))
        return Answer(media_type, spool.length, chunks, body, spool.close)

    def _ask(self, line: Line, composed: Composed, spool: Spool, until: float) -> str:
        reply = line.send(self._message(composed), until)
        try:
            if (fault := faults.of_reply(reply, composed)) is not None:
                if reply.status >= 500:
                    _log.warning("%s answered with status %d", self._address, reply.status)
                raise fault
            media_type = composed.recognise(reply.media_type)
            assert media_type is not None  # else there was a fault
            self._read(reply, media_type, spool)
        except BaseException:
            reply.close()
            raise
        return media_type

    def _message(self, composed: Composed) -> Message:
        headers = {
            "Accept": composed.accept,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return Message(
            "POST", self._address.target(), headers, composed.body, is_final=faults.is_timeout
        )

    def _read(self, reply: Reply, media_type: str, spool: Spool) -> None:
        """Fill the spool with an answer, or raise `AnswerUnusable` if it is not whole."""
        if not reply.is_framed and not is_self_contained(media_type):
            raise AnswerUnusable("The query engine's answer has no end to tell a cut one by.")
        check = check_of(media_type)
        for chunk in reply.chunks():
            check.feed(chunk)
            spool.add(chunk)
        check.end()
        if self._config.result_rows:
            refuse_many(spool.chunks(), media_type, self._config.result_rows)


def _discard(running: "asyncio.Future[Answer]") -> None:
    """Close an answer that nobody waits for any more."""
    if not running.cancelled() and running.exception() is None:
        running.result().close()
