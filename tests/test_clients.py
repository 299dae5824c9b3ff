"""The clients that people use: each asks the real server, in its own way.

SPARQLWrapper and curl are tested with the protocol. What is not installed is skipped with
a reason; ``make test-all`` installs all that comes from package indexes.
"""

import csv
import functools
import http.server
import io
import json
import shutil
import subprocess
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore

from http_fixtures import EX, ID, LABEL, ST
from http_fixtures import site as site
from http_fixtures import store as store

HERE = Path(__file__).parent
NODE_MODULES = HERE.parent / "build" / "clients" / "node_modules"
LABELS = f"SELECT ?s ?label WHERE {{ ?s <{LABEL}> ?label }} ORDER BY ?label"
SAID = [
    (f"{ID}state/arcadia", "Arcadia"),
    (f"{ID}stance/arcadia-1", "Stance of Arcadia"),
    (f"{ST}Stance", "stance"),
]


def program(name: str, package: str) -> str:
    """Find a program, or skip the test with the name of its package."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed (package {package})")
    return path


def run(*command: str) -> str:
    """Run a client and return what it prints."""
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def files_of(folder: Path) -> Iterator[str]:
    """Serve a folder on a loopback address of its own: another origin than the endpoint's."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("form", ["xml", "json", "csv", "tsv"])
def test_rdflib_reads_the_endpoint_as_a_store(site, method, form):
    store = SPARQLStore(f"{site.url}/sparql", method=method, returnFormat=form)
    graph = Graph(store)

    rows = [(str(row.s), str(row.label)) for row in graph.query(LABELS)]
    asked = (URIRef(f"{ID}stance/arcadia-1"), URIRef(f"{EX}note"), None)

    assert rows == SAID
    if form in ("xml", "json"):  # the others do not tell languages, or in another way
        assert Literal("історія", lang="uk") in set(graph.objects(*asked[:2]))
        assert asked in graph


def test_rdflib_sees_one_graph_of_a_dataset(site):
    store = SPARQLStore(f"{site.url}/sparql", returnFormat="json")
    one = Graph(store, identifier=URIRef("https://w3id.org/stimson/graph/one"))

    assert len(list(one.query("SELECT * WHERE { ?s ?p ?o }"))) == 3


def test_pandas_reads_rows(site):
    pandas = pytest.importorskip("pandas", reason="pandas is not installed (make test-all does)")
    query = urllib.parse.urlencode({"query": LABELS, "format": "csv"})

    frame = pandas.read_csv(f"{site.url}/sparql?{query}")

    assert list(frame.itertuples(index=False, name=None)) == SAID


def test_roqet_reads_rows(site):
    roqet = program("roqet", "rasqal-utils")

    answer = run(roqet, "-q", "-r", "csv", "-p", f"{site.url}/sparql", "-e", LABELS)

    rows = [(row["s"], row["label"]) for row in csv.DictReader(io.StringIO(answer))]
    assert rows == SAID


@pytest.mark.slow
def test_comunica_reads_rows(site):
    command = NODE_MODULES / ".bin" / "comunica-sparql"
    if not command.exists():
        pytest.skip("Comunica is not installed (make test-all does)")

    answer = json.loads(
        run(
            program("node", "nodejs"),
            str(command),
            f"sparql@{site.url}/sparql",
            LABELS,
            "-t",
            "application/sparql-results+json",
        )
    )

    bindings = answer["results"]["bindings"]
    # Not the languages: the libraries that npm puts together here drop them on reading.
    assert [(row["s"]["value"], row["label"]["value"]) for row in bindings] == SAID


@pytest.mark.slow
def test_comunica_recognises_the_endpoint_by_its_description(site):
    command = NODE_MODULES / ".bin" / "comunica-sparql"
    if not command.exists():
        pytest.skip("Comunica is not installed (make test-all does)")

    answer = run(
        program("node", "nodejs"), str(command), f"{site.url}/sparql", LABELS, "-t", "text/csv"
    )

    assert len(answer.strip().splitlines()) == 1 + len(SAID)


@pytest.mark.slow
def test_yasgui_shows_rows_to_a_page_of_another_origin(site, tmp_path):
    build = NODE_MODULES / "@triply" / "yasgui" / "build"
    if not build.exists():
        pytest.skip("Yasgui is not installed (make test-all does)")
    browser = program("chromium", "chromium")
    (tmp_path / "build").symlink_to(build)
    shutil.copy(HERE / "clients" / "yasgui.html", tmp_path)
    asked = urllib.parse.urlencode({"endpoint": f"{site.url}/sparql", "query": LABELS})

    with files_of(tmp_path) as origin:
        page = run(
            browser,
            *(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                f"--user-data-dir={tmp_path / 'user'}",
            ),
            *("--virtual-time-budget=20000", "--dump-dom", f"{origin}/yasgui.html?{asked}"),
        )

    assert "<title>answered</title>" in page
    assert "Stance of Arcadia" in page
