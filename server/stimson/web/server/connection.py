"""HTTP/1.1 by uvicorn, within limits that it does not keep by itself."""

import asyncio
import json
import re
from collections.abc import Iterable
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)
from werkzeug import exceptions

from ...config import Config
from ..sparql.problems import MEDIA_TYPE, Problem, problem_of
from .admission import OPERATOR_PATHS, Admission, Admitted

_COLON_AND_END = 4  # bytes of a header line beside its name and value
_CHUNK = 16  # bytes that the size of a chunk and its line ends may take without being counted
_LONGEST_URL = 2**16 - 1  # bytes; its parser cannot count further
_PIECE = 2048  # bytes read at once: what else has come waits while a request is being answered
_RESERVE_SECONDS = 1.0  # for a head, where only the operator is answered
_DISCARDED = 2**20  # bytes that may still come when the end has been decided on
_LINGER_SECONDS = 1.0
_RETRY_SECONDS = 5
_OPERATOR_URLS = frozenset(path.encode() for path in OPERATOR_PATHS)
# A name whose labels a resolver could look up, or an address in brackets; then a port.
_HOST = re.compile(
    rb"(?:(?:[A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{1,63}\.?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?"
)
_LONGEST_NAME = 253 + len(":65535")  # characters (RFC 1035, section 2.3.4)
_NO_REQUEST = problem_of(exceptions.BadRequest("This is no request of HTTP/1.1."))
_LONG_URL = Problem(
    414, "request-uri-too-large", "The URL is too long", "A URL may have 64 KiB: send it by POST."
)


class _Flow(FlowControl):
    """Reading that does not go on while something that was read waits."""

    is_held = False

    def resume_reading(self) -> None:
        if not self.is_held:
            super().resume_reading()


class Connection(HttpToolsProtocol):
    """One connection.

    All that comes of a request beside its content (the head, the sizes of chunks, trailers) must
    come within a size and a time, its client must take what is sent to it, and there may be no
    more than so many connections. What breaks off is cut, never ended as if it were whole.
    """

    flow: _Flow

    def __init__(self, limits: Config, admission: Admission, **server: Any) -> None:
        super().__init__(**server)
        self._limits = limits
        self._admission = admission
        self._place: Admitted | None = None
        self._most = limits.header_kb * 1024  # bytes
        self._rest = b""  # of what has come: requests that are to wait for others
        self._running: RequestResponseCycle | None = None
        self._is_in_head = True  # though not a byte of it may have come
        self._is_refused = False
        self._discarded = 0  # bytes
        self._overhead = 0  # bytes beside content that have come, of a head or of a body
        self._head_timer: asyncio.TimerHandle | None = None
        self._taking_timer: asyncio.TimerHandle | None = None
        self._closing_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let a client in, or send it away."""
        super().connection_made(transport)
        self.flow = _Flow(transport)
        place = self._admission.enter(self.client[0] if self.client else "")
        if isinstance(place, Problem):
            self._refuse(place)
            self._close()
            return
        self._place = place
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the client, and let all that was begun for it know."""
        self._stop_awaiting_head()
        for timer in (self._taking_timer, self._closing_timer):
            if timer is not None:
                timer.cancel()
        if self._place is not None:
            self._place.leave()
        if self._running is not None and not self._running.response_complete:
            self._running.disconnected = True
            self._running.message_event.set()
        self.pipeline.clear()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless the end has been decided on."""
        if self._is_refused:
            self._discarded += len(data)
            if self._discarded > _DISCARDED:
                self.transport.abort()
            return
        self._rest += data
        self._read()

    def on_message_begin(self) -> None:
        """Begin with a head."""
        super().on_message_begin()
        self._is_in_head = True

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take in a header; a trailer says nothing here (RFC 9110, section 6.5)."""
        if self._is_in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begin to answer, unless the head says that it is not to be answered."""
        if (refusal := self._find_refusal()) is not None:
            self._refuse(refusal)
            raise ValueError(refusal.title)  # for the parser to stop
        self._is_in_head = False
        self._overhead = 0
        self._stop_awaiting_head()
        super().on_headers_complete()
        if self._kept_refusal() is not None:
            self.cycle.keep_alive = False

    def on_chunk_header(self) -> None:
        """Allow for the size of a chunk."""
        self._overhead -= _CHUNK

    def on_body(self, body: bytes) -> None:
        """Take in content, which has a limit of its own."""
        self._overhead -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Count anew."""
        self._overhead = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the next head, whatever comes before it: line ends, or the rest of a body."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._close()
            return
        if self._is_refused:
            if self.cycle.response_complete:
                self._end()
            return
        if self.cycle.response_complete:
            if self.cycle.more_body:
                self._await_head()
            else:
                self._is_in_head = True
        self._read()

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection on which no request comes."""
        self._close()

    def pause_writing(self) -> None:
        """Watch whether the client takes something of what waits for it."""
        super().pause_writing()
        self._watch_taking(self.transport.get_write_buffer_size() + 1)

    def resume_writing(self) -> None:
        """Go on: it has taken nearly all."""
        if self._taking_timer is not None:
            self._taking_timer.cancel()
        super().resume_writing()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def _read(self) -> None:
        """Read what has come, until requests wait for each other; the rest is left for later."""
        data, self._rest = self._rest, b""
        for start in range(0, len(data), _PIECE):
            if self.pipeline:
                self._rest = data[start:]
                break
            self._unset_keepalive_if_required()
            self._parse(data[start : start + _PIECE])
            if self.transport.is_closing() or self._is_refused:
                return
        self._hold()

    def _hold(self) -> None:
        """Take in no more than is worth a head while it waits.

        Below that reading goes on, for only who reads sees that a client has left.
        """
        was_held, self.flow.is_held = self.flow.is_held, len(self._rest) > self._most
        if self.flow.is_held:
            self.flow.pause_reading()
        elif was_held and not self.pipeline:
            self.flow.resume_reading()

    def _parse(self, piece: bytes) -> None:
        self._overhead += len(piece)
        try:
            self.parser.feed_data(piece)
        except HttpParserUpgrade as offer:  # not taken up: what follows is HTTP/1.1, too
            self._parse(piece[offer.args[0] :])
            return
        except HttpParserError:
            self._refuse(_NO_REQUEST)
            return
        if self._overhead > self._most:
            self._refuse(self._large_head())
        elif self._is_in_head and self._head_timer is None:
            self._await_head()

    def _await_head(self) -> None:
        self._stop_awaiting_head()
        seconds = self._limits.receive_timeout
        if (refusal := self._kept_refusal()) is not None:
            seconds = min(seconds, _RESERVE_SECONDS)
            self._head_timer = self.loop.call_later(seconds, self._refuse, refusal)
        else:
            self._head_timer = self.loop.call_later(seconds, self._close)

    def _watch_taking(self, before: int) -> None:
        left = self.transport.get_write_buffer_size()
        if left >= before:
            self.transport.abort()  # its client sees that the answer is short
            return
        seconds = self._limits.send_timeout
        self._taking_timer = self.loop.call_later(seconds, self._watch_taking, left)

    def _stop_awaiting_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _find_refusal(self) -> Problem | None:
        """Find out why a request is not answered, now that its head is there."""
        if self._overhead > self._most and self._measure() > self._most:
            return self._large_head()
        if len(self.url) > _LONGEST_URL:
            return _LONG_URL
        refusal = self._kept_refusal()
        if refusal is not None and self.url.partition(b"?")[0] not in _OPERATOR_URLS:
            return refusal
        return _fault_in(self.parser.get_http_version(), self.headers)

    def _kept_refusal(self) -> Problem | None:
        """Say what all but the operator gets, where there was no place but in the reserve."""
        return None if self._place is None else self._place.refusal

    def _measure(self) -> int:
        """Count the bytes of a head, nearly."""
        headers = ((len(name) + len(value) + _COLON_AND_END) for name, value in self.headers)
        return len(self.url) + sum(headers)

    def _large_head(self) -> Problem:
        size = f"The head of a request may have {self._limits.header_kb} KiB"
        detail = f"{size}, and so may what comes with its chunks."
        return problem_of(exceptions.RequestHeaderFieldsTooLarge(detail))

    def _refuse(self, refusal: Problem) -> None:
        """Say why the connection ends, where that cannot be taken for another answer."""
        if self._is_refused or self.transport.is_closing():
            return
        self._is_refused = True
        if self.cycle is None or self.cycle.response_complete:
            self._send(refusal)
        elif not self.cycle.more_body:  # a whole request, whose answer is the last
            self._stop_awaiting_head()
        elif self.cycle is self._running and not self.cycle.response_started:
            self._send(refusal)
        else:
            self.transport.abort()

    def _send(self, refusal: Problem) -> None:
        body = json.dumps(refusal.describe()).encode()
        head = (
            b"content-type: %s\r\nconnection: close\r\ncache-control: no-store\r\n"
            b"access-control-allow-origin: *\r\nx-content-type-options: nosniff\r\n"
        ) % MEDIA_TYPE.encode()
        retry = b"retry-after: %d\r\n" % _RETRY_SECONDS if refusal.status in (429, 503) else b""
        length = b"content-length: %d\r\n\r\n" % len(body)
        self.transport.write(STATUS_LINE[refusal.status] + head + retry + length + body)
        self._end()

    def _end(self) -> None:
        """Say no more, and close when the client has, or in a moment.

        Were it closed at once, what still comes would make the system take back what was sent.
        """
        self.transport.write_eof()
        self._stop_awaiting_head()
        self._head_timer = self.loop.call_later(_LINGER_SECONDS, self._close)

    def _close(self) -> None:
        """Close when all that was sent has been taken, or has waited for it too long."""
        self.transport.close()
        if self._closing_timer is None:
            seconds = self._limits.send_timeout
            self._closing_timer = self.loop.call_later(seconds, self.transport.abort)


def _fault_in(version: str, headers: Iterable[tuple[bytes, bytes]]) -> Problem | None:
    """Find out why a request of HTTP/`version` with these headers is wrong (RFC 9112), if it is."""
    hosts: list[bytes] = []
    for name, value in headers:
        if name == b"host":
            hosts.append(value)
        elif name == b"transfer-encoding" and value.lower() != b"chunked":
            detail = "Of transfer codings, only `chunked` is read here."
            return problem_of(exceptions.NotImplemented(detail))
    if len(hosts) > 1 or (not hosts and version >= "1.1"):
        return _bad(f"A request has one header `Host`: this one has {len(hosts) or 'none'}.")
    if hosts and not (len(hosts[0]) <= _LONGEST_NAME and _HOST.fullmatch(hosts[0])):
        return _bad("The header `Host` is the name or address of a host, and a port.")
    return None


def _bad(detail: str) -> Problem:
    return problem_of(exceptions.BadRequest(detail))
