"""A body is read to its end, however it is framed: by the first request that a server gets."""

import json
import socket
from contextlib import ExitStack
from functools import lru_cache
from urllib.parse import quote, urlsplit

import pytest

from http_fixtures import running, write_snapshot
from waiting import PATIENCE

TURTLE = b"<https://w3id.org/stimson/id/state/x> a <https://w3id.org/stimson/ontology#Stance> .\n"
SELECT = "SELECT (1 + 1 AS ?x) {}"
FORM = "application/x-www-form-urlencoded"
MULTIPART = (
    b'--part\r\nContent-Disposition: form-data; name="file"; filename="x.ttl"\r\n'
    b"Content-Type: text/turtle\r\n\r\n" + TURTLE + b"\r\n--part--\r\n"
)
QUERIES = json.dumps({"q0": {"query": "Arcadia"}})
# What is asked, and what only an answer to the whole body holds.
ASKED = {
    "a query": ("POST", "/sparql", "application/sparql-query", SELECT.encode(), b'"2"'),
    "a query by QUERY": ("QUERY", "/sparql", "application/sparql-query", SELECT.encode(), b'"2"'),
    "a form": ("POST", "/sparql", FORM, f"query={quote(SELECT)}".encode(), b'"2"'),
    "a form by QUERY": ("QUERY", "/sparql", FORM, f"query={quote(SELECT)}".encode(), b'"2"'),
    "names": ("POST", "/reconcile", FORM, f"queries={quote(QUERIES)}".encode(), b'"q0"'),
    "a contribution": ("POST", "/validate", "text/turtle", TURTLE, b'"violation"'),
    "a contribution in a form": (
        "POST",
        "/validate",
        FORM,
        f"text={quote(TURTLE)}".encode(),
        b'"violation"',
    ),
    "an uploaded file": (
        "POST",
        "/validate",
        "multipart/form-data; boundary=part",
        MULTIPART,
        b'"violation"',
    ),
}


def chunks(body: bytes, size: int, extension: bytes = b"", trailers: bytes = b"") -> bytes:
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    framed = (b"%x%s\r\n%s\r\n" % (len(part), extension, part) for part in parts)
    return b"".join(framed) + b"0\r\n" + trailers + b"\r\n"


FRAMED = {
    "with its length": lambda body: (b"Content-Length: %d" % len(body), body),
    "in one chunk": lambda body: (b"Transfer-Encoding: chunked", chunks(body, len(body))),
    "in many chunks": lambda body: (b"Transfer-Encoding: Chunked", chunks(body, 1)),
    "in chunks with extensions": lambda body: (
        b"Transfer-Encoding: chunked",
        chunks(body, 5, b';a="b;c"'),
    ),
    "in chunks with trailers": lambda body: (
        b"Transfer-Encoding: chunked",
        chunks(body, 7, trailers=b"Content-Type: text/plain\r\nAccept: text/csv\r\nX: y\r\n"),
    ),
}


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """For each framing a server that has been asked nothing, and will see no other framing."""
    folder = tmp_path_factory.mktemp("bodies")
    write_snapshot(folder)
    with ExitStack() as stack:
        limits = {"validate_timeout": str(PATIENCE), "receive_timeout": str(PATIENCE)}
        yield lru_cache(lambda _: stack.enter_context(running(folder, **limits)))


@pytest.fixture(params=FRAMED)
def server(request, servers):
    """A server, and how bodies are framed there."""
    return servers(request.param), FRAMED[request.param]


@pytest.mark.parametrize("waits", [False, True], ids=["at once", "after 100 Continue"])
@pytest.mark.parametrize("what", ASKED)
def test_a_body_is_read_however_it_is_framed(server, what, waits):
    site, frame = server
    method, path, media_type, body, expected = ASKED[what]
    framing, framed = frame(body)
    head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {media_type}"
    head += "\r\nExpect: 100-continue" if waits else ""
    address = urlsplit(site.url)
    with socket.create_connection((address.hostname, address.port), PATIENCE) as connection:
        connection.sendall(head.encode() + b"\r\n" + framing + b"\r\n\r\n")
        if waits:
            assert connection.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(framed)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200 "), answer
    assert expected in answer.partition(b"\r\n\r\n")[2], answer


@pytest.mark.parametrize("path", ["/sparql", "/validate", "/reconcile"])
def test_a_body_in_chunks_may_be_as_large_as_one_with_its_length(server, path):
    site, frame = server
    media_type = {"/sparql": "application/sparql-query", "/validate": "text/turtle"}.get(path, FORM)
    body = b"x" * (2**22)
    framing, framed = frame(body)
    address = urlsplit(site.url)
    with socket.create_connection((address.hostname, address.port), PATIENCE) as connection:
        connection.sendall(
            f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            f"Content-Type: {media_type}\r\n".encode()
            + framing
            + b"\r\n\r\n"
        )
        connection.sendall(framed)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 413 "), answer
