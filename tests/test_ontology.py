"""The ontology keeps to OWL 2 RL, its versions agree, and its lists are complete.

References are to OWL 2 Profiles, https://www.w3.org/TR/owl2-profiles/#OWL_2_RL, and OWL 2
Structural Specification, https://www.w3.org/TR/owl2-syntax/.
"""

import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, XSD, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

import stimson
from stimson import names, paths
from turtle_files import ONTOLOGY_FILES, local, read

ONTOLOGY = read(*ONTOLOGY_FILES)
MODULES = sorted(paths.ONTOLOGY.glob("*.ttl"))
VOCABULARIES = sorted((paths.ONTOLOGY / "vocabularies").glob("*.ttl"))
CONSTRUCTS = {  # all that we use, or may use, of the three vocabularies OWL is written in
    # Documents and notes: no axioms (Structural Specification 3, 10)
    *(OWL.Ontology, OWL.imports, OWL.versionIRI, OWL.versionInfo, OWL.deprecated),
    *(RDFS.label, RDFS.isDefinedBy, RDFS.seeAlso),
    # Entities (Profiles 4.2.1)
    *(OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, RDF.type),
    # Class axioms, between named classes (Profiles 4.2.4)
    *(RDFS.subClassOf, OWL.disjointWith, OWL.AllDisjointClasses, OWL.members),
    # Property axioms (Profiles 4.2.5)
    *(RDFS.subPropertyOf, RDFS.domain, RDFS.range, OWL.inverseOf, OWL.propertyChainAxiom),
    *(OWL.TransitiveProperty, OWL.SymmetricProperty, OWL.AsymmetricProperty),
    *(OWL.IrreflexiveProperty, OWL.FunctionalProperty, OWL.InverseFunctionalProperty),
    # Lists (Structural Specification, Mapping to RDF 2)
    *(RDF.first, RDF.rest, RDF.nil),
}
KINDS = (OWL.ObjectProperty, OWL.DatatypeProperty)
OBJECT_ONLY = (
    *(OWL.TransitiveProperty, OWL.SymmetricProperty, OWL.AsymmetricProperty),
    *(OWL.IrreflexiveProperty, OWL.InverseFunctionalProperty, OWL.inverseOf),
)
SIMPLE_ONLY = (  # Structural Specification 11.2: not for a property with a chain or transitive
    *(OWL.FunctionalProperty, OWL.InverseFunctionalProperty),
    *(OWL.AsymmetricProperty, OWL.IrreflexiveProperty),
)
# Profiles 4.2.1 lists the datatypes. xsd:date is not among them, only xsd:dateTime is; what
# sources print is a day, so this is the one step we take out of the profile.
DATATYPES = {XSD.string, XSD.decimal, XSD.integer, XSD.anyURI, XSD.date}


def members(head: Node) -> list[Node]:
    return list(Collection(ONTOLOGY, head))


def declared(kind: Node) -> set[Node]:
    return set(ONTOLOGY.subjects(RDF.type, kind))


def ancestors(name: Node) -> set[Node]:
    """List the superclasses of a class, with itself."""
    return set(ONTOLOGY.transitive_objects(name, RDFS.subClassOf))


def is_borrowed(term: Node) -> bool:
    return isinstance(term, URIRef) and not str(term).startswith(names.BASE)


def ontology_iri(path: Path) -> URIRef:
    return URIRef(names.ONTOLOGY if path.stem == "stimson" else f"{names.ONTOLOGY}/{path.stem}")


def test_every_construct_is_one_of_owl_2_rl():
    spaces = (str(OWL), str(RDF), str(RDFS))
    used = {
        term
        for subject, path, value in ONTOLOGY
        for term in (path, value if path == RDF.type else None)
        if str(term).startswith(spaces)
    }

    assert used - CONSTRUCTS == set()


def test_class_axioms_are_between_named_classes():
    for path in (RDFS.subClassOf, OWL.disjointWith):
        for lower, upper in ONTOLOGY.subject_objects(path):
            assert lower in declared(OWL.Class)
            assert upper in declared(OWL.Class) or is_borrowed(upper)


def test_disjoint_classes_are_named_and_can_have_members():
    lists = [members(head) for head in ONTOLOGY.objects(None, OWL.members)]

    assert lists
    for listed in lists:
        assert len(listed) == len(set(listed)) >= 2
        assert set(listed) <= declared(OWL.Class)
    excluded = [pair for listed in lists for pair in combinations(listed, 2)]
    for name in declared(OWL.Class):
        assert not [pair for pair in excluded if set(pair) <= ancestors(name)], name


def test_every_property_is_of_exactly_one_kind():
    assert declared(OWL.ObjectProperty) & declared(OWL.DatatypeProperty) == set()
    assert all(declared(kind) for kind in KINDS)
    terms = set(ONTOLOGY.subjects(RDFS.isDefinedBy))
    assert terms == declared(OWL.Class).union(*map(declared, KINDS))


def test_property_axioms_relate_properties_of_one_kind():
    objects = declared(OWL.ObjectProperty)
    for term in OBJECT_ONLY:
        assert declared(term) <= objects
        assert set(ONTOLOGY.subjects(term)) <= objects
    for lower, upper in ONTOLOGY.subject_objects(RDFS.subPropertyOf):
        assert any({lower, upper} <= declared(kind) for kind in KINDS) or is_borrowed(upper)
    for name, head in ONTOLOGY.subject_objects(OWL.propertyChainAxiom):
        assert len(members(head)) >= 2
        assert {name, *members(head)} <= objects


def test_domains_are_classes_and_ranges_fit_the_kind_of_property():
    classes = declared(OWL.Class)
    for name, domain in ONTOLOGY.subject_objects(RDFS.domain):
        assert domain in classes, name
    for name, target in ONTOLOGY.subject_objects(RDFS.range):
        if name in declared(OWL.DatatypeProperty):
            assert target in DATATYPES, name
        else:
            assert target in classes | {SKOS.Concept}, name


def test_composite_properties_carry_no_axiom_that_is_for_simple_ones():
    composite = declared(OWL.TransitiveProperty) | set(ONTOLOGY.subjects(OWL.propertyChainAxiom))
    # What stands above a composite property is composite itself.
    above = {upper for name in composite for upper in superproperties(name)}

    assert composite
    for term in SIMPLE_ONLY:
        assert declared(term) & (composite | above) == set()


def superproperties(name: Node) -> set[Node]:
    return set(ONTOLOGY.transitive_objects(name, RDFS.subPropertyOf))


def test_the_main_file_imports_every_module_and_nothing_else():
    expected = {ontology_iri(path) for path in MODULES} - {URIRef(names.ONTOLOGY)}
    # Alignments are for those who want them: nothing in the data needs them.
    expected -= {ontology_iri(paths.ONTOLOGY / "alignments.ttl")}

    assert set(ONTOLOGY.objects(URIRef(names.ONTOLOGY), OWL.imports)) == expected


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_bears_the_version_of_the_package_and_defines_its_terms(path):
    graph, name = read(path), ontology_iri(path)

    assert list(graph.subjects(RDF.type, OWL.Ontology)) == [name]
    assert list(graph.objects(name, OWL.versionInfo)) == [Literal(stimson.__version__)]
    assert list(graph.objects(name, OWL.versionIRI)) == [URIRef(f"{name}/{stimson.__version__}")]
    assert set(graph.objects(None, RDFS.isDefinedBy)) <= {name}


def test_the_shapes_bear_the_version_of_the_package():
    name = URIRef(names.SHAPE.removesuffix("#"))
    graph = read(paths.SHAPES / "common.ttl")

    assert list(graph.objects(name, OWL.versionInfo)) == [Literal(stimson.__version__)]
    assert list(graph.objects(name, OWL.versionIRI)) == [URIRef(f"{name}/{stimson.__version__}")]


@pytest.mark.parametrize("path", VOCABULARIES, ids=lambda path: path.stem)
def test_a_vocabulary_is_one_scheme_of_concepts_that_say_what_they_mean(path):
    graph = read(path)
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))

    (scheme,) = graph.subjects(RDF.type, SKOS.ConceptScheme)
    assert local(scheme) == path.stem
    assert concepts
    for concept in concepts:
        assert languages(graph, concept, RDFS.label) == ["en", "uk"], concept
        assert "en" in languages(graph, concept, SKOS.definition), concept
        assert list(ONTOLOGY.objects(concept, SKOS.inScheme)) == [scheme], concept


def languages(graph: Graph, subject: Node, path: Node) -> list[str]:
    return sorted(text.language for text in graph.objects(subject, path))


def test_turtle_is_formatted():
    folders = (paths.ONTOLOGY, paths.SHAPES, paths.DATA)
    tool = Path(sys.executable).with_name("turtlefmt")
    done = subprocess.run([tool, "--check", *folders], capture_output=True, text=True, check=False)

    assert done.returncode == 0, f"{done.stdout}{done.stderr}\nRun: turtlefmt ontology shapes data"
