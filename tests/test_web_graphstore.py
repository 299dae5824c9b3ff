"""Graphs as wholes over HTTP: one by its name, the default graph, the dataset."""

from urllib.parse import quote

import pytest
from rdflib import Dataset, Graph, URIRef

from http_fixtures import ID, ONE, QUADS, TWO, running, serving
from http_fixtures import site as site
from http_fixtures import store as store

RDF = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/rdf+xml": "xml",
    "application/ld+json": "json-ld",
    "application/n-quads": "nquads",
    "application/trig": "trig",
}
DATASETS = ("application/trig", "application/n-quads", "application/ld+json")
# rdflib warns about what its own parsers do.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")


def address(iri):
    return f"/store?graph={quote(iri, safe='')}"


@pytest.mark.parametrize("kind", RDF)
def test_a_graph_in_every_syntax(site, kind):
    reply = site.request(address(TWO), Accept=kind)
    assert (reply.status, reply.type.partition(";")[0]) == (200, kind)
    graph = (Dataset if RDF[kind] in ("nquads", "trig") else Graph)()
    graph.parse(data=reply.text, format=RDF[kind])
    assert len(graph) == 6


def test_the_default_graph_is_the_one_that_queries_see(site, store):
    union = Graph().parse(data=site.request("/store?default").text, format="turtle")
    assert len(union) == 9
    with running(store, default_graph="default") as other:
        assert len(Graph().parse(data=other.request("/store?default").text, format="turtle")) == 0


@pytest.mark.parametrize("kind", DATASETS)
def test_the_dataset_keeps_the_names_of_its_graphs(site, kind):
    reply = site.request("/store", Accept=kind)
    assert (reply.status, reply.type) == (200, kind)
    found = Dataset().parse(data=reply.text, format=RDF[kind])
    expected = Dataset().parse(data=QUADS, format="nquads")
    assert set(found.quads()) == set(expected.quads())


@pytest.mark.parametrize(
    ("accept", "path", "chosen"),
    [
        (None, "/store", "application/trig"),
        ("*/*", "/store/", "application/trig"),
        ("*/*", "/store?format=nquads", "application/n-quads"),
        ("application/n-quads;q=0.5, text/turtle", "/store", "application/n-quads"),
        (None, "/store?default", "text/turtle"),
        (None, "/store?default&format=nt", "application/n-triples"),
        ("application/rdf+xml", "/store?default&format=nt", "application/rdf+xml"),
    ],
)
def test_the_choice_of_format(site, accept, path, chosen):
    headers = {"Accept": accept} if accept else {}
    reply = site.request(path, **headers)
    assert (reply.status, reply.type.partition(";")[0]) == (200, chosen)
    assert "Accept" in reply.headers["Vary"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/store?graph=relative", 400),
        ("/store?graph=/id/state", 400),
        ("/store?graph=", 400),
        (f"/store?graph={quote('http://example.org/> { ?s ?p ?o } #', safe='')}", 400),
        (f"/store?default&graph={quote(ONE)}", 400),
        (f"/store?graph={quote(ONE)}&graph={quote(TWO)}", 400),
        ("/store?graph=%FF", 400),
        (address("http://example.org/none"), 404),
        (address(f"{ID}state/arcadia"), 404),  # a thing in it, but no graph
        ("/store/none", 404),
        ("/store?format=csv", 406),
        ("/store?default&format=pdf", 406),
    ],
)
def test_what_cannot_be_had_is_said(site, path, status):
    reply = site.request(path)
    assert (reply.status, reply.type) == (status, "application/problem+json")
    assert reply.headers["Access-Control-Allow-Origin"] == "*"


def test_turtle_has_no_room_for_a_dataset(site):
    reply = site.request("/store", Accept="text/turtle")
    assert reply.status == 406
    assert "application/trig" in reply.json["detail"]


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/store", "/store?default", address(ONE), "/store/x"])
def test_what_writes_is_told_what_there_is(site, method, path):
    reply = site.request(path, method=method, body=b"")
    assert reply.status == 405
    assert set(reply.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("path", ["/store", "/store?default", address(ONE)])
def test_head_and_tags(site, path):
    got = site.request(path)
    head = site.request(path, method="HEAD")
    assert (head.status, head.body) == (200, b"")
    for name in ("Content-Type", "Content-Length", "ETag"):
        assert head.headers[name] == got.headers[name], name
    assert site.request(path, If_None_Match=got.headers["ETag"]).status == 304
    other = site.request(path, Accept="application/n-quads")
    assert other.headers["ETag"] != got.headers["ETag"]


def test_a_graph_may_have_its_address_for_a_name(tmp_path):
    public = "https://data.example.org"
    name = f"{public}/store/data/x%20y"
    quads = f'<{ID}state/arcadia> <http://example.org/p> "x" <{name}> .\n'
    (tmp_path / "one.nq").write_text(quads)
    with serving(str(tmp_path / "one.nq"), public_url=public) as site:
        reply = site.request("/store/data/x%20y", Accept="application/n-triples")
        assert reply.status == 200, reply.text
        assert (
            URIRef(f"{ID}state/arcadia") in Graph().parse(data=reply.text, format="nt").subjects()
        )
        assert site.request("/store/data/x").status == 404
