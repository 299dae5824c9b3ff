"""Heads of requests: what must be right in them, and what is answered when it is not."""

import json
import socket
import time
from urllib.parse import quote, urlsplit

import pytest

from http_fixtures import ENDLESS, running, serving
from http_fixtures import store as store

LABEL = "a" * 63
SLOW = quote("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }")


@pytest.fixture(scope="module")
def site(store):
    """A server with limits as usual."""
    with running(store) as running_site:
        yield running_site


def ask(site, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send what may be no request; give the status, head and body of the first answer."""
    address = urlsplit(site.url)
    with socket.create_connection((address.hostname, address.port), 30) as connection:
        connection.sendall(request)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(first.split()[1]), headers, body


def get(site, *headers: str, path="/sparql", version="1.1"):
    head = "".join(f"{header}\r\n" for header in (*headers, "Connection: close"))
    return ask(site, f"GET {path} HTTP/{version}\r\n{head}\r\n".encode("latin-1"))


@pytest.mark.parametrize(
    "host",
    [
        *("x", "x:80", "x:", "example.org.", "my_service:8000", "[::1]:8000", "127.0.0.1"),
        LABEL,
        ".".join([LABEL] * 3),
    ],
)
@pytest.mark.parametrize("path", ["/", "/sparql", "/nowhere"])
def test_a_host_is_a_name_or_an_address(site, host, path):
    status, headers, _ = get(site, f"Host: {host}", path=path)
    assert status == (404 if path == "/nowhere" else 200)
    assert "date" in headers


@pytest.mark.parametrize(
    "host",
    [
        *("", "a" * 64, "a..b", ".a", f"{LABEL}a.org", ".".join([LABEL] * 5), "a/b", "a b", "a@b"),
        *("x:80:80", "x:y", "[::1", "http://x", "\xe4.org", "a,b", "x:123456"),
    ],
)
def test_what_is_no_host_is_refused(site, host):
    status, headers, body = get(site, f"Host: {host}")
    assert (status, headers["content-type"]) == (400, "application/problem+json")
    assert json.loads(body)["type"].endswith("/problems/bad-request")
    assert "Host" in json.loads(body)["detail"]
    assert int(headers["content-length"]) == len(body)


@pytest.mark.parametrize("hosts", [(), ("Host: x", "Host: x"), ("Host: x", "host: y")])
def test_a_request_has_one_host(site, hosts):
    assert get(site, *hosts)[0] == 400


def test_a_request_of_http_1_0_needs_no_host(site):
    assert get(site, version="1.0")[0] == 200


@pytest.mark.parametrize("coding", ["gzip, chunked", "gzip", "identity", "chunked, chunked"])
def test_a_transfer_coding_that_is_not_resolved_is_no_body(site, coding):
    status, _, _ = ask(
        site,
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
        b"Transfer-Encoding: %s\r\n\r\n5\r\nASK{}\r\n0\r\n\r\n" % coding.encode(),
    )
    assert status in (400, 501)


def test_an_underscore_is_no_hyphen(site):
    query = b"ASK{}"
    status, _, body = ask(
        site,
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept: text/boolean, */*\r\n"
        b"Content-Type: application/sparql-query\r\nContent_Type: text/plain\r\n"
        b"Content-Length: %d\r\nContent_Length: 3\r\n\r\n%s" % (len(query), query),
    )
    assert (status, json.loads(body)["boolean"]) == (200, True)


def test_an_upgrade_is_not_taken_up_and_nothing_is_lost(site):
    first = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    last = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    status, _, rest = ask(site, first * 3 + last)
    assert (status, rest.count(b"HTTP/1.1 200 OK")) == (200, 3)
    assert b'"boolean":true' in rest


@pytest.mark.parametrize("request_", [b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n"])
def test_a_tunnel_is_refused(site, request_):
    assert ask(site, request_)[0] in (400, 405)


@pytest.mark.parametrize(
    "wrong",
    [
        b"NONSENSE\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: %s" % (b"a" * 2**18),
    ],
    ids=["nonsense", "no host", "a large head"],
)
def test_what_is_no_request_never_stands_where_another_answer_is_expected(site, wrong):
    good = f"GET /sparql?query={SLOW} HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n\r\n".encode()
    status, _, rest = ask(site, good + wrong)
    assert status == 200
    assert rest.startswith(b"n\r\n6561\r\n")
    assert rest[len("n\r\n6561\r\n") :].partition(b" 4")[0] in (b"", b"HTTP/1.1")


def test_who_leaves_after_requests_sent_ahead_is_no_error_of_ours(store, tmp_path):
    log = tmp_path / "log"
    with log.open("wb") as errors, serving("--store", str(store), stderr=errors) as site:
        address = urlsplit(site.url)
        slow = f"GET /sparql?query={quote(ENDLESS)} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        for ahead in (slow * 3, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 3 + slow):
            for _ in range(5):
                with socket.create_connection((address.hostname, address.port), 30) as connection:
                    connection.setsockopt(
                        socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0"
                    )  # its end is abrupt
                    connection.sendall(ahead)
                    time.sleep(0.2)
        deadline = time.monotonic() + 60
        while '"status":499' not in log.read_text() and time.monotonic() < deadline:
            time.sleep(0.1)
    text = log.read_text()
    assert "Traceback" not in text
    assert '"level":"error"' not in text
