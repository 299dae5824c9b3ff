"""The ASGI server and the Flask application alone give the same responses, in whatever order.

Every generated request goes to a running server, to the Flask application under a plain WSGI
server, and to an ASGI application that has never seen another request.
"""

import asyncio
import gzip
import random
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import brotli
import pytest
import zstandard
from werkzeug.serving import WSGIRequestHandler, make_server

from http_fixtures import ENDLESS, ONE, TWO, Site, running
from http_fixtures import store as store
from stimson.config import Config
from stimson.engine import open_engine
from stimson.engine.threads import Standalone
from stimson.project import read_project
from stimson.queries import read_queries
from stimson.snapshot import read_current
from stimson.web.app import create_app
from stimson.web.server.asgi import AsgiRequest, RequestBody
from stimson.web.server.responder import Responder

LIMITS = {"timeout": 6.0, "memory_mb": 96, "result_mb": 1, "query_kb": 64, "query_workers": 2}
HOST = "data.example"
PATIENCE = 60.0  # seconds
FORM, QUERY = "application/x-www-form-urlencoded", "application/sparql-query"
SELECT = "SELECT ?s ?o { ?s ?p ?o } ORDER BY ?s ?p ?o"
QUERIES = {
    "select": SELECT,
    "ask": "ASK { ?s ?p ?o }",
    "construct": "CONSTRUCT { ?s a ?o } { ?s a ?o }",
    "describe": "DESCRIBE <https://w3id.org/stimson/id/state/arcadia>",
    "long answer": f"SELECT ('{'long ' * 20}' AS ?y) {{ VALUES ?a {{ {'0 ' * 100} }} }}",
    "not ASCII": "SELECT ('ü 100%25 + & =' AS ?x) {}",
    "now": "ASK { FILTER(NOW() > '2020-01-01T00:00:00Z'^^xsd:dateTime || true) }",
    "random": "ASK { FILTER(RAND() < 2) }",
    "prefix": "SELECT * { ?s skos:prefLabel ?o }",
    "unknown": "SELECT * { ?s a st:Stanse, state:arkadia, <https://w3id.org/stimson/id/x/їж> }",
    "prefix of ours": "SELECT ?s { ?s a st:Stance } ORDER BY ?s",
    "error": "SELECT ?s {\n ?s",
    "empty": "",
    "update": "INSERT DATA { <a:a> <a:b> 1 }",
    "service": "SELECT * { SERVICE <a:a> {} }",
    "too long": f"ASK {{}} #{'x' * 65 * 1024}",
    "too large": f"SELECT ('{'x' * 3000}' AS ?y) {{ VALUES ?a {{ {'0 ' * 500} }} }}",
    "from": f"SELECT ?s FROM <{ONE}> {{ ?s ?p ?o }} ORDER BY ?s ?p",
}
PARAMETERS = [
    [],
    *([("as", name)] for name in ("html", "json", "xml", "csv", "turtle", "trig", "no", "")),
    *([("format", name)] for name in ("json", "csv", "nt", "text/csv", "text/turtle", "no", "")),
    [("format", "json"), ("as", "html")],
    *([("timeout", text)] for text in ("5", "0.5", "x", "-1", "0", "inf", "nan", "")),
    *([("version", text)] for text in ("1.1", "1.2", "9")),
    [("version", "1.1"), ("version", "1.1")],
    *([("strict", text)] for text in ("true", "0", "x", "")),
    [("default-graph-uri", ONE)],
    [("default-graph-uri", ONE), ("default-graph-uri", TWO), ("named-graph-uri", TWO)],
    [("default-graph-uri", "")],
    [("default-graph-uri", "no IRI")],
    [("query", "ASK {}")],
    [("update", "INSERT DATA {}")],
    [("other", "x"), ("other", "")],
]
ACCEPTS = [
    *(None, "*/*", "", "nonsense", "image/png", "text/*", "application/*;q=0.3", "*/*;q=0"),
    *("application/json", "application/sparql-results+json", "application/sparql-results+xml"),
    *("text/csv", "text/tab-separated-values", "text/tsv", "text/plain", "text/html"),
    *("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"),
    *("application/trig", "application/problem+json", "application/x-turtle"),
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "application/sparql-results+json, text/html;q=0.1",
    "text/turtle;q=0.5, application/n-triples",
    "text/html;q=0.5, text/csv",
    "text/turtle; charset=utf-8, */*;q=0.1",
    ", ".join(f"application/x-{number}" for number in range(60)) + ", text/csv",
]
ENCODINGS = [
    *(None, "gzip", "br", "zstd", "gzip, br", "gzip;q=0", "identity", "*", "x", ""),
    "gzip;q=0.5, identity",
]
# TAG stands for the tag of the response.
CONDITIONS = [
    {},
    {"If-None-Match": "*"},
    {"If-None-Match": "TAG"},
    {"If-None-Match": '"other", TAG'},
    {"If-None-Match": '"other"'},
    {"If-None-Match": "nonsense"},
    {"If-Match": "*"},
    {"If-Match": "TAG"},
    {"If-Match": ""},
    {"If-Match": "*", "If-None-Match": "TAG"},
    {"If-Match": '"x"', "If-None-Match": "*"},
    {"If-Unmodified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"},
    {"If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"},
    {"Range": "bytes=0-3"},
    {"Origin": "https://other.example"},
]
TYPES = [
    *("", "text/plain", "nonsense", "multipart/form-data; boundary=x", "TYPE; charset=utf-8"),
    *("TYPE; charset=latin-1", "TYPE;version=1.2", "TYPE; version=9", "UPPER"),
]
WAYS = [
    *(("GET", ""), ("HEAD", ""), ("POST", FORM), ("POST", QUERY), ("QUERY", FORM)),
    *(("QUERY", QUERY), ("POST", ""), ("QUERY", ""), ("GET", QUERY)),
]
LABEL = re.compile(rb"\b[0-9a-f]{20,32}\b")
DECODERS = {
    None: bytes,
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
}
IGNORED = re.compile("date|server|connection|keep-alive|cache-status|ratelimit.*")


@dataclass(frozen=True)
class Sent:
    """One request, as it is written."""

    method: str = "GET"
    target: bytes = b"/sparql"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    is_chunked: bool = False

    def with_headers(self, headers: dict[str, str | None]) -> "Sent":
        """Add headers, those that have a value."""
        more = tuple((name, value) for name, value in headers.items() if value is not None)
        return replace(self, headers=(*self.headers, *more))

    @property
    def describes_service(self) -> bool:
        """Tell whether the service describes itself."""
        is_endpoint = self.target.partition(b"?")[0] in (b"/sparql", b"/sparql/")
        return is_endpoint and self.method in ("GET", "HEAD") and b"query=" not in self.target

    def write(self) -> bytes:
        """Write it by HTTP/1.1."""
        fields = [("Host", HOST), ("Connection", "close"), *self.headers]
        body = self.body
        if self.is_chunked:
            fields.append(("Transfer-Encoding", "chunked"))
            body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in self._parts())
            body += b"0\r\n\r\n"
        elif body or self.method in ("POST", "PUT", "QUERY"):
            fields.append(("Content-Length", str(len(body))))
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields).encode("latin-1")
        return b"%s %s HTTP/1.1\r\n%s\r\n%s" % (self.method.encode(), self.target, lines, body)

    def scope(self) -> dict:
        """Describe it by ASGI."""
        path, _, query = self.target.partition(b"?")
        return {
            "type": "http",
            "http_version": "1.1",
            "scheme": "http",
            "method": self.method,
            "path": path.decode(),
            "query_string": query,
            "headers": [
                (name.lower().encode(), value.encode("latin-1"))
                for name, value in (("Host", HOST), *self.headers)
            ],
            "client": ("127.0.0.1", 4000),
            "server": ("127.0.0.1", 80),
        }

    def _parts(self) -> Iterator[bytes]:
        for start in range(0, len(self.body), 7000):
            yield self.body[start : start + 7000]


@dataclass(frozen=True)
class Got:
    """What came of a request, without what may differ between servers or at another time."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @classmethod
    def of(cls, sent: Sent, status: int, headers: list[tuple[str, str]], body: bytes) -> "Got":
        """Leave out what may differ."""
        found = {name.lower(): value for name, value in headers if name.lower() != "link"}
        links = sorted(value for name, value in headers if name.lower() == "link")
        if sent.describes_service:  # its blank nodes have another name each time
            found.pop("content-length", None)
            body = LABEL.sub(b"b", DECODERS[found.get("content-encoding")](body) if body else b"")
        for name in ("allow", "access-control-allow-methods"):  # Flask makes it from a set
            if name in found:
                found[name] = ", ".join(sorted(found[name].split(", ")))
        kept = ((name, value) for name, value in found.items() if not IGNORED.fullmatch(name))
        return cls(status, (*sorted(kept), *(("link", link) for link in links)), body)


def made(method: str, media_type: str, pairs: list[tuple[str, str]], text: str | None) -> Sent:
    """Write a query and parameters in one of the ways that the protocol has."""
    query = [] if text is None else [("query", text)]
    if media_type == FORM:
        body = urlencode([*query, *pairs]).encode()
        return Sent(method, b"/sparql", (("Content-Type", FORM),), body)
    if media_type == QUERY and method != "GET":
        target = f"/sparql?{urlencode(pairs)}" if pairs else "/sparql"
        body = (text or "").encode()
        return Sent(method, target.encode(), (("Content-Type", QUERY),), body)
    body = b"ASK {}" if media_type else b""  # of a GET: nobody looks at it
    headers = (("Content-Type", media_type),) if media_type else ()
    encoded = urlencode([*query, *pairs])
    return Sent(method, f"/sparql?{encoded}".encode() if encoded else b"/sparql", headers, body)


def each_once() -> Iterator[Sent]:
    """Vary one thing at a time."""
    plain = made("GET", "", [], SELECT)
    for way in WAYS:
        for text in (SELECT, QUERIES["ask"], QUERIES["error"], None):
            yield made(*way, [], text)
    for text in QUERIES.values():
        for way in WAYS[:4]:
            if len(text) < 60_000 or way[0] == "POST":  # a URL has a limit of its own
                yield made(*way, [], text)
    for pairs in PARAMETERS:
        for way in WAYS[:5]:
            yield made(*way, pairs, SELECT)
    for accept in ACCEPTS:
        for text in (SELECT, "ASK {}", QUERIES["construct"], QUERIES["error"], None):
            yield made("GET", "", [], text).with_headers({"Accept": accept})
    for coding in ENCODINGS:
        for text in (QUERIES["long answer"], "ASK {}"):
            yield made("GET", "", [], text).with_headers({"Accept-Encoding": coding})
    for conditions in CONDITIONS:
        for way in (("GET", ""), ("HEAD", ""), ("POST", QUERY), ("QUERY", QUERY)):
            yield made(*way, [], SELECT).with_headers(conditions)
        html = {"Accept": "text/html", **conditions}
        yield plain.with_headers(html)
        yield made("GET", "", [], None).with_headers(conditions)
    for media_type in TYPES:
        for way in (("POST", FORM), ("POST", QUERY), ("QUERY", FORM)):
            written = media_type.replace("TYPE", way[1]).replace("UPPER", way[1].upper())
            sent = made(*way, [], SELECT)
            yield replace(sent, headers=(("Content-Type", written),) if written else ())
    yield from odd()


def odd() -> Iterator[Sent]:
    """Make requests that are no query, or none that can be read."""
    for target in (
        *(b"?query=%FF", b"?query=ASK%20%7B%7D&default-graph-uri=%E4", b"?query", b"?=&&", b"?"),
        *(b"?query=ASK%7B%7D&query=ASK%7B%7D", b"?query=%zz", b"?query=ASK+%7B%7D%", b"/"),
        *(b"/?query=ASK%7B%7D", b"?q=1", b"?QUERY=ASK%7B%7D", b"?query=ASK{}"),
        *(b"?query=%C3%BC", b"?query=a%00b", b"?query=ASK%7B%7D%0A%0D%0A", b"?as=html"),
    ):
        for accept in (None, "text/html"):
            yield Sent(target=b"/sparql" + target).with_headers({"Accept": accept})
    wrong = (b"query=%FF", b"query=\xff", b"", b"query=ASK{}&query=ASK{}", b"x" * 300_000)
    for body in (*wrong, b"query=" + b"%20" * 30_000 + b"ASK%7B%7D", b"ASK{} # \xff"):
        for media_type in (FORM, QUERY):
            sent = Sent("POST", headers=(("Content-Type", media_type),), body=body)
            yield sent
            yield replace(sent, is_chunked=True)
            yield sent.with_headers({"Content-Encoding": "gzip"})
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        yield Sent(method)
        yield Sent(method).with_headers({"Accept": "text/html", "Origin": "https://a.example"})
    yield Sent("OPTIONS").with_headers({"Access-Control-Request-Headers": "x-one, x-two"})
    twice = (("Accept", "text/csv"), ("Accept", "text/turtle;q=0.5"))
    yield replace(made("GET", "", [], SELECT), headers=twice)
    for seconds in ("0.3", "0.4"):
        for accept in (None, "text/html"):
            yield made("GET", "", [("timeout", seconds)], ENDLESS).with_headers({"Accept": accept})
    for path in (
        *("/", "/store", "/store?default", f"/store?graph={quote(ONE)}", "/store?graph=x"),
        *("/dataset", "/prefixes", "/id/state/arcadia", "/id/state/arcadia.ttl", "/nowhere"),
        *("/static/stimson.css", "/queries", "/describe?iri=x", "/sparql/x", "/graph/one"),
    ):
        for accept, coding in ((None, "gzip"), ("text/html", None), ("text/turtle", "br")):
            headers = {"Accept": accept, "Accept-Encoding": coding}
            yield Sent(target=path.encode()).with_headers(headers)


def at_random(number: int) -> Iterator[Sent]:
    """Vary everything at once."""
    choose = random.Random(20310201)  # it keeps no secret
    short = [text for text in QUERIES.values() if len(text) < 60_000]
    for _ in range(number):
        sent = made(*choose.choice(WAYS), choose.choice(PARAMETERS), choose.choice([*short, None]))
        headers = {
            "Accept": choose.choice(ACCEPTS),
            "Accept-Encoding": choose.choice(ENCODINGS),
            **choose.choice(CONDITIONS),
        }
        yield replace(sent, is_chunked=bool(sent.body) and choose.random() < 0.3).with_headers(
            headers
        )


@dataclass(frozen=True)
class Pair:
    """Both ways to serve one snapshot."""

    site: Site
    wsgi: str
    responder: Responder
    loop: asyncio.AbstractEventLoop

    def asgi(self, sent: Sent) -> Got:
        """Ask the running server."""
        return self._ask(self.site.url, sent)

    def flask(self, sent: Sent) -> Got:
        """Ask the Flask application under a plain WSGI server."""
        return self._ask(self.wsgi, sent)

    def first(self, sent: Sent) -> Got:
        """Ask an ASGI application that has not been asked before."""
        self.responder.cache._kept.clear()
        request = AsgiRequest(sent.scope(), None)
        body = RequestBody(sent.body, len(sent.body))
        asking = self.responder.respond(request, body, None)
        response = asyncio.run_coroutine_threadsafe(asking, self.loop).result(PATIENCE)
        try:
            content = b"".join(response.chunks())
        finally:
            response.close()
        head = list(response.head)
        if not response.header("content-length") and response.status not in (204, 304):
            head.append(("content-length", str(len(content))))  # as it is added when it is sent
        return Got.of(sent, response.status, head, content)

    @staticmethod
    def _ask(url: str, sent: Sent) -> Got:
        address = urlsplit(url)
        with socket.create_connection((address.hostname, address.port), PATIENCE) as connection:
            connection.sendall(sent.write())
            with HTTPResponse(connection, method=sent.method) as response:
                response.begin()
                return Got.of(sent, response.status, response.getheaders(), response.read())


class _Quiet(WSGIRequestHandler):
    def log(self, *_):
        """Say nothing of what was asked."""


@contextmanager
def under_wsgi(app) -> Iterator[str]:
    """Serve an application by WSGI alone."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


@pytest.fixture(scope="module")
def pair(store) -> Iterator[Pair]:
    config = Config(store=str(store), **LIMITS)
    snapshot, project = read_current(store), read_project(Path(config.project))
    queries = read_queries(project.queries) if project.queries else {}
    settings = {name: str(value) for name, value in LIMITS.items()}
    engine = open_engine(snapshot, config)
    with running(store, **settings) as site, Standalone(engine) as blocking:
        app = create_app(config, blocking, snapshot, queries, folders=project.folders)
        responder = Responder(config, engine, snapshot, app)
        with under_wsgi(app) as url:
            yield Pair(site, url, responder, blocking._loop)
        responder.flask.close()
        app.extensions["stimson"].checkers.close()


def difference(one: Got, other: Got) -> str:
    """Say in which ways two responses differ, shortly; "" if they do not."""
    if one.status != other.status:
        return f"status {one.status} or {other.status}"
    if one.headers != other.headers:
        return f"headers {set(one.headers) ^ set(other.headers)}"
    return "" if one.body == other.body else f"body {one.body[:200]!r} or {other.body[:200]!r}"


def with_tags(pair: Pair, sent: Sent) -> Sent:
    """Put the tag of the response in where one is to stand."""
    if not any("TAG" in value for _, value in sent.headers):
        return sent
    bare = replace(sent, headers=tuple(h for h in sent.headers if not h[0].startswith("If-")))
    tag = dict(pair.flask(bare).headers).get("etag", '"none"')
    return replace(sent, headers=tuple((n, v.replace("TAG", tag)) for n, v in sent.headers))


def test_both_give_the_same_responses_in_whatever_order(pair):
    requests = [with_tags(pair, sent) for sent in (*each_once(), *at_random(150))]
    expected = [pair.flask(sent) for sent in requests]
    order = list(range(len(requests)))
    random.Random(7).shuffle(order)  # it keeps no secret
    for number in order:
        assert difference(pair.asgi(requests[number]), expected[number]) == "", requests[number]
    statuses = {got.status for got in expected}
    assert {200, 303, 304, 400, 403, 404, 405, 406, 412, 413, 415, 504, 507} <= statuses


def test_the_first_request_of_all_has_the_same_response(pair):
    for sent in (*each_once(), *at_random(50)):
        request = with_tags(pair, sent)
        assert difference(pair.first(request), pair.flask(request)) == "", request
