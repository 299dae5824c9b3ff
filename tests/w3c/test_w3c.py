"""The W3C's tests of the protocols, run against a real server that holds their graphs."""

import http.client
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from rdflib import RDF, BNode, Graph, Namespace, URIRef
from rdflib.compare import isomorphic
from w3c_cases import GRAPH_STORE, PROTOCOL, PROTOCOL_12, REFUSED, Case

from http_fixtures import Reply, Site, serving
from waiting import PATIENCE

DATA = Path(__file__).parent / "data.trig"
ENDPOINT = (Path(__file__).parents[2] / "docs" / "endpoint.md").read_text(encoding="utf-8")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
BOOLEANS = ("application/sparql-results+json", "application/sparql-results+xml")
ROWS = (*BOOLEANS, "text/csv", "text/tab-separated-values")
GRAPHS = ("text/turtle", "application/rdf+xml", "application/n-triples")
WRITES = re.compile("(put|post|delete)__")
PUBLIC = "http://www.example"


@pytest.fixture(scope="module")
def w3c() -> Iterator[Site]:
    """A server that holds the graphs of the tests, and no union of them."""
    with serving(str(DATA), "--default-graph", "default", public_url=PUBLIC) as site:
        yield site


def send(site: Site, case: Case) -> Reply:
    """Send a request with the headers that the test names, and no others."""
    address = urlsplit(site.url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=PATIENCE)
    headers = {"Content-Length": str(len(case.body))} if case.body else {}
    headers |= {"Content-Type": case.type} if case.type else {}
    headers |= {"Accept": case.accept} if case.accept else {}
    try:
        connection.request(case.method, case.path, case.body or None, headers)
        reply = connection.getresponse()
        return Reply(reply.status, reply.headers, reply.read())
    finally:
        connection.close()


@pytest.mark.parametrize("case", [*PROTOCOL, *PROTOCOL_12], ids=lambda case: case.name)
def test_protocol(w3c, case):
    reply = send(w3c, case)
    if case.expected == 4:
        assert 400 <= reply.status < 500
        return
    assert reply.status == 200, reply.text
    kind = reply.type.partition(";")[0]
    if case.expected is True:
        assert kind in BOOLEANS
        assert reply.json["boolean"] is True
    else:
        assert kind in {"rows": ROWS, "graph": GRAPHS}[case.expected]


@pytest.mark.parametrize("case", GRAPH_STORE, ids=lambda case: case.name)
def test_graph_store(w3c, case):
    reply = send(w3c, case)
    if isinstance(case.expected, int):
        assert reply.status == case.expected
        return
    assert reply.status == 200, reply.text
    found = Graph().parse(data=reply.text, format="turtle")
    assert isomorphic(found, Graph().parse(data=case.expected, format="turtle"))


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_what_writes_is_refused_and_the_document_says_so(w3c, case):
    reply = send(w3c, case)
    assert reply.status == case.expected
    if reply.status == 405:
        assert set(reply.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    group = "PUT, POST and DELETE" if WRITES.match(case.name) else f"`{case.name}`"
    assert group in ENDPOINT


def test_no_test_of_the_manifests_is_forgotten():
    names = [case.name for case in (*PROTOCOL, *PROTOCOL_12, *GRAPH_STORE, *REFUSED)]
    assert len(names) == len(set(names)) == 34 + 6 + 19


# Service description: returns-rdf, has-endpoint-triple, conforms-to-schema


@pytest.fixture
def description(w3c) -> Graph:
    """What the endpoint says to a client that just looks at it."""
    reply = w3c.request("/sparql/", Accept="text/turtle, application/rdf+xml;q=0.9")
    assert (reply.status, reply.type) == (200, "text/turtle; charset=utf-8")
    return Graph().parse(data=reply.text, format="turtle")


def test_the_service_returns_rdf(description):
    assert len(list(description.subjects(RDF.type, SD.Service))) == 1


def test_the_service_names_its_endpoint(description):
    (service,) = description.subjects(RDF.type, SD.Service)
    assert list(description.objects(service, SD.endpoint)) == [URIRef(f"{PUBLIC}/sparql")]


def test_the_description_conforms_to_the_vocabulary(description):
    (service,) = description.subjects(RDF.type, SD.Service)
    known = {
        SD.supportedLanguage: {SD.SPARQL11Query, SD.SPARQLQuery},
        SD.feature: {SD.UnionDefaultGraph},
        SD.defaultEntailmentRegime: {URIRef("http://www.w3.org/ns/entailment/Simple")},
    }
    for name, values in known.items():
        assert set(description.objects(service, name)) <= values, name
    for form in description.objects(service, SD.resultFormat):
        assert form.startswith("http://www.w3.org/ns/formats/")
    kinds = {
        SD.defaultDataset: SD.Dataset,
        SD.defaultGraph: SD.Graph,
        SD.namedGraph: SD.NamedGraph,
        SD.graph: SD.Graph,
    }
    for name, kind in kinds.items():
        objects = list(description.objects(None, name))
        assert objects, name
        assert all((one, RDF.type, kind) in description for one in objects)
    for graph in description.subjects(RDF.type, SD.NamedGraph):
        assert len(list(description.objects(graph, SD.name))) == 1
    assert isinstance(service, BNode)


def test_the_description_holds_what_the_server_does(w3c, description):
    assert (None, SD.feature, SD.UnionDefaultGraph) not in description  # it was asked not to
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    reply = w3c.query(count)
    number = int(json.loads(reply.body)["results"]["bindings"][0]["n"]["value"])
    (default,) = description.objects(None, SD.defaultGraph)
    void = URIRef("http://rdfs.org/ns/void#triples")
    assert description.value(default, void).toPython() == number == 4
