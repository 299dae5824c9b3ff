"""The Turtle report is a SHACL validation report, by the standard's own demands."""

from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import DCTERMS, FOAF, RDF, RDFS, SH, VOID, XSD, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.compare import isomorphic

from reports_samples import HOSTILE, SHAPE, STATEMENT, hostile, render, sample, violation
from stimson import names
from stimson.findings import report

STANDARD = Graph().parse(Path(__file__).parent / "fixtures" / "reports" / "validation-report.ttl")
EARL = "http://www.w3.org/ns/earl#"
PTR = "http://www.w3.org/2009/pointers#"
OA = "http://www.w3.org/ns/oa#"
# The terms we use of vocabularies that rdflib does not list, each looked up in them.
LISTED = {
    EARL: "TestCriterion TestResult failed outcome passed pointer",
    PTR: "LineCharPointer SinglePointer charNumber lineNumber reference",
    OA: "Annotation bodyValue hasTarget moderating motivatedBy",
    "https://schema.org/": "expires",
}
CLOSED = (DCTERMS, FOAF, RDF, RDFS, SH, VOID, XSD)
OTHERS = (names.SHAPE, names.RULE, names.ST, names.ID, "https://example.org/", "x:")
EACH = pytest.mark.parametrize("make", [sample, hostile, lambda root: report([], 0)])


def graph_of(found, root) -> Graph:
    return Graph().parse(data=render("turtle", found, root), format="turtle")


def faults(graph: Graph) -> str:
    """Say what is wrong with a report by the standard; nothing, if it is valid."""
    valid, _, text = pyshacl.validate(graph, shacl_graph=STANDARD, advanced=True)
    return "" if valid else text


def results(graph: Graph) -> list:
    return list(graph.subjects(RDF.type, SH.ValidationResult))


@EACH
def test_a_report_is_valid(make, tmp_path):
    assert faults(graph_of(make(tmp_path), tmp_path)) == ""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sh:conforms false", "sh:conforms true"),
        ("sh:conforms false ;", ""),
        ("sh:resultSeverity sh:Info", 'sh:resultSeverity "info"'),
        ("sh:focusNode _:project ;", ""),
        ("sh:sourceConstraintComponent rule:syntax", 'sh:sourceConstraintComponent "syntax"'),
        ("sh:resultPath st:speaker", 'sh:resultPath "st:speaker"'),
        ("sh:resultPath st:speaker", "sh:resultPath ( st:speaker )"),
        (
            "sh:resultPath st:speaker",
            "sh:resultPath [ sh:inversePath st:x ; sh:oneOrMorePath st:y ]",
        ),
        ("sh:resultMessage", "sh:value 1, 2 ; sh:resultMessage"),
    ],
)
def test_a_report_that_is_not_valid_is_seen_to_be_so(tmp_path, old, new):
    written = render("turtle", sample(tmp_path), tmp_path)
    assert old in written

    assert faults(Graph().parse(data=written.replace(old, new, 1), format="turtle")) != ""


@EACH
def test_both_libraries_read_the_same(make, tmp_path):
    written = render("turtle", make(tmp_path), tmp_path)

    triples = ox.parse(written, ox.RdfFormat.TURTLE)
    lines = ox.serialize([quad.triple for quad in triples], format=ox.RdfFormat.N_TRIPLES)

    assert isomorphic(
        Graph().parse(data=written, format="turtle"), Graph().parse(data=lines, format="nt")
    )


@EACH
def test_all_terms_exist(make, tmp_path):
    graph = graph_of(make(tmp_path), tmp_path)
    iris = {term for triple in graph for term in triple if isinstance(term, URIRef)}
    known = {URIRef(f"{space}{term}") for space, terms in LISTED.items() for term in terms.split()}

    foreign = {iri for iri in iris - known if not str(iri).startswith(OTHERS)}

    assert {iri for iri in foreign if not any(iri in space for space in CLOSED)} == set()


def test_every_finding_is_a_result(tmp_path):
    found = sample(tmp_path)
    graph = graph_of(found, tmp_path)

    prints = {str(graph.value(result, DCTERMS.identifier)) for result in results(graph)}

    assert prints == {finding.fingerprint for finding in found.findings}
    assert len(results(graph)) == len(found.findings)


def test_a_result_of_a_shape(tmp_path):
    graph = graph_of(report([violation(tmp_path, value='"01"^^<http://x/int>')], 1), tmp_path)
    (result,) = results(graph)

    said = {
        str(predicate).removeprefix(str(SH)): value
        for predicate, value in graph.predicate_objects(result)
        if predicate in SH
    }

    assert said == {
        "focusNode": URIRef(f"{names.ID}statement/2"),
        "resultPath": URIRef(f"{names.ST}speaker"),
        "value": Literal("01", datatype=URIRef("http://x/int")),
        "resultSeverity": SH.Violation,
        "sourceShape": URIRef(SHAPE),
        "sourceConstraintComponent": SH.MinCountConstraintComponent,
        "resultMessage": Literal("Name one speaker."),
    }


def test_a_result_of_another_stage_has_a_component_of_ours_and_no_shape(tmp_path):
    graph = graph_of(sample(tmp_path), tmp_path)
    (result,) = graph.subjects(SH.resultMessage, Literal("Expected a dot."))

    assert graph.value(result, SH.sourceConstraintComponent) == URIRef(f"{names.RULE}syntax")
    assert graph.value(result, SH.sourceShape) is None
    assert graph.value(graph.value(result, SH.focusNode), DCTERMS.identifier) == Literal(
        "data/a.ttl"
    )


def test_a_shape_without_a_name_is_not_taken_for_a_rule_of_ours(tmp_path):
    found = report([violation(tmp_path, rule=f"{names.RULE}anonymous-shape")], 1)
    graph = graph_of(found, tmp_path)
    (result,) = results(graph)

    assert graph.value(result, SH.sourceConstraintComponent) == SH.MinCountConstraintComponent
    assert graph.value(result, SH.sourceShape) is None


def test_the_place_of_a_result(tmp_path):
    graph = graph_of(report([violation(tmp_path)], 1), tmp_path)
    pointer = graph.value(results(graph)[0], URIRef(f"{EARL}pointer"))
    file = graph.value(pointer, URIRef(f"{PTR}reference"))

    assert graph.value(file, DCTERMS.identifier) == Literal("data/a.ttl")
    for term, number in (("lineNumber", "3"), ("charNumber", "6")):
        expected = Literal(number, datatype=XSD.positiveInteger)
        assert graph.value(pointer, URIRef(f"{PTR}{term}")) == expected


def test_a_waiver_is_an_annotation_of_its_result(tmp_path):
    graph = graph_of(sample(tmp_path), tmp_path)
    (annotation,) = graph.subjects(RDF.type, URIRef(f"{OA}Annotation"))
    result = graph.value(annotation, URIRef(f"{OA}hasTarget"))

    assert graph.value(result, SH.focusNode) == URIRef(STATEMENT)
    assert graph.value(annotation, URIRef(f"{OA}bodyValue")) == Literal(
        "The minutes do not say who spoke."
    )
    assert graph.value(annotation, URIRef("https://schema.org/expires")) == Literal(
        "2031-12-31", datatype=XSD.date
    )


def test_conforming_is_the_standards_and_the_outcome_is_the_runs(tmp_path):
    passed = replace(report([violation(tmp_path, severity="info")], 1), fail_on="warning")

    def said(found):
        graph = graph_of(found, tmp_path)
        (node,) = graph.subjects(RDF.type, SH.ValidationReport)
        outcome = graph.value(node, URIRef(f"{EARL}outcome"))
        return graph.value(node, SH.conforms).value, str(outcome).removeprefix(EARL)

    assert said(passed) == (False, "passed")
    assert said(replace(passed, fail_on="info")) == (False, "failed")
    assert said(report([], 1)) == (True, "passed")


def path_of(text: str, root: Path):
    graph = graph_of(report([violation(root, path=text)], 1), root)
    return graph, graph.value(results(graph)[0], SH.resultPath)


@pytest.mark.parametrize(
    ("text", "turtle"),
    [
        ("^st:a", "[ sh:inversePath st:a ]"),
        ("(st:a/st:b)", "( st:a st:b )"),
        ("st:a/st:b", "( st:a st:b )"),
        (
            "(st:a|^st:b|<urn:x:c>)",
            "[ sh:alternativePath ( st:a [ sh:inversePath st:b ] <urn:x:c> ) ]",
        ),
        ("st:a*", "[ sh:zeroOrMorePath st:a ]"),
        ("st:a+", "[ sh:oneOrMorePath st:a ]"),
        ("st:a?", "[ sh:zeroOrOnePath st:a ]"),
        ("^st:a*", "[ sh:inversePath [ sh:zeroOrMorePath st:a ] ]"),
        (
            "((^st:a/rdf:rest*)|(st:b/st:c)+)",
            "[ sh:alternativePath ( ( [ sh:inversePath st:a ] [ sh:zeroOrMorePath rdf:rest ] )"
            " [ sh:oneOrMorePath ( st:b st:c ) ] ) ]",
        ),
    ],
)
def test_a_path_of_several_properties(tmp_path, text, turtle):
    graph, node = path_of(text, tmp_path)
    expected = Graph().parse(
        data=f"@prefix st: <{names.ST}> . @prefix sh: <{SH}> . @prefix rdf: <{RDF}> . "
        f"<urn:x:s> sh:resultPath {turtle} .",
        format="turtle",
    )

    reached = Graph().add((URIRef("urn:x:s"), SH.resultPath, node))
    open_nodes = [node]
    while open_nodes:
        for triple in graph.triples((open_nodes.pop(), None, None)):
            reached.add(triple)
            if isinstance(triple[2], BNode):
                open_nodes.append(triple[2])

    assert isomorphic(reached, expected)
    assert faults(graph) == ""


@pytest.mark.parametrize(
    "text", ["st:a st:b", "(st:a/st:b", "st:a)", "st:a//st:b", "^", "", "<a b>", "st:a/st:b|st:c"]
)
def test_a_path_that_cannot_be_read_is_given_in_words(tmp_path, text):
    graph, node = path_of(text, tmp_path)

    assert node is None
    assert graph.value(results(graph)[0], RDFS.comment) == Literal(f"Path: {text}")
    assert faults(graph) == ""


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("https://example.org/é", URIRef("https://example.org/é")),
        ("urn:x:y", URIRef("urn:x:y")),
        ("https://w3id.org/stimson/ontology#a/b.", URIRef(f"{names.ST}a/b.")),
        ('"a\\nb"', Literal("a\nb")),
        ('"é"@en-GB', Literal("é", lang="en-gb")),
        ('"1.50"^^<http://x/d>', Literal("1.50", datatype=URIRef("http://x/d"))),
        ("data/**/*.ttl", Literal("data/**/*.ttl")),
        ("no iri: at all", Literal("no iri: at all")),
        ('"a" . <x:a> <x:b> "c"', Literal('"a" . <x:a> <x:b> "c"')),
        ("_:a b", Literal("_:a b")),
        (HOSTILE.strip(), Literal(HOSTILE.strip())),
    ],
)
def test_a_value_is_the_term_that_was_meant(tmp_path, text, term):
    written = render("turtle", report([violation(tmp_path, value=text)], 1), tmp_path)
    graph = Graph()
    for quad in ox.parse(written, ox.RdfFormat.TURTLE):
        if quad.predicate.value == str(SH.value):
            graph.parse(data=f"<x:s> <x:p> {quad.object} .", format="nt")

    assert [value.n3().lower() for value in graph.objects()] == [term.n3().lower()]


def test_the_rules_that_spoke_are_described(tmp_path):
    graph = graph_of(sample(tmp_path), tmp_path)
    rules = set(graph.subjects(RDF.type, URIRef(f"{EARL}TestCriterion")))

    assert rules == {URIRef(each.rule) for each in sample(tmp_path).findings}
    assert graph.value(URIRef(SHAPE), RDFS.label) == Literal("speaker")
    assert graph.value(URIRef(SHAPE), DCTERMS.description) == Literal("A statement has a speaker.")


def test_a_blank_node_is_the_same_node_throughout(tmp_path):
    found = report([violation(tmp_path, focus="_:g1"), violation(tmp_path, value="_:g1")], 1)
    graph = graph_of(found, tmp_path)

    assert set(graph.objects(None, SH.value)) < set(graph.objects(None, SH.focusNode))


def test_what_was_not_checked_is_said(tmp_path):
    graph = graph_of(sample(tmp_path), tmp_path)
    (node,) = graph.subjects(RDF.type, SH.ValidationReport)

    assert {str(text) for text in graph.objects(node, RDFS.comment)} == {
        "Not checked: counts (the project file names no counts)",
        "Not checked: queries (not asked for)",
        "Nothing was compared.",
    }


def test_only_prefixes_in_use_are_declared(tmp_path):
    written = render("turtle", report([], 0), tmp_path)

    declared = [line.split()[1] for line in written.splitlines() if line.startswith("@prefix")]
    assert declared == ["earl:", "sh:"]


def test_lists_are_well_formed(tmp_path):
    graph, node = path_of("(st:a/st:b/st:c)", tmp_path)

    assert len(Collection(graph, node)) == 3
