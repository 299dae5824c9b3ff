"""Quotations are exact: each kind of slip is found, and found where it stands."""

import hashlib
from types import SimpleNamespace

import pyoxigraph as ox
import pytest

from stimson import names
from stimson.errors import NothingToRead
from stimson.project import Project
from stimson.rdf import Index, read_dataset
from stimson.rdf.turtle.source_map import SourceMap
from stimson.sources import quotations
from stimson.sources.quotations import Quote, check_quotations, find_quotes, read_passages, seal

PLAIN = "ASCII only: a duty to report, a duty to report."
ODD = '“Їжак” \t\\ "quoted"\r\nnext 🕊 line'


def find(project, sources=False):
    """Check the quotations of a project, with the texts of its sources or without."""
    dataset = read_dataset(project.folders)
    checked = Project(project.root, project.folders, sources=project.sources if sources else None)
    context = SimpleNamespace(project=checked, dataset=dataset, places=SourceMap(dataset))
    findings = list(check_quotations(context))
    assert all(finding.severity == "violation" for finding in findings)
    return findings


def check(project, sources=False):
    """List rule, line and column of what is found."""
    findings = find(project, sources)
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

    line, column = project.change(project.minutes, "oa:start 221", "oa:start  221")
    assert check(project) == [("quotation-overlap", line, column + len("oa:start  "))]
    (finding,) = find(project)
    assert finding.message == (
        "Character 189 of the source is 'f' here but 'o' in quotation:minutes-2031-130; "
        "correct the wrong position."
    )


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


def test_a_passage_may_end_with_its_source_and_no_further(project):
    text = project.sources / "minutes-2031.txt"
    length = len(text.read_bytes().decode())

    project.change(project.minutes, "oa:end 296", f"oa:end {length}")
    assert check(project, sources=True) == []

    line, column = project.change(project.minutes, f"oa:end {length}", f"oa:end {length + 1}")
    assert check(project, sources=True) == [("passage-position", line, column + len("oa:end "))]


def test_a_quotation_that_is_one_letter_longer_than_its_source_is_found(project):
    # Sealed and as long as it says, with a letter of its own behind the end of the text.
    length = len((project.sources / "minutes-2031.txt").read_bytes().decode())
    add_quotation(project, length - 9, "meeting.\n!")

    assert check(project) == []
    assert [rule for rule, *_ in check(project, sources=True)] == ["passage-position"]


@pytest.mark.parametrize("prefix", ["", "M"])
def test_a_quotation_may_begin_with_its_source(project, prefix):
    add_quotation(project, len(prefix), "Minutes"[len(prefix) :], prefix)

    assert check(project, sources=True) == []


def add_quotation(project, start, exact, prefix=""):
    """Quote the minutes once more, with words that nothing follows."""
    quote = Quote(exact, prefix, "", start)
    (project.root / "data" / "more.ttl").write_text(
        quotations.prefixes() + quotations.written(quote, "minutes-2031"), "utf-8"
    )


def test_every_source_is_compared_whether_it_is_quoted_or_only_described(project):
    described, used = project.root / "data" / "described.ttl", project.root / "data" / "used.ttl"
    prefixes = (
        "@prefix dcterms: <http://purl.org/dc/terms/> . @prefix oa: <http://www.w3.org/ns/oa#> .\n"
    )
    prefixes += quotations.prefixes()
    described.write_text(
        f'{prefixes}source:a dcterms:identifier "a" ; st:textSha256 "0" .\n'
        f'source:b dcterms:identifier <urn:b> ; st:textSha256 "0" .\n'
    )
    used.write_text(
        f"{prefixes}source:c a st:Passage ; oa:hasSource source:d ; oa:hasSelector [ "
        "a oa:TextPositionSelector ; oa:start 1 ; oa:end 2 ] .\n"
    )

    found = [finding for finding in find(project, sources=True) if "minutes" not in finding.message]
    assert [finding.rule for finding in found] == [f"{names.RULE}source-missing"] * 3
    assert [finding.message.partition(";")[0] for finding in found] == [
        "No archived text a.txt to compare with",
        "No archived text to compare with",
        "No archived text to compare with",
    ]
    assert f"; add it to {project.sources} or correct dcterms:identifier." in found[0].message


def test_the_ontology_may_quote_too(project):
    add_quotation(project, 5, "nothing of the kind")
    file = project.root / "data" / "more.ttl"
    file.rename(project.root / "ontology" / "more.ttl")

    assert [rule for rule, *_ in check(project, sources=True)] == ["quotation-text"]


def test_a_slip_in_one_passage_hides_none_in_another(project):
    add_quotation(project, 223, "XX")  # in the middle of another quotation
    more = (project.root / "data" / "more.ttl").read_text("utf-8")
    fresh = more.replace("minutes-2031-223", "minutes-2031-131").replace("223", "131")
    fresh = fresh.replace("oa:end 225", "oa:end 133")
    (project.root / "data" / "yet-more.ttl").write_text(fresh, "utf-8")

    assert [rule for rule, *_ in check(project)] == ["quotation-overlap"] * 2


@pytest.mark.parametrize(
    ("old", "new", "messages"),
    [
        (
            "oa:end 296",
            "oa:end 267",
            ["A passage ends after it starts; this one runs from 267 to 267."],
        ),
        (
            "oa:end 296",
            "oa:end 298",
            ["The passage ends at 298, but the source has 297 characters."],
        ),
        (
            "as binding",
            "as bindin",
            [
                "The words have 43 characters, but 222 to 266 is 44; correct whichever differs "
                "from the source.",
                "Prefix, words and suffix do not match st:passageSha256: a letter was changed. "
                "Restore it from the source, or run `stimson quote find` anew.",
                "The source reads '\"We do not recognise the duty 🕊 as binding.\"' here; copy it, "
                "or correct the position.",
            ],
        ),
        (
            "    oa:start 222 ;\n    oa:end 266 .",
            "    oa:other 1 .",
            [
                "This passage cannot be checked: it lacks oa:start (a whole number), "
                "oa:end (a whole number)."
            ],
        ),
        (
            'oa:exact "\\"We do',
            'oa:other "\\"We do',
            ["This passage cannot be checked: it lacks oa:exact."],
        ),
    ],
)
def test_each_finding_says_what_is_wrong(project, old, new, messages):
    project.change(project.minutes, old, new)

    assert [finding.message for finding in find(project, sources=True)][: len(messages)] == messages


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


@pytest.mark.parametrize("identifier", ["odd-1", "Звіт 1", "a/b?c#d"])
@pytest.mark.parametrize("phrase", ["Їжак", '\t\\ "quoted"\r\nnext 🕊', ODD])
def test_composed_turtle_says_exactly_what_was_found(phrase, identifier):
    (quote,) = find_quotes(ODD, phrase)

    text = quotations.prefixes() + quotations.written(quote, identifier)
    assert "\t" not in text, "an editor may turn it into spaces"
    assert "/a/b" not in text, "it is one segment of the IRI"
    (passage,) = read_passages(index(text))

    assert (passage.exact, passage.prefix, passage.suffix) == (
        quote.exact,
        quote.prefix,
        quote.suffix,
    )
    assert (passage.start, passage.end) == (quote.start, quote.end)
    assert passage.sha256 == seal(quote.prefix, quote.exact, quote.suffix)
    assert ODD[passage.start : passage.end] == phrase
