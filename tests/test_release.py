"""`stimson release load`: into `oxigraph serve`, and into a server that gets in the way."""

import hashlib
import http.client
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox
import pytest

from oxigraph_server import oxigraph
from stimson import names

BASE = names.GRAPH
RELEASE = names.RELEASE_GRAPH
VERSION = "http://www.w3.org/2002/07/owl#versionInfo"
STATE = f"SELECT ?v {{ GRAPH <{RELEASE}> {{ <{RELEASE}> <{VERSION}> ?v }} }}"
FIRST = {
    f"{BASE}a": '<x:a> <x:p> "1", "two\\nlines", "\u0456"@uk .',
    f"{BASE}b": "<x:b> <x:p> _:d , <x:o> . _:d <x:q> _:d . _:b <x:p> _:c .",
    f"{BASE}meta": "<x:m> <x:p> <x:o> .",
}
SECOND = {
    f"{BASE}a": FIRST[f"{BASE}a"],
    f"{BASE}b": "<x:b> <x:p> <x:new> .",
    f"{BASE}c": "<x:c> <x:p> <x:o> .",
    f"{BASE}meta": "<x:m> <x:p> <x:o> .",
}
OTHERS = '<x:other> <x:p> "not ours" <http://example.org/others> .\n'


def write_store(store: Path, graphs: dict[str, str]) -> str:
    """Write a snapshot with these graphs, make it the current one, and return its name."""
    dataset = ox.Dataset()
    for iri, turtle in graphs.items():
        for triple in ox.parse(turtle, ox.RdfFormat.TURTLE, rename_blank_nodes=True):
            dataset.add(ox.Quad(triple.subject, triple.predicate, triple.object, ox.NamedNode(iri)))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = sorted(ox.serialize(dataset, format=ox.RdfFormat.N_QUADS).splitlines(keepends=True))
    name = hashlib.sha256(b"".join(lines)).hexdigest()[:16]
    (store / name).mkdir(parents=True, exist_ok=True)
    (store / name / "dataset.nq").write_bytes(b"".join(lines))
    manifest = {"name": name, "graphs": dict.fromkeys(graphs, 0), "quads": len(lines)}
    (store / name / "manifest.json").write_text(json.dumps(manifest))
    (store / "current").write_text(f"{name}\n")
    return name


@pytest.fixture
def store(tmp_path):
    return tmp_path / "release"


@pytest.fixture
def load(run, store):
    def load(server, *options, **environment):
        url = server if isinstance(server, str) else server.url
        options = ("--engine", url, "--store", str(store), *options)
        return run("release", "load", *options, **environment)

    return load


@pytest.fixture
def server():
    with oxigraph(OTHERS.encode()) as running_server:
        yield running_server


def held(server, iri):
    """Read a graph back."""
    text = server.ask(f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}")
    dataset = ox.Dataset(
        ox.Quad(t.subject, t.predicate, t.object) for t in ox.parse(text, ox.RdfFormat.N_TRIPLES)
    )
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


def meant(turtle):
    dataset = ox.Dataset(
        ox.Quad(t.subject, t.predicate, t.object) for t in ox.parse(turtle, ox.RdfFormat.TURTLE)
    )
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


def assert_holds(server, graphs, state):
    for iri, turtle in graphs.items():
        assert held(server, iri) == meant(turtle), iri
    found = set(server.ask("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }").split()[1:])
    assert found == {*graphs, RELEASE, "http://example.org/others"}
    assert held(server, "http://example.org/others") == meant('<x:other> <x:p> "not ours" .')
    assert server.ask(STATE).split() == ["v", state]


def numbers(done):
    """Read the summary: written, removed, left."""
    assert done.returncode == 0, done.stderr
    line = done.stdout.splitlines()[-1]
    return tuple(int(n) for n in re.findall(r"(\d+) (?:graphs written|removed|left)", line))


def test_without_a_command_the_help_is_shown(run):
    done = run("release")
    assert "load" in done.stdout + done.stderr
    assert "Usage" in done.stdout + done.stderr


def test_a_snapshot_is_loaded_and_the_next_one_moves_what_has_changed(server, store, load):
    first = write_store(store, FIRST)
    dry = load(server, "--dry-run")
    assert numbers(dry) == (3, 0, 0)
    assert f"write   {BASE}a" in dry.stdout
    assert server.ask("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }").split() == ["n", "1"]
    assert numbers(load(server)) == (3, 0, 0)
    assert_holds(server, FIRST, first)
    assert numbers(load(server)) == (0, 0, 3)
    second = write_store(store, {k: v for k, v in SECOND.items() if k != f"{BASE}b"})
    assert f"remove  {BASE}b" in load(server, "--dry-run").stdout
    assert numbers(load(server)) == (1, 1, 2)
    assert_holds(server, {k: v for k, v in SECOND.items() if k != f"{BASE}b"}, second)
    third = write_store(store, SECOND)
    assert numbers(load(server)) == (1, 0, 3)
    assert_holds(server, SECOND, third)


def test_what_was_changed_behind_our_back_is_mended(server, store, load):
    first = write_store(store, FIRST)
    load(server)
    server.update(f"DELETE DATA {{ GRAPH <{BASE}a> {{ <x:a> <x:p> '1' }} }}")
    assert numbers(load(server)) == (1, 0, 2)
    assert_holds(server, FIRST, first)


def test_a_graph_of_others_is_not_overwritten(server, store, load):
    write_store(store, FIRST | {"http://example.org/others": "<x:a> <x:b> <x:c> ."})
    done = load(server)
    assert (done.returncode, "not by us" in done.stderr) == (1, True)
    assert done.stderr.count("\n") == 1
    assert held(server, f"{BASE}a") == set()
    assert held(server, "http://example.org/others") == meant('<x:other> <x:p> "not ours" .')


def test_what_cannot_be_parted_into_graphs_is_refused(server, store, load):
    name = write_store(store, FIRST)
    for quads, said in (
        ("<x:a> <x:b> <x:c> .\n", "without a named graph"),
        ("<x:a> <x:b> _:c <x:g> .\n_:c <x:b> <x:a> <x:h> .\n", "in two graphs"),
    ):
        (store / name / "dataset.nq").write_text(quads)
        done = load(server)
        assert (done.returncode, said in done.stderr) == (1, True), done.stderr


@pytest.mark.parametrize(
    ("options", "environment", "said"),
    [
        ((), {}, "--graph-store"),
        (("--graph-store", "http://127.0.0.1:1/s3cr3t?k=s3cr3t"), {}, "--graph-store"),
        (("--graph-store", "file:///x"), {}, "expected a URL"),
    ],
)
def test_where_graphs_go_must_be_known(store, load, options, environment, said):
    write_store(store, FIRST)
    done = load("http://127.0.0.1:1/unknown", *options, **environment)
    assert done.returncode == 1
    assert said in done.stderr or "cannot be reached" in done.stderr
    assert "?k=" not in done.stderr


def test_without_an_engine_or_a_snapshot_one_sentence_says_so(run, store, load):
    done = load("http://127.0.0.1:1/query")
    assert (done.returncode, "stimson build" in done.stderr) == (1, True)
    write_store(store, FIRST)
    done = run("release", "load", "--store", str(store))
    assert (done.returncode, "STIMSON_ENGINE" in done.stderr) == (1, True)


# A graph store that gets in the way


class Obstacle:
    """Passes requests on to a real server, unless it has reason not to."""

    def __init__(self, server):
        self.server = server
        self.refuse = lambda method, graph, size: None
        self.seen = []
        handler = type("Handler", (_Handler,), {"obstacle": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._http.server_port}/query"

    def close(self):
        """End it."""
        self._http.shutdown()
        self._http.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    obstacle: Obstacle

    def log_message(self, *_):
        """Say nothing."""

    def _pass_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        graph = parse_qs(urlsplit(self.path).query).get("graph", [None])[0]
        if graph is not None:
            self.obstacle.seen.append((self.command, graph, len(body)))
            status = self.obstacle.refuse(self.command, graph, len(body))
            if status is not None:
                self._answer(status, b"no\n", "text/plain")
                return
        connection = http.client.HTTPConnection("127.0.0.1", self.obstacle.server.port)
        kept = {n: v for n, v in self.headers.items() if n in ("Content-Type", "Accept")}
        connection.request(self.command, self.path, body, kept)
        reply = connection.getresponse()
        self._answer(reply.status, reply.read(), reply.headers.get("Content-Type", "text/plain"))
        connection.close()

    def _answer(self, status, body, kind):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = _pass_on


@pytest.fixture
def obstacle(server):
    made = Obstacle(server)
    yield made
    made.close()


def test_an_interrupted_load_goes_on_where_it_stopped(server, obstacle, store, load):
    first = write_store(store, FIRST)
    obstacle.refuse = lambda method, graph, size: 500 if graph == f"{BASE}b" else None
    done = load(obstacle)
    assert (done.returncode, "status 500" in done.stderr) == (1, True)
    assert server.ask(STATE).split() == ["v", "unfinished"]
    assert held(server, f"{BASE}a") == meant(FIRST[f"{BASE}a"])
    obstacle.refuse = lambda *_: None
    obstacle.seen.clear()
    assert numbers(load(obstacle)) == (2, 0, 1)
    assert ("PUT", f"{BASE}a") not in [each[:2] for each in obstacle.seen]
    assert_holds(server, FIRST, first)


def test_what_passes_is_waited_for(server, obstacle, store, load):
    first = write_store(store, FIRST)
    trouble = [503, 502]
    obstacle.refuse = lambda *_: trouble.pop() if trouble else None
    assert numbers(load(obstacle)) == (3, 0, 0)
    assert_holds(server, FIRST, first)


def test_where_bodies_are_limited_smaller_ones_are_sent(server, obstacle, store, load):
    many = " ".join(f'<x:{n}> <x:p> "{"x" * 90}" .' for n in range(600)) + FIRST[f"{BASE}b"]
    graphs = FIRST | {f"{BASE}large": many}
    name = write_store(store, graphs)
    obstacle.refuse = lambda method, graph, size: 413 if size > 20_000 else None
    assert numbers(load(obstacle)) == (4, 0, 0)
    sent = [each for each in obstacle.seen if each[1] == f"{BASE}large" and each[2] <= 20_000]
    assert [method for method, _, _ in sent] == ["PUT"] + ["POST"] * (len(sent) - 1)
    assert len(sent) > 3
    assert_holds(server, graphs, name)


def test_blank_nodes_stay_together_or_it_is_said_why_not(obstacle, store, load):
    many = " ".join(f'_:b <x:p{n}> "{"x" * 90}" .' for n in range(600))
    write_store(store, {f"{BASE}tied": many})
    obstacle.refuse = lambda method, graph, size: 413 if size > 20_000 else None
    done = load(obstacle)
    assert (done.returncode, "allow for larger ones" in done.stderr) == (1, True)
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "STIMSON_ENGINE_USER"),
        (403, "STIMSON_ENGINE_USER"),
        (404, "--graph-store"),
        (405, "--graph-store"),
        (307, "points elsewhere"),
        (400, "no"),
    ],
)
def test_a_refusal_says_what_to_do(obstacle, store, load, status, said):
    write_store(store, FIRST)
    obstacle.refuse = lambda *_: status
    done = load(obstacle.url.replace("//", "//me:s3cr3t@"))
    assert (done.returncode, f"status {status}" in done.stderr) == (1, True)
    assert said in done.stderr
    assert "s3cr3t" not in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_store_that_loses_triples_is_found_out(server, obstacle, store, load):
    first = write_store(store, FIRST)

    def lose(method, graph, size):
        if method == "POST" and graph == RELEASE:  # after each graph
            server.update(f"DELETE DATA {{ GRAPH <{BASE}a> {{ <x:a> <x:p> '1' }} }}")

    obstacle.refuse = lose
    done = load(obstacle)
    assert done.returncode == 1
    assert f"{BASE}a has 2 triples instead of 3" in done.stderr
    obstacle.refuse = lambda *_: None
    assert numbers(load(obstacle)) == (1, 0, 2)
    assert_holds(server, FIRST, first)


def test_progress_is_quiet_where_it_is_asked_for(server, store, run):
    write_store(store, FIRST)
    options = ("--engine", server.url, "--store", str(store))
    done = run("--quiet", "release", "load", *options)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
