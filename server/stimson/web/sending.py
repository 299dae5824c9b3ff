"""Send responses through the web server: from memory, or piece by piece."""

import asyncio
import fcntl
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

Head = list[tuple[str, str]]  # names in lower case
_AT_ONCE = 2**18  # bytes that the web server may hold for a client that takes none
# No more than that: what a pipe can take whole is over before the server has opened it.
_PIPE = _AT_ONCE


def _nothing() -> None:
    """Free nothing."""


@dataclass(frozen=True, slots=True)
class Response:
    """What is sent: in memory, or in pieces where that would be too large."""

    status: int
    head: Head
    body: bytes | None
    pieces: Iterable[bytes] = ()
    close: Callable[[], None] = _nothing


class Exchange(Protocol):
    """The way back to the client, as the server hands it over (RSGI)."""

    def response_bytes(self, status: int, headers: Head, body: bytes) -> None:
        """Send a whole response."""

    def response_file(self, status: int, headers: Head, file: str) -> None:
        """Send a response with the contents of a file."""


async def send(exchange: Exchange, response: Response, patience: float) -> None:
    """Send a response, and close it."""
    try:
        body = response.body
        if body is None:
            await _send_pieces(exchange, response, response.pieces, patience)
        elif len(body) <= _AT_ONCE:
            exchange.response_bytes(response.status, response.head, body)
        else:
            await _send_pieces(exchange, _with_length(response, len(body)), (body,), patience)
    finally:
        response.close()


def _with_length(response: Response, length: int) -> Response:
    if any(name == "content-length" for name, _ in response.head):
        return response
    return replace(response, head=[*response.head, ("content-length", str(length))])


async def _send_pieces(
    exchange: Exchange, response: Response, pieces: Iterable[bytes], patience: float
) -> None:
    """Send a large body at the pace of the client, whose length is in its head.

    The server's own streams take everything into memory at once, and end a broken body as
    if it were whole. It does read a file at the pace of the client, though, and breaks the
    connection if there is less in it than `Content-Length` says; so it gets a pipe to read.
    A client that takes nothing for `patience` seconds is given up.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    _widen(writer)
    try:
        exchange.response_file(response.status, response.head, f"/dev/fd/{reader}")
        for piece in pieces:
            view = memoryview(piece)
            while view:
                if (written := _write(writer, view)) is not None:
                    view = view[written:]
                elif not await _is_writable(writer, patience):
                    return
                elif reader >= 0:
                    # Something was read, so the server has the pipe open: were this end
                    # kept, nobody would notice the server closing its own.
                    os.close(reader)
                    reader = -1
    except BrokenPipeError:
        return  # the client has left
    finally:
        os.close(writer)
        if reader >= 0:
            os.close(reader)


def _widen(descriptor: int) -> None:
    """Make a pipe larger, where that is possible and allowed: fewer turns are taken then."""
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _PIPE)


def _write(descriptor: int, data: memoryview) -> int | None:
    try:
        return os.write(descriptor, data)
    except BlockingIOError:
        return None


async def _is_writable(descriptor: int, patience: float) -> bool:
    """Wait until there is room in a pipe, and tell whether there is."""
    loop = asyncio.get_running_loop()
    room = asyncio.Event()
    loop.add_writer(descriptor, room.set)
    try:
        await asyncio.wait_for(room.wait(), patience)
    except TimeoutError:
        return False
    finally:
        loop.remove_writer(descriptor)
    return True
