"""Literals are found that mean nothing, look alike but differ, or are not served as written."""

import pyoxigraph as ox
import pytest

from contexts import found, read_context
from stimson.validation.literal_checks import check_literals

HEAD = """\
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix geo: <http://www.opengis.net/ont/geosparql#> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def check(project, text, part="data"):
    """List what is found in one more file, whose first line after the prefixes is the first."""
    (project.root / part / "more.ttl").write_text(HEAD + text, "utf-8")
    findings = list(check_literals(read_context(project.root)))
    assert {finding.file.name for finding in findings} <= {"more.ttl"}
    lines = HEAD.count("\n")
    return [(rule, line - lines, column) for rule, _, _, line, column in found(findings)], [
        finding.message for finding in findings
    ]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("007", '"007"^^xsd:integer is served as "7"^^xsd:integer; write it so.'),
        (
            '"5"^^xsd:nonNegativeInteger',
            '"5"^^xsd:nonNegativeInteger is served as "5"^^xsd:integer; write it so.',
        ),
        ("1.50", '"1.50"^^xsd:decimal is served as "1.5"^^xsd:decimal; write it so.'),
        ('"1"^^xsd:boolean', '"1"^^xsd:boolean is served as "true"^^xsd:boolean; write it so.'),
        (
            '"P12M"^^xsd:duration',
            '"P12M"^^xsd:duration is served as "P1Y"^^xsd:duration; write it so.',
        ),
        (
            '"2031-02-03T10:00:00.00Z"^^xsd:dateTime',
            '"2031-02-03T10:00:00.00Z"^^xsd:dateTime is served as '
            '"2031-02-03T10:00:00Z"^^xsd:dateTime; write it so.',
        ),
    ],
)
def test_a_form_that_the_store_would_change_is_found_with_the_right_one(project, value, message):
    assert check(project, f"<a:a> <a:b> {value} .") == ([("non-canonical", 1, 13)], [message])


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ('"2014-02-30"^^xsd:date', "xsd:date"),
        ('"none"^^xsd:boolean', "xsd:boolean"),
        ('"300"^^xsd:byte', "xsd:byte"),  # and the store would change it, too
    ],
)
def test_a_value_that_is_none_is_found(project, value, kind):
    literal = value.partition("^^")[0]
    assert check(project, f"<a:a> <a:b> 1 , {value} .") == (
        [("literal", 1, 17)],
        [f"{literal} is not a {kind}; correct it."],
    )


@pytest.mark.parametrize(
    "value",
    [
        '"2014-02-28"^^xsd:date',
        '"POINT (1 2)"^^geo:wktLiteral',
        '"ікс"@uk',
        "7 , -1 , 1.5 , 1.5e0 , true",
        '"Київ"',
    ],
)
def test_other_values_pass(project, value):
    rules, _ = check(project, f"<a:a> <a:b> {value} .")

    # A number with an exponent is always served without.
    assert rules == ([("non-canonical", 1, 28)] if "e0" in value else [])


def test_text_that_is_not_in_the_normal_form_is_found_but_words_of_a_source_stay(project):
    text = '<a:a> dcterms:title "Othe\u0301rland"@en ; oa:exact "Othe\u0301rland"@en .'

    assert check(project, text)[0] == [("unnormalised", 1, 21)]


def test_every_place_of_a_wrong_literal_is_found(project):
    text = "<a:a> <a:b> 07 .\n<a:c> <a:b> 7 , 07 .\n"

    assert check(project, text)[0] == [("non-canonical", 1, 13), ("non-canonical", 2, 17)]


def test_shapes_are_not_served_and_owl_says_how_it_counts(project):
    assert check(project, "<a:a> <a:b> 07 .", "shapes") == ([], [])
    (project.root / "shapes" / "more.ttl").unlink()
    many = "[] owl:maxCardinality %s ; owl:cardinality %s ." % (
        2 * ('"1"^^xsd:nonNegativeInteger',)
    )
    assert check(project, many, "ontology") == ([], [])


def test_what_passes_is_what_a_store_gives_back(project):
    context = read_context(project.root)
    assert list(check_literals(context)) == []

    triples = set(context.dataset.triples("ontology", "data"))
    store = ox.Store()
    store.extend(ox.Quad(each.subject, each.predicate, each.object) for each in triples)
    assert {quad.triple for quad in store} == triples
