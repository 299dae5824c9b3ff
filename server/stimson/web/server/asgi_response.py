"""Send responses by ASGI: at once, or at the pace of the client."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from ..sparql.messages import WebResponse

Send = Callable[[dict[str, Any]], Awaitable[None]]
_AT_ONCE = 2**18  # bytes that the web server may hold for a client that takes none
_BODILESS = (204, 304)  # statuses


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
