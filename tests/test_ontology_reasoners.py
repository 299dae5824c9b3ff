"""Others can load the ontology: rdflib in each format, and HermiT finds it consistent.

HermiT, a reasoner for all of OWL 2 DL, comes with owlready2 and runs on Java; Protégé loads
ontologies by the same library and from the same formats.
"""

import io
import shutil
from types import ModuleType

import pytest
from rdflib import OWL, RDF, Graph
from rdflib.compare import isomorphic

from turtle_files import ONTOLOGY_FILES, read

ONTOLOGY = read(*ONTOLOGY_FILES)
FAULT = """
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix st: <https://w3id.org/stimson/ontology#> .
st:Nobody a owl:Class ; rdfs:subClassOf st:Person , st:State .
"""


@pytest.mark.parametrize("form", ["turtle", "xml", "nt"])
def test_the_ontology_is_the_same_in_every_format(form):
    again = Graph().parse(data=ONTOLOGY.serialize(format=form), format=form)

    assert isomorphic(again, ONTOLOGY)


@pytest.fixture(scope="module")
def owlready() -> ModuleType:
    module = pytest.importorskip(
        "owlready2", reason="owlready2 is not installed (make test-all does)"
    )
    if shutil.which("java") is None:
        pytest.skip("HermiT needs Java, and there is none")
    return module


def empty_classes(owlready: ModuleType, graph: Graph) -> set[str]:
    """Ask HermiT for the classes in which nothing can be; it raises if all is inconsistent."""
    alone = Graph()
    for triple in graph:
        if triple[1] != OWL.imports:  # all are in one file, and nothing is to be fetched
            alone.add(triple)
    world = owlready.World()
    ontology = world.get_ontology("urn:x-stimson:all")
    ontology.load(fileobj=io.BytesIO(alone.serialize(format="xml").encode()), format="rdfxml")
    assert {each.iri for each in ontology.classes()} >= set(
        map(str, graph.subjects(RDF.type, OWL.Class))
    )
    owlready.sync_reasoner_hermit(world, debug=0)
    return {each.iri for each in world.inconsistent_classes()} - {str(OWL.Nothing)}


@pytest.mark.slow  # starts a Java machine
def test_hermit_finds_no_class_in_which_nothing_can_be(owlready):
    assert empty_classes(owlready, ONTOLOGY) == set()


@pytest.mark.slow  # starts a Java machine
def test_hermit_finds_a_class_in_which_nothing_can_be(owlready):
    graph = ONTOLOGY + Graph().parse(data=FAULT, format="turtle")

    assert empty_classes(owlready, graph) == {"https://w3id.org/stimson/ontology#Nobody"}
