"""The server that a snapshot is loaded into: its endpoint for questions, its graph store."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, urlencode

from ..config import Config
from ..errors import PeerError, ReleaseFailed
from ..http import (
    HttpClient,
    HttpLimits,
    HttpRequest,
    HttpResponse,
    HttpUrl,
    RetryPolicy,
    read_url,
)

_SECONDS = 900.0  # for one graph, with all that may have to be repeated
_RETRIES = RetryPolicy(attempts=6, first_wait=0.5)
_LIMITS = HttpLimits(size=64 * 2**20)  # of a response; what is sent has no limit here
_SHOWN = 200  # characters of an explanation
# Where a graph store is, as seen from the endpoint: Oxigraph, GraphDB and RDF4J.
_KNOWN = (
    (re.compile(r"^(.*)/query$"), r"\1/store"),
    (re.compile(r"^(.*/repositories/[^/]+)$"), r"\1/rdf-graphs/service"),
)
Body = bytes | Callable[[], IO[bytes]]


class BodyTooLarge(ReleaseFailed):
    """The server takes no body as large as that; smaller parts may do."""


class SparqlServer:
    """A server with a SPARQL endpoint and a graph store. As text it shows no secret."""

    def __init__(self, endpoint: HttpUrl, store: HttpUrl) -> None:
        self._endpoint = HttpClient(endpoint, _RETRIES, _LIMITS)
        self._store = HttpClient(store, _RETRIES, _LIMITS)

    def __str__(self) -> str:
        return str(self._endpoint.url)

    def close(self) -> None:
        """Close the connections."""
        self._endpoint.close()
        self._store.close()

    def select(self, query: str) -> list[dict[str, str]]:
        """Ask for rows: the values by the names of their variables."""
        headers = {
            "Accept": "application/sparql-results+json",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        body = urlencode({"query": query}).encode()
        url = self._endpoint.url
        request = HttpRequest("POST", url.target(), headers, body)
        response, content = _exchange(self._endpoint, request)
        if response.status != 200:
            raise _refusal(url, response)
        try:
            return [_row(row) for row in json.loads(content)["results"]["bindings"]]
        except (ValueError, LookupError, TypeError) as fault:
            raise ReleaseFailed(f"{url} does not answer as a SPARQL endpoint.") from fault

    def count(self, graph: str) -> int:
        """Count the triples that the server has in a graph."""
        (row,) = self.select(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")
        return int(row["n"])

    def put(self, graph: str, body: Body, length: int) -> None:
        """Replace a graph."""
        self._write("PUT", graph, body, length)

    def post(self, graph: str, body: Body, length: int) -> None:
        """Add to a graph. There are no blank nodes in `body`, so twice is the same as once."""
        self._write("POST", graph, body, length)

    def delete(self, graph: str) -> None:
        """Remove a graph, if it is there."""
        self._write("DELETE", graph, None, None)

    def _write(self, method: str, graph: str, body: Body | None, length: int | None) -> None:
        headers = {}
        if length is not None:
            # N-Triples are Turtle, and every store reads that.
            headers = {"Content-Type": "text/turtle", "Content-Length": str(length)}
        target = self._store.url.target(f"graph={quote(graph, safe='')}")
        response, _ = _exchange(self._store, HttpRequest(method, target, headers, body))
        if response.status == 413:
            name = self._store.url
            raise BodyTooLarge(f"{name} takes no body of {length} bytes: allow for larger ones.")
        if not response.is_success and (method, response.status) != ("DELETE", 404):
            raise _refusal(self._store.url, response)


def open_server(config: Config) -> SparqlServer:
    """Find the server in the settings, or raise `StimsonError` that says what is missing."""
    if not config.engine:
        raise ReleaseFailed("Say with --engine or STIMSON_ENGINE which endpoint to load into.")
    secrets = (config.engine_user, config.engine_password, config.engine_token)
    endpoint = read_url("--engine", config.engine, *secrets)
    if config.graph_store:
        return SparqlServer(endpoint, read_url("--graph-store", config.graph_store, *secrets))
    for pattern, replacement in _KNOWN:
        if pattern.match(endpoint.path):
            path = pattern.sub(replacement, endpoint.path)
            return SparqlServer(endpoint, endpoint.at(path))
    raise ReleaseFailed(f"Say with --graph-store where {endpoint} has its graph store.")


def body_of(file: Path, start: int, end: int) -> Body:
    """Give a part of a file, as the body of a request."""
    if start == 0 and end == file.stat().st_size:
        return lambda: file.open("rb")
    with file.open("rb") as whole:
        whole.seek(start)
        return whole.read(end - start)


def _exchange(client: HttpClient, request: HttpRequest) -> tuple[HttpResponse, bytes]:
    try:
        with client.send(request, time.monotonic() + _SECONDS) as response:
            return response, response.read() if response.is_success else b""
    except PeerError as fault:
        raise ReleaseFailed(f"{fault} Try again: what is loaded stays loaded.") from fault


def _refusal(url: HttpUrl, response: HttpResponse) -> ReleaseFailed:
    match response.status:
        case 401 | 403:
            advice = "say in STIMSON_ENGINE_USER and _PASSWORD, or _TOKEN, who you are"
        case 404 | 405 | 501:
            advice = "say with --graph-store where graphs are written"
        case status if 300 <= status < 400:
            advice = "it points elsewhere; name the right address"
        case _:
            advice = " ".join(response.text.split())[:_SHOWN] or "it does not say why"
    return ReleaseFailed(f"{url} answered with status {response.status}: {advice}.")


def _row(row: dict[str, Any]) -> dict[str, str]:
    return {name: str(term["value"]) for name, term in row.items()}
