"""HTTP/1.1 by uvicorn, within limits that it does not keep by itself."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from ..config import Config

_COLON_AND_END = 4  # bytes of a header line beside its name and value
_WRONG, _TOO_LONG, _TOO_LARGE, _TOO_MANY = 400, 414, 431, 503  # statuses
_LONGEST_URL = 2**16 - 1  # bytes; its parser cannot count further


class Connection(HttpToolsProtocol):
    """One connection.

    Its head must come within a size and a time, its client must take what is sent to it, and
    there may be no more than so many. What breaks off is cut, never ended as if it were whole.
    """

    def __init__(self, limits: Config, **server: Any) -> None:
        super().__init__(**server)
        self._limits = limits
        self._most = limits.header_kb * 1024  # bytes
        self._is_in_head = True  # though not a byte of it may have come
        self._head_size = 0  # bytes that have come since it began; others may have come with it
        self._head_timer: asyncio.TimerHandle | None = None
        self._taking_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let a client in, or send it away."""
        super().connection_made(transport)
        if len(self.connections) > self._limits.connections:
            self._refuse(_TOO_MANY, "Too many connections are open: try again in a few seconds.")
        else:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the client."""
        self._stop_timers()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; what a head does not end in counts as a part of it."""
        self._head_size += len(data)
        super().data_received(data)
        if not self._is_in_head:
            self._head_size = 0
        elif not self.transport.is_closing():
            if self._head_size > self._most:
                self._refuse_head()
            elif self._head_timer is None:
                self._await_head()

    def on_message_begin(self) -> None:
        """Begin with a head."""
        super().on_message_begin()
        self._is_in_head = True

    def on_headers_complete(self) -> None:
        """Begin to answer, unless the head is too large."""
        if self._head_size > self._most and self._measure() > self._most:
            self._refuse_head()
            raise ValueError("The head is too large.")  # for the parser to stop
        if len(self.url) > _LONGEST_URL:
            self._refuse(_TOO_LONG, "A URL may have 64 KiB: send the query by POST.")
            raise ValueError("The URL is too long.")
        self._is_in_head = False
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Wait for the next head, whatever comes before it: line ends, or the rest of a body."""
        super().on_response_complete()
        if self.cycle.response_complete and not self.transport.is_closing():
            if self.cycle.more_body:
                self._await_head()
            else:
                self._is_in_head = True

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request."""
        if not self.transport.is_closing():
            self._refuse(_WRONG, "This is no request of HTTP/1.1.")

    def pause_writing(self) -> None:
        """Watch whether the client takes something of what waits for it."""
        super().pause_writing()
        self._watch_taking(self.transport.get_write_buffer_size() + 1)

    def resume_writing(self) -> None:
        """Go on: it has taken nearly all."""
        if self._taking_timer is not None:
            self._taking_timer.cancel()
        super().resume_writing()

    def _await_head(self) -> None:
        seconds, close = self._limits.receive_timeout, self.transport.close
        self._head_timer = self.loop.call_later(seconds, close)

    def _watch_taking(self, before: int) -> None:
        left = self.transport.get_write_buffer_size()
        if left >= before:
            self.transport.abort()  # its client sees that the answer is short
            return
        seconds = self._limits.send_timeout
        self._taking_timer = self.loop.call_later(seconds, self._watch_taking, left)

    def _stop_timers(self) -> None:
        for timer in (self._head_timer, self._taking_timer):
            if timer is not None:
                timer.cancel()

    def _measure(self) -> int:
        """Count the bytes of a head, nearly."""
        headers = ((len(name) + len(value) + _COLON_AND_END) for name, value in self.headers)
        return len(self.url) + sum(headers)

    def _refuse_head(self) -> None:
        limit = self._limits.header_kb
        self._refuse(_TOO_LARGE, f"The head of a request may have {limit} KiB.")

    def _refuse(self, status: int, reason: str) -> None:
        body = f"{reason}\n".encode("ascii")
        head = (
            b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\n"
            b"access-control-allow-origin: *\r\nx-content-type-options: nosniff\r\n"
        )
        retry = b"retry-after: 5\r\n" if status == _TOO_MANY else b""
        length = b"content-length: %d\r\n\r\n" % len(body)
        self.transport.write(STATUS_LINE[status] + head + retry + length + body)
        self.transport.close()
