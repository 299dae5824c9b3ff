"""House format: files come out as turtlefmt has them, and never with anything lost."""

import subprocess
import sysconfig
from pathlib import Path

import pytest

from contributor_project import ORGANIZATIONS, ContributorProject, contributor
from stimson.rdf.turtle import formatting
from stimson.rdf.turtle.edit import is_same_graph, parse_turtle, read_turtle
from stimson.rdf.turtle.reader import comments

__all__ = ["contributor"]
UNTIDY = """\
@prefix st: <https://w3id.org/stimson/ontology#>.
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix organization: <https://w3id.org/stimson/id/organization/> .
# The herald
organization:exampleton-herald   a st:Organization; # kept
  rdfs:label 'Exampleton Herald'@en, "Вісник"@uk .
"""
TIDY = """\
@prefix organization: <https://w3id.org/stimson/id/organization/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix st: <https://w3id.org/stimson/ontology#> .

# The herald
organization:exampleton-herald a st:Organization ; # kept
    rdfs:label "Exampleton Herald"@en , "Вісник"@uk .
"""


@pytest.fixture
def untidy(contributor: ContributorProject) -> ContributorProject:
    contributor.organizations.write_text(UNTIDY, "utf-8")
    return contributor


def test_a_file_is_brought_into_house_format(untidy):
    done = untidy.run("fmt", "data")

    assert done.returncode == 0
    assert done.stdout == "formatted data/actors/organizations.ttl\n"
    assert done.stderr == "1 file: 1 formatted, 0 as they should be\n"
    assert untidy.organizations.read_text("utf-8") == TIDY
    assert untidy.run("fmt", "data").stdout == ""


def test_the_format_is_that_of_turtlefmt(untidy):
    untidy.do("fmt", "data")

    program = Path(sysconfig.get_path("scripts")) / "turtlefmt"
    subprocess.run([program, "--check", untidy.root / "data"], check=True)


def test_a_check_lists_what_would_change_and_writes_nothing(untidy):
    before = untidy.files()

    done = untidy.run("fmt", "--check", "data")

    assert done.returncode == 1
    assert done.stdout == "would format data/actors/organizations.ttl\n"
    assert done.stderr == "1 file: 1 would be formatted, 0 as they should be\n"
    assert untidy.files() == before


def test_a_difference_is_shown_as_a_patch(untidy):
    done = untidy.run("fmt", "--check", "--diff", "data")

    assert done.returncode == 1
    assert untidy.organizations.read_text("utf-8") == UNTIDY
    subprocess.run(["patch", "-p0", "-s"], cwd=untidy.root, input=done.stdout.encode(), check=True)
    assert untidy.organizations.read_text("utf-8") == TIDY
    assert untidy.run("fmt", "--check", "data").returncode == 0
    assert untidy.run("fmt", "--diff", "data").returncode == 0


def test_without_paths_the_files_of_the_project_are_meant(untidy):
    # Only the data here: our own ontology and shapes are not for a test to rewrite.
    (untidy.root / "stimson.toml").write_text('[validate]\ndata = "data"\n', "utf-8")

    done = untidy.run("fmt", "--check")

    assert "would format data/actors/organizations.ttl" in done.stdout.splitlines()


def test_our_own_files_are_in_house_format():
    done = subprocess.run(
        ["stimson", "fmt", "--check"],
        executable=Path(sysconfig.get_path("scripts")) / "stimson",
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, "")


def test_an_error_is_named_with_its_place_and_the_others_are_formatted(untidy):
    bad = untidy.root / "data" / "bad.ttl"
    bad.write_text('@prefix a: <http://a/> .\na:x a:p "open .\n', "utf-8")
    worse = untidy.root / "data" / "worse.ttl"
    worse.write_bytes(b'@prefix a: <http://a/> .\na:x a:p "\xe9" .\n')

    done = untidy.run("fmt", "data")

    assert done.returncode == 1
    assert "bad.ttl:2:" in done.stderr
    assert "worse.ttl:2:10: not UTF-8; save the file as UTF-8" in done.stderr
    assert bad.read_text("utf-8").endswith('"open .\n')
    assert untidy.organizations.read_text("utf-8") == TIDY


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        # turtlefmt puts these two on one line.
        ("a st:Organization; # kept\n", "a st:Organization; # kept\n  # mine\n", 5),
        ("'Exampleton Herald'@en,", "'Exampleton Herald'@en, # mine\n  # too\n", 6),
    ],
)
def test_a_comment_that_would_be_lost_stops_the_format(untidy, old, new, line):
    text = UNTIDY.replace(old, new)
    untidy.organizations.write_text(text, "utf-8")

    said = untidy.fail("fmt", "data")

    assert f"organizations.ttl:{line}:" in said
    assert "turtlefmt would move or drop this comment; put it on a line between" in said


def test_a_file_whose_meaning_would_change_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "x.ttl"
    path.write_text(TIDY, "utf-8")
    spoilt = TIDY.replace("Herald", "Gazette")
    monkeypatch.setattr(formatting, "_turtlefmt", lambda path, text: spoilt)

    with pytest.raises(Exception, match="would change what this file states"):
        formatting.formatted(path)


def test_comments_that_vanish_are_found(tmp_path, monkeypatch):
    path = tmp_path / "x.ttl"
    path.write_text(TIDY, "utf-8")
    monkeypatch.setattr(formatting, "_turtlefmt", lambda path, text: text.replace(" # kept", ""))

    with pytest.raises(Exception, match=r"x\.ttl:6:52: turtlefmt would move or drop"):
        formatting.formatted(path)


def test_forms_of_numbers_and_line_breaks_in_texts_stay(tmp_path):
    path = tmp_path / "x.ttl"
    path.write_bytes(
        b"@prefix a: <http://a/> .\r\n# mine\r\n"
        b'a:x a:p 01 , 1.50 , """one\r\ntwo""" , [ a:q 1 ] .\r\n'
    )
    before = read_turtle(path).triples

    _, text = formatting.formatted(path)

    after = parse_turtle(path, text)
    assert is_same_graph(before, after.triples)
    assert {t.object.value for t in after.triples if t.predicate.value == "http://a/p"} >= {
        *("01", "1.50", "one\r\ntwo")
    }
    assert "\r\n" not in text.replace("one\r\ntwo", "")
    assert [comment.text for comment in comments(text)] == ["# mine"]


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("a:x a:p [ a:q 1 ] , [ a:q 2 ] .", True),
        ("a:x a:p _:a , _:b . _:b a:q 2 . _:a a:q 1 .", True),
        ("a:x a:p _:a , _:b . _:a a:q 1 , 2 .", False),
        ("a:x a:p [ a:q 01 ] , [ a:q 2 ] .", False),
    ],
)
def test_graphs_are_compared_whatever_blank_nodes_are_called(tmp_path, other, same):
    head = "@prefix a: <http://a/> .\n"
    one = parse_turtle(tmp_path / "1.ttl", head + "a:x a:p [ a:q 2 ] , [ a:q 1 ] .").triples

    assert is_same_graph(one, parse_turtle(tmp_path / "2.ttl", head + other).triples) is same


def test_paths_without_turtle_are_refused(contributor):
    (contributor.root / "empty").mkdir()

    assert "empty: no Turtle file (*.ttl) found; name Turtle" in contributor.fail("fmt", "empty")
    assert "none.ttl: no such file or folder; name Turtle" in contributor.fail("fmt", "none.ttl")


def test_a_read_only_file_is_named(untidy):
    untidy.organizations.chmod(0o444)

    assert "is read-only; make it writable" in untidy.fail("fmt", "data")


def test_without_turtlefmt_it_is_said_how_to_get_it(contributor, monkeypatch):
    monkeypatch.setattr(formatting.sysconfig, "get_path", lambda name: "/nowhere")
    monkeypatch.setenv("PATH", "/nowhere")
    contributor.organizations.write_text(ORGANIZATIONS, "utf-8")

    with pytest.raises(Exception, match=r"Install it with: python -m pip install 'stimson\[fmt\]'"):
        formatting.formatted(contributor.organizations)
