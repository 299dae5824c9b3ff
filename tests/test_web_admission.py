"""Connections: how many there may be, how many of one client, and who is let in all the same."""

import json
import socket
from contextlib import ExitStack, contextmanager, suppress
from urllib.parse import urlsplit

import pytest

from http_fixtures import running
from http_fixtures import store as store

CONNECTIONS, SHARE = 24, 6
HERE, THERE = "127.0.0.1", "127.0.0.2"


@pytest.fixture(scope="module")
def site(store):
    """A server with few connections."""
    limits = {"connections": str(CONNECTIONS), "client_connections": str(SHARE)}
    with running(store, **limits, receive_timeout="60") as running_site:
        yield running_site


def connect(site, source: str) -> socket.socket:
    address = urlsplit(site.url)
    return socket.create_connection((address.hostname, address.port), 60, (source, 0))


def ask(connection, path="/sparql?query=ASK%7B%7D", more="Connection: close\r\n"):
    """Give the status, head and body of an answer; a status of 0 where none comes."""
    with suppress(ConnectionError):  # what was sent before is still there to be read
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n{more}\r\n".encode())
    try:
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    except ConnectionError:
        return 0, "", b""
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1] if head else 0), head.decode().lower(), body


@contextmanager
def held(site, *sources: str):
    """Hold connections open that are known to be counted."""
    with ExitStack() as stack:
        connections = [stack.enter_context(connect(site, source)) for source in sources]
        for connection in connections:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        for connection in connections:
            found = b""
            while not found.endswith(b"alive\n"):
                found += connection.recv(4096)
        yield connections


@pytest.fixture(autouse=True)
def nobody(site):
    """Wait until those of the test before are gone."""
    for _ in range(600):
        with connect(site, HERE) as connection:
            if ask(connection)[0] == 200:
                return
    pytest.fail("the server lets nobody in")


def test_one_client_has_a_share_and_others_theirs(site):
    with held(site, *[HERE] * SHARE):
        with connect(site, HERE) as one_more:
            status, head, body = ask(one_more)
        assert status == 429
        assert "content-type: application/problem+json\r\n" in head
        assert "\r\nretry-after: " in head
        problem = json.loads(body)
        assert problem["type"].endswith("/problems/client-connections")
        assert problem["status"] == 429
        assert str(SHARE) in problem["detail"]
        with connect(site, THERE) as other:
            assert ask(other)[0] == 200


def test_a_connection_that_is_closed_makes_room(site):
    with held(site, *[HERE] * SHARE) as connections:
        connections[0].close()
        for _ in range(600):  # until the server knows
            with connect(site, HERE) as one_more:
                if ask(one_more)[0] == 200:
                    return
    pytest.fail("no room was made")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/readyz?verbose"])
def test_the_operator_is_answered_beyond_every_share(site, path):
    sources = [f"127.0.1.{n // SHARE}" for n in range(CONNECTIONS)]
    with held(site, *sources):
        for source in (sources[0], HERE):
            with connect(site, source) as one_more:
                status, head, _ = ask(one_more, path, "")
                assert status == 200
                assert "\r\nconnection: close" in head, "it is one answer, and no way in"
            with connect(site, source) as one_more:
                status, _, body = ask(one_more)
                assert (status, b"connections" in body) == (
                    503,
                    True,
                ), "the limit of all comes before that of one"


def test_silence_beyond_the_share_is_ended_soon(site):
    with held(site, *[HERE] * SHARE), connect(site, HERE) as silent:
        answer = b"".join(iter(lambda: silent.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 429 ")


def test_a_client_that_opens_all_there_are_keeps_nobody_out(store):
    with running(store, receive_timeout="60") as site, ExitStack() as stack:
        for _ in range(1100):
            stack.enter_context(connect(site, HERE))
        for number in range(40):
            with connect(site, THERE) as other:
                assert ask(other, ("/", "/readyz")[number % 2])[0] == 200


def test_a_trusted_proxy_brings_many_clients(store):
    limits = {"client_connections": "2", "trusted_proxies": f"{HERE}/32"}
    with running(store, **limits) as site:
        with held(site, *[HERE] * 8), connect(site, HERE) as one_more:
            assert ask(one_more)[0] == 200
        with held(site, *[THERE] * 2), connect(site, THERE) as one_more:
            assert ask(one_more)[0] == 429


def test_a_share_of_0_is_any_number(store):
    with (
        running(store, client_connections="0", connections="300") as site,
        held(site, *[HERE] * 290),
        connect(site, HERE) as one_more,
    ):
        status, head, _ = ask(one_more)
    assert status == 200
    assert "connections=300, client-connections=0" in head
