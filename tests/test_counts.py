"""Counts find what has gone missing, and what has come twice."""

import pytest

from contexts import found, read_context
from stimson import names, paths
from stimson.validation.completeness import check_counts


@pytest.fixture
def count(project):
    """Check the small project against counts."""

    def count(text: str, **more):
        (project.root / "stimson.toml").write_text(
            "[validate]\ndata = 'data'\nshapes = 'shapes'\nontology = 'ontology'\n" + text,
            encoding="utf-8",
        )
        return list(check_counts(read_context(project.root, **more)))

    return count


def test_our_own_counts_are_true():
    context = read_context(paths.ASSETS)

    assert len(context.project.counts) > 10
    assert list(check_counts(context)) == []


def limits(name: str, **given: int) -> str:
    lines = "".join(f"{key} = {value}\n" for key, value in given.items())
    return f"[[validate.counts]]\nclass = '{name}'\n{lines}"


def test_true_counts_find_nothing(count):
    assert count(limits("st:State", minimum=2, maximum=2) + limits("st:Claim", maximum=0)) == []


def test_too_few_and_too_many_are_found_at_the_line_of_the_entry(count):
    findings = count(limits("st:State", minimum=3) + limits("st:State", maximum=1))

    assert found(findings) == [
        ("count", "violation", "stimson.toml", 5, 1),
        ("count", "violation", "stimson.toml", 8, 1),
    ]
    assert [finding.message for finding in findings] == [
        "st:State: there are 2 of this class, but at least 3 must be.",
        "st:State: there are 2 of this class, but at most 1 may be.",
    ]
    assert {finding.focus for finding in findings} == {f"{names.ST}State"}


def test_things_of_a_class_below_count_once_even_in_a_circle(count, project):
    (project.root / "ontology" / "more.ttl").write_text(
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        f"@prefix st: <{names.ST}> .\n"
        "st:Actor rdfs:subClassOf st:Body , st:State .\n"
        "<https://example.org/x> a st:State , st:Actor .\n",
        encoding="utf-8",
    )

    assert count(limits("st:Body", minimum=3, maximum=3)) == []


def test_a_class_of_which_there_is_nothing_is_asked_after(count):
    (finding,) = count(limits("st:Sttement", minimum=1))

    assert finding.message.endswith("at least 1 must be; did you mean st:Statement?")
