"""An HTTP server on the loopback that answers as it is told, byte by byte."""

import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

Act = Callable[[socket.socket], None]
CERTIFICATE = Path(__file__).parent / "fixtures" / "tls" / "server.pem"  # with its key


@dataclass
class Request:
    """What a client sent."""

    head: str
    body: bytes


@dataclass
class Peer:
    """A server that plays `acts` one after the other, and then the last one again."""

    port: int
    acts: list[Act]
    scheme: str = "http"
    requests: list[Request] = field(default_factory=list)
    connections: int = 0  # in all
    connected: int = 0  # now
    open: int = 0
    most_open: int = 0
    left: threading.Event = field(default_factory=threading.Event)  # a client was seen to leave
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """Its endpoint."""
        return f"{self.scheme}://127.0.0.1:{self.port}/sparql"


def whole(body: str | bytes, kind: str = "text/csv", status: str = "200 OK", **headers) -> Act:
    """Answer as one should."""
    data = body.encode() if isinstance(body, str) else body
    return raw(_head(status, kind, {"Content-Length": len(data), **headers}) + data)


def chunked(body: bytes, kind: str, *, is_ended: bool = True) -> Act:
    """Answer in one chunk, with or without the end."""
    data = f"{len(body):x}\r\n".encode() + body + b"\r\n" + (b"0\r\n\r\n" if is_ended else b"")
    return raw(_head("200 OK", kind, {"Transfer-Encoding": "chunked"}) + data, is_over=not is_ended)


def raw(data: bytes, *, is_over: bool = False) -> Act:
    """Send bytes; if `is_over`, hang up then."""

    def act(client: socket.socket) -> None:
        client.sendall(data)
        if is_over:
            client.shutdown(socket.SHUT_RDWR)

    return act


def after(seconds: float, act: Act) -> Act:
    """Take one's time, unless the client leaves before."""

    def late(client: socket.socket) -> None:
        said, _, _ = select.select([client], [], [], seconds)
        if not said:
            act(client)

    return late


def trickle(data: bytes, pause: float) -> Act:
    """Send bytes one by one."""

    def act(client: socket.socket) -> None:
        for number in range(len(data)):
            client.sendall(data[number : number + 1])
            time.sleep(pause)

    return act


def endless(start: bytes, more: bytes, pause: float = 0.0) -> Act:
    """Send something, and then more of it until the client leaves."""

    def act(client: socket.socket) -> None:
        client.sendall(start)
        while not select.select([client], [], [], pause)[0]:
            client.sendall(more)

    return act


def hang_up(client: socket.socket) -> None:
    """Say nothing and leave."""
    client.shutdown(socket.SHUT_RDWR)


@contextmanager
def faulty_peer(*acts: Act, scheme: str = "http") -> Iterator[Peer]:
    """Run such a server until the block is left."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        peer = Peer(listener.getsockname()[1], list(acts), scheme)
        threading.Thread(target=_accept, args=(listener, peer), daemon=True).start()
        yield peer
        listener.shutdown(socket.SHUT_RDWR)


def _head(status: str, kind: str, headers: dict[str, object]) -> bytes:
    named = {"Content-Type": kind, **{name.replace("_", "-"): v for name, v in headers.items()}}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in named.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _accept(listener: socket.socket, peer: Peer) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        with peer.lock:
            peer.connections += 1
            peer.connected += 1
        threading.Thread(target=_welcome, args=(client, peer), daemon=True).start()


def _welcome(client: socket.socket, peer: Peer) -> None:
    try:
        if peer.scheme == "https":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            client = context.wrap_socket(client, server_side=True)
        _serve(client, peer)
    except OSError:
        client.close()  # who would not trust it has left
    finally:
        with peer.lock:
            peer.connected -= 1
        peer.left.set()


def _serve(client: socket.socket, peer: Peer) -> None:
    with client, client.makefile("rb") as file:
        try:
            while (request := _read(file)) is not None:
                peer.requests.append(request)
                act = peer.acts.pop(0) if len(peer.acts) > 1 else peer.acts[0]
                with peer.lock:
                    peer.open += 1
                    peer.most_open = max(peer.most_open, peer.open)
                try:
                    act(client)
                finally:
                    with peer.lock:
                        peer.open -= 1
        except OSError:
            pass  # the client has left


def _read(file) -> Request | None:
    lines = []
    while (line := file.readline()) not in (b"\r\n", b""):
        lines.append(line.decode("latin-1").rstrip())
    if not lines:
        return None
    lengths = [int(line[15:]) for line in lines if line.lower().startswith("content-length:")]
    return Request("\n".join(lines), file.read(lengths[0]) if lengths else b"")
