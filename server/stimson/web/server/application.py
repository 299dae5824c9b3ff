"""The application as the web server runs it.

It runs on one event loop, by ASGI: there a slow client costs a connection, not a thread,
and one that leaves is noticed.
"""

import asyncio
import logging
import signal
from collections.abc import Callable
from typing import Any

from werkzeug.exceptions import HTTPException

from ...config import Config
from ...errors import StimsonError, TooManyRequests
from ...processes.fork_server import Launched
from ..ops.access_log import AccessRecord
from ..ops.operation import CLIENT_LEFT, Operation
from ..sparql.messages import WebResponse
from . import END, RENEW, STOPPING
from .admission import OPERATOR_PATHS, Clients
from .asgi import NO_BODY, AsgiRequest, Receive, Send, receive_body, send_response
from .responder import Responder
from .serving import Service

_log = logging.getLogger(__name__)
_FORM = 3  # percent signs can make a text three times as long as it is
_ENVELOPE = 16 * 1024  # bytes of a body beside what it carries


class Application:
    """Let clients in, each to its share, and watch whether they are still there."""

    def __init__(
        self,
        config: Config,
        clients: Clients,
        stop: Callable[[], None],
        launched: Launched | None = None,
    ) -> None:
        """`stop` ends the server that this runs in; `launched` may hold the data already."""
        self._launched = launched
        self._config = config
        self._stop = stop
        self._limit = _FORM * max(config.query_kb, config.validate_kb) * 1024 + _ENVELOPE
        self._clients = clients
        self._operation = Operation(config)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request; or live from the start of the server to its end."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._respond(AsgiRequest(scope, receive), send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Start the engine, and end it when the server does."""
        await receive()
        self._service = Service(self._config, self._operation, self._launched)
        self._loop = loop = asyncio.get_running_loop()
        loop.add_signal_handler(STOPPING, self._operation.prepare_to_stop)
        loop.add_signal_handler(RENEW, self._service.switch)
        loop.add_signal_handler(END, self._stop)
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_IGN)  # the first process has heard it, too
        try:
            await self._service.open()
        except StimsonError as fault:
            _log.error("%s", fault)
            await send({"type": "lifespan.startup.failed"})
            return
        self._operation.start(loop, lambda: self._service.current.measure())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._service.close()
        self._operation.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _respond(self, request: AsgiRequest, send: Send) -> None:
        address = self._clients.address(request.peer, request.headers)
        record = self._operation.begin(request.method, address)
        serving = self._service.current
        record.snapshot = serving.snapshot.name
        serving.enter()
        try:
            await self._serve(request, send, serving.responder, record)
        except asyncio.CancelledError:
            record.status = CLIENT_LEFT
            return  # the client is gone
        finally:
            request.release()
            serving.leave()
            self._operation.finish(record)

    async def _serve(
        self, request: AsgiRequest, send: Send, responder: Responder, record: AccessRecord
    ) -> None:
        client = self._clients.name(record.address)
        if request.path in OPERATOR_PATHS:
            record.is_counted = False
            response = await responder.respond(request, NO_BODY, None)
            await self._send(send, response, record, None)
            return
        try:
            self._clients.enter(client)
        except TooManyRequests as fault:
            response = await responder.flask.refuse(request, fault)
            await self._send(send, response, record, client)
            return
        try:
            response = await self._answer(request, responder, client)
            await self._send(send, response, record, client)
        finally:
            self._clients.leave(client)

    async def _answer(self, request: AsgiRequest, responder: Responder, client: str) -> WebResponse:
        try:
            body = await receive_body(request, self._limit, self._config.receive_timeout)
        except HTTPException as fault:
            return await responder.flask.refuse(request, fault)
        request.watch(self._loop)
        return await responder.respond(request, body, client)

    async def _send(
        self, send: Send, response: WebResponse, record: AccessRecord, client: str | None
    ) -> None:
        """Note what is sent, and say in it what is left to the client."""
        record.answer(response.status, response.head, response.body)
        if client is not None:
            response.head.extend(self._clients.head(client))
        await send_response(send, response)
