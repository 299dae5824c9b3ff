"""Have the Flask application answer a request: it is called by WSGI, in a thread.

A view waits there for the engine, which lives on the event loop. Its queries are those of the
client that it answers, and are let go of when that client leaves.
"""

import asyncio
import contextvars
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from io import BytesIO
from typing import Any
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication

from flask import Flask
from werkzeug.test import run_wsgi_app

from ...engine import Answer, Request
from ...engine.spool import IN_MEMORY
from ...engine.threads import Blocking
from ...errors import EngineFailed
from ..sparql.messages import WebResponse
from ..sparql.site import hide_host
from .asgi import NO_BODY, AsgiRequest, RequestBody

_PRINTABLE = "".join(map(chr, range(32, 127)))


class ViewCall:
    """One call of a view: for whom it asks the engine, and what it is waiting for."""

    def __init__(self, client: str | None) -> None:
        self.client = client
        self._pending: Future[Answer] | None = None
        self._is_over = False

    def cancel(self) -> None:
        """Let go of what the engine is doing for it."""
        self._is_over = True
        if self._pending is not None:
            self._pending.cancel()

    def wait(self, pending: "Future[Answer]") -> Answer:
        """Wait for the engine, for as long as the client does."""
        self._pending = pending
        if self._is_over:
            pending.cancel()
        try:
            return pending.result()
        except CancelledError as fault:
            raise EngineFailed("The client has left.") from fault


_current: ContextVar[ViewCall | None] = ContextVar("view call", default=None)


class ViewEngine(Blocking):
    """The engine, as views know it."""

    @contextmanager
    def answer(self, request: Request) -> Iterator[Answer]:
        """Answer `request`, or raise a `QueryError`."""
        call = _current.get() or ViewCall(None)
        request = request._replace(client=call.client)
        answer = call.wait(self.submit(self._engine.reply(request)))
        try:
            yield answer
        finally:
            answer.close()


class FlaskBridge:
    """The Flask application, for those who wait on an event loop."""

    def __init__(self, app: Flask, threads: int) -> None:
        self._app = app
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="view")

    async def respond(
        self, request: AsgiRequest, body: RequestBody, client: str | None
    ) -> WebResponse:
        """Answer a request."""
        return await self._call(self._app, environ(request, body), client)

    async def refuse(self, request: AsgiRequest, fault: Exception) -> WebResponse:
        """Say what is wrong with a request, without asking any view."""
        return await self._call(_refusing(self._app, fault), environ(request, NO_BODY), None)

    async def run(self, function: Callable[..., WebResponse], *arguments: Any) -> WebResponse:
        """Make a response in a thread, to the end; it is closed if nobody waits for it any more."""
        running = self._threads.submit(function, *arguments)
        try:
            return await asyncio.shield(asyncio.wrap_future(running))
        except asyncio.CancelledError:
            running.add_done_callback(_discard)
            raise

    def close(self) -> None:
        """Take no more requests."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _call(
        self, application: WSGIApplication, variables: dict[str, Any], client: str | None
    ) -> WebResponse:
        context, call = contextvars.copy_context(), ViewCall(client)
        context.run(_current.set, call)
        running = self._threads.submit(context.run, run_wsgi, application, variables)
        try:
            return await asyncio.wrap_future(running)
        except asyncio.CancelledError:
            call.cancel()
            running.add_done_callback(_discard)
            raise


def environ(request: AsgiRequest, body: RequestBody) -> dict[str, Any]:
    """Describe a request as WSGI does."""
    scope = request.scope
    server, port = scope["server"]
    variables = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": request.path.encode().decode("latin-1"),
        "QUERY_STRING": request.query_string.decode("latin-1"),
        "SERVER_NAME": server,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": request.peer,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(body.content),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        variables[f"HTTP_{name.upper().replace('-', '_')}"] = value
    variables["CONTENT_TYPE"] = variables.pop("HTTP_CONTENT_TYPE", "")
    # The body is here: however it came, it is now one of a known length.
    for framing in ("HTTP_CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"):
        variables.pop(framing, None)
    if body.length:
        variables["CONTENT_LENGTH"] = str(body.length)
    return variables


def run_wsgi(application: WSGIApplication, variables: dict[str, Any]) -> WebResponse:
    """Run an application, as far as its head and, if small, its body."""
    pieces, status, values = run_wsgi_app(application, variables)
    close = getattr(pieces, "close", lambda: None)
    head = [(name.lower(), _plain(value)) for name, value in values]
    # One without a length is a small one: what the engine sends has it.
    if variables["REQUEST_METHOD"] == "HEAD" or values.get("Content-Length", 0, int) <= IN_MEMORY:
        whole = b"".join(pieces)
        close()
        return WebResponse(int(status[:3]), head, whole)
    return WebResponse(int(status[:3]), head, None, pieces, close)


def _refusing(app: Flask, fault: Exception) -> WSGIApplication:
    """Make the application that answers as `app` does where a view raises `fault`."""

    def refuse(variables: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        with app.request_context(variables):
            response = app.process_response(app.make_response(app.handle_user_exception(fault)))
            return response(variables, start)

    return hide_host(refuse)


def _plain(value: str) -> str:
    """Write a value in ASCII, which the server insists on."""
    return value if value.isascii() and value.isprintable() else quote(value, safe=_PRINTABLE)


def _discard(running: "Future[WebResponse]") -> None:
    """Close a response that nobody waits for any more."""
    if not running.cancelled() and running.exception() is None:
        running.result().close()
