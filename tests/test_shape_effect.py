"""Shapes that could never speak are found: by target, by term, by lack of use."""

import pytest
from rdflib import SH

from contexts import found, read_context
from stimson import names
from stimson.errors import NothingToRead
from stimson.validation.shape_effect import TERMS, check_targets

HEAD = """\
@prefix ex: <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix st: <https://w3id.org/stimson/ontology#> .
@prefix state: <https://w3id.org/stimson/id/state/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
QUERY = 'sh:target [ a sh:SPARQLTarget ; sh:prefixes ex: ; sh:select "SELECT ?this { %s }" ]'
DECLARED = f'ex: sh:declare [ sh:prefix "x" ; sh:namespace "{names.ST}"^^xsd:anyURI ] .'


def check(project, text):
    """List line, column and the beginning of the message of what is found in one more file."""
    (project.root / "shapes" / "more.ttl").write_text(HEAD + text)
    findings = list(check_targets(read_context(project.root)))
    assert all(rule == "shape-without-effect" for rule, *_ in found(findings))
    assert all(finding.file.name == "more.ttl" for finding in findings)
    first = HEAD.count("\n")
    places = [(each.line - first, each.column) for each in findings]
    words = [each.message.replace("<http://example.org/", "ex:").split()[0] for each in findings]
    return [(*place, word.rstrip(">")) for place, word in zip(places, words, strict=True)]


@pytest.mark.parametrize(
    "target",
    [
        "sh:targetClass st:State",
        "sh:targetClass st:Quotation, st:Actor",  # of the latter only through its subclass
        "sh:targetClass skos:Concept",  # borrowed, and in use
        "sh:targetSubjectsOf st:textSha256",
        "sh:targetObjectsOf st:speaker",
        "sh:targetNode state:otherland",
        QUERY % "?this a x:Statement",
        "sh:target [ a ex:TargetType ]",
    ],
)
def test_a_target_that_selects_something_passes(project, target):
    assert check(project, f"ex:S a sh:NodeShape ; {target} .\n{DECLARED}") == []


def test_a_declared_class_or_property_may_have_no_instance_yet(project):
    new = "st:New a owl:Class . st:new a owl:ObjectProperty .\nst:Actor a owl:Class"
    project.change(project.root / "ontology" / "mini.ttl", "st:Actor a owl:Class", new)
    text = "ex:S a sh:NodeShape ; sh:targetClass st:New ; sh:targetSubjectsOf st:new ."

    assert check(project, text) == []


@pytest.mark.parametrize(
    ("target", "column", "message"),
    [
        ("sh:targetClass st:Stat", 38, "st:Stat"),
        ("sh:targetClass st:State, st:Stat", 48, "st:Stat"),
        ("sh:targetSubjectsOf st:sayz", 43, "st:sayz"),
        ("sh:targetObjectsOf st:sayz", 42, "st:sayz"),
        ("sh:targetNode state:otherlnad", 37, "state:otherlnad"),
        (QUERY % "?this a x:Statment", 33, "This"),
        ("sh:targetClas st:State", 37, "sh:targetClas"),
    ],
)
def test_a_target_that_selects_nothing_is_found(project, target, column, message):
    findings = check(project, f"ex:S a sh:NodeShape ; {target} .\n{DECLARED}")

    assert (1, column, message) in findings


def test_a_shape_that_is_a_class_is_about_its_instances(project):
    shape = "ex:Person a sh:NodeShape , rdfs:Class ."

    assert check(project, shape) == [(1, 28, "ex:Person")]
    (project.root / "data" / "person.ttl").write_text("<urn:p> a <http://example.org/Person> .")
    assert check(project, shape) == []


@pytest.mark.parametrize("term", ["sh:maxCuont 1", "sh:nodeKind sh:iri", "sh:severity sh:Warnnig"])
def test_a_misspelt_term_is_found_at_its_place(project, term):
    text = f"ex:S a sh:NodeShape ; sh:targetClass st:State ;\n  {term} ."
    wrong = next(word for word in reversed(term.split()) if word.startswith("sh:"))

    assert check(project, text) == [(2, 3 + len(term.split()[0]) + 1, wrong)]


def test_the_list_of_terms_is_complete():
    space = str(SH)
    listed = {name for name in {*SH.__annotations__, *SH._extras} if not name.startswith("_")}

    assert {space + name for name in listed} == TERMS


USED = """\
ex:S a sh:NodeShape ; sh:targetClass st:State ; sh:or ( ex:One [ sh:not ex:Two ] ) .
ex:One a sh:NodeShape ; sh:property ex:P .
ex:Two a sh:NodeShape ; sh:class st:Source .
ex:P a sh:PropertyShape ; sh:path rdfs:label ; sh:qualifiedValueShape ex:Three .
ex:Three a sh:NodeShape ; sh:node ex:Three .
"""


def test_a_shape_that_another_in_use_leads_to_needs_no_target(project):
    assert check(project, USED) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("sh:targetClass st:State ; ", "", [(1, 1, "ex:S")]),  # all below it are no news
        ("[ sh:not ex:Two ]", "ex:One", [(3, 1, "ex:Two")]),
        ("sh:property ex:P", "sh:class st:State", [(4, 1, "ex:P")]),
        (" ; sh:qualifiedValueShape ex:Three", "", [(5, 1, "ex:Three")]),
    ],
)
def test_a_shape_that_nothing_leads_to_is_found_once(project, old, new, expected):
    assert check(project, USED.replace(old, new)) == expected


def test_of_shapes_in_a_circle_one_is_found_and_none_that_is_switched_off(project):
    circle = "ex:A a sh:NodeShape ; sh:node ex:B .\nex:B a sh:NodeShape ; sh:node ex:A ."

    assert len(check(project, circle)) == 1
    assert check(project, "ex:A a sh:NodeShape ; sh:deactivated true .") == []


def test_shapes_without_a_shape_are_refused(project):
    (project.root / "shapes" / "mini.ttl").write_text("<urn:a> <urn:b> <urn:c> .")
    with pytest.raises(NothingToRead, match="no sh:NodeShape"):
        check(project, "")

    assert check(project, "ex:P sh:path rdfs:label ; sh:targetClass st:State .") == []
