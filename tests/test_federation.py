"""A query from the command line calls the endpoints that were allowed, and no other."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pyoxigraph as ox
import pytest
from rdflib.plugins.sparql import prepareQuery

from http_fixtures import write_snapshot
from ports import free_port
from stimson import paths
from stimson.cli import federation
from stimson.engine.query_policy import rewrite_services
from stimson.errors import FetchFailed, QueryRefused
from waiting import PATIENCE

ITEM = "http://www.wikidata.org/entity/Q9000001"
ARCADIA = "https://w3id.org/stimson/id/state/arcadia"
EXACT = "http://www.w3.org/2004/02/skos/core#exactMatch"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
URL = "https://example.org/sparql"


class Endpoint:
    """A SPARQL endpoint elsewhere, over one triple, that may be told to misbehave."""

    def __init__(self):
        self.requests, self.play = [], None
        self.store = ox.Store()
        label = ox.Literal("Arkadien", language="de")
        self.store.add(ox.Quad(ox.NamedNode(ITEM), ox.NamedNode(LABEL), label))

    def answer(self, query):
        """Answer a query as JSON."""
        return self.store.query(query).serialize(format=ox.QueryResultsFormat.JSON)


@pytest.fixture
def endpoint():
    there = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            query = self.rfile.read(int(self.headers["Content-Length"])).decode()
            there.requests.append((self.path, dict(self.headers), query))
            if there.play is not None:
                there.play(self)
                return
            body = there.answer(query)
            self.send_response(200)
            self.send_header("Content-Type", "application/sparql-results+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            """Keep quiet."""

    with _running(Handler) as server:
        there.url = f"http://127.0.0.1:{server.server_port}/sparql"
        yield there


@contextmanager
def _running(handler):
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def ask(tmp_path):
    """Put a query to a small snapshot, with endpoints that are allowed."""
    quads = f"<{ARCADIA}> <http://www.w3.org/2004/02/skos/core#exactMatch> <{ITEM}> <urn:x:g> .\n"
    write_snapshot(tmp_path / "store", quads)

    def run(sparql, *options, **environment):
        (tmp_path / "query.rq").write_text(sparql, encoding="utf-8")
        inherited = {key: value for key, value in os.environ.items() if "STIMSON" not in key}
        return subprocess.run(
            [sys.executable, "-m", "stimson", "query", "query.rq", "--store=store", *options],
            cwd=tmp_path,
            env=inherited | {"PYTHONWARNINGS": "error", **environment},
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )

    return run


def federated(url, inner="?item ?label ?name"):
    return f"""PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?thing ?name WHERE {{
  ?thing skos:exactMatch ?item .
  SERVICE <{url}> {{ {inner} FILTER(LANG(?name) = "de") }}
}}"""


def test_what_is_said_here_is_joined_with_what_is_said_there(endpoint, ask):
    done = ask(
        federated(endpoint.url),
        f"--service-allow={endpoint.url}",
        STIMSON_WIKIDATA_CONTACT="tests@example.org",
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["thing,name", f"{ARCADIA},Arkadien"]
    ((path, headers, _),) = endpoint.requests
    assert path == "/sparql"
    assert headers["Content-Type"] == "application/sparql-query"
    assert headers["User-Agent"].startswith("Stimson/")
    assert "tests@example.org" in headers["User-Agent"]


def test_no_endpoint_is_called_that_was_not_allowed(endpoint, ask):
    plain = ask(federated(endpoint.url))
    other = ask(federated(endpoint.url), f"--service-allow={URL}")
    longer = ask(federated(f"{endpoint.url}/x"), f"--service-allow={endpoint.url}")

    for done in (plain, other, longer):
        assert done.returncode == 2
        assert done.stdout == ""
    assert "does not call other endpoints" in plain.stderr
    assert f"allow that with --service-allow {endpoint.url}" in other.stderr
    assert endpoint.requests == []


def test_what_is_no_address_cannot_be_allowed(ask):
    done = ask("ASK {}", "--service-allow=example.org")

    assert done.returncode == 2
    assert "expected the URL of an endpoint" in done.stderr


@pytest.mark.parametrize(
    "pattern",
    [
        f"VALUES ?s {{ <{URL}> }} SERVICE ?s {{ }}",
        f"BIND(<{URL}> AS ?s) SERVICE SILENT ?s {{ }}",
        "SERVICE ex:sparql { }",
        "SERVICE <sparql> { }",
        "SERVICE <https://example.org/sparql/../x> { }",
        "SERVICE <https://example.org/sparq\\u006c> { }",
        f"SERVICE <{URL}> {{ }} SERVICE <https://example.org/other> {{ }}",
        "FILTER EXISTS { SERVICE <https://example.org/other> { } }",
        "{ SELECT * { SERVICESILENT<https://example.org/other>{ } } }",
        "SERVICE # <https://example.org/sparql>\n <https://example.org/other> { }",
        f"SERVICE {{ }} <{URL}> ?p ?o",
        "SERVICE $s { }",
        "service?s { }",
        "SERV\\u0049CE <https://example.org/other> { }",
        f'SERVICE <{URL}> {{ ?s ?p "SERVICE <x>" }} SERVICE ?t {{ }}',
        f"SERVICE SILENT SILENT <{URL}> {{ }}",
    ],
)
def test_no_spelling_reaches_what_was_not_allowed(pattern):
    text = f"BASE <https://example.org/> PREFIX ex: <https://example.org/> SELECT * {{ {pattern} }}"

    with pytest.raises(QueryRefused):
        rewrite_services(text, [URL], lambda address: "http://127.0.0.1/")


@pytest.mark.parametrize("word", ["LOAD <urn:x>", "INSERT DATA { }", "DROP ALL"])
def test_what_changes_data_is_refused_as_ever(word):
    with pytest.raises(QueryRefused):
        rewrite_services(
            f"SELECT * {{ SERVICE <{URL}> {{ }} }} ; {word}", [URL], lambda address: address
        )


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * {{ SERVICE <{URL}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ service silent<{URL}>{{ ?s ?p ?o }} }}",
        f"SELECT * {{ SERVICE # where\n <{URL}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ OPTIONAL {{ SERVICE SILENT # all\n # of it\n <{URL}> {{ ?s ?p ?o }} }} }}",
    ],
)
def test_only_the_address_is_replaced(text):
    assert rewrite_services(text, [URL], lambda address: "urn:here") == text.replace(
        URL, "urn:here"
    )


def test_words_that_only_look_alike_are_left_alone():
    text = "SELECT * { ?service ex:SERVICE 'SERVICE <urn:x>' . <urn:SERVICE> ?p ?o } # SERVICE ?x"

    assert rewrite_services(text, [URL], lambda address: "urn:here") == text


def respond(status, body=b"", **headers):
    def play(handler):
        handler.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return play


def hang(handler):
    time.sleep(3)  # three times as long as it is waited for


@pytest.mark.parametrize(
    ("play", "words"),
    [
        (respond(500), "answers 500"),
        (
            respond(429, Retry_After="60"),
            "answers 429 Too Many Requests; come back after 60 seconds",
        ),
        (respond(301, Location="https://example.org/new"), "has moved to https://example.org/new"),
        (respond(200, b"{", Content_Length="500"), "broke off in the middle of a response"),
        (respond(200, b"<html>", Content_Type="text/html"), "Unsupported Content-Type"),
        (hang, "has not answered within 1 seconds"),
        (respond(200, b"x" * (2**20 + 1)), "sends more than 1 MiB; ask for less"),
    ],
    ids=["500", "429", "301", "cut", "no results", "hang", "large"],
)
def test_what_goes_wrong_there_is_told_and_nothing_is_printed(
    endpoint, monkeypatch, capsysbinary, play, words
):
    monkeypatch.setattr(federation, "SECONDS", 1)
    monkeypatch.setattr(federation, "_LARGEST", 2**20)
    endpoint.play = play

    def query():
        with federation.relay(federated(endpoint.url), [endpoint.url], "") as (text, spool):
            store = ox.Store()
            store.add(ox.Quad(ox.NamedNode(ARCADIA), ox.NamedNode(EXACT), ox.NamedNode(ITEM)))
            store.query(text).serialize(spool, ox.QueryResultsFormat.CSV)

    with pytest.raises(FetchFailed) as told:
        query()

    assert words in str(told.value)
    assert "127.0.0.1" not in str(told.value).replace(endpoint.url, "")
    assert capsysbinary.readouterr().out == b""


def test_an_endpoint_that_is_not_there_is_named(ask):
    url = f"http://127.0.0.1:{free_port()}/sparql"

    done = ask(federated(url), f"--service-allow={url}")

    assert (done.returncode, done.stdout) == (1, "")
    assert f"<{url}> cannot be reached (Connection refused)." in done.stderr


def test_silence_is_kept_where_it_was_asked_for(endpoint, ask):
    endpoint.play = respond(503)
    text = federated(endpoint.url).replace("SERVICE", "SERVICE SILENT")

    done = ask(text, f"--service-allow={endpoint.url}")

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["thing,name", f"{ARCADIA},"]


def test_every_form_of_answer_comes_through(endpoint, ask):
    allowed = f"--service-allow={endpoint.url}"

    rows = json.loads(ask(federated(endpoint.url), allowed, "--format=json").stdout)
    table = ask(federated(endpoint.url), allowed, "--format=table").stdout
    truth = ask(f"ASK {{ SERVICE <{endpoint.url}> {{ ?s ?p ?o }} }}", allowed).stdout
    graph = ask(
        f"CONSTRUCT {{ ?s <urn:n> ?o }} {{ SERVICE <{endpoint.url}> {{ ?s ?p ?o }} }}", allowed
    ).stdout

    assert rows["results"]["bindings"][0]["name"]["value"] == "Arkadien"
    assert "Arkadien" in table
    assert truth == "true\n"
    assert '"Arkadien"@de' in graph


def test_the_place_of_an_error_of_syntax_is_that_of_the_file(endpoint, ask):
    done = ask(federated(endpoint.url).replace("SELECT ?thing", "SELEKT ?thing"),
               f"--service-allow={endpoint.url}")  # fmt: skip

    assert done.returncode == 2
    assert "query.rq:2:1" in done.stderr


def test_nobody_else_can_use_the_way_out(endpoint):
    import urllib.error
    import urllib.request

    with federation.relay(federated(endpoint.url), [endpoint.url], "") as (text, _):
        address = text.partition("SERVICE <")[2].partition(">")[0]
        guess = address.rpartition("/")[0] + "/sparql"
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(guess, data=b"ASK {}", timeout=PATIENCE)
    assert endpoint.requests == []


# The queries that the page shows


def shown() -> list[str]:
    page = (paths.ASSETS / "docs" / "wikidata.md").read_text(encoding="utf-8")
    return re.findall(r"```sparql\n(.*?)```", page, re.DOTALL)


def test_the_page_shows_queries_that_any_engine_of_sparql_reads(endpoint):
    mappings, there, back = shown()

    assert list(ox.Store().query(mappings)) == []
    assert prepareQuery(mappings)
    allowed = ["https://query.wikidata.org/sparql"]
    text = rewrite_services(there, allowed, lambda address: endpoint.url)
    for query in (text, back.replace("https://example.org/sparql", endpoint.url)):
        assert list(ox.Store().query(query)) == []
        assert prepareQuery(query)
