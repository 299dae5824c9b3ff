"""Send responses through the web server: at once, or at the pace of the client."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any, NamedTuple

Head = list[tuple[str, str]]  # names in lower case
Send = Callable[[dict[str, Any]], Awaitable[None]]
_AT_ONCE = 2**18  # bytes that the web server may hold for a client that takes none
_LENGTH = b"content-length"
_BODILESS = (204, 304)  # statuses


def _nothing() -> None:
    """Free nothing."""


class Response(NamedTuple):
    """What is sent: in memory, or in pieces where that would be too large."""

    status: int
    head: Head
    body: bytes | None
    pieces: Iterable[bytes] = ()
    close: Callable[[], None] = _nothing


async def send(sending: Send, response: Response) -> None:
    """Send a response, and close it.

    Its length is in its head, always: of an answer that breaks off, the client sees that.
    """
    try:
        head = [(name.encode("ascii"), value.encode("ascii")) for name, value in response.head]
        body = response.body
        is_known = _LENGTH in [name for name, _ in head]
        if not is_known and body is not None and response.status not in _BODILESS:
            head.append((_LENGTH, b"%d" % len(body)))
        await sending({"type": "http.response.start", "status": response.status, "headers": head})
        if body is None or len(body) > _AT_ONCE:
            for piece in response.pieces if body is None else _cut(body):
                # Returns once the client has taken most of the pieces before.
                await sending({"type": "http.response.body", "body": piece, "more_body": True})
                await asyncio.sleep(0)  # it waits for nothing if the client is gone
            body = b""
        await sending({"type": "http.response.body", "body": body})
    finally:
        response.close()


def _cut(body: bytes) -> Iterator[bytes]:
    return (body[start : start + _AT_ONCE] for start in range(0, len(body), _AT_ONCE))
