"""Names of the project that nothing defines are found, by the spaces that the project names."""

import difflib

import pytest

from contexts import found, read_context
from stimson import names, paths
from stimson.validation import references
from stimson.validation.references import check_deprecated, check_references

USED = """\
@prefix ex: <http://example.org/> .
@prefix st: <https://w3id.org/stimson/ontology#> .
ex:a a ex:Kind ; ex:p ex:b ;
    ex:q "1"^^ex:money , "2"^^st:money .
"""


def use(project):
    (project.root / "data" / "used.ttl").write_text(USED)


def check(project, toml=None, **more):
    if toml is not None:
        (project.root / "stimson.toml").write_text(toml)
    return found(check_references(read_context(project.root, **more)))


def test_a_sound_project_has_none(project):
    assert check(project) == []


def test_datatypes_are_terms_too_and_others_are_not_ours(project):
    use(project)

    assert check(project) == [("undefined-reference", "violation", "used.ttl", 4, 26)]


def test_a_project_names_its_own_spaces(project):
    use(project)
    toml = """[validate]
    data = "data"
    shapes = "shapes"
    ontology = "ontology"
    terms = ["http://example.org/"]
    things = []
    """
    places = [(line, column) for *_, line, column in check(project, toml)]

    # ex:a is defined, but not in the ontology; ex:p, ex:Kind, ex:b and ex:money nowhere.
    assert sorted(set(places)) == [(3, 8), (3, 23), (4, 10), (4, 26)]
    toml = toml.replace("terms = [", "things = [").replace("things = []\n", "")
    places = [(line, column) for *_, line, column in check(project, toml)]
    assert sorted(set(places)) == [(3, 8), (3, 23), (4, 10), (4, 26)]


def test_without_an_ontology_terms_are_defined_elsewhere(project):
    use(project)
    toml = f'[validate]\ndata = "data"\nshapes = "shapes"\nterms = ["{names.ST}"]\n'

    assert check(project, toml) == []


@pytest.mark.parametrize(
    ("name", "hint"),
    [("statement/minutes-2031-3", "mean statement:minutes-2031-2 or"), ("state/q", "in any file.")],
)
def test_close_names_are_suggested(project, name, hint):
    (project.root / "data" / "used.ttl").write_text(f"<urn:a> <urn:b> <{names.ID}{name}> .")

    (finding,) = check_references(read_context(project.root))
    assert hint in finding.message


def test_of_thousands_of_unknown_names_only_the_first_are_compared_with_others(
    project, monkeypatch
):
    compared = []
    monkeypatch.setattr(difflib, "get_close_matches", lambda *_, **__: compared.append(1) or [])
    lines = [f"<urn:a> <urn:b> <{names.ID}state/{number}-x> ." for number in range(3000)]
    (project.root / "data" / "used.ttl").write_text("\n".join(lines))

    assert len(check(project)) == 3000
    assert len(compared) == references._HINTS


DEPRECATED = """
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix st: <https://w3id.org/stimson/ontology#> .
st:Old a owl:Class ; owl:deprecated true ; dcterms:isReplacedBy st:New .
st:New a owl:Class ; owl:deprecated false .
st:gone a owl:ObjectProperty ; owl:deprecated "1"^^<http://www.w3.org/2001/XMLSchema#boolean> .
"""


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        ("<urn:x> a st:New, st:Old .", 19, "st:Old is deprecated; use st:New."),
        ("<urn:x> st:gone <urn:y> .", 17, "st:gone is deprecated."),
        ("<urn:x> a st:New .", None, None),
    ],
)
def test_data_use_no_deprecated_term_and_are_told_which_one_instead(project, line, column, message):
    (project.root / "ontology" / "old.ttl").write_text(DEPRECATED)
    prefix = "@prefix st: <https://w3id.org/stimson/ontology#> .\n"
    (project.root / "data" / "used.ttl").write_text(f"{prefix}{line}\n")

    findings = list(check_deprecated(read_context(project.root)))

    expected = [("deprecated-term", "violation", "used.ttl", 2, column)] if message else []
    assert found(findings) == expected
    assert [finding.message for finding in findings] == [message] * len(expected)


def test_no_term_of_ours_is_deprecated_and_used():
    assert list(check_deprecated(read_context(paths.ASSETS))) == []
