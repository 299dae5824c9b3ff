"""Scaffolds and quotations are written into files in which nothing else changes."""

import dataclasses
import json
import re
import subprocess
from pathlib import Path

import pyoxigraph as ox
import pytest

from contributor_project import ORGANIZATIONS, TEXT, ContributorProject, contributor
from stimson import files, names, paths
from stimson.errors import InvalidParameter, StimsonError
from stimson.rdf import named
from stimson.rdf.turtle import edit
from stimson.rdf.turtle.edit import BlockWriter, block, read_turtle
from stimson.rdf.turtle.reader import comments
from stimson.sources import phrases
from stimson.sources.quotations import seal
from stimson.sources.templates import CLAIMS, THINGS

__all__ = ["contributor"]
NEW_SOURCE = ("new", "source", "exampleton-herald", "--text", "texts/herald.txt")
NEW_STATEMENT = (
    *("new", "statement", "--source", "texts/herald.txt"),
    *("--begins", "The Harbour Board", "--ends", "the old line."),
)
WORDS = "we do not recognise\nthe new line on the map"
ADD = ("quote", "add", WORDS, "--source", "texts/herald.txt")


def triples(path: Path) -> set[ox.Triple]:
    return set(read_turtle(path).triples)


def in_house_format(path: Path) -> bool:
    from stimson.rdf.turtle.formatting import formatted

    before, after = formatted(path)
    return before == after


def value(path: Path, subject: str, predicate: str) -> str:
    (found,) = read_turtle(path).index.objects(named(subject), named(predicate))
    return found.value


@pytest.fixture
def described(contributor: ContributorProject) -> ContributorProject:
    contributor.do(*NEW_SOURCE, "--language", "en")
    return contributor


# Sources


def test_a_source_is_described_by_its_text(contributor):
    said = contributor.do(*NEW_SOURCE)

    assert said == (
        "Wrote source:exampleton-herald to data/sources/exampleton-herald.ttl.\n"
        "Next: fill in the 7 gaps (gap:…) there, then run: "
        "stimson validate data/sources/exampleton-herald.ttl\n"
    )
    hashed = subprocess.run(
        ["sha256sum", contributor.text], capture_output=True, text=True, check=True
    )
    thing = "source:exampleton-herald"
    assert value(contributor.source, thing, "st:textSha256") == hashed.stdout.split()[0]
    assert value(contributor.source, thing, "dcterms:identifier") == "herald"
    assert in_house_format(contributor.source)


def test_what_is_given_leaves_no_gap(contributor):
    contributor.do(
        *NEW_SOURCE,
        *("--language", "en", "--title", 'Harbour "Board" \\ will not\tmove'),
        *("--label", "Exampleton Herald: the board keeps to the old line"),
        *("--publisher", "organization:exampleton-herald"),
        *("--date", "2031-02-03", "--date-as-printed", "3 February 2031"),
    )

    assert "gap:" not in contributor.source.read_text("utf-8")
    thing = "source:exampleton-herald"
    assert value(contributor.source, thing, "dcterms:title") == 'Harbour "Board" \\ will not\tmove'
    assert value(contributor.source, thing, "st:notAfter") == "2031-02-03"
    assert in_house_format(contributor.source)


def test_what_looks_like_turtle_stays_a_value(contributor):
    evil = '"@en ; st:textSha256 "0" . source:evil a st:Source # \n'
    contributor.do(*NEW_SOURCE, "--title", evil)

    assert value(contributor.source, "source:exampleton-herald", "dcterms:title") == evil
    assert len({triple.subject for triple in triples(contributor.source)}) == 1


def test_a_source_is_never_overwritten(described):
    assert "is there already; choose another" in described.fail(*NEW_SOURCE)

    # A file in the way that describes something else is not lost either.
    described.source.with_stem("other").write_text("# mine\n", "utf-8")
    (described.root / "other.txt").write_text(TEXT, "utf-8")
    said = described.fail("new", "source", "other", "--text", "other.txt")
    assert "other.ttl is there already; choose another name." in said


def test_a_text_is_described_once(described):
    said = described.fail("new", "source", "again", "--text", "texts/herald.txt")

    assert "source:exampleton-herald has the identifier herald already" in said


def test_what_is_no_data_file_is_not_written(described):
    for command in (NEW_STATEMENT, ADD, ("new", "stance"), ("new", "act")):
        assert "x.ttl is not below" in described.fail(*command, "--to", "x.ttl")
        assert "x.txt must end in .ttl" in described.fail(*command, "--to", "data/x.txt")


@pytest.mark.parametrize(
    "slug", ["a/b", "../etc", "Гербовий", "Herald", "a--b", "-a", "a b", "a.b", ""]
)
def test_a_slug_that_is_none_is_refused(contributor, slug):
    said = contributor.fail("new", "source", "--text", "texts/herald.txt", "--", slug)

    assert said == (
        f"error: {slug!r} is no slug; use small Latin letters, digits and single hyphens, "
        "such as radio-example-mayor.\n"
    )


def test_texts_that_cannot_be_quoted_are_refused(contributor):
    (contributor.root / "latin.txt").write_bytes("Grüße\nund mehr: ß".encode("latin-1"))
    (contributor.root / "empty.txt").write_bytes(b" \n")
    (contributor.root / "herald.html").write_text(TEXT, "utf-8")
    new = ("new", "source", "x", "--text")

    assert "latin.txt:1:3: not UTF-8; save the file as UTF-8" in contributor.fail(*new, "latin.txt")
    assert "empty.txt holds no words" in contributor.fail(*new, "empty.txt")
    assert "herald.html must end in .txt" in contributor.fail(*new, "herald.html")
    assert "none.txt: no such file; name the text" in contributor.fail(*new, "none.txt")


@pytest.mark.parametrize(
    ("option", "given", "said"),
    [
        ("--publisher", "herald", "'herald' names nothing; write an IRI, or a name such as"),
        ("--publisher", "nobody:herald", "'nobody:herald' names nothing"),
        ("--publisher", "organization:a> .", "'organization:a> .' names nothing"),
        ("--language", "English", "'English' is no language; write a code such as en or uk."),
        ("--date", "3 February", "'3 February' is no day; write it as 2022-09-30."),
        ("--date", "2031-02-30", "'2031-02-30' is no day"),
    ],
)
def test_values_that_are_none_are_refused(contributor, option, given, said):
    assert said in contributor.fail(*NEW_SOURCE, option, given)


def test_days_in_the_wrong_order_are_refused(contributor):
    said = contributor.fail(*NEW_SOURCE, "--date", "2031-02-03", "--until", "2031-02-01")

    assert "2031-02-03 comes after 2031-02-01; exchange the two." in said


def test_a_dry_run_shows_the_change_and_writes_nothing(described):
    before = described.files()

    shown = described.do(*NEW_STATEMENT, "--dry-run")

    assert described.files() == before
    patch = described.root / "change.patch"
    patch.write_bytes(shown.encode())
    subprocess.run(["patch", "-p0", "-s", "-i", patch], cwd=described.root, check=True)
    patched = described.source.read_bytes()
    described.source.write_bytes(before[described.source])
    described.do(*NEW_STATEMENT)
    assert described.source.read_bytes() == patched


def test_a_project_without_data_is_told_what_to_name(tmp_path):
    said = ContributorProject(tmp_path).fail("new", "stance", "--to", "x.ttl", "--data", "none")

    assert said == "error: none: no such folder; name that of the data files with --data.\n"


# Statements, stances, acts


def test_a_statement_stands_in_its_passage_and_is_numbered(described):
    before = triples(described.source)
    described.do(*NEW_STATEMENT)
    described.do(*NEW_STATEMENT, "--speaker", "organization:harbour-board", "--manner", "mixed")

    after = triples(described.source)
    assert before < after
    start = int(value(described.source, "selector:exampleton-herald-01-passage", "oa:start"))
    end = int(value(described.source, "selector:exampleton-herald-01-passage", "oa:end"))
    assert TEXT[start:end] == TEXT[TEXT.index("The Harbour") :].strip()
    second = "statement:exampleton-herald-02"
    assert value(described.source, second, "st:passage").endswith("passage/exampleton-herald-02")
    assert value(described.source, second, "st:manner") == f"{names.STV}mixed"
    assert in_house_format(described.source)


def test_a_passage_may_be_typed_with_plain_signs_and_spaces(described):
    described.do(
        *("new", "statement", "--source", "texts/herald.txt"),
        *("--begins", 'that "we do not recognise the new line on the map"'),
    )

    start = int(value(described.source, "selector:exampleton-herald-01-passage", "oa:start"))
    assert TEXT[start:].startswith("that “we do")


def test_a_source_that_nobody_described_is_named(contributor):
    said = contributor.fail(*NEW_STATEMENT)

    assert "No source in" in said
    assert "describe it first with `stimson new source SLUG --text texts/herald.txt`" in said


def test_a_text_that_changed_is_refused(described):
    described.text.write_text(TEXT + "More.\n", "utf-8")

    assert "herald.txt is not the text that" in described.fail(*NEW_STATEMENT)


def test_a_slug_that_is_taken_is_refused_in_any_file(described):
    described.do(*NEW_STATEMENT, "first")
    said = described.fail(*NEW_STATEMENT, "--to", "data/sources/other.ttl", "first")
    assert "statement:first is there already; choose another slug." in said

    described.do("new", "stance", "--to", "data/stances.ttl")
    described.do("new", "stance", "--to", "data/stances.ttl")
    described.do("new", "act", "--to", "data/acts.ttl", "--kind", "Treaty", "--stage", "signature")
    described.do("new", "act", "--to", "data/acts.ttl")
    data = described.root / "data"
    written = triples(data / "stances.ttl") | triples(data / "acts.ttl")
    assert {triple.subject.value.removeprefix(names.ID) for triple in written} == {
        *("stance/stances-01", "stance/stances-02"),
        *("step/stances-01-step", "step/stances-02-step"),
        *("act/acts-01", "act/acts-01-signature", "act/acts-02", "act/acts-02-stage"),
    }
    assert in_house_format(described.root / "data" / "acts.ttl")


def test_a_stance_is_shown_by_a_step_and_may_have_more(described):
    stances = described.root / "data" / "stances.ttl"
    to = ("--to", "data/stances.ttl")
    described.do("new", "stance", "board", *to, "--step", "taken", "--date", "2031-02-03")
    described.do("new", "step", "--of", "board", *to, "--step", "confirmed")
    described.do("new", "step", "--of", "stance:board", *to, "--step", "confirmed")

    assert value(stances, "step:board-taken", "st:stepOf") == f"{names.ID}stance/board"
    assert value(stances, "step:board-taken", "st:notAfter") == "2031-02-03"
    assert not read_turtle(stances).index.objects(named("stance:board"), named("st:notAfter"))
    for step in ("step:board-confirmed-01", "step:board-confirmed-02"):
        assert value(stances, step, "st:stepKind") == f"{names.STV}confirmed"
    assert in_house_format(stances)


def test_a_claim_is_lettered_after_its_statement_and_stands_beside_it(described):
    described.do(*NEW_STATEMENT)
    said = described.do("new", "claim", "control", "--statement", "exampleton-herald-01")
    described.do(
        *("new", "claim", "figure", "--statement", "statement:exampleton-herald-01"),
        *("--printed", "four boats", "--lowest", "4", "--highest", "4.5"),
        *("--date", "none", "--until", "2031-02-03", "--date-as-printed", "by Monday"),
    )

    assert said.startswith("Wrote claim:exampleton-herald-01a to data/sources/exampleton-herald")
    first, second = "claim:exampleton-herald-01a", "claim:exampleton-herald-01b"
    statement = f"{names.ID}statement/exampleton-herald-01"
    assert value(described.source, first, "st:claimedIn") == statement
    index = read_turtle(described.source).index
    assert not index.objects(named(first), named("st:dateBasis"))
    text = described.source.read_text("utf-8")
    assert "    st:lowest 4 ;\n" in text
    assert "    st:highest 4.5 ;\n" in text
    assert value(described.source, second, "st:missingBound") == f"{names.STV}no-lower-bound"
    assert value(described.source, second, "st:notAfter") == "2031-02-03"
    assert not index.objects(named(second), named("st:notBefore"))
    assert in_house_format(described.source)


def test_a_claim_needs_a_place_in_a_file(described):
    said = described.fail("new", "claim", "control")
    assert "Name the statement by --statement, or the file by --to." in said
    said = described.fail("new", "claim", "control", "--statement", "other")
    assert "describes statement:other; describe it first" in said
    said = described.fail("new", "claim", "figure", "--to", "data/x.ttl", "--lowest", "many")
    assert "'many' is no number; write it as 60 or 12.5." in said
    both = ("--date", "none", "--until", "none")
    assert "choose the basis unknown" in described.fail(
        "new", "claim", "control", "--to", "data/x.ttl", *both
    )


@pytest.mark.parametrize(
    ("command", "names_"),
    [
        (("event",), ["event/x-01"]),
        (("place", "--kind", "Settlement"), ["place/x-01"]),
        (("place", "--kind", "st:Region"), ["territory/x-01"]),
        (("actor",), ["organization/x-01"]),
        (("actor", "--kind", "Person"), ["person/x-01"]),
        (("actor", "--kind", "State"), ["state/x-01"]),
        (("conflict", "--kind", "ApparentConflict"), ["conflict/x-01"]),
        (("process",), ["act/x-01"]),
        (("norm", "treaty-article-2"), ["norm/treaty-article-2"]),
    ],
)
def test_things_go_by_the_names_of_their_kind(described, command, names_):
    described.do("new", *command, "--to", "data/x.ttl")

    written = triples(described.root / "data" / "x.ttl")
    assert {triple.subject.value.removeprefix(names.ID) for triple in written} == set(names_)
    assert in_house_format(described.root / "data" / "x.ttl")


def test_the_two_claims_of_a_conflict_are_values_of_one_property(described):
    described.do("new", "conflict", "--to", "data/x.ttl", "--one", "claim:a", "--other", "claim:b")

    text = (described.root / "data" / "x.ttl").read_text("utf-8")
    assert "a st:Conflict ;\n" in text
    assert "    st:between claim:a , claim:b ;\n" in text


# Quotations


def test_a_quotation_is_added_with_words_place_and_seal(described):
    before = triples(described.source)
    said = described.do(*ADD, "--kind", "clause")

    assert said.startswith("Wrote quotation:exampleton-herald-01 to data/sources/")
    quotation = "quotation:exampleton-herald-01"
    words = "selector:exampleton-herald-01-quote"
    assert before < triples(described.source)
    assert value(described.source, words, "oa:exact") == WORDS
    around = [value(described.source, words, f"oa:{name}") for name in ("prefix", "suffix")]
    assert around == ["Exampleton said on Monday that “", "” and that its boats would keep "]
    sealed = value(described.source, quotation, "st:passageSha256")
    assert sealed == seal(around[0], WORDS, around[1])
    assert value(described.source, quotation, "st:quotationKind") == f"{names.STV}clause"
    assert in_house_format(described.source)


def test_a_quotation_that_is_there_is_named(described):
    described.do(*ADD)

    assert described.fail(*ADD) == (
        "error: quotation:exampleton-herald-01 quotes these words already; "
        "point to it with st:quotes.\n"
    )


@pytest.mark.parametrize(
    "phrase",
    [
        f'"{WORDS}"',
        f"\u201c{WORDS}\u201d",
        f"\u00ab{WORDS}\u00bb",
        f"\u201e{WORDS}\u201c",
        f" \u2018{WORDS}\u2019 ",
    ],
)
def test_a_quotation_is_taken_with_its_marks_off(described, phrase):
    done = described.run("quote", "add", phrase, "--source", "texts/herald.txt")

    assert done.returncode == 0
    assert "The quotation marks are left out" in done.stderr
    words = value(described.source, "selector:exampleton-herald-01-quote", "oa:exact")
    assert words == WORDS


def test_marks_that_are_no_pair_stay():
    for phrase in (
        '"one" and "two"',
        "\u201cone\u201d and \u201ctwo\u201d",
        '"',
        "one",
        '"one',
        "",
    ):
        assert phrases.without_marks(phrase) == phrase


@pytest.mark.parametrize("phrase", ["recognise\nthe new", "said on Monday that “we", "map” and"])
def test_words_of_which_some_are_quoted_already_are_refused(described, phrase):
    described.do(*ADD)

    said = described.fail("quote", "add", phrase, "--source", "texts/herald.txt")
    assert "quotation:exampleton-herald-01 quotes some of these words already" in said


def test_words_beside_a_quotation_are_taken(described):
    described.do(*ADD)

    described.do("quote", "add", "that “", "--source", "texts/herald.txt")
    described.do("quote", "add", "” and that", "--source", "texts/herald.txt")


def test_a_statement_is_linked_to_its_quotations(described):
    described.do(*NEW_STATEMENT)
    described.do(*ADD, "--statement", "exampleton-herald-01")
    described.do(
        *("quote", "add", "old line", "--source", "texts/herald.txt"),
        *("--statement", "statement:exampleton-herald-01"),
    )

    text = described.source.read_text("utf-8")
    assert "    st:passage passage:exampleton-herald-01 ;\n    st:quotes " in text
    assert (
        "    st:quotes quotation:exampleton-herald-01 , quotation:exampleton-herald-02 ;\n" in text
    )
    assert text.index("\nquotation:exampleton-herald-02") < text.index("\nstatement:")
    assert in_house_format(described.source)


def test_a_statement_elsewhere_is_told(described):
    said = described.fail(*ADD, "--statement", "statement:other")

    assert "does not describe statement:other; name the file that does with --to." in said


def test_words_in_several_places_are_to_be_chosen(described):
    add = ("quote", "add", "Harbour Board", "--source", "texts/herald.txt")

    said = described.fail(*add)
    assert "The words stand in 2 places; choose with --nth:" in said
    assert (
        "\n  2: line 5, arbour Board will not move\\n\\nThe [Harbour Board] of Exampleton said"
        in said
    )
    assert "choose with --nth" in described.fail(*add, "--nth", "3")

    described.do(*add, "--nth", "2")
    start = value(described.source, "selector:exampleton-herald-01-position", "oa:start")
    assert int(start) == TEXT.rindex("Harbour Board")


@pytest.mark.parametrize("phrase", ["", "  ", "\n"])
def test_an_empty_phrase_is_refused(described, phrase):
    said = described.fail("quote", "add", phrase, "--source", "texts/herald.txt")

    assert "The phrase is empty; give the words as the source prints them." in said


def test_words_typed_with_other_signs_are_shown_and_taken_on_request(described):
    typed = ("quote", "add", '"we do not recognise the new line on the map"')
    add = (*typed, "--source", "texts/herald.txt")

    said = described.fail(*add)
    assert "  we do not recognise\\nthe new line on the map\n" in said
    assert "add --as-printed" in said

    described.do(*add, "--as-printed")
    exact = value(described.source, "selector:exampleton-herald-01-quote", "oa:exact")
    assert exact == WORDS


def test_the_nearest_passage_is_suggested():
    with pytest.raises(InvalidParameter, match="nearest passage is:\n  would keep to the old line"):
        phrases.find(TEXT, "would keep too the old line")
    with pytest.raises(InvalidParameter, match=r"letter by letter\.$"):
        phrases.find(TEXT, "something else entirely, on another day")


# Files


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["\n", "", "\n\n\n", "\n# the end"])
def test_line_ends_and_comments_of_a_file_stay(described, end, last):
    before = f"# Mine\n{described.source.read_text('utf-8').rstrip()}{last}".replace("\n", end)
    described.source.write_bytes(before.encode())

    described.do(*ADD)

    after = described.source.read_bytes().decode()
    assert after.count("\n") == after.count(end)
    assert [c.text for c in comments(after)] == [c.text for c in comments(before)]


def test_the_prefixes_of_a_file_are_used(described):
    text = described.source.read_text("utf-8")
    text = text.replace("st:", "us:").replace("@prefix source:", "@prefix s:")
    text = text.replace("source:exampleton", "s:exampleton")
    # What we would call oa: is taken for something else.
    described.source.write_text(f"@prefix oa: <https://example.org/> .\n{text}", "utf-8")

    described.do(*ADD)

    after = described.source.read_text("utf-8")
    assert " a us:Quotation ;" in after
    assert "<http://www.w3.org/ns/oa#hasSource> s:exampleton-herald ;" in after
    assert "@prefix st:" not in after


def test_a_file_with_an_error_is_named_with_its_line(described):
    described.organizations.write_text(ORGANIZATIONS + "\norganization:x a st:State", "utf-8")

    assert re.search(r"organizations\.ttl:13:\d+: ", described.fail(*ADD))


def test_a_read_only_file_stays(described):
    described.source.chmod(0o444)

    assert "is read-only; make it writable, or write elsewhere." in described.fail(*ADD)


def test_a_file_that_somebody_else_changes_is_not_overwritten(tmp_path):
    path = tmp_path / "x.ttl"
    path.write_text("# now\n", "utf-8")

    with pytest.raises(StimsonError, match="changed by someone else"):
        files.replace(path, "# before\n", "# after\n")
    assert path.read_text("utf-8") == "# now\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_written_whole_is_not_there(tmp_path, monkeypatch):
    monkeypatch.setattr(files.os, "fsync", lambda handle: Path("/none").stat())

    with pytest.raises(StimsonError, match=r"x\.ttl cannot be written .*; nothing was changed"):
        files.create(tmp_path / "x.ttl", "# new\n")
    assert list(tmp_path.iterdir()) == []


def test_a_replaced_file_keeps_its_mode_and_its_link(tmp_path):
    path, link = tmp_path / "x.ttl", tmp_path / "link.ttl"
    path.write_text("# a\n", "utf-8")
    path.chmod(0o640)
    link.symlink_to(path)

    files.replace(link, "# a\n", "# b\n")

    assert link.is_symlink()
    assert path.read_text("utf-8") == "# b\n"
    assert path.stat().st_mode & 0o777 == 0o640


def test_an_edit_that_would_change_more_is_refused(tmp_path):
    path = tmp_path / "x.ttl"
    # The prefix means one thing above and another below: the name would be that of below.
    path.write_text(
        "@prefix a: <https://example.org/1#> .\na:x a:p a:y .\n"
        "@prefix a: <https://example.org/2#> .\na:x a:p a:z .\n",
        "utf-8",
    )
    thing = ox.NamedNode("https://example.org/1#x")
    link = edit.Link(thing, "st:quotes", ox.NamedNode("https://example.org/2#q"), "st:passage")

    with pytest.raises(StimsonError, match="would change other triples too; nothing was written"):
        edit.extend(read_turtle(path), [], link)

    below = dataclasses.replace(link, subject=ox.NamedNode("https://example.org/2#x"))
    assert "a:z ;\n    st:quotes a:q ." in edit.extend(read_turtle(path), [], below).text


@pytest.mark.parametrize(
    "text",
    [
        'a:x a:p """x . # no\n""" , \'#\' ; # yes\n  a:q [ a:r ( 1 2.5 ) ; a:s "\\"." ] ; ;\n.\n',
        "PREFIX b: <http://b/#>\na:x a a:C . # yes\n",
        "a:x.y a:p a:z\\,\\#b , <http://a/#b> , -1.5e3 , 'x'^^a:t .#yes",
    ],
)
def test_a_text_is_cut_where_turtle_is(text):
    (comment,) = comments(text)
    assert comment.text in ("# yes", "#yes")


@pytest.mark.parametrize(
    "words", ['"', "\\", "\n\r\t", "\x07\x7f", "🕊 Їжак", "a\u2028b\u00a0c", "'''\"\"\"", "\\u0041"]
)
def test_every_text_is_written_as_it_is(words, tmp_path):
    thing, label = ox.NamedNode("https://example.org/x"), ox.Literal(words, language="en")
    written = block(thing, ("rdfs:label", [label]))
    path = tmp_path / "x.ttl"
    edit.start(path, [written]).save()

    assert triples(path) == {ox.Triple(thing, named("rdfs:label"), label)}
    assert in_house_format(path)


def test_names_that_need_escapes_are_written_in_full():
    writer = BlockWriter({})

    assert writer.term(ox.NamedNode(f"{names.ID}source/a.b(c)")) == f"<{names.ID}source/a.b(c)>"
    assert writer.added == {}


# Gaps

FILLED = {
    "first-day-that-it-can-be": '"2031-02-03"^^xsd:date',
    "last-day-that-it-can-be": '"2031-02-03"^^xsd:date',
    "date-as-printed": '"on Monday"@en',
    "publisher-and-subject": '"Exampleton Herald: the harbour"@en',
    "headline-as-printed": '"Harbour Board will not move"@en',
    "who-published-it": f"<{names.ID}organization/exampleton-herald>",
    "language-of-the-text": '"en"',
    "who-says-what": '"Harbour Board: the new line is not recognised"@en',
    "who-spoke": f"<{names.ID}organization/harbour-board>",
    "how-it-is-given": "stv:mixed",
    "by-which-medium": "stv:medium-unstated",
    "which-speech-act": "stv:denial",
    "what-was-said": '"The board said that it does not recognise the new line."@en',
    "how-much-is-quoted": "stv:clause",
    "whose-position-on-what": '"Harbour Board: the new line is not recognised"@en',
    "whose-position-it-is": f"<{names.ID}organization/harbour-board>",
    "which-act-or-change-it-is-on": f"<{names.ID}act/acts-01>",
    "which-position": "stv:non-recognition",
    "what-shows-it": f"<{names.ID}statement/exampleton-herald-01>",
    "whose-step-and-how": '"Harbour Board: will not recognise the new line"@en',
    "which-step": "stv:taken",
    "neutral-name-of-the-act": '"purported new line, 2031"@en',
    "who-issued-it": f"<{names.ID}organization/harbour-board>",
    "stage-and-act": '"adoption of the new line"@en',
    "which-stage": "stv:adoption",
    "who-took-that-stage": f"<{names.ID}organization/harbour-board>",
    "what-came-of-that-stage": "stv:outcome-unstated",
}


@pytest.fixture
def scaffolded(contributor: ContributorProject) -> ContributorProject:
    contributor.do(*NEW_SOURCE)
    contributor.do(*NEW_STATEMENT)
    contributor.do(*ADD, "--statement", "exampleton-herald-01")
    contributor.do("new", "stance", "--to", "data/stances.ttl")
    contributor.do("new", "act", "--to", "data/acts.ttl")
    return contributor


def findings(contributor: ContributorProject) -> list[dict[str, str]]:
    # Of our shapes, those on maps have nothing to check on in so small a project.
    done = contributor.run("validate", "data", "--sources", "texts", "--format", "json")
    assert done.stderr == ""
    return json.loads(done.stdout)["findings"]


def gaps(contributor: ContributorProject) -> set[tuple[str, int, str]]:
    """List the gaps as they stand in the files: path, line, name."""
    return {
        (path.relative_to(contributor.root).as_posix(), number, name)
        for path in (contributor.root / "data").rglob("*.ttl")
        for number, line in enumerate(path.read_text("utf-8").split("\n"), 1)
        for name in re.findall(r" gap:([a-z-]+)", line)
    }


def test_a_scaffold_is_right_but_for_its_gaps(scaffolded):
    found = findings(scaffolded)

    assert {each["rule"] for each in found} == {f"{names.RULE}gap"}
    assert {
        (each["file"], each["line"], each["value"].removeprefix(names.GAP)) for each in found
    } == gaps(scaffolded)
    assert len(found) == 36


def test_a_gap_is_told_with_what_belongs_there(scaffolded):
    messages = {each["message"].removeprefix("Fill in this gap: ") for each in findings(scaffolded)}

    assert messages >= {
        "how it is given. Choose from stv:direct, stv:indirect, stv:mixed, stv:narrated.",
        "who spoke. st:speaker: relates an utterance to the one actor who made it.",
    }


def test_nothing_is_wrong_once_the_gaps_are_filled_in(scaffolded):
    assert {name for _, _, name in gaps(scaffolded)} == set(FILLED)
    for path in (scaffolded.root / "data").rglob("*.ttl"):
        text = path.read_text("utf-8")
        for name, words in FILLED.items():
            text = re.sub(f" gap:{name}(?= [.;])", lambda _, words=words: f" {words}", text)
        xsd = "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
        path.write_text(text if xsd in text else xsd + text, "utf-8")

    assert findings(scaffolded) == []


def test_a_real_fault_beside_a_gap_is_still_told(scaffolded):
    text = scaffolded.source.read_text("utf-8").replace("gap:how-it-is-given", "stv:denial")
    text = text.replace("st:recordedOn", "st:recordedUpon")
    scaffolded.source.write_text(text, "utf-8")

    rules = {re.split("[/#]", each["rule"])[-1] for each in findings(scaffolded)}

    assert rules >= {
        "gap",
        "undefined-reference",
        "ReadStatement-manner-scheme",
        "Source-recordedOn",
    }


# All that can be scaffolded, filled in

CLAIM_KINDS = sorted(CLAIMS)
THING = f"<{names.ID}act/acts-01>"
PLACE, ACTOR = f"<{names.ID}place/places-01>", f"<{names.ID}organization/harbour-board>"
FILLED_MORE = {
    "what-is-claimed": '"the new line is not recognised (Harbour Board)"@en',
    "affirmed-or-denied": "stv:affirmed",
    "what-the-source-says-of-verification": "stv:verification-unstated",
    "which-place": PLACE,
    "who-holds": ACTOR,
    "holding": "stv:holding",
    "how-much-of-the-place": "stv:complete",
    "how-many-sovereigns": "stv:undetermined-sovereign",
    "which-act-or-course-of-acts": THING,
    "which-judgement": "stv:void",
    "number-as-printed": '"four"@en',
    "what-the-number-counts": '"boats"@en',
    "how-exact-the-number-is": "stv:indefinite",
    "which-event": f"<{names.ID}event/events-01>",
    "who-means-to-do-it": ACTOR,
    "what-brought-it-about": f"<{names.ID}event/events-01>",
    "what-was-brought-about": f"<{names.ID}event/events-02>",
    "what-is-characterized": THING,
    "which-quality-or-nature": "stv:sham",
    "words-that-say-so": '"sham"@en',
    "what-is-named": THING,
    "name-that-it-is-given": '"new line"@en',
    "in-or-beside-which-place": f"<{names.ID}territory/regions-01>",
    "how-the-two-lie": "stv:within",
    "explicit-or-inferred": "stv:explicit",
    "who-or-what-is-identified": ACTOR,
    "as-whom-or-what": ACTOR,
    "who-backs-or-opposes": ACTOR,
    "who-or-what-is-backed-or-opposed": THING,
    "in-what-it-consists": "stv:political-support",
    "what-it-is-about": THING,
    "neutral-name-of-the-event": '"closure of the harbour"@en',
    "which-kind-of-event": "stv:destruction",
    "which-kind-of-place": "st:Settlement",
    "name-of-the-place-in-english": '"Exampleton"@en',
    "which-kind-of-actor": "st:Organization",
    "name-of-the-actor-in-english": '"Union of the Harbour"@en',
    "the-one": '"the old line, or the new"@en',
    "one-claim": f"<{names.ID}claim/exampleton-herald-01a>",
    "the-other-claim": f"<{names.ID}claim/exampleton-herald-01b>",
    "what-they-disagree-on": "stv:conflict-of-control",
    "why-both-cannot-hold": '"One line only can be kept to."@en',
    "neutral-name-of-the-course-of-acts": '"purported new line of Exampleton, 2031"@en',
    "what-it-is-meant-to-do": "stv:partition",
    "which-territory": f"<{names.ID}territory/regions-01>",
    "name-of-the-norm": '"article 2"@en',
    "where-it-is-written": f"<{names.ID}source/exampleton-herald>",
}


@pytest.fixture
def all_scaffolded(scaffolded: ContributorProject) -> ContributorProject:
    for kind in CLAIM_KINDS:
        scaffolded.do("new", "claim", kind, "--statement", "exampleton-herald-01")
    scaffolded.do("new", "place", "--kind", "Region", "--to", "data/regions.ttl")
    for kind in THINGS:
        scaffolded.do("new", kind, "--to", f"data/{kind}s.ttl")
    scaffolded.do("new", "event", "--to", "data/events.ttl")
    scaffolded.do("new", "step", "--of", "stances-01", "--to", "data/stances.ttl")
    return scaffolded


def test_all_scaffolds_are_right_but_for_their_gaps_and_sound_once_these_are_filled_in(
    all_scaffolded,
):
    assert {each["rule"] for each in findings(all_scaffolded)} == {f"{names.RULE}gap"}
    filled = FILLED | FILLED_MORE
    assert {name for _, _, name in gaps(all_scaffolded)} == set(filled)

    for path in (all_scaffolded.root / "data").rglob("*.ttl"):
        text = path.read_text("utf-8")
        for name, words in filled.items():
            text = re.sub(f" gap:{name}(?= [,.;])", lambda _, words=words: f" {words}", text)
        declared = ("xsd", "st", "stv")
        head = "".join(
            f"@prefix {each}: <{names.PREFIXES[each]}> .\n"
            for each in declared
            if f"@prefix {each}: " not in text
        )
        path.write_text(head + text, "utf-8")

    assert [each for each in findings(all_scaffolded) if each["severity"] == "violation"] == []


def test_every_kind_of_claim_of_the_ontology_can_be_scaffolded():
    ontology = read_turtle(paths.ONTOLOGY / "claim.ttl").index
    kinds = ontology.subjects(named("rdfs:subClassOf"), named("st:Claim"))

    assert {kind.value for kind in kinds} == {named(name).value for name, _ in CLAIMS.values()}


@pytest.mark.parametrize(
    "command", [("claim", "control"), *((kind,) for kind in THINGS), ("step",)]
)
def test_every_scaffold_has_help_with_an_example(contributor, command):
    said = contributor.do("new", *command, "--help")

    assert f"stimson new {' '.join(command)} " in said
    assert "--label" in said or "--step-label" in said
