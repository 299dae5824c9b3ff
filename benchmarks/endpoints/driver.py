"""Send one request over and over, and count the answers.

It runs as a process of its own, so that the cost of asking is no part of who asks for the
measurement: ``driver.py HOST PORT CLIENTS SECONDS LIMIT``, with the request on standard input.
It knows no more of HTTP than it needs to find the end of an answer, and of the connection: who
sends another request to a server that is about to close may wait for ever.
"""

import json
import selectors
import socket
import sys
import time

_PIECE = 2**20


class Client:
    """One request under way at a time, on a kept connection if the server keeps it."""

    def __init__(
        self,
        address: tuple[str, int],
        request: bytes,
        limit: float,
        selector: selectors.BaseSelector,
    ) -> None:
        self.deadline = 0.0  # when the answer has to be whole
        self._address = address
        self._request = request
        self._limit = limit
        self._selector = selector
        self._socket: socket.socket
        self._kept = False  # whether the connection can be used again
        self._head = b""
        self._missing = -1  # bytes of the answer that are still to come; -1 before they are known
        self._tail = b""

    def ask(self) -> None:
        """Send the request, over a new connection if there is none."""
        self._head, self._missing, self._tail = b"", -1, b""
        self.deadline = time.perf_counter() + self._limit
        if not self._kept:
            self._socket = socket.create_connection(self._address)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(self._socket, selectors.EVENT_READ, self)
        self._socket.sendall(self._request)

    def hear(self) -> bool:
        """Take what has come, and tell whether the answer is whole."""
        data = self._socket.recv(_PIECE)
        if not data:
            raise SystemExit("The server closed a connection.")
        whole = self._hear_head(data) if self._missing < 0 else self._hear_body(data)
        if whole and not self._kept:
            self._close()
        return whole

    def stop(self) -> None:
        """Ask no more."""
        self.deadline = float("inf")
        if self._kept:
            self._close()

    def _close(self) -> None:
        self._selector.unregister(self._socket)
        self._socket.close()

    def _hear_head(self, data: bytes) -> bool:
        self._head += data
        end = self._head.find(b"\r\n\r\n")
        if end < 0:
            return False
        if not self._head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(self._head.decode(errors="replace"))
        head = self._head[:end].lower()
        self._kept = b"\r\nconnection: close" not in head
        start = head.find(b"\r\ncontent-length:")
        if start < 0:  # chunked: it ends with an empty chunk
            self._missing = sys.maxsize
        else:
            self._missing = int(head[start + 17 :].split(b"\r\n", 1)[0])
        return self._hear_body(self._head[end + 4 :])

    def _hear_body(self, data: bytes) -> bool:
        if self._missing < sys.maxsize:
            self._missing -= len(data)
            return self._missing == 0
        self._tail = (self._tail + data)[-5:]
        return self._tail == b"0\r\n\r\n"


def count(
    address: tuple[str, int], request: bytes, clients: int, seconds: float, limit: float
) -> tuple[float, bool]:
    """Count the answers a second, and tell whether all came in time.

    Every request that was begun is waited for. If one has no answer within `limit` seconds,
    the rate is what it would be if all that are open were answered now: in truth it is less.
    """
    selector = selectors.DefaultSelector()
    start = time.perf_counter()
    asking = [Client(address, request, limit, selector) for _ in range(clients)]
    for client in asking:
        client.ask()
    answers = 0
    while open_requests := len(selector.get_map()):
        left = min(client.deadline for client in asking) - time.perf_counter()
        if left <= 0:
            return (answers + open_requests) / (time.perf_counter() - start), False
        for key, _ in selector.select(left):
            if not key.data.hear():
                continue
            answers += 1
            if time.perf_counter() < start + seconds:
                key.data.ask()
            else:
                key.data.stop()
    return answers / (time.perf_counter() - start), True


def main() -> None:
    """Read the arguments, measure, and print the rate and whether it is whole, as JSON."""
    host, port, clients, seconds, limit = sys.argv[1:]
    request = sys.stdin.buffer.read()
    found = count((host, int(port)), request, int(clients), float(seconds), float(limit))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
