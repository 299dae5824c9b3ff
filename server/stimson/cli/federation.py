"""Carry the calls of a federated query to the endpoints that were allowed.

The engine calls an address by itself, but names itself only "Oxigraph", which Wikidata
refuses, waits for ever, and cannot be interrupted. So it calls this process instead, on
the loopback, which calls the endpoint in its stead: with a name and a contact, a time limit,
a limit of size, and without following redirects to what was not allowed.
"""

import secrets
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import IO

import click

from ..engine.query_policy import rewrite_services
from ..errors import FetchFailed, PeerError, PeerSlow, PeerTooLarge, StimsonError
from ..http import (
    HttpClient,
    HttpLimits,
    HttpRequest,
    HttpResponse,
    HttpUrl,
    RetryPolicy,
    read_url,
    user_agent,
)

SECONDS = 60.0  # for one call: after so long, Wikidata itself gives up
_LARGEST = 64 * 2**20
_ONCE = RetryPolicy()
_CHUNK = 64 * 2**10
_MEMORY = 8 * 2**20


@contextmanager
def relay(sparql: str, allowed: Sequence[str], contact: str) -> Iterator[tuple[str, IO[bytes]]]:
    """Give a query that calls this process for `allowed` endpoints, and a place for its answer.

    What was written there goes to standard output if all went well: who reads it never has
    to ask whether half of it is missing. `FetchFailed` says which endpoint failed, and how.
    """
    urls = {address: _read_allowed(address) for address in allowed}
    with (
        _Relay(user_agent(contact), urls) as server,
        tempfile.SpooledTemporaryFile(_MEMORY) as spool,
    ):
        text = rewrite_services(sparql, allowed, server.address_of)
        try:
            yield text, spool
        except (OSError, RuntimeError) as fault:
            raise FetchFailed(server.failure or server.told(fault)) from fault
        spool.seek(0)
        while chunk := spool.read(_CHUNK):
            sys.stdout.buffer.write(chunk)


class _Relay(ThreadingHTTPServer):
    """Listens on the loopback, for this process: nobody else knows the paths."""

    daemon_threads = True

    def __init__(self, agent: str, urls: Mapping[str, HttpUrl]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.agent, self.urls, self.failure = agent, urls, ""
        self.targets: dict[str, str] = {}
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)

    def address_of(self, target: str) -> str:
        """Give the address here that stands for an endpoint."""
        path = f"/{secrets.token_urlsafe(24)}"
        self.targets[path] = target
        return f"{self._home}{path}"

    def told(self, fault: Exception) -> str:
        """Give the engine's words for a failure, with the addresses that were meant."""
        words = " ".join(str(fault).split()).removesuffix(":")
        for path, target in self.targets.items():
            words = words.replace(f"{self._home}{path}", target)
        return f"{words}."

    @property
    def _home(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def __enter__(self) -> "_Relay":
        self._thread.start()
        return self

    def __exit__(self, *fault: object) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    """Carries one call on, and its answer back."""

    server: _Relay

    def do_POST(self) -> None:
        target = self.server.targets.get(self.path)
        if target is None:
            self.send_error(404)
            return
        query = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            url, agent = self.server.urls[target], self.server.agent
            media_type, body = _call(url, query, self.headers["Accept"], agent)
        except PeerError as fault:
            self.server.failure = f"<{target}> {_why(fault)}."
            self.send_error(502)
            return
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: what fails is told once, at the end."""


def _read_allowed(address: str) -> HttpUrl:
    try:
        return read_url("--service-allow", address)
    except StimsonError as fault:
        problem = f"--service-allow {address}: expected the URL of an endpoint."
        raise click.UsageError(problem) from fault


def _call(url: HttpUrl, query: bytes, accept: str, agent: str) -> tuple[str, bytes]:
    """Ask an endpoint by the SPARQL protocol; give the media type and the body of its response."""
    headers = {"Accept": accept, "Content-Type": "application/sparql-query"}
    request = HttpRequest("POST", url.target(), headers, query)
    limits = HttpLimits(connect=SECONDS, total=SECONDS, size=_LARGEST)
    with closing(HttpClient(url, _ONCE, limits, agent=agent)) as client:
        response = client.send(request)
        if response.status != 200:
            response.close()
            raise PeerError(str(url), _refusal(response))
        return response.headers.get("Content-Type", ""), response.read()


def _refusal(response: HttpResponse) -> str:
    """Say what a response means that is none to the query."""
    status, later = response.status, response.headers.get("Retry-After")
    if 300 <= status < 400 and (place := response.headers.get("Location")):
        return f"has moved to {place}; write that address, and allow it"
    if status == 429 and later:
        return f"answers 429 {response.reason}; come back after {later} seconds"
    return f"answers {status} {response.reason}".rstrip()


def _why(fault: PeerError) -> str:
    if isinstance(fault, PeerSlow):
        return f"has not answered within {SECONDS:g} seconds"
    return f"{fault.problem}; ask for less" if isinstance(fault, PeerTooLarge) else fault.problem
