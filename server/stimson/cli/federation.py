"""Carry the calls of a federated query to the endpoints that were allowed.

The engine calls an address by itself, but says of itself only "Oxigraph", which Wikidata
turns away, waits for ever, and cannot be interrupted. So it calls this process instead, on
the loopback, which calls the endpoint in its stead: with a name and a contact, a time limit,
a limit of size, and without following redirects to what was not allowed.
"""

import http.client
import secrets
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import IO
from urllib.parse import urlsplit

import click

from ..engine.services import redirect
from ..errors import FetchFailed
from ..mappings.wikidata.body import TooLarge, read_body
from ..mappings.wikidata.throttle import name

SECONDS = 60.0  # for one call: after so long, Wikidata itself gives up
_LARGEST = 64 * 2**20
_CHUNK = 64 * 2**10
_MEMORY = 8 * 2**20


@contextmanager
def relay(sparql: str, allowed: Sequence[str], contact: str) -> Iterator[tuple[str, IO[bytes]]]:
    """Give a query that calls this process for `allowed` endpoints, and a place for its answer.

    What was written there goes to standard output if all went well: who reads it never has
    to ask whether half of it is missing. `FetchFailed` says which endpoint failed, and how.
    """
    for address in allowed:
        if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).netloc:
            raise click.UsageError(f"--service-allow {address}: expected the URL of an endpoint.")
    with _Relay(name(contact)) as server, tempfile.SpooledTemporaryFile(_MEMORY) as spool:
        text = redirect(sparql, allowed, server.address_of)
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

    def __init__(self, agent: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.agent, self.failure = agent, ""
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
        """Call the endpoint that the path stands for."""
        target = self.server.targets.get(self.path)
        if target is None:
            self.send_error(404)
            return
        query = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            kind, body = _call(target, query, self.headers["Accept"], self.server.agent)
        except (OSError, http.client.HTTPException, _Failed) as fault:
            why = str(fault) if isinstance(fault, _Failed) else _told(fault)
            self.server.failure = f"<{target}> {why}."
            self.send_error(502)
            return
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: what fails is told once, at the end."""


class _Failed(Exception):
    """A call without an answer; the words say why, after the address."""


def _call(target: str, query: bytes, accept: str, agent: str) -> tuple[str, bytes]:
    """Ask an endpoint by the SPARQL protocol; give the media type and the body of its answer."""
    parts = urlsplit(target)
    secure = parts.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=SECONDS)
    try:
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        headers = {
            "Accept": accept,
            "Content-Type": "application/sparql-query",
            "User-Agent": agent,
        }
        connection.request("POST", path, query, headers)
        response = connection.getresponse()
        body = read_body(response, _LARGEST, SECONDS)
        _refuse(response)
        return response.getheader("Content-Type", ""), body
    except TooLarge as fault:
        raise _Failed(f"sends more than {_LARGEST // 2**20} MiB; ask for less") from fault
    finally:
        connection.close()


def _refuse(response: http.client.HTTPResponse) -> None:
    """Raise `_Failed` at an answer that is none."""
    status, later = response.status, response.getheader("Retry-After")
    if 300 <= status < 400 and (place := response.getheader("Location")):
        raise _Failed(f"has moved to {place}; write that address, and allow it")
    if status == 429 and later:
        raise _Failed(f"has had enough for now (429); come back after {later} seconds")
    if status != 200:
        raise _Failed(f"answers {status} {response.reason}".rstrip())


def _told(fault: Exception) -> str:
    if isinstance(fault, TimeoutError):
        return f"has not answered within {SECONDS:g} seconds"
    if isinstance(fault, http.client.IncompleteRead):
        return "broke its answer off"
    return f"cannot be reached ({type(fault).__name__})"
