"""Each term of the ontology is shown in a small graph that is valid and free of contradictions."""

import pyoxigraph as ox
import pytest
from rdflib import OWL, RDF, RDFS, SDO, URIRef

from stimson import names
from stimson.rdf import Folders, read_dataset
from stimson.reasoning import Closure, contradictions, infer
from stimson.reasoning.rules import OWL_RL
from turtle_files import EXAMPLE_FILES, ONTOLOGY_FILES, local, read

ONTOLOGY = read(*ONTOLOGY_FILES)
GOOD = [path for path in EXAMPLE_FILES if path.name.endswith(".good.ttl")]
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
TERMS = sorted(
    term
    for kind in KINDS
    for term in ONTOLOGY.subjects(RDF.type, kind)
    if str(term).startswith(names.ST) and (term, OWL.deprecated, None) not in ONTOLOGY
)


@pytest.fixture(scope="module")
def shown() -> set:
    """Terms that the good examples use; a class is used by what is in a class below it, too."""
    used = {term for triple in read(*GOOD) for term in triple if isinstance(term, URIRef)}
    return {above for term in used for above in ONTOLOGY.transitive_objects(term, RDFS.subClassOf)}


@pytest.mark.parametrize("term", TERMS, ids=local)
def test_a_term_is_shown_in_a_valid_example(term, shown):
    assert term in shown  # that it is valid, test_shapes.py checks


def test_the_examples_contradict_neither_each_other_nor_the_ontology():
    def quads():
        for path in (*ONTOLOGY_FILES, *GOOD):
            yield from ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)

    assert [each.sentence for each in contradictions(Closure(quads(), OWL_RL))] == []


@pytest.mark.parametrize("end", ["domainIncludes", "rangeIncludes"])
def test_what_a_property_is_said_to_include_is_what_the_data_have(end):
    """Where no axiom gives the domain or range, the data keep to the classes that are listed."""
    store = infer(read_dataset(Folders()), Folders()).store
    strays = set()
    for name, _ in set(ONTOLOGY.subject_objects(SDO[end])):
        listed = set(ONTOLOGY.objects(name, SDO[end]))
        if not all(str(each).startswith(names.ST) for each in listed):
            continue
        things = "?x" if end == "domainIncludes" else "?y"
        values = " ".join(f"<{each}>" for each in listed)
        query = f"""SELECT DISTINCT ?t WHERE {{ ?x <{name}> ?y . {things} a ?t
            FILTER(STRSTARTS(STR(?t), "{names.ST}"))
            FILTER NOT EXISTS {{ {things} a ?ok VALUES ?ok {{ {values} }} }} }}"""
        found = store.query(query, use_default_graph_as_union=True)
        strays |= {f"{local(name)} of {local(URIRef(row['t'].value))}" for row in found}
    assert strays == set()
