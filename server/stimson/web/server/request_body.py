"""Take in the body of a request, within a size and a time."""

import asyncio
from dataclasses import dataclass

from werkzeug.exceptions import RequestEntityTooLarge, RequestTimeout

from .asgi_request import AsgiRequest

_DRAINED = 16 * 2**20  # bytes; whoever sends more is cut off


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
