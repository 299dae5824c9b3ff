"""Take in the body of a request, within a size and a time."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from werkzeug.exceptions import BadRequest, RequestTimeout

from .shapes import Headers

_DRAINED = 16 * 2**20  # bytes; whoever sends more is cut off


@dataclass(frozen=True, slots=True)
class Body:
    """What came, up to the limit, and how much it was."""

    content: bytes
    length: int


NONE = Body(b"", 0)


async def receive(
    pieces: AsyncIterator[bytes], headers: Headers, limit: int, seconds: float
) -> Body:
    """Take in a body; of one that is larger than `limit`, what a view needs to refuse it."""
    declared = headers.get("content-length", "")
    if not declared and "transfer-encoding" not in headers:
        return NONE
    if "expect" in headers and declared.isdecimal() and int(declared) > limit:
        return Body(b"", int(declared))  # the client waits to be told to send it
    try:
        body = await asyncio.wait_for(_take(pieces, limit), seconds)
    except TimeoutError as fault:
        raise RequestTimeout(f"The body of a request may take {seconds:g} seconds.") from fault
    if declared.isdecimal() and body.length < min(int(declared), limit):
        raise BadRequest("The body ended before it was whole: send it again.")
    return body


async def _take(pieces: AsyncIterator[bytes], limit: int) -> Body:
    parts: list[bytes] = []
    length = 0
    async for piece in pieces:
        if not piece:  # the server says so at the end
            break
        length += len(piece)
        if length <= limit:
            parts.append(piece)
        elif length > limit + _DRAINED:  # a client still sending would miss the answer
            break
    return Body(b"".join(parts), length)
