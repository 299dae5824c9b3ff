"""Quotations are exact: each kind of slip is found, and found where it stands."""

import hashlib
from types import SimpleNamespace

import pyoxigraph as ox
import pytest

from stimson import names
from stimson.dataset import Index, read_dataset
from stimson.errors import NothingToRead
from stimson.locate import Places
from stimson.project import Project
from stimson.quotations import compose, find_quotes, seal
from stimson.quotations.check import check_quotations
from stimson.quotations.passages import read_passages

PLAIN = "ASCII only: a duty to report, a duty to report."
ODD = '“Їжак” \t\\ "quoted"\r\nnext 🕊 line'


def check(project, sources=False):
    """List rule, line and column of what is found."""
    dataset = read_dataset(project.folders)
    checked = Project(project.root, project.folders, sources=project.sources if sources else None)
    context = SimpleNamespace(project=checked, dataset=dataset, places=Places(dataset))
    findings = list(check_quotations(context))
    assert all(finding.severity == "violation" for finding in findings)
    return sorted((f.rule.removeprefix(names.RULE), f.line, f.column) for f in findings)


def index(text):
    """Read Turtle to look things up in."""
    return Index(ox.parse(text, format=ox.RdfFormat.TURTLE))


@pytest.mark.parametrize("sources", [False, True])
def test_exact_quotations_pass(project, sources):
    assert check(project, sources) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [('as binding.\\"', 'as bindinq.\\"'), ("We do", "we do"), ("as binding", "as  bindin")],
)
def test_an_altered_letter_is_found_without_the_source_text(project, old, new):
    line, _ = project.change(project.minutes, old, new)

    assert check(project) == [("quotation-seal", line, 14)]


def test_an_altered_letter_in_the_surroundings_is_found_too(project):
    line, _ = project.change(project.minutes, "The chair closed the", "The chair opened the")

    assert check(project) == [("quotation-seal", line - 1, 14)]


def test_a_lost_letter_changes_the_length_too(project):
    line, _ = project.change(project.minutes, "We do not recognise", "We do recognise")

    assert check(project) == [("quotation-length", line, 14), ("quotation-seal", line, 14)]


def test_empty_words_are_found(project):
    line, _ = project.change(
        project.minutes, '"\\"We do not recognise the duty 🕊 as binding.\\""', '""'
    )

    assert ("quotation-empty", line, 14) in check(project)


@pytest.mark.parametrize("end", ["267", "100"])
def test_a_passage_that_does_not_end_after_its_start_is_found(project, end):
    line, column = project.change(project.minutes, "oa:end 296", f"oa:end {end}")

    assert check(project) == [("passage-position", line, column + len("oa:end "))]


def test_a_passage_that_starts_before_its_source_is_found(project):
    project.change(project.minutes, "oa:start 267", "oa:start -1")

    assert [rule for rule, *_ in check(project)] == ["passage-position"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    oa:start 222 ;\n", ""),
        ("oa:start 222", 'oa:start "222"'),
        ("a oa:TextPositionSelector ;\n    oa:start 222", "oa:start 222"),
        ('oa:exact "\\"We do', 'oa:other "\\"We do'),
    ],
)
def test_a_quotation_that_cannot_be_checked_is_found(project, old, new):
    project.change(project.minutes, old, new)
    line = (
        project.minutes.read_text("utf-8")
        .split("\n")
        .index("quotation:minutes-2031-222 a st:Quotation ;")
    )

    assert check(project) == [("passage-incomplete", line + 1, 1)]


def test_quotations_of_one_source_must_agree_on_the_letters_they_share(project):
    # Shifted as a whole, a quotation is sealed and as long as before; only its neighbour,
    # whose surroundings overlap with it, can tell without the source.
    project.change(project.minutes, "oa:start 222", "oa:start 221")
    project.change(project.minutes, "oa:end 266", "oa:end 265")

    assert [rule for rule, *_ in check(project)] == ["quotation-overlap"]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        # Sealed anew by someone who also changed the words: only the source can tell.
        ("We do not recognise", "We do not recognize", "quotation-text"),
        ("Otherland (Інша Країна) said", "Otherland (Інша Країна) says", "quotation-text"),
        ("The chair closed the", "The chair opened the", "quotation-text"),
    ],
)
def test_words_sealed_anew_are_compared_with_the_source(project, old, new, rule):
    project.change(project.minutes, old, new)
    text = project.minutes.read_text("utf-8")
    passages = read_passages(index(text))
    changed = next(p for p in passages if p.exact and "recogni" in p.exact)
    text = text.replace(changed.sha256, seal(changed.prefix, changed.exact, changed.suffix))
    project.minutes.write_text(text, "utf-8")

    assert check(project) == []
    assert [found for found, *_ in check(project, sources=True)] == [rule]


def test_a_changed_source_text_is_found(project):
    text = project.sources / "minutes-2031.txt"
    text.write_bytes(text.read_bytes() + b"\n")
    given = hashlib.sha256(text.read_bytes()).hexdigest()

    assert check(project, sources=True) == [("source-hash", 18, 19)]

    stated = hashlib.sha256(text.read_bytes()[:-1]).hexdigest()
    project.change(project.minutes, stated, given)
    assert check(project, sources=True) == []


def test_a_position_behind_the_end_of_the_source_is_found(project):
    line, column = project.change(project.minutes, "oa:end 296", "oa:end 2960")

    assert check(project) == []
    assert check(project, sources=True) == [("passage-position", line, column + 7)]


def test_a_missing_source_text_is_found_and_an_empty_folder_refused(project):
    (project.sources / "minutes-2031.txt").rename(project.sources / "other.txt")
    assert check(project, sources=True) == [("source-missing", 16, 24)]

    (project.sources / "other.txt").unlink()
    with pytest.raises(NothingToRead, match="no source text"):
        check(project, sources=True)


def test_every_place_of_a_phrase_is_found_with_its_surroundings():
    first, second = find_quotes(PLAIN, "a duty")

    assert (first.start, first.end, first.prefix) == (12, 18, "ASCII only: ")
    assert (second.start, second.suffix) == (30, " to report.")
    assert find_quotes(PLAIN, "A duty") == []
    assert find_quotes(PLAIN, "") == []


def test_surroundings_have_at_most_32_characters():
    (quote,) = find_quotes("a" * 50 + "x" + "b" * 50, "x")

    assert (quote.prefix, quote.suffix) == ("a" * 32, "b" * 32)


@pytest.mark.parametrize("identifier", ["odd-1", "Звіт 1"])
@pytest.mark.parametrize("phrase", ["Їжак", '\t\\ "quoted"\r\nnext 🕊', ODD])
def test_composed_turtle_says_exactly_what_was_found(phrase, identifier):
    (quote,) = find_quotes(ODD, phrase)

    text = compose.prefixes() + compose.to_turtle(quote, identifier)
    (passage,) = read_passages(index(text))

    assert (passage.exact, passage.prefix, passage.suffix) == (
        quote.exact,
        quote.prefix,
        quote.suffix,
    )
    assert (passage.start, passage.end) == (quote.start, quote.end)
    assert passage.sha256 == seal(quote.prefix, quote.exact, quote.suffix)
    assert ODD[passage.start : passage.end] == phrase
