"""The reference, owlrl: it adds what follows, nothing trivial, and stops at a contradiction."""

import pytest
from owlrl import OWLRL_Semantics
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import OWL, PROV, RDF, RDFS, XSD

from stimson import names
from stimson.errors import InvalidData
from stimson.rdf import Dataset, read_dataset, read_document
from stimson.reasoning.owlrl_closure import TEXT, is_trivial
from stimson.reasoning.owlrl_closure import infer_by_reference as infer

PREFIXES = """
@prefix : <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
AXIOMS = """
:within a owl:TransitiveProperty ; rdfs:label "within" .
:around owl:inverseOf :within .
:grandparent owl:propertyChainAxiom ( :parent :parent ) .
:knows rdfs:domain :Person ; rdfs:range :Person .
:Author rdfs:subClassOf :Person , [ a owl:Restriction ; owl:onProperty :wrote ;
    owl:someValuesFrom :Book ] .
:code a owl:InverseFunctionalProperty .
:note a owl:AnnotationProperty ; rdfs:subPropertyOf :says .
"""
FACTS = """
:a :within :b . :b :within :c .
:x :parent :y . :y :parent :z .
:p :knows :q .
:w a :Author ; :note "only for people" .
:one :code "1" ; :size 3 . :uno :code "1" .
"""
E = "http://example.org/"


def dataset(tmp_path, facts=FACTS):
    """Make a dataset of the axioms above and of `facts`."""
    documents = {}
    for part, text in (("ontology", AXIOMS), ("data", facts)):
        path = tmp_path / f"{part}.ttl"
        path.write_text(PREFIXES + text, encoding="utf-8")
        iri = f"{names.GRAPH}{part}"
        documents[iri] = read_document(iri, part, path)
    return Dataset(documents)


def said(graph):
    """Write triples about the example's things in short."""
    triples = (tuple(str(term).removeprefix(E) for term in triple) for triple in graph)
    return {triple for triple in triples if not triple[2].startswith("http")}


def test_what_follows_is_derived(tmp_path):
    assert said(infer(dataset(tmp_path))) >= {
        ("a", "within", "c"),
        ("c", "around", "a"),
        ("x", "grandparent", "z"),
        ("p", str(RDF.type), "Person"),
        ("w", str(RDF.type), "Person"),
        ("uno", "size", "3"),
    }


def test_nothing_asserted_or_trivial_or_meant_for_people_is_derived(tmp_path):
    data = dataset(tmp_path)
    asserted, inferred = data.union(), infer(data)

    assert inferred
    assert not set(inferred) & set(asserted)
    assert not [triple for triple in inferred if is_trivial(triple)]
    assert not [triple for triple in inferred if any(type(term) is BNode for term in triple)]
    assert not [triple for triple in inferred if str(triple[1]) == f"{E}says"]


def test_dropping_trivial_conclusions_early_loses_no_other(tmp_path, project):
    for data in (dataset(tmp_path), read_dataset(project.folders)):
        asserted = data.union("ontology", "data")
        left_out = TEXT | set(asserted.subjects(RDF.type, OWL.AnnotationProperty))
        whole = Graph()
        for triple in asserted:
            if triple[1] not in left_out:
                whole.add(triple)
        OWLRL_Semantics(whole, axioms=False, daxioms=False).closure()
        schema = set(data.union("ontology").all_nodes())
        expressions = {node for node in schema if isinstance(node, BNode)}

        expected = {
            triple
            for triple in set(whole) - set(asserted)
            if not is_trivial(triple) and not expressions.intersection(triple)
        }
        assert set(infer(data)) == expected


def test_blank_nodes_of_the_data_keep_their_conclusions(tmp_path):
    inferred = infer(dataset(tmp_path, "[] :knows :q ."))

    assert [s for s in inferred.subjects(RDF.type, URIRef(f"{E}Person")) if isinstance(s, BNode)]


def test_a_contradiction_stops_and_is_named(project):
    project.change(project.minutes, "st:speaker state:otherland", "st:speaker source:minutes-2031")

    with pytest.raises(InvalidData, match=r"contradict each other: .*id/source/minutes-2031"):
        infer(read_dataset(project.folders))


A, B = URIRef(f"{E}a"), URIRef(f"{E}b")


@pytest.mark.parametrize(
    ("triple", "trivial"),
    [
        ((A, OWL.sameAs, A), True),
        ((A, OWL.sameAs, B), False),
        ((A, RDFS.subClassOf, A), True),
        ((A, RDFS.subClassOf, B), False),
        ((A, RDFS.subClassOf, OWL.Thing), True),
        ((A, OWL.equivalentProperty, A), True),
        ((A, RDF.type, OWL.Thing), True),
        ((A, RDF.type, RDFS.Resource), True),
        ((A, RDF.type, PROV.Agent), False),
        ((A, RDFS.range, OWL.Thing), True),
        ((A, PROV.wasDerivedFrom, A), False),
        ((Literal(1), RDF.type, A), True),
        ((OWL.Nothing, RDFS.subClassOf, A), True),
        ((XSD.integer, RDF.type, RDFS.Datatype), True),
    ],
)
def test_the_stated_rule_tells_the_trivial_from_the_rest(triple, trivial):
    assert is_trivial(triple) is trivial
