"""What clients ask for is remembered within bounds, however large it is and in whatever part.

Measured is what the web process really holds: a count may forget something.
"""

import http.client
import json
import urllib.parse
from contextlib import closing

import pytest

from http_fixtures import running
from http_fixtures import store as store

MARGIN = 8 * 2**20  # bytes; all of the requests, or what is made of them, would be 12 at least
PAD = "x" * 60_000
WARM = 150  # requests: what parses URLs remembers 128 of them
QUERY = "/sparql?query=ASK%7B%7D"


def named(number, batch=25):
    """Write reconciliation queries for names of which each takes much to compare."""
    names = (f"{number} {each} {chr(0x3316) * 240}" for each in range(batch))
    queries = {f"q{each}": {"query": name} for each, name in enumerate(names)}
    return urllib.parse.urlencode({"queries": json.dumps(queries, ensure_ascii=False)})


def form(path, media_type, content):
    return "POST", path, {"Content-Type": media_type}, content


# How a request is made of its number, and how many are.
KINDS = {
    "a comment": (200, lambda n: ("GET", f"{QUERY}%23{n}{PAD}")),
    "a comment, with graphs": (200, lambda n: ("GET", f"{QUERY}%23{PAD}&default-graph-uri=a:{n}")),
    "Accept": (200, lambda n: ("GET", QUERY, {"Accept": f"*/*, a/b;p=z{n}{PAD}"})),
    "Accept-Encoding": (200, lambda n: ("GET", QUERY, {"Accept-Encoding": f"x{n}{PAD}"})),
    "Origin": (200, lambda n: ("GET", QUERY, {"Origin": f"http://x{n}{PAD}"})),
    "a parameter without meaning": (200, lambda n: ("GET", f"{QUERY}&x{n}={PAD}")),
    "a graph": (200, lambda n: ("GET", f"{QUERY}&default-graph-uri=a:{n}{PAD}")),
    "a media type": (
        200,
        lambda n: form(f"/sparql?n={n}", f"application/sparql-query;p={PAD}", b"ASK {}"),
    ),
    "a path": (200, lambda n: ("GET", f"/describe?iri=a:{n}{PAD}")),
    "names to reconcile": (
        60,
        lambda n: form("/reconcile", "application/x-www-form-urlencoded", named(n)),
    ),
}


def memory(site):
    """Ask how many bytes the web process holds."""
    return site.count('memory_bytes{part="web"}')


def ask(connection, method, path, headers=None, body=None):
    connection.request(method, path, body, headers or {})
    reply = connection.getresponse()
    reply.read()
    return reply.status


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_remembered_has_a_bound(store, kind):
    count, make = KINDS[kind]
    with running(store, cache_mb="4", log="off", header_kb="128") as site:
        port = int(site.url.rpartition(":")[2])
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            warm = 20 if kind == "names to reconcile" else WARM
            warming = {ask(connection, *make(number)) for number in range(warm)}
            assert warming <= {200, 404}
            before = memory(site)
            for number in range(warm, warm + count):
                ask(connection, *make(number))
            assert memory(site) - before < MARGIN
