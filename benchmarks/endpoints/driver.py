"""Send one request over and over on kept connections, and count the answers.

It runs as a process of its own, so that the cost of asking is no part of who asks for the
measurement: ``driver.py HOST PORT CLIENTS SECONDS``, with the request on standard input.
It knows no more of HTTP than it needs to find the end of an answer.
"""

import json
import selectors
import socket
import sys
import time

_PIECE = 2**20


class Client:
    """One connection, with at most one request under way."""

    def __init__(self, address: tuple[str, int], request: bytes) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request = request
        self._head = b""
        self._missing = -1  # bytes of the answer that are still to come; -1 before they are known
        self._tail = b""

    def ask(self) -> None:
        """Send the request."""
        self._head, self._missing, self._tail = b"", -1, b""
        self.socket.sendall(self._request)

    def hear(self) -> bool:
        """Take what has come, and tell whether the answer is whole."""
        data = self.socket.recv(_PIECE)
        if not data:
            raise SystemExit("The server closed a connection.")
        if self._missing < 0:
            return self._hear_head(data)
        return self._hear_body(data)

    def _hear_head(self, data: bytes) -> bool:
        self._head += data
        end = self._head.find(b"\r\n\r\n")
        if end < 0:
            return False
        if not self._head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(self._head.decode(errors="replace"))
        head = self._head[:end].lower()
        start = head.find(b"content-length:")
        if start < 0:  # chunked: it ends with an empty chunk
            self._missing = sys.maxsize
        else:
            self._missing = int(head[start + 15 :].split(b"\r\n", 1)[0])
        return self._hear_body(self._head[end + 4 :])

    def _hear_body(self, data: bytes) -> bool:
        if self._missing < sys.maxsize:
            self._missing -= len(data)
            return self._missing == 0
        self._tail = (self._tail + data)[-5:]
        return self._tail == b"0\r\n\r\n"


def count(address: tuple[str, int], request: bytes, clients: int, seconds: float) -> float:
    """Count the answers a second; every request that was begun is waited for."""
    selector = selectors.DefaultSelector()
    start = time.perf_counter()
    end = start + seconds
    for client in [Client(address, request) for _ in range(clients)]:
        selector.register(client.socket, selectors.EVENT_READ, client)
        client.ask()
    answers, open_requests = 0, clients
    while open_requests:
        for key, _ in selector.select():
            if not key.data.hear():
                continue
            answers += 1
            if time.perf_counter() < end:
                key.data.ask()
            else:
                open_requests -= 1
                selector.unregister(key.data.socket)
                key.data.socket.close()
    return answers / (time.perf_counter() - start)


def main() -> None:
    """Read the arguments, measure, and print the result as JSON."""
    host, port, clients, seconds = sys.argv[1:]
    request = sys.stdin.buffer.read()
    rate = count((host, int(port)), request, int(clients), float(seconds))
    sys.stdout.write(json.dumps(rate))


if __name__ == "__main__":
    main()
