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
XSD = "http://www.w3.org/2001/XMLSchema#"
PREFIX = f"PREFIX : <http://example.org/> PREFIX xsd: <{XSD}> "


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


# As it is written, and as it comes back; what is no value of its datatype stays as it is.
SPELLINGS = [
    ("01", "integer", "1", "integer"),
    ("1.50", "decimal", "1.5", "decimal"),
    ("1.0E3", "double", "1000", "double"),
    ("1", "boolean", "true", "boolean"),
    ("2022-01-01T24:00:00.0", "dateTime", "2022-01-02T00:00:00", "dateTime"),
    ("P12M", "duration", "P1Y", "duration"),
    ("1", "int", "1", "integer"),
    ("2022-01-01T00:00:00Z", "dateTimeStamp", "2022-01-01T00:00:00Z", "dateTime"),
    ("one", "integer", "one", "integer"),
    ("01", "string", "01", "string"),
]


def test_a_value_is_kept_and_not_its_spelling(tmp_path, twice):
    file = tmp_path / "values.nt"
    lines = [
        f'<urn:{number}> <urn:p> "{text}"^^<{XSD}{kind}> .'
        for number, (text, kind, *_) in enumerate(SPELLINGS)
    ]
    file.write_text("\n".join(lines))
    with serving(str(file)) as site:
        found = rows(
            site, "SELECT (STR(?o) AS ?text) (DATATYPE(?o) AS ?kind) { ?s ?p ?o } ORDER BY ?s"
        )
    expected = [{"text": text, "kind": f"{XSD}{kind}"} for _, _, text, kind in SPELLINGS]
    assert found == expected
    for text, kind, kept, _ in SPELLINGS:
        assert rows(twice, f"SELECT (STR('{text}'^^xsd:{kind}) AS ?x) {{}}") == [{"x": kept}]
    assert '`"01"^^xsd:integer`, `1.50`' in ENDPOINT
    assert '`"1"^^xsd:int`' in ENDPOINT


@pytest.mark.parametrize("word", ["TRUE", "FALSE", "True"])
def test_true_and_false_are_read_in_lower_case_only(twice, word):
    assert twice.query(f"SELECT ({word} AS ?x) {{}}").status == 400  # 200, by the recommendation
    assert rows(twice, f"select ({word.lower()} as ?x) {{}}") == [{"x": word.lower()}]
    assert "`TRUE`, `FALSE`" in ENDPOINT


@pytest.mark.parametrize(
    ("values", "language"), [("'a'@en 'b'@en", "en"), ("'a'@en 'b'@de", None), ("'a'@en 'b'", None)]
)
def test_strings_of_one_language_are_joined_in_it(twice, values, language):
    query = f"SELECT (GROUP_CONCAT(?v; SEPARATOR='-') AS ?x) {{ VALUES ?v {{ {values} }} }}"
    (row,) = twice.query(query).json["results"]["bindings"]
    assert row["x"]["value"] == "a-b"
    assert row["x"].get("xml:lang") == language  # none, by the recommendation
    assert "`GROUP_CONCAT`" in ENDPOINT


def test_what_looks_like_an_iri_is_read_as_a_comparison(twice):
    bad = "SELECT * WHERE { VALUES (?x ?a ?b ?y) { (1 2 2 1) (2 1 2 1) } FILTER (?x<?a&&?b>?y) }"
    assert rows(twice, bad) == [{"x": "1", "a": "2", "b": "2", "y": "1"}]  # 400
    assert "`syn-bad-26`" in ENDPOINT
