"""One connection to another server."""

import http.client
import io
import math
import random
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, TypeVar

import urllib3
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
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
from .response import HttpResponse
from .url import HttpUrl

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_Result = TypeVar("_Result")
_LEAST = 0.001  # seconds; a wait of none means no limit to some


def user_agent(contact: str = "") -> str:
    """Say who asks, and how to reach them if that is known.

    https://foundation.wikimedia.org/wiki/Policy:Wikimedia_Foundation_User-Agent_Policy
    """
    about = "; ".join(("https://w3id.org/stimson/", *([contact] if contact else [])))
    return f"Stimson/{__version__} ({about}) python-urllib3"


class TemporaryFailure(PeerError):
    """The server cannot answer just now; `retry_after` is what it asks for, in seconds."""

    def __init__(
        self, address: str, problem: str, retry_after: float | None, response: HttpResponse
    ) -> None:
        super().__init__(address, problem)
        self.retry_after, self.response = retry_after, response


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a request is sent in all, and after how long again; times are in seconds.

    Each wait is `factor` times the one before, and drawn between that less its part of `jitter`
    and all of it, so that several clients who were sent away together do not return together.
    """

    attempts: int = 1
    attempts_after_loss: int = 2  # a server that breaks down over a request must not get it often
    first_wait: float = 0.1
    factor: float = 2.0
    longest_wait: float = 120.0
    longest_asked: float = math.inf  # a longer Retry-After ends the attempts
    jitter: float = 0.0
    statuses: frozenset[int] = frozenset((502, 503, 504))  # what may be over in a moment
    draw: Callable[[float, float], float] = random.uniform

    def wait_after(self, failures: int, losses: int, asked: float | None) -> float | None:
        """Tell how long to wait after some failures in a row; None to give up.

        `losses` of them were lost connections; `asked` is what the server has asked for.
        """
        if failures >= self.attempts or losses >= self.attempts_after_loss:
            return None
        if asked is not None and asked > self.longest_asked:
            return None
        most = min(self.longest_wait, self.first_wait * self.factor ** (failures - 1))
        return max(self.draw(most * (1 - self.jitter), most), asked or 0.0)


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """What a request may take, each time that it is sent; all times are in seconds."""

    connect: float = 5.0
    idle: float = math.inf  # without a byte
    total: float = math.inf  # with its whole response
    size: int | None = None  # bytes of the body of a response, unpacked; None where others count
    rate: float = math.inf  # requests in a second, repeated ones included


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request that does no harm if it is sent twice."""

    method: str
    target: str  # path and query
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Callable[[], IO[bytes]] | None = None  # anew each time
    is_final: Callable[[HttpResponse], bool] = lambda response: False  # though the status is not


class HttpClient:
    """A connection that is made when it is needed. Not for two threads at once."""

    def __init__(
        self,
        url: HttpUrl,
        retries: RetryPolicy,
        limits: HttpLimits = HttpLimits(),  # it is immutable
        *,
        agent: str | None = None,
        sleep: Callable[[float], object] | None = None,
        tell: Callable[[PeerError, float], None] = lambda fault, seconds: None,
    ) -> None:
        """`tell` is told of every wait, in which `sleep` stands in for one that can be cut."""
        self.url, self.retries, self._limits = url, retries, limits
        self._headers = {"User-Agent": agent or user_agent(), **url.credentials}
        self._socket: socket.socket | None = None
        self._until, self._next = math.inf, 0.0  # of this request, for the next one
        self._is_in_head = True
        self._cut = threading.Event()
        self._sleep, self._tell = sleep or self._cut.wait, tell
        pool = _TlsPool if url.scheme == "https" else _Pool
        self._pool = pool(url.host, url.port, maxsize=1, block=True, client=self)

    @property
    def is_cut(self) -> bool:
        """Tell whether it is of no more use."""
        return self._cut.is_set()

    def send(self, request: HttpRequest, until: float = math.inf) -> HttpResponse:
        """Send a request, again where that may help, and wait for the head of its response.

        `until` is a time of the monotonic clock. A response that says that the server cannot
        answer just now is returned once there is no use in waiting; else `PeerError` is raised.
        """
        try:
            return self.ask(request, lambda response: response, until)
        except TemporaryFailure as fault:
            return fault.response

    def ask(
        self,
        request: HttpRequest,
        read: Callable[[HttpResponse], _Result],
        until: float = math.inf,
    ) -> _Result:
        """Send a request and `read` its response; again where that may help.

        `read` may raise `TemporaryFailure`, too. The last failure is raised.
        """
        failures = losses = 0
        while True:
            try:
                return read(self._attempt(request, until))
            except (TemporaryFailure, PeerUnreachable, PeerLost, PeerSlow) as fault:
                failures, losses = failures + 1, losses + isinstance(fault, PeerLost)
                asked = fault.retry_after if isinstance(fault, TemporaryFailure) else None
                wait = self.retries.wait_after(failures, losses, asked)
                if wait is None or self.is_cut or time.monotonic() + wait >= until:
                    raise
                self._tell(fault, wait)
            self._sleep(wait)

    def cut(self) -> None:
        """End what is going on, from another thread; the client is of no more use."""
        self._cut.set()
        connection = self._socket
        if connection is not None:
            try:
                # Not the method of a TLS socket, which would change it under its reader.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
            except OSError:
                return  # it has ended already

    def close(self) -> None:
        """Close the connection, for good."""
        self._pool.close()

    def connected(self, connection: socket.socket) -> None:
        """Take note of a new connection: what was cut while it was made must not use it."""
        self._socket = connection
        if self.is_cut:
            self.cut()

    def check_end(self) -> None:
        """Raise `ConnectionResetError` if a response may not end here: http.client lets it."""
        if self.is_cut:
            raise ConnectionResetError("the request was given up")
        if self._is_in_head:
            raise ConnectionResetError("it ended before the head of a response did")

    def patience(self) -> float | None:
        """Tell how long the next bytes are waited for, or raise `TimeoutError`."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time for the request is over")
        seconds = max(_LEAST, min(left, self._limits.idle))
        return None if math.isinf(seconds) else seconds

    def _attempt(self, request: HttpRequest, until: float) -> HttpResponse:
        if self.is_cut:
            raise PeerLost(str(self.url), "was not asked: the request was given up")
        self._keep_pace()
        self._until = min(until, time.monotonic() + self._limits.total)
        response = HttpResponse(self._send(request), str(self.url), self._limits.size)
        if response.status in self.retries.statuses and not request.is_final(response):
            problem = f"answered with status {response.status}"
            raise TemporaryFailure(str(self.url), problem, response.retry_after, response)
        return response

    def _keep_pace(self) -> None:
        now = time.monotonic()
        if self._next > now:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + 1 / self._limits.rate

    def _send(self, request: HttpRequest) -> urllib3.HTTPResponse:
        body = request.body() if callable(request.body) else request.body
        left = max(_LEAST, self._until - time.monotonic())
        self._is_in_head = True
        try:
            response = self._pool.urlopen(
                request.method,
                request.target,
                body=body,
                headers={**self._headers, **request.headers},
                retries=False,
                redirect=False,
                timeout=Timeout(connect=min(self._limits.connect, left), read=None),
                preload_content=False,
            )
        except (HTTPError, OSError) as fault:
            raise self._head_fault(fault) from fault
        finally:
            if body is not None and not isinstance(body, bytes):
                body.close()
        self._is_in_head = False
        assert isinstance(response, urllib3.HTTPResponse)  # the base class is for other transports
        return response

    def _head_fault(self, fault: Exception) -> PeerError:
        url, below = str(self.url), _origin(fault)
        cause = (isinstance(below, OSError) and below.strerror) or str(below)
        match fault:
            case SSLError():
                return PeerUnreachable(url, f"is not to be trusted ({cause})")
            case NewConnectionError() | ConnectTimeoutError():
                return PeerUnreachable(url, f"cannot be reached ({cause})")
        if isinstance(fault, ReadTimeoutError) or isinstance(below, TimeoutError):
            return PeerSlow(url, "did not answer in time")
        if isinstance(below, OSError):
            return PeerLost(url, f"broke off the connection ({cause})")
        return PeerLost(url, f"sent what is not HTTP ({cause or type(below).__name__})")


def _origin(fault: BaseException) -> BaseException:
    """Find the error that lies below those of urllib3."""
    while (below := fault.__cause__ or fault.__context__) is not None:
        fault = below
    return fault


class _TimedSocket(io.RawIOBase):
    """What a connection brings, in the time there is for all of it.

    The time limit of a socket is for one wait alone: a byte now and then would never run into it.
    """

    def __init__(self, connection: socket.socket, client: HttpClient) -> None:
        self._connection, self._client = connection, client
        self._file = connection.makefile("rb", buffering=0)

    def makefile(self, mode: str) -> io.BufferedReader:
        """Give the file that a response is read from."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int | None:
        self._connection.settimeout(self._client.patience())
        number = self._file.readinto(buffer)
        if number == 0:
            self._client.check_end()
        return number

    def close(self) -> None:
        self._file.close()
        super().close()


class _Timed:
    """A connection that keeps to the limits of its client in all that it sends and receives."""

    sock: socket.socket | None

    def __init__(self, *args: Any, client: HttpClient, **more: Any) -> None:
        super().__init__(*args, **more)
        self._client = client

    def connect(self) -> None:
        try:
            super().connect()  # type: ignore[misc]  # of the class this is mixed into
        except TimeoutError as fault:  # in the handshake of TLS
            raise ConnectTimeoutError(self, "no connection in time") from fault
        assert self.sock is not None
        self._client.connected(self.sock)

    def send(self, data: bytes) -> None:
        if self.sock is not None:
            self.sock.settimeout(self._client.patience())
        super().send(data)  # type: ignore[misc]

    def response_class(self, sock: socket.socket, *args: Any, **more: Any) -> Any:
        timed: Any = _TimedSocket(sock, self._client)
        return http.client.HTTPResponse(timed, *args, **more)


class _Connection(_Timed, HTTPConnection):  # type: ignore[misc]
    pass


class _TlsConnection(_Timed, HTTPSConnection):  # type: ignore[misc]
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection
