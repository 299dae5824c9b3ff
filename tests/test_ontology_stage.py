"""The ontology stage: each fault against OWL 2 RL is found where it stands, and no other."""

import socket

import pytest

from contexts import found, read_context
from stimson import paths
from stimson.validation.ontology import check_ontology

HEAD = """\
@prefix ex: <https://example.org/ns#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://example.org/ns> a owl:Ontology ; owl:versionIRI <https://example.org/ns/1> .
ex:A a owl:Class . ex:B a owl:Class . ex:C a owl:Class .
ex:o a owl:ObjectProperty . ex:p a owl:ObjectProperty . ex:t a owl:TransitiveProperty .
ex:d a owl:DatatypeProperty . ex:n a owl:AnnotationProperty .
"""
LINE = 1 + HEAD.count("\n")
SHAPES = "[] a <http://www.w3.org/ns/shacl#NodeShape> .\n"
PROFILE = "owl-profile"


@pytest.fixture
def stage(tmp_path):
    """Check a foreign ontology: the head above, and some more on the line after it."""

    def stage(more: str, data: str = "<https://example.org/x> a <https://example.org/y> .\n"):
        for part, text in (("ontology", HEAD + more), ("shapes", SHAPES), ("data", data)):
            (tmp_path / part).mkdir(exist_ok=True)
            (tmp_path / part / "x.ttl").write_text(text, encoding="utf-8")
        (tmp_path / "stimson.toml").write_text(
            "[validate]\ndata = 'data'\nshapes = 'shapes'\nontology = 'ontology'\nterms = []\n",
            encoding="utf-8",
        )
        return list(check_ontology(read_context(tmp_path)))

    return stage


def some(value: str) -> str:
    return f"[ a owl:Restriction ; owl:onProperty ex:o ; {value} ]"


WITHIN = [
    f"{some('owl:someValuesFrom ex:A')} rdfs:subClassOf ex:B .",
    f"{some('owl:someValuesFrom owl:Thing')} rdfs:subClassOf ex:B .",
    "[ owl:unionOf ( ex:A [ owl:intersectionOf ( ex:B ex:C ) ] ) ] rdfs:subClassOf ex:C .",
    "[ owl:oneOf ( ex:i ex:j ) ] rdfs:subClassOf ex:A .",
    f"ex:A rdfs:subClassOf {some('owl:allValuesFrom ex:B')} .",
    f"ex:A rdfs:subClassOf {some('owl:maxCardinality 1')} .",
    f"ex:A rdfs:subClassOf {some('owl:maxQualifiedCardinality 0 ; owl:onClass ex:B')} .",
    "ex:A rdfs:subClassOf [ owl:complementOf [ owl:unionOf ( ex:B ex:C ) ] ] .",
    f"ex:A owl:equivalentClass {some('owl:hasValue ex:i')} .",
    "ex:A owl:equivalentClass [ owl:intersectionOf ( ex:B ex:C ) ] .",
    "ex:A owl:intersectionOf ( ex:B ex:C ) .",
    "ex:A owl:disjointWith [ owl:unionOf ( ex:B ex:C ) ] .",
    "ex:o rdfs:domain ex:A ; rdfs:range ex:B .",
    "ex:d rdfs:range xsd:dateTime .",
    "ex:n rdfs:domain ex:A ; rdfs:range xsd:date .",
    "ex:m a rdfs:Datatype ; owl:equivalentClass [ owl:intersectionOf ( xsd:int xsd:short ) ] .",
    f"ex:A rdfs:subClassOf {some('owl:allValuesFrom xsd:string').replace('ex:o', 'ex:d')} .",
    "ex:A owl:hasKey ( ex:o ex:d ) .",
    "ex:o a owl:FunctionalProperty , owl:AsymmetricProperty . ex:d a owl:FunctionalProperty .",
    "ex:o owl:inverseOf ex:p . ex:d rdfs:subPropertyOf owl:topDataProperty .",
    "ex:o owl:propertyChainAxiom ( ex:p ex:t ) .",
    "ex:i a ex:A , [ owl:complementOf ex:B ] .",
    "ex:A a ex:B .",
]
OUTSIDE = [
    (f"ex:A rdfs:subClassOf {some('owl:someValuesFrom ex:B')} .", "existential restriction (owl:s"),
    (
        "ex:A rdfs:subClassOf [ owl:unionOf ( ex:B ex:C ) ] .",
        "a union (owl:unionOf) cannot be a su",
    ),
    ("ex:A rdfs:subClassOf [ owl:oneOf ( ex:i ) ] .", "an enumeration (owl:oneOf) cannot be"),
    (f"ex:A rdfs:subClassOf {some('owl:minCardinality 1')} .", "a minimum number"),
    (f"ex:A rdfs:subClassOf {some('owl:hasSelf true')} .", "a restriction to itself"),
    (f"ex:A rdfs:subClassOf {some('owl:maxCardinality 2')} .", "owl:maxCardinality is 0 or 1"),
    ("ex:A rdfs:subClassOf [ owl:maxCardinality 1 ] .", "names no property"),
    (f"{some('owl:allValuesFrom ex:A')} rdfs:subClassOf ex:B .", "universal restriction (owl:a"),
    ("[ owl:complementOf ex:A ] rdfs:subClassOf ex:B .", "a complement (owl:complementOf) cann"),
    (f"ex:A owl:equivalentClass {some('owl:someValuesFrom ex:B')} .", "cannot be an equivalent"),
    ("ex:A owl:unionOf ( ex:B ex:C ) .", "a union (owl:unionOf) cannot be an equivalent class"),
    ("ex:A owl:disjointUnionOf ( ex:B ex:C ) .", "OWL 2 RL has no owl:disjointUnionOf"),
    ("ex:A rdfs:subClassOf owl:Thing .", "owl:Thing cannot be a superclass"),
    ("ex:i a owl:Thing .", "owl:Thing cannot be a superclass"),
    ('ex:A rdfs:subClassOf "B" .', "A literal cannot be a superclass"),
    ("ex:A rdfs:subClassOf [ a owl:Class ] .", "describes no class"),
    ("ex:A rdfs:subClassOf _:x . _:x owl:complementOf [ owl:unionOf ( ex:B _:x ) ] .", None),
    ("ex:A rdfs:subClassOf [ owl:intersectionOf ex:B ] .", "This list is broken"),
    (
        "ex:A rdfs:subClassOf [ owl:intersectionOf _:l ] . _:l rdf:first ex:B ; rdf:rest _:l .",
        "list",
    ),
    (
        "[ owl:oneOf ( ex:i ) ; owl:unionOf ( ex:A ) ] rdfs:subClassOf ex:B .",
        "cannot be a union and",
    ),
    ("ex:o rdfs:domain [ owl:unionOf ( ex:A ex:B ) ] .", "cannot be a superclass, a domain or a"),
    ("ex:o rdfs:range xsd:string .", "xsd:string is a datatype, but a class must stand here"),
    ("ex:d rdfs:range xsd:date .", "xsd:date is no datatype of OWL 2 RL"),
    ("ex:d rdfs:range [ owl:oneOf ( 1 2 ) ] .", "an enumeration (owl:oneOf) cannot be a datatype"),
    ("ex:D rdfs:subClassOf ex:A .", "ns#D> is used as a class; declare it"),
    ("ex:o a owl:ReflexiveProperty .", "no reflexive properties"),
    ("ex:o a owl:DatatypeProperty .", "cannot be both an object property and a datatype property"),
    ("ex:o a owl:AnnotationProperty .", "both an object property and an annotation property"),
    ("ex:A a rdfs:Datatype .", "cannot be both a class and a datatype"),
    ("ex:d a owl:TransitiveProperty .", "is a datatype property, but an object property must"),
    ("ex:n a owl:FunctionalProperty .", "is an annotation property, but an object property or a"),
    ("ex:t a owl:FunctionalProperty .", "does not let it be functional"),
    ("ex:o a owl:AsymmetricProperty . ex:t rdfs:subPropertyOf ex:o .", "let it be asymmetric"),
    ("ex:t owl:propertyDisjointWith ex:o .", "let it be disjoint with another"),
    (f"ex:A rdfs:subClassOf {some('owl:maxCardinality 1').replace('ex:o', 'ex:t')} .", "in number"),
    (
        "ex:o rdfs:subPropertyOf ex:d .",
        "an object property, cannot be below <https://example.org/ns#d",
    ),
    ("ex:o owl:equivalentProperty ex:n .", "is an annotation property, but"),
    ("ex:o owl:inverseOf ex:d .", "is a datatype property, but an object property must stand"),
    ("ex:o owl:propertyChainAxiom ( ex:p ex:d ) .", "is a datatype property, but an object"),
    ("ex:A owl:hasKey ( ex:n ) .", "is an annotation property, but an object property or a"),
    ("ex:A rdfs:subClassOf [ owl:onProperty ex:n ; owl:allValuesFrom ex:B ] .", "is an annotation"),
    ("ex:q rdfs:domain ex:A .", "ns#q> is used as a property; declare it: `a owl:ObjectProperty`"),
    ("ex:o rdfs:domain owl:topDataProperty .", "can only be above other properties"),
]


def profile(findings) -> list:
    return [finding for finding in findings if finding.rule.endswith(f"/{PROFILE}")]


def test_our_own_ontology_is_without_fault():
    assert list(check_ontology(read_context(paths.ASSETS))) == []


@pytest.mark.parametrize("more", WITHIN)
def test_what_is_within_the_profile_is_let_pass(stage, more):
    assert profile(stage(more)) == []


@pytest.mark.parametrize(("more", "words"), OUTSIDE)
def test_what_is_outside_of_the_profile_is_found_on_its_line(stage, more, words):
    findings = profile(stage(f"{more}\n"))

    assert {(each.severity, each.file.name, each.line) for each in findings} == {
        ("warning", "x.ttl", LINE)
    }
    assert any((words or "contains itself") in each.message for each in findings), findings
    assert len(findings) <= 2


def test_it_is_a_violation_where_our_own_terms_are_to_be_defined(project):
    ontology = project.root / "ontology" / "mini.ttl"
    line, column = project.change(ontology, "rdfs:range st:Quotation", "rdfs:range xsd:date")
    project.change(
        ontology, "@prefix owl:", "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n@prefix owl:"
    )

    assert found(profile(check_ontology(read_context(project.root)))) == [
        ("owl-profile", "violation", "mini.ttl", line + 1, column + len("rdfs:range "))
    ]


def test_an_axiom_that_no_rule_reads_is_found_once_in_a_file(stage):
    findings = stage("ex:A owl:hasKey ( ex:o ) .\nex:B owl:hasKey ( ex:o ) .\n")

    assert [line[:4] for line in found(findings)] == [
        ("unsupported-axiom", "warning", "x.ttl", LINE)
    ]
    assert "No rule reads owl:hasKey (2 times in this file)" in findings[0].message
    assert found(stage("ex:o owl:propertyChainAxiom ( ex:p ex:t ex:p ) .\n")) == [
        ("unsupported-axiom", "warning", "x.ttl", LINE, 29)
    ]


def test_what_is_said_once_is_not_said_again(stage):
    """A restriction that is outside of the profile is not also one that no rule reads."""
    findings = stage(f"ex:A rdfs:subClassOf {some('owl:someValuesFrom ex:B')} .\n")

    assert [line[0] for line in found(findings)] == ["owl-profile"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("ex:A rdfs:subClasOf ex:B .", "There is no rdfs:subClasOf; did you mean rdfs:subClassOf?"),
        ("ex:E a owl:Clas .", "There is no owl:Clas; did you mean owl:Class?"),
        ("ex:i rdf:typ ex:A .", "There is no rdf:typ; did you mean rdf:type?"),
    ],
)
def test_a_misspelt_term_is_found_with_its_cure(stage, more, message):
    (finding,) = stage(more)

    assert found([finding])[0][:4] == ("unknown-term", "violation", "x.ttl", LINE)
    assert finding.message == message


def test_a_misspelt_term_is_found_in_the_data_too(stage):
    rdfs = "http://www.w3.org/2000/01/rdf-schema#"
    (finding,) = stage("", data=f'<https://example.org/x>\n <{rdfs}lable> "x" .\n')

    assert (finding.line, finding.path) == (2, f"{rdfs}lable")
    assert stage("ex:i rdf:_1 ex:A .") == []


def test_a_contradiction_is_found_where_the_data_say_it(stage):
    findings = stage(
        "ex:A owl:disjointWith ex:B . ex:C rdfs:subClassOf ex:A .",
        data="@prefix ex: <https://example.org/ns#> .\nex:one a ex:C ,\n   ex:B .\n",
    )

    assert found(findings) == [("contradiction", "violation", "x.ttl", 3, 4)]
    assert findings[0].focus == "https://example.org/ns#one"


def test_missing_imports_are_found_and_never_fetched(stage, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: pytest.fail("it was fetched"))

    findings = stage(
        "<https://example.org/ns> owl:imports <https://example.org/ns> ,\n"
        "  <https://example.org/nss> ,\n"
        "  <http://www.w3.org/2004/02/skos/core> .\n"
    )

    assert found(findings) == [
        ("import-missing", "violation", "x.ttl", LINE + 1, 3),
        ("import-missing", "warning", "x.ttl", LINE + 2, 3),
    ]
    assert "did you mean <https://example.org/ns>?" in findings[0].message


def test_imports_in_a_circle_by_name_and_by_version_are_whole(stage):
    more = (
        "<https://example.org/ns> owl:imports <https://example.org/two> .\n"
        "<https://example.org/two> a owl:Ontology ; owl:versionIRI <https://example.org/two/1> ;\n"
        " owl:imports <https://example.org/ns/1> , <https://example.org/two/1> .\n"
    )

    assert stage(more) == []


@pytest.mark.parametrize("version", ["", "; owl:versionIRI <https://example.org/two> "])
def test_an_ontology_names_a_version_of_its_own(stage, version):
    findings = stage(f"<https://example.org/two> a owl:Ontology {version}.\n")

    assert [line[:4] for line in found(findings)] == [("version-missing", "warning", "x.ttl", LINE)]
