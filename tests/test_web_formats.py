"""Every form of query in every format, and the choice between them.

The numbers are those of the points that clients rely on; see `test_web_protocol`.
"""

import csv
import io
from xml.etree import ElementTree

import pytest
from rdflib import Dataset, Graph

from http_fixtures import ID, LABEL
from http_fixtures import site as site
from http_fixtures import store as store

SELECT = f"SELECT ?name WHERE {{ <{ID}state/arcadia> <{LABEL}> ?name }}"
ASK = f"ASK {{ <{ID}state/arcadia> ?p ?o }}"
CONSTRUCT = f"CONSTRUCT WHERE {{ <{ID}state/arcadia> ?p ?o }}"
DESCRIBE = f"DESCRIBE <{ID}state/arcadia>"
RESULTS = "{http://www.w3.org/2005/sparql-results#}"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
RDF = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/rdf+xml": "xml",
    "application/ld+json": "json-ld",
    "application/n-quads": "nquads",
    "application/trig": "trig",
}


@pytest.mark.parametrize("kind", ["application/sparql-results+json", "application/json"])
def test_rows_and_booleans_as_json(site, kind):
    rows = site.query(SELECT, accept=kind)
    assert rows.type == kind
    assert rows.json["head"]["vars"] == ["name"]
    assert rows.json["results"]["bindings"] == [
        {"name": {"type": "literal", "value": "Arcadia", "xml:lang": "en"}}
    ]
    assert site.query(ASK, accept=kind).json["boolean"] is True


@pytest.mark.parametrize("kind", ["application/sparql-results+xml", "application/xml"])
def test_rows_and_booleans_as_xml(site, kind):
    rows = site.query(SELECT, accept=kind)
    assert rows.type == kind
    assert ElementTree.fromstring(rows.text).find(f".//{RESULTS}literal").text == "Arcadia"
    assert ElementTree.fromstring(site.query(ASK, accept=kind).text)[1].text == "true"


def test_rows_as_csv(site):
    reply = site.query(SELECT, accept="text/csv")
    assert reply.type == "text/csv; charset=utf-8"
    assert list(csv.reader(io.StringIO(reply.text))) == [["name"], ["Arcadia"]]


@pytest.mark.parametrize("kind", ["text/tab-separated-values", "text/tsv"])
def test_rows_as_tsv(site, kind):
    reply = site.query(SELECT, accept=kind)
    assert reply.type == "text/tab-separated-values; charset=utf-8"
    assert reply.text == '?name\n"Arcadia"@en\n'


# 17. JSON as it is specified


def test_no_rows_still_have_a_head(site):
    reply = site.query("SELECT ?b ?a WHERE { ?b <a:none> ?a }")
    assert reply.json == {"head": {"vars": ["b", "a"]}, "results": {"bindings": []}}


def test_strings_have_no_datatype_and_their_tags_stay(site):
    reply = site.query("SELECT ?z ?a ?m { VALUES (?z ?a ?m) { ('x' 'y'@uk 7) } }")
    assert reply.json["head"]["vars"] == ["z", "a", "m"]
    assert reply.json["results"]["bindings"] == [
        {
            "z": {"type": "literal", "value": "x"},
            "a": {"type": "literal", "value": "y", "xml:lang": "uk"},
            "m": {
                "type": "literal",
                "value": "7",
                "datatype": "http://www.w3.org/2001/XMLSchema#integer",
            },
        }
    ]


# 8. Each format under its own name


# rdflib warns about what its own parsers do.
@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize("query", [CONSTRUCT, DESCRIBE])
@pytest.mark.parametrize("kind", RDF)
def test_graphs_in_every_syntax(site, query, kind):
    reply = site.query(query, accept=kind)
    assert reply.type.partition(";")[0] == kind
    graph = (Dataset if RDF[kind] in ("nquads", "trig") else Graph)()
    graph.parse(data=reply.text, format=RDF[kind])
    assert len(graph) == 2


def test_turtle_is_written_with_our_prefixes(site):
    assert "state:arcadia" in site.query(CONSTRUCT).text


# 9. and 10. The choice


@pytest.mark.parametrize("kind", ["text/csv", "text/tab-separated-values", "image/png"])
def test_a_yes_or_no_is_no_table(site, kind):
    reply = site.query(ASK, accept=kind)
    assert reply.status == 406
    assert "application/sparql-results+json" in reply.json["detail"]


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("application/*", "application/sparql-results+json"),
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.4", "text/csv"),
        ("text/csv;q=0.4, application/sparql-results+xml;q=0.5", "application/sparql-results+xml"),
        ("application/sparql-results+json;q=0, */*", "application/json"),
        ("application/*;q=0, */*;q=0.1", "text/csv"),
        ("text/csv, */*;q=0.9", "text/csv"),
        (
            "application/sparql-results+xml, application/rdf+xml, */*",
            "application/sparql-results+xml",
        ),
        ("text/csv; charset=utf-8", "text/csv"),
        ("text/turtle, text/csv;q=0.1", "text/csv"),
        (BROWSER, "text/html"),
    ],
)
def test_accept_decides_about_rows(site, accept, chosen):
    reply = site.query(SELECT, accept=accept)
    assert reply.status == 200, reply.text
    assert reply.type.partition(";")[0] == chosen
    assert "Accept" in reply.headers["Vary"]


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("*/*", "text/turtle"),
        ("text/*", "text/turtle"),
        ("application/rdf+xml, text/turtle;q=0.9", "application/rdf+xml"),
        ("application/sparql-results+json, */*;q=0.1", "text/turtle"),
        ("text/html;q=0.5, text/turtle", "text/turtle"),
        (BROWSER, "text/html"),
    ],
)
def test_accept_decides_about_graphs(site, accept, chosen):
    assert site.query(CONSTRUCT, accept=accept).type.partition(";")[0] == chosen


@pytest.mark.parametrize("accept", ["image/png", "text/turtle;q=0", "text/turtle"])
def test_nothing_acceptable_is_said_with_what_there_is(site, accept):
    reply = site.query(SELECT, accept=accept)
    assert reply.status == 406
    assert "text/csv" in reply.json["detail"]


@pytest.mark.parametrize(
    ("name", "query", "chosen"),
    [
        ("html", SELECT, "text/html"),
        ("json", SELECT, "application/sparql-results+json"),
        ("json", CONSTRUCT, "application/ld+json"),
        ("xml", ASK, "application/sparql-results+xml"),
        ("xml", DESCRIBE, "application/rdf+xml"),
        ("csv", SELECT, "text/csv"),
        ("tsv", SELECT, "text/tab-separated-values"),
        ("turtle", CONSTRUCT, "text/turtle"),
        ("ntriples", CONSTRUCT, "application/n-triples"),
    ],
)
def test_the_form_chooses_without_accept(site, name, query, chosen):
    assert site.query(query, accept=BROWSER, **{"as": name}).type.partition(";")[0] == chosen


def test_the_form_cannot_choose_what_there_is_not(site):
    assert site.query(SELECT, **{"as": "pdf"}).status == 400
    assert site.query(ASK, **{"as": "csv"}).status == 406
    assert site.query(SELECT, **{"as": "turtle"}).status == 406


# 7. The shortcut where a client leaves everything open


@pytest.mark.parametrize("accept", [None, "*/*", "*/*;q=0.8"])
@pytest.mark.parametrize(
    ("name", "query", "chosen"),
    [
        ("json", SELECT, "application/sparql-results+json"),
        ("application/sparql-results+json", ASK, "application/sparql-results+json"),
        ("xml", SELECT, "application/sparql-results+xml"),
        ("csv", SELECT, "text/csv"),
        ("text/csv", SELECT, "text/csv"),
        ("text/tsv", SELECT, "text/tab-separated-values"),
        ("ttl", CONSTRUCT, "text/turtle"),
        ("text/turtle; charset=utf-8", CONSTRUCT, "text/turtle"),
        ("nt", DESCRIBE, "application/n-triples"),
        ("rdf", DESCRIBE, "application/rdf+xml"),
        ("jsonld", CONSTRUCT, "application/ld+json"),
        ("trig", CONSTRUCT, "application/trig"),
        ("nq", CONSTRUCT, "application/n-quads"),
        ("html", SELECT, "text/html"),
    ],
)
def test_the_parameter_format_chooses_where_accept_does_not(site, accept, name, query, chosen):
    reply = site.query(query, accept=accept, format=name)
    assert (reply.status, reply.type.partition(";")[0]) == (200, chosen)


def test_accept_wins_over_the_parameter_format(site):
    for name in ("json", "pdf", "text/turtle"):
        assert site.query(SELECT, accept="text/csv", format=name).type[:8] == "text/csv"
        assert site.query(SELECT, accept=BROWSER, format=name).type[:9] == "text/html"
    assert site.query(SELECT, format="csv", **{"as": "tsv"}).type[:8] == "text/tab"


def test_a_format_that_is_not_there_is_said_with_those_that_are(site):
    reply = site.query(SELECT, format="pdf")
    assert reply.status == 406
    assert {"csv", "text/csv"} <= set(reply.json["detail"].split("one of ")[1][:-1].split(", "))
    assert site.query(ASK, format="csv").status == 406
    assert site.query(SELECT, format="ttl").status == 406
