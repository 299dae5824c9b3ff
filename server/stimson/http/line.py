"""One connection to another server."""

import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)

from .. import __version__
from ..errors import PeerError, PeerLost, PeerSlow, PeerUnreachable
from .address import Address
from .reply import Reply

_CONNECT = 5.0  # seconds
_PASSING = (502, 503, 504)  # what may be over in a moment
_LEAST = 0.05  # seconds; a wait of none means no limit to some


@dataclass(frozen=True, slots=True)
class Message:
    """A request that does no harm if it is sent twice."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Callable[[], IO[bytes]] | None = None  # anew each time
    pauses: Sequence[float] = (0.1, 0.3, 0.9)  # seconds before it is sent again
    is_final: Callable[[Reply], bool] = lambda reply: False  # though the status says otherwise


class Line:
    """A connection that is made when it is needed. Not for two threads at once."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._socket: socket.socket | None = None
        self._cut = threading.Event()
        pool = _TlsPool if address.scheme == "https" else _Pool
        self._pool = pool(
            address.host, address.port, maxsize=1, block=True, on_connect=self._connected
        )

    @property
    def is_cut(self) -> bool:
        """Tell whether it is of no more use."""
        return self._cut.is_set()

    def send(self, message: Message, until: float) -> Reply:
        """Send a request and wait for the head of its answer, or raise `PeerError`.

        It is sent again if there was no connection, or if the server says that it cannot
        answer just now; if the connection broke, once. `until` is a time of the monotonic clock.
        """
        pauses = list(message.pauses)
        while True:
            wait = 0.0
            try:
                reply = self._send(message, until)
            except (PeerUnreachable, PeerLost) as fault:
                if not self._may_wait(pauses, wait, until):
                    raise
                # Who broke down over a request must not be sent it again and again.
                pauses = pauses[:1] if isinstance(fault, PeerLost) else pauses
            else:
                wait = reply.retry_after
                is_over = reply.status not in _PASSING or message.is_final(reply)
                if is_over or not self._may_wait(pauses, wait, until):
                    return reply
            self._cut.wait(max(wait, pauses.pop(0)))

    def cut(self) -> None:
        """End what is going on, from another thread; the line is of no more use."""
        self._cut.set()
        connection = self._socket
        if connection is not None:
            try:
                # Not the method of a TLS socket, which would change it under its reader.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
            except OSError:
                return  # it has ended already

    def close(self) -> None:
        """Close the connection."""
        self._pool.close()

    def _connected(self, connection: socket.socket) -> None:
        self._socket = connection
        if self._cut.is_set():
            self.cut()

    def _send(self, message: Message, until: float) -> Reply:
        if self._cut.is_set():
            raise PeerLost(f"The request to {self.address} was given up.")
        body = message.body() if callable(message.body) else message.body
        headers = {"User-Agent": f"stimson/{__version__}", **self.address.credentials}
        left = max(_LEAST, until - time.monotonic())
        try:
            response = self._pool.urlopen(
                message.method,
                message.target,
                body=body,
                headers={**headers, **message.headers},
                retries=False,
                redirect=False,
                timeout=Timeout(connect=min(_CONNECT, left), read=left),
                preload_content=False,
            )
        except (HTTPError, OSError) as fault:
            raise self._fault(fault) from fault
        finally:
            if body is not None and not isinstance(body, bytes):
                body.close()
        assert isinstance(response, HTTPResponse)  # the base class is for other transports
        return Reply(response, str(self.address))

    def _fault(self, fault: Exception) -> PeerError:
        match fault:
            case SSLError():
                return PeerUnreachable(f"{self.address} is not to be trusted: {fault}.")
            case NewConnectionError() | ConnectTimeoutError():
                return PeerUnreachable(f"{self.address} cannot be reached.")
            case ReadTimeoutError():
                return PeerSlow(f"{self.address} did not answer in time.")
        return PeerLost(f"The connection to {self.address} broke.")

    def _may_wait(self, pauses: list[float], wait: float, until: float) -> bool:
        if not pauses or self._cut.is_set():
            return False
        return time.monotonic() + max(wait, pauses[0]) < until


class _Tells:
    """Tells of its socket."""

    sock: socket.socket | None

    def __init__(self, *args: Any, on_connect: Callable[[socket.socket], None], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self._on_connect = on_connect

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]  # of the class this is mixed into
        assert self.sock is not None
        self._on_connect(self.sock)


class _Connection(_Tells, HTTPConnection):
    pass


class _TlsConnection(_Tells, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection
