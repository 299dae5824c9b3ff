"""What the service says of itself is true: every number is asked of the store again.

The numbers are those of the points that clients rely on; see `test_web_protocol`.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import DCTERMS, RDF, BNode, Graph, Literal, Namespace, URIRef

from conftest import MINI
from http_fixtures import ONE, Site, running
from http_fixtures import site as site
from http_fixtures import store as store
from stimson import names
from waiting import PATIENCE

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
VOID = Namespace("http://rdfs.org/ns/void#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DATASET = URIRef(names.DATASET)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PREFIXES = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
PREFIX void: <http://rdfs.org/ns/void#>
PREFIX void-ext: <http://ldf.fi/void-ext#>
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Iterator[Site]:
    """A server over a snapshot that was really built, of the small project."""
    root = Path(shutil.copytree(MINI, tmp_path_factory.mktemp("built") / "mini"))
    folders = ("--ontology", "ontology", "--shapes", "shapes", "--data", "data")
    command = [sys.executable, "-m", "stimson", "build", *folders, "--store", "store"]
    subprocess.run(command, cwd=root, check=True, capture_output=True, timeout=PATIENCE)
    with running(root / "store") as site:
        yield site


def graph_of(site, path, **headers):
    reply = site.request(path, Accept="application/n-triples", **headers)
    assert reply.status == 200, reply.text
    return Graph().parse(data=reply.text, format="nt")


def rows(site, query):
    reply = site.query(PREFIXES + query)
    assert reply.status == 200, reply.text
    bindings = reply.json["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in bindings]


def number(site, query):
    return int(rows(site, query)[0]["n"])


# 18. to 20. Service description


def test_18_without_a_query_the_service_describes_itself(site):
    assert site.request("/sparql").type == "text/turtle; charset=utf-8"
    assert site.request("/sparql/", Accept="application/rdf+xml").type == "application/rdf+xml"
    assert site.request("/sparql?format=nt").type == "application/n-triples"
    assert site.request("/sparql", Accept=BROWSER).type == "text/html; charset=utf-8"
    assert site.request("/sparql", Accept="image/png").status == 406


def test_19_comunica_reads_what_a_blank_node_says(site):
    description = graph_of(site, "/sparql")
    (service,) = description.subjects(RDF.type, SD.Service)
    assert isinstance(service, BNode)
    assert description.value(service, SD.endpoint) == URIRef(f"{site.url}/sparql")
    assert isinstance(description.value(service, SD.defaultDataset), BNode)


def test_20_only_what_is_true_is_said(site, store):
    description = graph_of(site, "/sparql")
    assert set(description.objects(None, SD.feature)) == {SD.UnionDefaultGraph}
    assert set(description.objects(None, SD.supportedLanguage)) == {
        SD.SPARQL11Query,
        SD.SPARQLQuery,
    }
    assert not list(description.objects(None, SD.extensionFunction))
    (default,) = description.objects(None, SD.defaultGraph)
    assert description.value(default, VOID.triples) is None  # this build has not counted them
    with running(store, default_graph="default") as other:
        description = graph_of(other, "/sparql")
        assert not list(description.objects(None, SD.feature))
        (default,) = description.objects(None, SD.defaultGraph)
        assert description.value(default, VOID.triples) == Literal(0)
        assert number(other, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == 0
        assert number(other, f"SELECT (COUNT(*) AS ?n) FROM <{ONE}> {{ ?s ?p ?o }}") == 3


def test_20_every_result_format_it_names_is_spoken(site):
    formats = {
        "SPARQL_Results_JSON": ("ASK {}", "application/sparql-results+json"),
        "SPARQL_Results_XML": ("ASK {}", "application/sparql-results+xml"),
        "SPARQL_Results_CSV": ("SELECT * {}", "text/csv"),
        "SPARQL_Results_TSV": ("SELECT * {}", "text/tab-separated-values"),
        "Turtle": ("DESCRIBE <a:a>", "text/turtle"),
        "N-Triples": ("DESCRIBE <a:a>", "application/n-triples"),
        "RDF_XML": ("DESCRIBE <a:a>", "application/rdf+xml"),
        "JSON-LD": ("DESCRIBE <a:a>", "application/ld+json"),
        "TriG": ("DESCRIBE <a:a>", "application/trig"),
        "N-Quads": ("DESCRIBE <a:a>", "application/n-quads"),
    }
    named = graph_of(site, "/sparql").objects(None, SD.resultFormat)
    space = "http://www.w3.org/ns/formats/"
    assert {str(each).removeprefix(space) for each in named} == set(formats)
    for query, accept in formats.values():
        assert site.query(query, accept=accept).type.partition(";")[0] == accept


def test_20_the_sizes_of_the_graphs_are_those_of_the_store(built):
    description = graph_of(built, "/sparql")
    (default,) = description.objects(None, SD.defaultGraph)
    distinct = "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT * { ?s ?p ?o } }"
    assert description.value(default, VOID.triples).toPython() == number(built, distinct)
    sizes = {
        str(description.value(named, SD.name)): description.value(
            description.value(named, SD.graph), VOID.triples
        ).toPython()
        for named in description.subjects(RDF.type, SD.NamedGraph)
    }
    counted = rows(built, "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    assert sizes == {row["g"]: int(row["n"]) for row in counted}
    assert names.INFERRED_GRAPH in sizes


def test_20_the_inferred_graph_has_a_regime_apart(built):
    description = graph_of(built, "/sparql")
    (inferred,) = description.subjects(SD.name, URIRef(names.INFERRED_GRAPH))
    entailment = Namespace("http://www.w3.org/ns/entailment/")
    assert list(description.subject_objects(SD.entailmentRegime)) == [
        (inferred, entailment["OWL-RDF-Based"])
    ]
    assert list(description.objects(None, SD.defaultEntailmentRegime)) == [entailment.Simple]


def test_15_addresses_are_those_asked_unless_one_is_set(site, store):
    forwarded = {"X_Forwarded_Host": "evil.example", "X_Forwarded_Proto": "https"}
    for path in ("/sparql", "/.well-known/void"):
        assert "evil.example" not in site.request(path, Accept="text/turtle", **forwarded).text
    hostile = site.request("/sparql", Host="x><script>", Accept="application/n-triples")
    assert "<script>" not in hostile.text
    with running(store, public_url="https://data.example.org/") as other:
        endpoint = URIRef("https://data.example.org/sparql")
        assert list(graph_of(other, "/sparql").objects(None, SD.endpoint)) == [endpoint]
        assert endpoint in graph_of(other, "/dataset").objects(DATASET, VOID.sparqlEndpoint)


# 21. What editors ask


def test_21_the_sib_editor_finds_classes_properties_and_where_they_lead(built):
    query = """SELECT DISTINCT ?graph ?graphLabel ?subjectClass ?prop ?objectClass ?objectDatatype
?triples ?subjectClassLabel WHERE {
  {
    OPTIONAL {
      ?graph sd:graph ?graphDesc .
      OPTIONAL { ?graph rdfs:label ?graphLabel }
      ?graphDesc void:classPartition ?cp .
    }
    ?cp void:class ?subjectClass ; void:propertyPartition ?pp .
    OPTIONAL { ?subjectClass rdfs:label ?subjectClassLabel }
    ?pp void:property ?prop .
    OPTIONAL { ?pp void:triples ?triples }
    OPTIONAL {
      { ?pp void:classPartition [ void:class ?objectClass ] }
      UNION { ?pp void-ext:datatypePartition [ void-ext:datatype ?objectDatatype ] }
    }
  } UNION {
    ?linkset void:subjectsTarget [ void:class ?subjectClass ] ;
      void:linkPredicate ?prop ;
      void:objectsTarget [ void:class ?objectClass ] .
  }
} ORDER BY ?subjectClass ?objectClass ?objectDatatype ?graph ?triples"""
    found = {
        (row["subjectClass"], row["prop"], row.get("objectClass") or row.get("objectDatatype"))
        for row in rows(built, query)
        if row["graphLabel"] == "All graphs taken as one"
    }
    data = f"GRAPH ?g {{ ?s ?prop ?o }} FILTER(?g != <{names.META_GRAPH}>)"
    asked = rows(
        built,
        f"""SELECT DISTINCT ?kind ?prop ?end {{
  {data} ?s a ?kind . FILTER(ISIRI(?kind))
  OPTIONAL {{ ?o a ?other . FILTER(ISIRI(?other)) }}
  BIND(IF(ISLITERAL(?o), DATATYPE(?o), ?other) AS ?end)
}}""",
    )
    expected = {(row["kind"], row["prop"], row.get("end")) for row in asked}
    # Where some ends have a class, those without are not said apart.
    with_end = {(kind, prop) for kind, prop, end in expected if end}
    expected = {row for row in expected if row[2] or row[:2] not in with_end}
    meta = f"SELECT DISTINCT ?kind {{ GRAPH <{names.META_GRAPH}> {{ ?s a ?kind }} }}"
    assert found == {
        row for row in expected if row[0] not in {r["kind"] for r in rows(built, meta)}
    }
    assert len(found) > 20


def test_21_the_sib_editor_finds_the_prefixes(built):
    query = "SELECT DISTINCT ?prefix ?namespace { [] sh:namespace ?namespace ; sh:prefix ?prefix }"
    found = {row["prefix"]: row["namespace"] for row in rows(built, query)}
    assert found.items() >= names.PREFIXES.items()


def test_the_partitions_of_a_class_hold_what_the_store_holds(built):
    partitions = rows(
        built,
        f"""SELECT ?kind ?prop ?triples {{ <{names.DATASET}> void:classPartition ?cp .
  ?cp void:class ?kind ; void:propertyPartition [ void:property ?prop ; void:triples ?triples ]
}}""",
    )
    data = f"GRAPH ?g {{ ?s ?prop ?o }} FILTER(?g != <{names.META_GRAPH}>)"
    counted = rows(
        built,
        f"""SELECT ?kind ?prop (COUNT(*) AS ?triples) {{
  SELECT DISTINCT ?kind ?s ?prop ?o {{
    {data} GRAPH ?h {{ ?s a ?kind }} FILTER(?h != <{names.META_GRAPH}> && ISIRI(?kind))
  }}
}} GROUP BY ?kind ?prop""",
    )
    assert sorted(partitions, key=str) == sorted(counted, key=str)


# 22. Well-known addresses; VoID and DCAT


def test_22_the_description_of_the_dataset_is_where_it_is_looked_for(built):
    found = graph_of(built, "/.well-known/void")
    assert (DATASET, RDF.type, VOID.Dataset) in found
    assert (DATASET, VOID.sparqlEndpoint, URIRef(f"{built.url}/sparql")) in found
    assert (DATASET, VOID.classPartition, None) in found
    meta = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{names.META_GRAPH}> {{ ?s ?p ?o }} }}"
    assert len(found) > number(built, meta)
    for path in ("/.well-known/void", "/dataset"):
        reply = built.request(path)
        assert reply.type == "text/turtle; charset=utf-8"
        assert built.request(path, If_None_Match=reply.headers["ETag"]).status == 304
        assert built.request(path, Accept="image/png").status == 406
    assert built.request("/dataset?format=jsonld").type == "application/ld+json"


def test_the_catalogue_entry_names_version_date_licence_downloads_and_service(built):
    snapshot = built.request("/readyz").text.strip()
    found = graph_of(built, "/dataset")
    edition = URIRef(f"{names.DATASET}/{snapshot}")
    assert found.value(DATASET, DCAT.hasCurrentVersion) == edition
    assert found.value(edition, DCAT.isVersionOf) == DATASET
    assert found.value(edition, DCAT.version) == found.value(DATASET, DCAT.version)
    assert found.value(edition, DCTERMS.issued).datatype.endswith("#dateTime")
    assert found.value(DATASET, DCTERMS.license) == found.value(edition, DCTERMS.license)
    (service,) = found.subjects(RDF.type, DCAT.DataService)
    assert found.value(service, DCAT.servesDataset) == DATASET
    downloads = list(found.subjects(RDF.type, DCAT.Distribution))
    assert len(downloads) == 3
    for one in downloads:
        address = str(found.value(one, DCAT.downloadURL))
        reply = built.request(address.removeprefix(built.url), method="HEAD")
        assert reply.status == 200
        assert str(found.value(one, DCAT.mediaType)).endswith(reply.type)
        assert (DATASET, DCAT.distribution, one) in found
    assert built.request(f"/dataset/{snapshot}").status == 200
    assert built.request("/dataset/0123456789abcdef").status == 404


# Prefixes


def test_prefixes_both_ways(site):
    assert site.request("/prefixes").json == names.PREFIXES
    turtle = site.request("/prefixes", Accept="text/turtle")
    assert turtle.type == "text/turtle; charset=utf-8"
    spaces = dict(Graph(bind_namespaces="none").parse(data=turtle.text).namespaces())
    assert {name: str(iri) for name, iri in spaces.items()}.items() >= names.PREFIXES.items()
    assert site.request("/prefixes?prefix=st").json == {"st": names.ST}
    assert site.request(f"/prefixes?iri={names.ID}state/arcadia").json == {
        "iri": f"{names.ID}state/arcadia",
        "name": "state:arcadia",
        "prefix": "state",
        "namespace": f"{names.ID}state/",
    }
    assert site.request("/prefixes?prefix=nowhere").status == 404
    assert site.request("/prefixes?iri=http://example.org/x").status == 404
    assert site.request("/prefixes", Accept="image/png").status == 406
