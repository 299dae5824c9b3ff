"""A server that answers for Special:EntityData as Wikibase does, and as it may when it is unwell.

Paths, statuses and headers follow Wikibase's help page and its request handler
(https://www.mediawiki.org/wiki/Wikibase/EntityData): JSON with one entity under its id; the
target's for an item that was merged; 301 to the canonical spelling; 304 by Last-Modified; 404
for what is not there; errors of a lagging database as the manual of `maxlag` shows them.
"""

import gzip
import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATH = "/wiki/Special:EntityData/"
Q, TEXT = "wikibase-entityid", "string"
Play = Callable[["_Handler"], None]


def snak(name: str, value: Any) -> dict[str, Any]:
    """Write a snak; the kind of its value follows from what is given."""
    if value in ("novalue", "somevalue"):
        return {"snaktype": value, "property": name, "datatype": "wikibase-item"}
    if isinstance(value, dict):
        kind, content = next(iter(value.items()))
    elif isinstance(value, tuple):
        latitude, longitude = value
        globe = "http://www.wikidata.org/entity/Q2"
        kind = "globecoordinate"
        content = {
            **{"latitude": latitude, "longitude": longitude},
            **{"altitude": None, "precision": 0.0001, "globe": globe},
        }
    elif value[:1] == "Q" and value[1:].isdigit():
        kind = Q
        content = {"entity-type": "item", "numeric-id": int(value[1:]), "id": value}
    else:
        kind, content = TEXT, value
    return {
        "snaktype": "value",
        "property": name,
        "datavalue": {"value": content, "type": kind},
        "datatype": kind,
        "hash": "0" * 40,
    }


def claim(
    id_: str, name: str, value: Any, rank: str = "normal", **qualifiers: Any
) -> dict[str, Any]:
    """Write a statement; qualifiers are given by their properties."""
    found: dict[str, Any] = {
        "mainsnak": snak(name, value),
        "type": "statement",
        "id": id_,
        "rank": rank,
    }
    if qualifiers:
        found["qualifiers"] = {key: [snak(key, each)] for key, each in qualifiers.items()}
        found["qualifiers-order"] = list(qualifiers)
    return found


def entity(
    id_: str,
    labels: dict[str, str],
    *claims: dict[str, Any],
    aliases: dict[str, list[str]] | None = None,
    revision: int = 1,
) -> dict[str, Any]:
    """Write an item; an empty table is an empty list there."""
    by_property: dict[str, list[Any]] = defaultdict(list)
    for each in claims:
        by_property[each["mainsnak"]["property"]].append(each)
    return {
        "pageid": int(id_[1:]),
        "ns": 0,
        "title": id_,
        "lastrevid": revision,
        "modified": "2026-01-02T03:04:05Z",
        "type": "item",
        "id": id_,
        "labels": {code: {"language": code, "value": text} for code, text in labels.items()} or [],
        "descriptions": [],
        "aliases": {
            code: [{"language": code, "value": text} for text in texts]
            for code, texts in (aliases or {}).items()
        }
        or [],
        "claims": by_property or [],
        "sitelinks": {},
    }


@dataclass
class Wikibase:
    """What the server holds, what it does first when asked for an item, and what it was asked."""

    entities: dict[str, dict[str, Any]] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    plays: dict[str, deque[Play]] = field(default_factory=lambda: defaultdict(deque))
    requests: list[tuple[str, dict[str, str], float]] = field(default_factory=list)
    last_modified: str = "Fri, 02 Jan 2026 03:04:05 GMT"
    etag: str = ""
    url: str = ""

    def add(self, *entities: dict[str, Any]) -> None:
        """Hold items."""
        self.entities.update({each["id"]: each for each in entities})

    def first(self, id_: str, *plays: Play) -> None:
        """Do something else with the next requests for an item."""
        self.plays[id_].extend(plays)

    def asked(self) -> list[str]:
        """List the items that were asked for, in order."""
        return [path.removeprefix(PATH).removesuffix(".json") for path, _, _ in self.requests]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wikibase: Wikibase

    def do_GET(self) -> None:
        self.wikibase.requests.append((self.path, dict(self.headers), time.monotonic()))
        id_ = self.path.partition("?")[0].removeprefix(PATH).removesuffix(".json")
        if play := self.wikibase.plays.get(id_):
            play.popleft()(self)
        else:
            self.answer(id_)

    def answer(self, id_: str) -> None:
        """Answer as a healthy server does."""
        target = self.wikibase.redirects.get(id_, id_)
        if target not in self.wikibase.entities:
            self.send(404, b"<h1>Not Found</h1>", "text/html; charset=utf-8")
            return
        known = {"ETag": self.wikibase.etag, "Last-Modified": self.wikibase.last_modified}
        known = {name: text for name, text in known.items() if text}
        asked = (self.headers["If-None-Match"], self.headers["If-Modified-Since"])
        if any(text and text in known.values() for text in asked):
            self.send(304, b"", headers=known)
            return
        body = json.dumps({"entities": {target: self.wikibase.entities[target]}}).encode()
        if "gzip" in (self.headers["Accept-Encoding"] or ""):
            body, known["Content-Encoding"] = gzip.compress(body), "gzip"
        self.send(200, body, headers=known)

    def send(
        self,
        status: int,
        body: bytes,
        kind: str = "application/json; charset=UTF-8",
        headers: dict[str, str] | None = None,
        length: int | None = None,
    ) -> None:
        """Send an answer, whose length may be a lie."""
        self.send_response(status)
        for name, value in {"Content-Type": kind, **(headers or {})}.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Keep quiet."""

    def handle(self) -> None:
        """Serve a connection until the client goes, however it goes."""
        with suppress(ConnectionError):
            super().handle()

    def finish(self) -> None:
        """End a connection, which a test may have ended before."""
        with suppress(ConnectionError, ValueError):
            super().finish()


def status(number: int, **headers: str) -> Play:
    """Answer with a status and no item."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return lambda handler: handler.send(number, b"<h1>no</h1>", "text/html", named)


def lagging(seconds: int) -> Play:
    """Answer with the error that comes, with status 200, from a database that lags behind."""
    error = {"code": "maxlag", "info": "Waiting for db1: 7 seconds lagged", "lag": 7}
    body = json.dumps({"error": error}).encode()
    headers = {"Retry-After": str(seconds), "X-Database-Lag": "7"}
    return lambda handler: handler.send(200, body, headers=headers)


def cut_short(handler: _Handler) -> None:
    """Send less than was promised, and hang up; what has come looks whole."""
    id_, found = next(iter(handler.wikibase.entities.items()))
    body = json.dumps({"entities": {id_: found}}).encode()
    handler.send(200, body, length=len(body) + 100)
    handler.close_connection = True
    handler.connection.close()


def cut_gzip(handler: _Handler) -> None:
    """Send a part of a packed body, whose length says nothing of that."""
    body = gzip.compress(json.dumps({"entities": {"Q1": "x" * 5000}}).encode())[:-12]
    handler.send(200, body, headers={"Content-Encoding": "gzip"})


def cut_chunk(handler: _Handler) -> None:
    """Begin a body in chunks, and hang up in one of them."""
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"100\r\n{")
    handler.close_connection = True
    handler.connection.close()


def other_json(handler: _Handler) -> None:
    """Send JSON that is none of an item."""
    handler.send(200, b'{"entities": []}')


def no_json(handler: _Handler) -> None:
    """Send a page, as a captive portal would, with status 200."""
    handler.send(200, b"<html>Log in</html>", "text/html")


def slow(seconds: float) -> Play:
    """Send a body that never ends, a byte now and then."""

    def play(handler: _Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        until = time.monotonic() + seconds
        with suppress(OSError):  # the client leaves, as it should
            while time.monotonic() < until:
                handler.wfile.write(b" ")
                handler.wfile.flush()
                time.sleep(0.05)
        handler.close_connection = True

    return play


def bomb() -> Play:
    """Send little that unpacks to very much."""
    body = gzip.compress(b" " * (33 * 2**20), 1)
    return lambda handler: handler.send(200, body, headers={"Content-Encoding": "gzip"})


def moved(place: str, number: int = 301) -> Play:
    """Redirect to another address."""
    return lambda handler: handler.send(number, b"", headers={"Location": place})


@contextmanager
def serve(wikibase: Wikibase) -> Iterator[Wikibase]:
    """Serve items on the loopback until the end of the block."""
    handler = type("Handler", (_Handler,), {"wikibase": wikibase})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    wikibase.url = f"http://127.0.0.1:{server.server_port}{PATH}"
    try:
        yield wikibase
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
