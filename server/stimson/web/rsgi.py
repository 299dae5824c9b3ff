"""The application as the web server runs it.

It runs on one event loop, by RSGI: there a slow client costs a connection, not a thread,
and one that leaves is noticed.
"""

import asyncio
import logging
import os
import sys
from typing import Any

from werkzeug.exceptions import HTTPException

from ..config import Config
from ..engine.limits import die_with
from ..errors import StimsonError, TooManyRequests
from ..signals import RENEW, STOPPING
from .answers import Answers
from .clients import Clients
from .operation import LEFT, Operation
from .receiving import NONE, receive
from .records import Record
from .sending import Response, send
from .serving import Service

_log = logging.getLogger(__name__)
_UNCOUNTED = ("/healthz", "/readyz", "/metrics")  # the operator is not a client
_NOTICE = 0.05  # seconds before anyone looks whether the client is still there
_FORM = 3  # percent signs can make a text three times as long as it is
_ENVELOPE = 16 * 1024  # bytes of a body beside what it carries


class Front:
    """Let clients in, each to its share, and watch whether they are still there."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._limit = _FORM * max(config.query_kb, config.validate_kb) * 1024 + _ENVELOPE
        self._clients = Clients(config)
        self._operation = Operation(config)

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start the engine."""
        die_with(os.getppid())  # nobody could stop it, and a new server would share its port
        self._service = Service(self._config, self._operation)
        loop.add_signal_handler(STOPPING, self._operation.expect_the_end)
        loop.add_signal_handler(RENEW, self._service.switch)
        try:
            loop.run_until_complete(self._service.open())
        except StimsonError as fault:
            _log.error("%s", fault)
            sys.exit(1)
        self._operation.start(loop, lambda: self._service.current.gauges())

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """End the engine and the checkers."""
        loop.run_until_complete(self._service.close())
        self._operation.stop()

    async def __rsgi__(self, scope: Any, exchange: Any) -> None:
        """Answer one request."""
        task = asyncio.current_task()
        assert task is not None  # the server runs each request as one
        watch = asyncio.get_running_loop().call_later(_NOTICE, _watch, exchange, task)
        address = self._clients.address(scope.client, scope.headers)
        record = self._operation.begin(scope.method, address)
        serving = self._service.current
        record.snapshot = serving.snapshot.name
        serving.enter()
        try:
            await self._serve(scope, exchange, serving.answers, record)
        except asyncio.CancelledError:
            record.status = LEFT
            return  # the client is gone
        finally:
            watch.cancel()
            serving.leave()
            self._operation.finish(record)

    async def _serve(self, scope: Any, exchange: Any, answers: Answers, record: Record) -> None:
        if scope.path in _UNCOUNTED:
            record.is_counted = False
            await self._send(exchange, await answers.find(scope, NONE, None), record)
            return
        client = self._clients.name(record.address)
        try:
            self._clients.enter(client)
        except TooManyRequests as fault:
            await self._send(exchange, await answers.explain(scope, fault), record, client)
            return
        try:
            response = await self._answer(scope, exchange, answers, client)
            await self._send(exchange, response, record, client)
        finally:
            self._clients.leave(client)

    async def _answer(self, scope: Any, exchange: Any, answers: Answers, client: str) -> Response:
        headers, seconds = scope.headers, self._config.receive_timeout
        try:
            body = await receive(exchange, headers, self._limit, seconds)
        except HTTPException as fault:
            return await answers.explain(scope, fault)
        return await answers.find(scope, body, client)

    async def _send(
        self, exchange: Any, response: Response, record: Record, client: str | None = None
    ) -> None:
        record.answer(response.status, response.head, response.body)
        if client is not None:
            response.head.extend(self._clients.head(client))
        await send(exchange, response, self._config.send_timeout)


def _watch(exchange: Any, task: "asyncio.Task[Any]") -> None:
    """Cancel the work on a request when its client leaves."""
    gone = asyncio.ensure_future(exchange.client_disconnect())
    gone.add_done_callback(lambda _: task.cancel())
    task.add_done_callback(lambda _: gone.cancel())
