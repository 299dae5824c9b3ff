"""Connections: what a request may be, how large its head, and how many there may be at once."""

import socket
import time
from contextlib import ExitStack
from urllib.parse import quote

import pytest

from http_fixtures import running
from http_fixtures import store as store
from waiting import PATIENCE

HEADER_KB, CONNECTIONS, SECONDS = 32, 8, 2.5
COUNT = quote("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
# Twelve megabytes in one row: more than the buffers of the system hold.
SIZE = 48 * 2**18
LARGE = quote(
    f"SELECT ?x18 {{ BIND('{'a' * 48}' AS ?x0) "
    + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(18))
    + " }"
)


@pytest.fixture(scope="module")
def address(store):
    """Where a server listens whose limits are soon met."""
    limits = {
        "header_kb": str(HEADER_KB),
        "connections": str(CONNECTIONS),
        "receive_timeout": str(SECONDS),
        "send_timeout": str(SECONDS),
    }
    with running(store, **limits) as site:
        yield "127.0.0.1", int(site.url.rpartition(":")[2])


def connect(address):
    """Open a connection, when those of the test before are gone."""
    for _ in range(50):
        connection = socket.create_connection(address, timeout=PATIENCE)
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        found = b""
        while not found.endswith(b"alive\n") and (data := connection.recv(4096)):
            found += data
        if b" 200 " in found:
            return connection
        connection.close()
        time.sleep(0.1)
    raise AssertionError("The server lets nobody in.")


def read(connection) -> bytes:
    """Read until the other end closes, as it does when it is told nothing more."""
    found = b""
    connection.settimeout(PATIENCE)
    while data := connection.recv(2**16):
        found += data
    return found


def is_closed(connection) -> bool:
    """Tell whether the other end has closed."""
    connection.settimeout(PATIENCE)
    try:
        return not connection.recv(1)
    except TimeoutError:
        return False
    except ConnectionError:
        return True


def test_a_head_may_have_its_size_and_no_more(address):
    head = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: %s\r\n\r\n"
    with connect(address) as connection:
        connection.sendall(head % (b"a" * (HEADER_KB * 1024 - 100)))
        assert read(connection).startswith(b"HTTP/1.1 200 ")
    with connect(address) as connection:
        connection.sendall(head % (b"a" * (HEADER_KB * 1024 + 100)))
        answer = read(connection)
        assert answer.startswith(b"HTTP/1.1 431 ")
        assert f"may have {HEADER_KB} KiB".encode() in answer
        assert is_closed(connection)


@pytest.mark.parametrize("line", [b"GET /", b"GET / HTTP/1.1\r\nX: ", b"GET / HTTP/1.1\r\n"])
def test_a_head_without_an_end_is_not_read_for_ever(address, line):
    with connect(address) as connection:
        connection.sendall(line)
        try:
            for _ in range(40):
                connection.sendall(
                    b"X: aaaaaaaaaa\r\n" * 100 if line.endswith(b"\n") else b"a" * 1500
                )
                time.sleep(0.01)
        except ConnectionError:
            return  # it was cut off, as it should be
        assert b" 431 " in read(connection)
        assert is_closed(connection)


def test_a_body_counts_for_nothing_in_the_size_of_a_head(address):
    body = b"query=" + quote("ASK {} #" + "a" * HEADER_KB * 1024).encode()
    with connect(address) as connection:
        connection.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: x\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        )
        assert read(connection).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "request_",
    [
        b"EV-IL / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET http://[x/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused_and_ended(address, request_):
    with connect(address) as connection:
        connection.sendall(request_)
        answer = read(connection)
        assert answer.startswith(b"HTTP/1.1 400 "), answer
        assert answer.count(b"HTTP/1.1 ") == 1
        assert is_closed(connection)


def test_there_are_only_so_many_connections(store):
    # None of them is given up for its silence meanwhile.
    limits = {"connections": str(CONNECTIONS), "receive_timeout": str(PATIENCE)}
    with running(store, **limits) as site, ExitStack() as stack:
        address = "127.0.0.1", int(site.url.rpartition(":")[2])
        connections = [stack.enter_context(connect(address)) for _ in range(CONNECTIONS)]
        with socket.create_connection(address, timeout=PATIENCE) as one_more:
            answer = read(one_more)
            assert answer.startswith(b"HTTP/1.1 503 ")
            assert b"retry-after: " in answer
        last = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        connections[0].sendall(last)
        assert read(connections[0]).startswith(b"HTTP/1.1 200 ")
        with connect(address):
            pass


def test_requests_sent_ahead_are_answered_in_their_order(address):
    slow = quote("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }")
    paths = [f"/sparql?query={slow}", "/healthz", f"/sparql?query={COUNT}", "/nowhere"]
    with connect(address) as connection:
        lines = (f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n\r\n" for path in paths)
        connection.sendall("".join(lines).encode())
        answer = read(connection)
    found = [part[:3] for part in answer.split(b"HTTP/1.1 ")[1:]]
    assert found == [b"200", b"200", b"200", b"404"]
    assert answer.index(b"\r\n6561\r\n") < answer.index(b"alive") < answer.index(b"\r\n9\r\n")


def test_an_answer_without_a_body_leaves_the_connection_in_step(address):
    tag = f'"{"0" * 32}"'
    heads = [
        f"HEAD /sparql?query={COUNT} HTTP/1.1\r\nHost: x\r\n\r\n",
        f"OPTIONS /sparql HTTP/1.1\r\nHost: x\r\nIf-None-Match: {tag}\r\n\r\n",
        f"GET /sparql?query={COUNT} HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ]
    with connect(address) as connection:
        connection.sendall("".join(heads).encode())
        answer = read(connection)
    assert [part[:3] for part in answer.split(b"HTTP/1.1 ")[1:]] == [b"200", b"200", b"304", b"200"]
    assert answer.endswith(b"alive\n")


def test_who_reads_slowly_but_steadily_gets_all_of_it(address):
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**15)
        connection.connect(address)
        connection.sendall(
            f"GET /sparql?query={LARGE} HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        start, found = time.monotonic(), bytearray()
        while data := connection.recv(2**16):
            found += data
            time.sleep(3 * SECONDS * len(data) / SIZE)
    head, _, body = found.partition(b"\r\n\r\n")
    assert f"content-length: {len(body)}".encode() in head
    assert len(body) > SIZE
    assert time.monotonic() - start > 2 * SECONDS, "longer than one may take nothing"


@pytest.mark.parametrize("more", [b"\r\n", b"\r\n\r\n", b"G", b""])
def test_a_kept_connection_is_not_held_by_saying_next_to_nothing(address, more):
    with connect(address) as connection:
        connection.sendall(more)
        assert is_closed(connection)


@pytest.mark.parametrize("rest", [b"", b"a"])
def test_a_body_that_is_not_waited_for_holds_no_connection(address, rest):
    with connect(address) as connection:
        connection.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
            b"Content-Type: application/sparql-query\r\n\r\nASK"
        )
        connection.settimeout(PATIENCE)
        answer = b""
        while b"seconds" not in answer:
            answer += connection.recv(4096)
        assert answer.startswith(b"HTTP/1.1 408 ")
        connection.sendall(rest)
        assert is_closed(connection)


def test_a_body_that_came_too_late_leaves_the_connection_in_step(address):
    with connect(address) as connection:
        connection.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n"
            b"Content-Type: application/sparql-query\r\n\r\nASK"
        )
        connection.settimeout(PATIENCE)
        answer = b""
        while b"seconds" not in answer:
            answer += connection.recv(4096)
        connection.sendall(b" {}GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer += read(connection)
    assert [part[:3] for part in answer.split(b"HTTP/1.1 ")[1:]] == [b"408", b"200"]
    assert answer.endswith(b"alive\n")
