"""Requests and responses by ASGI: https://asgi.readthedocs.io/en/latest/specs/www.html.

A body is taken in within a size and a time; a response goes out at once, or at the pace of
its client.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

from werkzeug.exceptions import RequestEntityTooLarge, RequestTimeout

from ...networks import canonical
from ..sparql.messages import WebResponse

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
_NOTICE = 0.05  # seconds before anyone looks whether the client is still there
_DRAINED = 16 * 2**20  # bytes; whoever sends more is cut off
_AT_ONCE = 2**18  # bytes that the web server may hold for a client that takes none
_BODILESS = (204, 304)  # statuses


class AsgiRequest:
    """One request: its head, and the way to what follows it."""

    __slots__ = ("_watch", "headers", "method", "path", "peer", "query_string", "receive", "scope")

    def __init__(self, scope: dict[str, Any], receive: Receive) -> None:
        self.scope = scope
        self.receive = receive
        self._watch: asyncio.TimerHandle | None = None
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query_string: bytes = scope["query_string"]
        self.peer: str = canonical((scope["client"] or ("",))[0])
        self.headers = _join(scope["headers"])  # names in lower case

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have the running task cancelled if the client leaves; the body has been taken."""
        task = asyncio.current_task(loop)
        assert task is not None  # the server runs each request as one
        self._watch = loop.call_later(_NOTICE, self._begin_to_watch, task)

    def release(self) -> None:
        """Watch no more."""
        if self._watch is not None:
            self._watch.cancel()

    def _begin_to_watch(self, task: "asyncio.Task[Any]") -> None:
        gone = asyncio.ensure_future(self._await_departure())
        gone.add_done_callback(lambda _: task.cancel())
        task.add_done_callback(lambda _: gone.cancel())

    async def _await_departure(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass


def _join(pairs: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Read headers, with the values of one that came several times in one list."""
    found: dict[str, str] = {}
    repeated: dict[str, list[str]] = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if name in found:
            repeated.setdefault(name, [found[name]]).append(value)
        elif "_" not in name:  # WSGI could not tell it from one with hyphens
            found[name] = value
    found.update((name, ",".join(values)) for name, values in repeated.items())
    return found


@dataclass(frozen=True, slots=True)
class RequestBody:
    """What came, up to the limit, and how much it was."""

    content: bytes
    length: int

    def read(self, limit: int) -> bytes:
        """Give it whole, or raise `RequestEntityTooLarge` if it has more than `limit` bytes."""
        if self.length > limit:
            raise RequestEntityTooLarge
        return self.content


NO_BODY = RequestBody(b"", 0)


async def receive_body(request: AsgiRequest, limit: int, seconds: float) -> RequestBody:
    """Take in a body; of one that is larger than `limit`, what a view needs to refuse it.

    Raises `CancelledError` if the client leaves before the body is whole.
    """
    headers = request.headers
    declared = headers.get("content-length", "")
    if not declared and "transfer-encoding" not in headers:
        return NO_BODY
    if "expect" in headers and declared.isdecimal() and int(declared) > limit:
        return RequestBody(b"", int(declared))  # the client waits to be told to send it
    try:
        async with asyncio.timeout(seconds):
            return await _take(request, limit)
    except TimeoutError as fault:
        raise RequestTimeout(f"The body of a request may take {seconds:g} seconds.") from fault


async def _take(request: AsgiRequest, limit: int) -> RequestBody:
    parts: list[bytes] = []
    length, is_more = 0, True
    while is_more and length <= limit + _DRAINED:  # a client still sending would miss the answer
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise asyncio.CancelledError
        piece, is_more = message.get("body", b""), message.get("more_body", False)
        length += len(piece)
        if length <= limit:
            parts.append(piece)
    return RequestBody(b"".join(parts), length)


async def send_response(send: Send, response: WebResponse) -> None:
    """Send a response, and close it.

    Its length is in its head, always: of one that breaks off, the client sees that.
    """
    try:
        body = response.body
        head = [(name.encode("ascii"), value.encode("ascii")) for name, value in response.head]
        is_known = response.header("content-length")
        if not is_known and body is not None and response.status not in _BODILESS:
            head.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": response.status, "headers": head})
        if body is None or len(body) > _AT_ONCE:
            for piece in response.pieces if body is None else _cut(body):
                # Returns once the client has taken most of the pieces before.
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                await asyncio.sleep(0)  # it waits for nothing if the client is gone
            body = b""
        await send({"type": "http.response.body", "body": body})
    finally:
        response.close()


def _cut(body: bytes) -> Iterator[bytes]:
    return (body[start : start + _AT_ONCE] for start in range(0, len(body), _AT_ONCE))
