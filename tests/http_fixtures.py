"""A real server over a small snapshot, and a way to talk to it."""

import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

import pytest

from oxigraph_server import engine_for
from waiting import PATIENCE, wait_for

ST = "https://w3id.org/stimson/ontology#"
EX = "http://example.org/"
ID = "https://w3id.org/stimson/id/"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
ONE, TWO = "https://w3id.org/stimson/graph/one", "https://w3id.org/stimson/graph/two"
QUADS = f"""\
<{ID}state/arcadia> <{LABEL}> "Arcadia"@en <{ONE}> .
<{ID}state/arcadia> <{TYPE}> <{ST}State> <{ONE}> .
<{ID}stance/arcadia-1> <{LABEL}> "Stance of Arcadia"@en <{TWO}> .
<{ID}stance/arcadia-1> <{TYPE}> <{ST}Stance> <{TWO}> .
<{ID}stance/arcadia-1> <{EX}holder> <{ID}state/arcadia> <{TWO}> .
<{ID}stance/arcadia-1> <{EX}note> "<script>alert(1)</script>" <{TWO}> .
<{ID}stance/arcadia-1> <{EX}note> "\\u0456\\u0441\\u0442\\u043E\\u0440\\u0456\\u044F"@uk <{TWO}> .
<{ID}stance/arcadia-1> <{EX}link> <javascript:alert(1)> <{TWO}> .
<{ST}Stance> <{LABEL}> "stance"@en <{ONE}> .
"""
# Twelve lists of ten values: a million million rows to count.
CROSS = " ".join(f"VALUES ?v{n} {{ {' '.join('0123456789')} }}" for n in range(12))
ENDLESS = f"SELECT (COUNT(*) AS ?n) WHERE {{ {CROSS} }}"
# A string that grows sixteenfold eight times.
GROWN = " ".join(f"BIND(CONCAT({', '.join([f'?x{n}'] * 16)}) AS ?x{n + 1})" for n in range(8))
BOMB = f"SELECT (STRLEN(?x8) AS ?n) WHERE {{ BIND('{'a' * 64}' AS ?x0) {GROWN} }}"
BUSY, WAITING = 'query_workers{state="busy"}', "queries_waiting"
DEEP = "SELECT * WHERE {" + "{" * 9000 + "}" * 9000 + "}"


def write_snapshot(store: Path, quads: str = QUADS) -> Path:
    """Write a snapshot as a build would, make it the current one, and return its N-Quads."""
    name = hashlib.sha256(quads.encode()).hexdigest()[:16]
    folder = store / name
    folder.mkdir(parents=True)
    (folder / "dataset.nq").write_text(quads, encoding="utf-8")
    manifest = {
        "name": name,
        "version": "0.0.0",
        "created": "2026-01-01T00:00:00+00:00",
        "inputs": "0",
        "quads": len(quads.splitlines()),
        "graphs": {ONE: 3, TWO: 6},
        "classes": {f"{ST}Stance": 1, f"{ST}State": 1},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (store / "current").write_text(f"{name}\n", encoding="ascii")
    return folder / "dataset.nq"


@dataclass(frozen=True)
class Reply:
    """A response, whatever its status."""

    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8")

    @property
    def json(self):
        """The body read as JSON."""
        return json.loads(self.body)

    @property
    def type(self) -> str:
        """The Content-Type with its parameters."""
        return self.headers["Content-Type"]


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


@dataclass(frozen=True)
class Site:
    """A running server."""

    url: str
    process: subprocess.Popen

    def request(self, path, *, method=None, body=None, **headers) -> Reply:
        """Send one request; header names are written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        asked = urllib.request.Request(self.url + path, data=body, headers=named, method=method)
        try:
            with urllib.request.build_opener(_Stay).open(asked, timeout=PATIENCE) as reply:
                return Reply(reply.status, reply.headers, reply.read())
        except urllib.error.HTTPError as error:
            with error:
                return Reply(error.code, error.headers, error.read())

    def query(self, text, accept=None, **parameters) -> Reply:
        """Send a query by GET."""
        encoded = urllib.parse.urlencode({"query": text, **parameters}, doseq=True)
        headers = {"Accept": accept} if accept else {}
        return self.request(f"/sparql?{encoded}", **headers)

    def post(self, text, **headers) -> Reply:
        """Send a query as the body of a POST."""
        headers.setdefault("Content_Type", "application/sparql-query")
        return self.request("/sparql", body=text.encode(), **headers)

    def count(self, metric: str) -> float:
        """Read one number of /metrics, by its name and labels as they are written there."""
        (found,) = re.findall(
            f"^stimson_{re.escape(metric)} (.*)$", self.request("/metrics").text, re.M
        )
        return float(found)

    def wait_for_queries(self, running: int, waiting: int = 0) -> None:
        """Wait until as many queries run, and as many wait for a worker."""
        wait_for(lambda: self.count(BUSY) == running and self.count(WAITING) == waiting)

    def descendants(self) -> set[int]:
        """List the processes of the server, its own included."""
        return descendants(self.process.pid)


def descendants(pid: int) -> set[int]:
    """List `pid` and all processes that descend from it."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):  # it ended while we looked
            continue
        if fields[0] != "Z":
            parents[int(stat.parent.name)] = int(fields[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def leaves(pid: int) -> set[int]:
    """List the query workers below `pid`: the processes below the one that runs the fork server."""
    return {child for child in descendants(pid) if descendants(child) == {child}}


def running(store: Path, *arguments: str, **settings: str) -> AbstractContextManager[Site]:
    """Run ``stimson serve`` over a store, on a free port, until the block is left."""
    return serving("--store", str(store), *arguments, **settings)


@contextmanager
def serving(*arguments: str, stderr: int | None = None, **settings: str) -> Iterator[Site]:
    """Run ``stimson serve`` on a free port until the block is left."""
    settings.setdefault("stop_timeout", "3")
    with engine_for(arguments, settings) as (words, chosen):
        environment = {name: value for name, value in os.environ.items() if name != "PORT"}
        environment |= {f"STIMSON_{name.upper()}": value for name, value in chosen.items()}
        with _process(words, environment, stderr) as site:
            yield site


@contextmanager
def endless(site: Site, number: int = 1) -> Iterator[None]:
    """Have so many queries that never end asked, until the block is left: then the asker leaves."""
    head = f"GET /sparql?{urllib.parse.urlencode({'query': ENDLESS})} HTTP/1.1\r\nHost: x\r\n\r\n"
    address = urllib.parse.urlsplit(site.url)
    with ExitStack() as stack:
        for _ in range(number):
            asking = socket.create_connection((address.hostname, address.port), PATIENCE)
            stack.enter_context(asking).sendall(head.encode())
        yield


@contextmanager
def _process(
    arguments: tuple[str, ...], environment: dict[str, str], stderr: int | None
) -> Iterator[Site]:
    command = [sys.executable, "-m", "stimson", "serve", "--port", "0"]
    with subprocess.Popen(
        [*command, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    ) as process:
        try:
            line = process.stdout.readline()
            url = re.search(r"http://\S+", line)
            assert url, f"no address in {line!r}"
            site = Site(url[0], process)
            _await(site)
            yield site
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()  # else this would wait for ever
                raise


def _await(site: Site) -> None:
    """Wait until the server listens: it prints its address a moment before."""

    def listens() -> bool:
        assert site.process.poll() is None, "the server ended"
        try:
            return site.request("/healthz").status == 200
        except urllib.error.URLError:
            return False

    wait_for(listens)


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Path:
    """A store with one small snapshot."""
    folder = tmp_path_factory.mktemp("store")
    write_snapshot(folder)
    return folder


@pytest.fixture(scope="module")
def site(store) -> Iterator[Site]:
    """A server with short limits over the small snapshot."""
    limits = {"timeout": "6", "memory_mb": "96", "result_mb": "1", "query_kb": "64"}
    with running(store, **limits) as running_site:
        yield running_site


@pytest.fixture(scope="module")
def shipped_site() -> Iterator[Site]:
    """The graph of this repository, served."""
    command = [sys.executable, "-m", "stimson", "build"]  # nothing to do after `make build`
    root = Path(__file__).parents[1]
    subprocess.run(command, check=True, capture_output=True, cwd=root)
    with running(root / ".stimson") as site:
        yield site
