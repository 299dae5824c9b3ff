"""Where the engine departs from the recommendation: what docs/endpoint.md says, and no more.

Each test holds a departure in place. One that fails tells of a mended engine: then the row in
the document goes, and the test with it.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from http_fixtures import Site, serving

ENDPOINT = (Path(__file__).parents[1] / "docs" / "endpoint.md").read_text(encoding="utf-8")
TRIG = """@prefix : <http://example.org/> .
:one { :a :p "both" . :a :p "once" }
:two { :a :p "both" }
"""
PREFIX = "PREFIX : <http://example.org/> "


@pytest.fixture(scope="module")
def twice(tmp_path_factory) -> Iterator[Site]:
    """A server over two graphs that share a triple."""
    file = tmp_path_factory.mktemp("twice") / "data.trig"
    file.write_text(TRIG)
    with serving(str(file)) as site:
        yield site


def rows(site, query):
    reply = site.query(PREFIX + query)
    assert reply.status == 200, reply.text
    return [
        {name: term["value"] for name, term in row.items()}
        for row in reply.json["results"]["bindings"]
    ]


def test_a_labelled_blank_node_is_shared_by_all_rows(twice):
    found = rows(twice, 'SELECT ?b { VALUES ?x { 1 2 } BIND(BNODE("x") AS ?b) }')
    assert len({row["b"] for row in found}) == 1  # two, by the recommendation
    assert 'BNODE("x")' in ENDPOINT


@pytest.mark.parametrize("dataset", ["", "FROM :one FROM :two"])
def test_a_triple_in_two_graphs_is_counted_twice(twice, dataset):
    every = f"SELECT (COUNT(*) AS ?n) {dataset} {{ ?s ?p ?o }}"
    distinct = f"SELECT (COUNT(*) AS ?n) {dataset} {{ SELECT DISTINCT * {{ ?s ?p ?o }} }}"
    assert rows(twice, every) == [{"n": "3"}]  # 2, by the recommendation
    assert rows(twice, distinct) == [{"n": "2"}]  # what the document advises
    assert "use `DISTINCT`" in ENDPOINT


def test_the_absent_have_no_path_of_no_length(twice):
    assert rows(twice, "SELECT ?o { :absent :p* ?o }") == []  # :absent, by the recommendation
    assert twice.query(PREFIX + "ASK { :absent :p? :absent }").json["boolean"] is False
    assert "no triple" in ENDPOINT


def test_the_name_of_a_graph_is_known_inside_it(twice):
    found = rows(twice, "SELECT ?h { GRAPH ?g { ?s ?p 'once' BIND(?g AS ?h) } }")
    assert found == [{"h": "http://example.org/one"}]  # no ?h, by the recommendation
    inside = "SELECT ?g { GRAPH ?g { SELECT ?g { ?s ?p 'once' BIND(:other AS ?g) } } }"
    assert rows(twice, inside) == [{"g": "http://example.org/other"}]  # no row
    assert "BIND(?g AS ?h)" in ENDPOINT


def test_language_tags_are_in_lower_case(twice):
    reply = twice.query("SELECT ('x'@en-GB AS ?x) {}")
    assert reply.json["results"]["bindings"][0]["x"]["xml:lang"] == "en-gb"
    assert '"x"@en-GB' in ENDPOINT
