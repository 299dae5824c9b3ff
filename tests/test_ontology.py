"""The ontology keeps to OWL 2 RL, its versions agree, and its lists and labels are complete.

References are to OWL 2 Profiles, https://www.w3.org/TR/owl2-profiles/#OWL_2_RL, and OWL 2
Structural Specification, https://www.w3.org/TR/owl2-syntax/.
"""

import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest
from rdflib import DCTERMS, OWL, RDF, RDFS, SDO, SKOS, XSD, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from stimson import names, paths
from turtle_files import ONTOLOGY_FILES, local, read

ONTOLOGY = read(*ONTOLOGY_FILES)
MODULES = sorted(paths.ONTOLOGY.glob("*.ttl"))
VOCABULARIES = sorted((paths.ONTOLOGY / "vocabularies").glob("*.ttl"))
CONSTRUCTS = {  # all that we use, or may use, of the three vocabularies OWL is written in
    # Documents and notes: no axioms (Structural Specification 3, 10)
    *(OWL.Ontology, OWL.imports, OWL.versionIRI, OWL.versionInfo),
    *(OWL.AnnotationProperty, OWL.deprecated),
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
# sources print is a day, so that the values of such properties are told by no axiom, but by
# schema:rangeIncludes.
DATATYPES = {XSD.string, XSD.decimal, XSD.integer, XSD.anyURI}
INVERSE_LABEL = URIRef(f"{names.ST}inverseLabel")
VERSION = str(ONTOLOGY.value(URIRef(names.ONTOLOGY), OWL.versionInfo))


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
    assert terms == declared(OWL.Class).union(*map(declared, KINDS)) | {INVERSE_LABEL}
    assert declared(OWL.AnnotationProperty) == {INVERSE_LABEL}


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
def test_a_module_bears_the_version_of_the_ontology_and_defines_its_terms(path):
    graph, name = read(path), ontology_iri(path)

    assert list(graph.subjects(RDF.type, OWL.Ontology)) == [name]
    assert list(graph.objects(name, OWL.versionInfo)) == [Literal(VERSION)]
    assert list(graph.objects(name, OWL.versionIRI)) == [URIRef(f"{name}/{VERSION}")]
    # Only this version is served: an address of an earlier one would lead nowhere.
    assert list(graph.objects(name, OWL.priorVersion)) == []
    assert [day.datatype for day in graph.objects(name, DCTERMS.modified)] == [XSD.date]
    assert set(graph.objects(None, RDFS.isDefinedBy)) <= {name}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_imports_the_modules_whose_terms_it_uses(path):
    graph, name = read(path), ontology_iri(path)
    home = dict(ONTOLOGY.subject_objects(RDFS.isDefinedBy))
    used = {home[term] for triple in graph for term in triple if term in home} - {name}

    if name != URIRef(names.ONTOLOGY):  # that imports them all
        assert set(graph.objects(name, OWL.imports)) == used


def test_the_shapes_bear_the_version_of_the_ontology():
    name = URIRef(names.SHAPE.removesuffix("#"))
    graph = read(paths.SHAPES / "common.ttl")

    assert list(graph.objects(name, OWL.versionInfo)) == [Literal(VERSION)]
    assert list(graph.objects(name, OWL.versionIRI)) == [URIRef(f"{name}/{VERSION}")]


def test_every_object_property_can_be_read_from_the_side_of_its_value():
    for name in declared(OWL.ObjectProperty):
        assert languages(ONTOLOGY, name, INVERSE_LABEL) == ["en", "uk"], name
        own, turned = (set(ONTOLOGY.objects(name, path)) for path in (RDFS.label, INVERSE_LABEL))
        # Only what is symmetric reads the same from both sides.
        assert (own == turned) is (name in declared(OWL.SymmetricProperty)), name
    assert set(ONTOLOGY.subjects(INVERSE_LABEL)) == declared(OWL.ObjectProperty)
    for name, other in ONTOLOGY.subject_objects(OWL.inverseOf):
        assert set(ONTOLOGY.objects(name, RDFS.label)) == set(
            ONTOLOGY.objects(other, INVERSE_LABEL)
        )


def test_dates_have_no_axiom_for_their_range_and_say_what_they_are():
    dated = set(ONTOLOGY.subjects(SDO.rangeIncludes, XSD.date))

    assert len(dated) >= 9
    assert dated <= declared(OWL.DatatypeProperty)
    assert {name for name in dated if list(ONTOLOGY.objects(name, RDFS.range))} == set()


def excluded(one: Node, other: Node) -> bool:
    """Tell whether nothing can be in both of two classes."""
    apart = {frozenset(pair) for pair in ONTOLOGY.subject_objects(OWL.disjointWith)}
    for head in ONTOLOGY.objects(None, OWL.members):
        apart |= set(map(frozenset, combinations(members(head), 2)))
    return any(frozenset((a, b)) in apart for a in ancestors(one) for b in ancestors(other))


# Siblings that one thing can be both of, and why.
OVERLAPS = {
    "Act Statement": "a declaration is both",
    "Constitution Declaration": "a declaration of independence may be the first constitution",
    "Constitution Decree": "a head of state may decree one",
    "Constitution Statute": "a legislature may enact one",
    "Constitution Treaty": "states may agree on one",
    "Declaration Decree": "a head of state may declare by decree",
    "Declaration Resolution": "an assembly may resolve to declare",
    "Declaration Sanction": "a sanction may be declared",
    "Declaration Statute": "a legislature may declare by statute",
    "Decree Sanction": "a head of state may impose one",
    "Resolution Sanction": "a council may impose one",
    "Resolution Statute": "a legislature may call a resolution what it makes",
    "Sanction Statute": "a legislature may impose one",
}
UNTOLD = ("UnidentifiedActor", "Territory")  # a role of which the kind may be open, or any


def test_siblings_exclude_each_other_but_where_one_thing_can_be_both():
    current = declared(OWL.Class) - set(ONTOLOGY.subjects(OWL.deprecated))
    parents = {name: set(ONTOLOGY.objects(name, RDFS.subClassOf)) & current for name in current}
    siblings = [
        (one, other)
        for one, other in combinations(sorted(current), 2)
        if parents[one] & parents[other] or not parents[one] | parents[other]
    ]
    together = {" ".join(map(local, pair)) for pair in siblings if not excluded(*pair)}

    assert {pair for pair in together if not set(pair.split()) & set(UNTOLD)} == set(OVERLAPS)


@pytest.mark.parametrize("path", VOCABULARIES, ids=lambda path: path.stem)
def test_a_vocabulary_is_one_scheme_of_concepts_that_say_what_they_mean(path):
    graph = read(path)
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))

    (scheme,) = graph.subjects(RDF.type, SKOS.ConceptScheme)
    assert local(scheme) == path.stem
    assert concepts
    for concept in concepts:
        assert languages(graph, concept, RDFS.label) == ["en", "uk"], concept
        assert languages(graph, concept, SKOS.definition) == ["en", "uk"], concept
        assert list(ONTOLOGY.objects(concept, SKOS.inScheme)) == [scheme], concept


@pytest.mark.parametrize("path", VOCABULARIES, ids=lambda path: path.stem)
def test_a_vocabulary_is_whole_for_those_who_read_skos_alone(path):
    graph = read(path)
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))

    (scheme,) = graph.subjects(RDF.type, SKOS.ConceptScheme)
    for each in {scheme, *concepts}:
        assert set(graph.objects(each, SKOS.prefLabel)) == set(graph.objects(each, RDFS.label))
    narrow = set(graph.subjects(SKOS.broader))
    assert set(graph.objects(None, SKOS.broader)) <= concepts
    assert set(graph.subjects(SKOS.topConceptOf, scheme)) == concepts - narrow
    assert set(graph.objects(scheme, SKOS.hasTopConcept)) == concepts - narrow
    # A concept that nobody can tell from another of its list is no choice.
    for language in ("en", "uk"):
        for path_ in (SKOS.prefLabel, SKOS.definition):
            texts = [
                str(text)
                for concept in concepts
                for text in graph.objects(concept, path_)
                if text.language == language
            ]
            assert len(texts) == len(set(texts)) == len(concepts)


def test_the_axes_of_a_list_are_told_apart():
    """What lies on two axes can hold together: an act may be lawful and not legitimate."""
    axes = {axis: set(ONTOLOGY.objects(axis, SKOS.member)) for axis in declared(SKOS.Collection)}

    assert axes
    for axis, listed in axes.items():
        assert len({ONTOLOGY.value(concept, SKOS.inScheme) for concept in listed}) == 1, axis
        assert languages(ONTOLOGY, axis, SKOS.prefLabel) == ["en", "uk"]
    for one, other in combinations(axes.values(), 2):
        assert not one & other
    assessments = set(ONTOLOGY.subjects(SKOS.inScheme, URIRef(f"{names.STV}assessments")))
    assert assessments <= set().union(*axes.values())


def text(subject: Node, path: Node, language: str = "en") -> str:
    (found,) = (each for each in ONTOLOGY.objects(subject, path) if each.language == language)
    return str(found)


CURRENT = sorted(
    term
    for kind in (OWL.Class, *KINDS, OWL.AnnotationProperty, SKOS.Concept, SKOS.ConceptScheme)
    for term in declared(kind)
    if (term, OWL.deprecated, None) not in ONTOLOGY
)


@pytest.mark.parametrize("term", CURRENT, ids=local)
def test_a_term_is_defined_in_both_languages_with_one_apostrophe(term):
    for path in (RDFS.label, SKOS.definition):
        assert languages(ONTOLOGY, term, path) == ["en", "uk"]
    for path in (RDFS.label, SKOS.prefLabel, SKOS.definition, INVERSE_LABEL):
        for words in ONTOLOGY.objects(term, path):
            if words.language == "uk":
                # U+2019; U+02BC, U+0060 and the apostrophe of typewriters are others.
                assert not set(words) & set("'\u02bc\u0060")


def stems(words: str) -> set[str]:
    """Take what stands for a word in all of its forms: its first letters, five at most."""
    return {word[:5] for word in re.findall(r"[^\W\d_]{4,}", words.lower())}


@pytest.mark.parametrize("name", sorted(declared(OWL.Class)), ids=local)
def test_a_class_is_defined_by_a_wider_one_and_not_by_itself(name):
    for language in ("en", "uk"):
        label, words = (text(name, path, language) for path in (RDFS.label, SKOS.definition))
        genus = stems(" ".join(words.split()[:2]))
        above = {
            stem
            for upper in ancestors(name) - {name}
            if not is_borrowed(upper)
            for stem in stems(text(upper, RDFS.label, language))
        }
        assert genus & stems(label) <= above, f"{label}: {words}"


@pytest.mark.parametrize("name", sorted(declared(OWL.ObjectProperty)), ids=local)
def test_a_property_is_defined_by_what_it_relates(name):
    assert text(name, SKOS.definition).startswith("relates ")
    assert text(name, SKOS.definition, "uk").startswith("пов\u2019язує ")  # noqa: RUF001


@pytest.mark.parametrize("name", sorted(declared(SKOS.Concept)), ids=local)
def test_a_concept_is_defined_by_a_noun_that_is_not_its_name(name):
    for language in ("en", "uk"):
        label, words = (text(name, path, language) for path in (SKOS.prefLabel, SKOS.definition))
        assert not stems(words.split()[0]) & stems(label), f"{label}: {words}"
    first = text(name, SKOS.definition).split()[0].strip(",:")
    assert first not in {
        "a",
        "an",
        "the",
        "is",
        "in",
        "with",
        "without",
        "to",
        "not",
        "who",
        "what",
    }
    # A verb in the third person would read "calls the change wrong".
    assert not re.fullmatch(r"(calls|holds|says|asks|makes|gives|votes|forces|people)", first)


def test_a_claim_and_an_assertion_what_is_purported_and_what_is_claimed_are_told_apart():
    for term in CURRENT:
        english, ukrainian = text(term, RDFS.label), text(term, RDFS.label, "uk").lower()
        if re.search(r"\bclaims?\b", english) and "of sovereignty" not in english:
            assert "тез" in ukrainian, ukrainian
        if term != URIRef(f"{names.STV}assertion"):
            assert not re.search(r"\bтвердження\b", ukrainian)  # noqa: RUF001
        assert ("purported" in english) <= ("проголошен" in ukrainian)
        assert "проголошен" not in ukrainian or "purport" in english
        assert ("has claimed" in english) <= ("заявлен" in ukrainian)


def languages(graph: Graph, subject: Node, path: Node) -> list[str]:
    return sorted(text.language for text in graph.objects(subject, path))


def test_turtle_is_formatted():
    folders = (paths.ONTOLOGY, paths.SHAPES, paths.DATA)
    tool = Path(sys.executable).with_name("turtlefmt")
    done = subprocess.run([tool, "--check", *folders], capture_output=True, text=True, check=False)

    assert done.returncode == 0, f"{done.stdout}{done.stderr}\nRun: turtlefmt ontology shapes data"
