"""Take in the body of a request, within a size and a time."""

import asyncio
from dataclasses import dataclass

from werkzeug.exceptions import RequestTimeout

from .asgi_request import Incoming

_DRAINED = 16 * 2**20  # bytes; whoever sends more is cut off


@dataclass(frozen=True, slots=True)
class Body:
    """What came, up to the limit, and how much it was."""

    content: bytes
    length: int


NONE = Body(b"", 0)


async def receive(incoming: Incoming, limit: int, seconds: float) -> Body:
    """Take in a body; of one that is larger than `limit`, what a view needs to refuse it.

    Raises `CancelledError` if the client leaves before the body is whole.
    """
    headers = incoming.headers
    declared = headers.get("content-length", "")
    if not declared and "transfer-encoding" not in headers:
        return NONE
    if "expect" in headers and declared.isdecimal() and int(declared) > limit:
        return Body(b"", int(declared))  # the client waits to be told to send it
    try:
        async with asyncio.timeout(seconds):
            return await _take(incoming, limit)
    except TimeoutError as fault:
        raise RequestTimeout(f"The body of a request may take {seconds:g} seconds.") from fault


async def _take(incoming: Incoming, limit: int) -> Body:
    parts: list[bytes] = []
    length, is_more = 0, True
    while is_more and length <= limit + _DRAINED:  # a client still sending would miss the answer
        message = await incoming.receive()
        if message["type"] == "http.disconnect":
            raise asyncio.CancelledError
        piece, is_more = message.get("body", b""), message.get("more_body", False)
        length += len(piece)
        if length <= limit:
            parts.append(piece)
    return Body(b"".join(parts), length)
