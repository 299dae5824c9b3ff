"""Bytes without end, at every state of a connection: they are cut off, and not kept."""

import os
import socket
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import quote

import pytest

from attacked_server import attacked_server
from http_fixtures import ENDLESS

FLOOD = 2**25  # bytes that a client sends, unless it is cut off before
TAKEN = 2**24  # bytes of it that buffers of the system may take
GROWTH = 24  # MiB
PAGE = os.sysconf("SC_PAGE_SIZE")
POST = (
    b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
    b"Accept: text/csv\r\n"
)
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nASK{}\r\n"
GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
SLOW = f"GET /sparql?query={quote(ENDLESS)} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
STATES = {
    "before a head": (b"", b"\r\n"),
    "in a request line": (b"GET /", b"a"),
    "in a version": (b"GET / HTTP/", b"1"),
    "in the name of a header": (b"GET / HTTP/1.1\r\nX", b"a"),
    "in the value of a header": (b"GET / HTTP/1.1\r\nX: ", b"a"),
    "in empty headers": (b"GET / HTTP/1.1\r\n", b"x:\r\n"),
    "in the size of a chunk": (CHUNKED, b"0"),
    "in the extension of a chunk": (CHUNKED + b"1;", b"a"),
    "in extensions of many chunks": (CHUNKED, b"1;%s\r\na\r\n" % (b"a" * 1000)),
    "in trailers": (CHUNKED + b"0\r\n", b"x: y\r\n"),
    "in the name of a trailer": (CHUNKED + b"0\r\n", b"a"),
    "in the value of a trailer": (CHUNKED + b"0\r\nx: ", b"a"),
    "after a request": (GET, b"\r\n"),
    "while a query runs": (SLOW, b"\r\n"),
    "in a head while a query runs": (SLOW + b"GET / HTTP/1.1\r\n", b"x:\r\n"),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A server whose limits are as usual, but for the time of a query."""
    usual = {"receive_timeout": "60", "send_timeout": "60", "memory_mb": "512"}
    with attacked_server(tmp_path_factory.mktemp("framing"), timeout="30", **usual) as made:
        yield made


def resident(place) -> float:
    """MiB that the web process has in memory."""
    return int(Path(f"/proc/{place.web}/statm").read_text().split()[1]) * PAGE / 2**20


def flood(connection: socket.socket, unit: bytes) -> int:
    """Send without end what is `unit` again and again; give the bytes taken until the end came."""
    piece = unit * (2**16 // len(unit) or 1)
    sent = 0
    try:
        while sent < FLOOD:
            connection.sendall(piece)
            sent += len(piece)
    except ConnectionError:
        pass
    return sent


@pytest.mark.parametrize("state", STATES)
def test_bytes_without_end_are_cut_off_and_not_kept(place, state):
    start, unit = STATES[state]
    before = resident(place)
    with place.connect() as connection:
        connection.sendall(start)
        taken = flood(connection, unit)
        grown = resident(place) - before
    assert grown < GROWTH
    assert taken < TAKEN
    assert place.site.request("/healthz").status == 200


def test_requests_sent_ahead_without_end_are_not_kept(place):
    before, most = resident(place), 0.0
    with place.connect() as connection:
        connection.setblocking(False)
        connection.settimeout(0.2)
        taken, deadline = 0, time.monotonic() + 60
        while taken < FLOOD and time.monotonic() < deadline:
            try:
                taken += connection.send(GET * 2000)
            except TimeoutError:  # the server reads no more, for nobody takes its answers
                break
            most = max(most, resident(place) - before)
    assert most < GROWTH


def test_requests_sent_ahead_are_all_answered_in_their_order(place):
    """More than are read at once, so that some wait unread."""
    count = 3000
    with place.connect() as connection:
        for number in range(count):
            connection.sendall(b"GET /healthz?%d HTTP/1.1\r\nHost: x\r\n\r\n" % number)
        connection.sendall(
            POST + b"Content-Length: 17\r\nConnection: close\r\n\r\nSELECT(1 AS ?x){}"
        )
        answer = b"".join(iter(lambda: connection.recv(2**20), b""))
    assert answer.count(b"HTTP/1.1 200 OK") == count + 1, answer[-600:]
    assert answer.endswith(b"\r\n\r\nx\r\n1\r\n")


def test_answers_that_nobody_takes_to_the_end_hold_no_connection(tmp_path):
    """Of the amounts sent here, one leaves as little as is not noticed while writing."""
    doubled = " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(7))
    text = f"SELECT ?x7 {{ BIND('{'a' * 64}' AS ?x0) {doubled} }}"
    path = f"/sparql?query={quote(text)}"
    ahead = f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n\r\n".encode()
    with attacked_server(tmp_path, client_requests="0", log="off") as place, ExitStack() as stack:
        before = place.left()
        for count in range(150, 480, 5):
            connection = stack.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect(place.address)
            connection.settimeout(60)
            with suppress(ConnectionError):  # it may be cut off before all is sent
                connection.sendall(ahead * count)
        place.await_as_before(before)
