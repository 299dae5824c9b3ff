"""Every term earns its place: data, a shape and a saved query (or a rule) use it.

A class counts as used where something is in it or in a class below it, inferred types
included; a query uses a class also by a property that leads to or from it, or by asking
for a class above it.
"""

import re

import pytest
from rdflib import OWL, RDF, RDFS, Graph, URIRef

from stimson import names, paths
from stimson.rdf import Folders, read_dataset
from stimson.rdf.rdflib_bridge import to_rdflib
from stimson.reasoning import infer

TERM_TYPES = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
DATASET = read_dataset(Folders())
ONTOLOGY = DATASET.union("ontology")
TERMS = sorted(
    {
        str(term).removeprefix(names.ST)
        for kind in TERM_TYPES
        for term in ONTOLOGY.subjects(RDF.type, kind)
        if str(term).startswith(names.ST) and (term, OWL.deprecated, None) not in ONTOLOGY
    }
)


def ours(graph: Graph) -> set[str]:
    """Name the terms of ours in a graph."""
    terms = {str(term) for triple in graph for term in triple if isinstance(term, URIRef)}
    return {term.removeprefix(names.ST) for term in terms if term.startswith(names.ST)}


@pytest.fixture(scope="module")
def said() -> set[str]:
    """Terms that the data use, or that something is concluded with."""
    graph = Graph()
    for triple in to_rdflib(infer(DATASET, Folders()).store):
        if str(triple[0]).startswith(names.ID):
            graph.add(triple)
    return ours(graph)


@pytest.fixture(scope="module")
def asked() -> set[str]:
    """Terms that saved queries and rules name, and the classes these reach."""
    files = [*paths.QUERIES.glob("*.rq"), *(paths.ONTOLOGY / "rules").glob("*.rq")]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    named = set(re.findall(r"\bst:(\w+)", text))
    reached = {
        node
        for name in named
        for path in (RDFS.domain, RDFS.range)
        for node in ONTOLOGY.objects(URIRef(names.ST + name), path)
    } | {URIRef(names.ST + name) for name in named}
    below = {
        term for node in reached for term in ONTOLOGY.transitive_subjects(RDFS.subClassOf, node)
    }
    return {str(term).removeprefix(names.ST) for term in below}


@pytest.fixture(scope="module")
def shaped() -> set[str]:
    return ours(DATASET.union("shapes"))


@pytest.mark.parametrize("term", TERMS)
def test_a_term_is_used_by_data_a_shape_and_a_query(term, said, shaped, asked):
    unused = {"data": said, "a shape": shaped, "a query or rule": asked}

    assert [place for place, used in unused.items() if term not in used] == []
