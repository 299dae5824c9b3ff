"""Endpoints over the same data, each started as its users would."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from .queries import ACCEPT

_ROOT = Path(__file__).parents[2]
_ENVIRONMENT = _ROOT / "build" / "peers"
_BIN = _ENVIRONMENT / "bin"
PACKAGES = {
    "oxigraph": "0.5.13",
    "rdflib-endpoint": "0.6.3",
    "rdflib": "7.6.0",
    "flask": "3.1.3",
    "uvicorn": "0.38.0",
}
_START = 600.0  # seconds
_STOP = 10.0  # seconds
_RDFLIB = """
import sys
from rdflib import Dataset
data = Dataset(default_union=True)
data.parse(sys.argv[1], format="nquads")
port = int(sys.argv[2])
"""
_ENDPOINT = f"""{_RDFLIB}
import uvicorn
from rdflib_endpoint import SparqlEndpoint
uvicorn.run(SparqlEndpoint(graph=data, path="/sparql"), port=port, log_level="error")
"""
_FLASK = f"""{_RDFLIB}
from flask import Flask, Response, request
app = Flask(__name__)
@app.get("/sparql")
def sparql():
    found = data.query(request.args["query"])
    if found.type == "CONSTRUCT":
        return Response(found.serialize(format="nt"), mimetype="application/n-triples")
    return Response(found.serialize(format="json"), mimetype="application/sparql-results+json")
app.run(port=port, threaded=True)
"""


@dataclass(frozen=True)
class Peer:
    """A running endpoint; `start` is how long it took to its first answer."""

    port: int
    path: str
    start: float

    def request(self, query: str) -> bytes:
        """Write the request for a query."""
        path = f"{self.path}?{urllib.parse.urlencode({'query': query})}"
        head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: {ACCEPT}\r\n\r\n"
        return head.encode()

    def ask(self, query: str) -> bytes:
        """Ask once."""
        parameters = urllib.parse.urlencode({"query": query})
        url = f"http://127.0.0.1:{self.port}{self.path}?{parameters}"
        asked = urllib.request.Request(url, headers={"Accept": ACCEPT})
        with urllib.request.urlopen(asked, timeout=600) as reply:
            return bytes(reply.read())


class Server:
    """An endpoint that can be started anew, for one that is still busy spoils what follows."""

    def __init__(self, begin: Callable[[], AbstractContextManager[Peer]]) -> None:
        self._begin = begin
        self._stack = ExitStack()

    def __enter__(self) -> "Server":
        self.peer = self._stack.enter_context(self._begin())
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def restart(self) -> None:
        """End it, whatever it is doing, and start it again."""
        self._stack.close()
        self.peer = self._stack.enter_context(self._begin())


def install() -> None:
    """Put the peers into an environment of their own."""
    if not (_BIN / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(_ENVIRONMENT)], check=True)
    wanted = [f"{name}=={version}" for name, version in PACKAGES.items()]
    pip = [str(_BIN / "python"), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "--disable-pip-version-check", *wanted], check=True)


@contextmanager
def stimson(store: Path, cache_mb: int) -> Iterator[Peer]:
    """Run our own server; like the others, it writes no log of requests."""
    settings = {"STIMSON_CACHE_MB": str(cache_mb), "STIMSON_TIMEOUT": "120", "STIMSON_LOG": "off"}
    command = [sys.executable, "-m", "stimson", "serve", "--store", str(store), "--port"]
    with _running(lambda port: [*command, str(port)], "/sparql", settings) as peer:
        yield peer


@contextmanager
def oxigraph(dataset: Path, *, in_memory: bool) -> Iterator[Peer]:
    """Run Oxigraph's own server, in memory or over a folder; its time to start is not told."""
    binary = str(_BIN / "oxigraph")
    with tempfile.TemporaryDirectory() as folder:
        place = [] if in_memory else ["--location", folder]
        if not in_memory:
            load = [binary, "load", *place, "--file", str(dataset)]
            subprocess.run(load, check=True, stderr=subprocess.DEVNULL)
        serve = [binary, "serve", *place, "--union-default-graph", "--bind"]
        with _running(lambda port: [*serve, f"127.0.0.1:{port}"], "/query") as peer:
            if in_memory:
                _post(peer.port, dataset)
            yield peer


@contextmanager
def rdflib_endpoint(dataset: Path) -> Iterator[Peer]:
    """Run rdflib-endpoint, in memory."""
    with _python(_ENDPOINT, dataset) as peer:
        yield peer


@contextmanager
def flask_rdflib(dataset: Path) -> Iterator[Peer]:
    """Run what many write first: a Flask view over an rdflib graph."""
    with _python(_FLASK, dataset) as peer:
        yield peer


@contextmanager
def _python(program: str, dataset: Path) -> Iterator[Peer]:
    python = [str(_BIN / "python"), "-c", program, str(dataset)]
    with _running(lambda port: [*python, str(port)], "/sparql") as peer:
        yield peer


@contextmanager
def _running(
    command: Callable[[int], list[str]], path: str, settings: dict[str, str] | None = None
) -> Iterator[Peer]:
    """Run a server until the block is left."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    begun = time.perf_counter()
    quiet = subprocess.DEVNULL
    environment = os.environ | (settings or {})
    process = subprocess.Popen(command(port), stdout=quiet, stderr=quiet, env=environment)
    try:
        _await(Peer(port, path, 0), process)
        yield Peer(port, path, time.perf_counter() - begun)
    finally:
        _stop(process)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """End a server, even one that is too busy to hear that it should."""
    process.terminate()
    try:
        process.wait(_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _await(peer: Peer, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _START
    while time.monotonic() < deadline:
        try:
            peer.ask("ASK {}")
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.01)
        else:
            return
    raise SystemExit("A server did not start.")


def _post(port: int, dataset: Path) -> None:
    """Load data over HTTP, the only way into Oxigraph's memory."""
    url = f"http://127.0.0.1:{port}/store"
    head = {"Content-Type": "application/n-quads"}
    sent = urllib.request.Request(url, data=dataset.read_bytes(), headers=head, method="POST")
    with urllib.request.urlopen(sent, timeout=_START):
        return
