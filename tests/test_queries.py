"""Saved queries are read with their headers, and a fault in one is named."""

import pytest

from stimson.errors import InvalidQueryFile, NothingToRead, UnknownQuery
from stimson.queries import find_query, read_queries, read_query

HEADER = """\
#+ title: A title
#+ question: "Who said: what?"
#+ keywords: [one, two words]
#+ columns:
#+   who: the one who said it
#+   what: what was said
#+ minimum: 0
"""
SPARQL = "SELECT ?who ?what WHERE { ?who ?what 1 }  #+ not: a header\n"


def saved(tmp_path, header=HEADER):
    path = tmp_path / "some-name.rq"
    path.write_text(header + SPARQL, encoding="utf-8")
    return read_query(path)


def test_the_header_is_read_and_the_text_stays_whole(tmp_path):
    query = saved(tmp_path)

    assert query.name == "some-name"
    assert query.title == "A title"
    assert query.question == "Who said: what?"
    assert query.keywords == ("one", "two words")
    assert query.columns == {"who": "the one who said it", "what": "what was said"}
    assert list(query.columns) == ["who", "what"]
    assert query.minimum == 0
    assert query.sparql == HEADER + SPARQL


def test_one_row_is_expected_where_no_minimum_is_named(tmp_path):
    assert saved(tmp_path, HEADER.replace("#+ minimum: 0\n", "")).minimum == 1


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("#+ title: A title\n", "", "some-name.rq: the header lacks `title`"),
        ("#+ question: ", "#+ question: # ", "`question` in the header must be one line"),
        ("[one, two words]", "one", "`keywords` in the header must be a list of words"),
        ("[one, two words]", "[1, two]", "`keywords` in the header must be a list of words"),
        ("the one who said it", "[x]", "`columns` in the header must be variable: meaning"),
        ("minimum: 0", "minimum: true", "`minimum` in the header must be a whole number"),
        ("minimum: 0", "minimum: -1", "`minimum` in the header must be a whole number"),
        ("#+ minimum", "#+ minimun", "unknown key in the header: minimun"),
        ("[one, two words]", "[one", "the header is not valid YAML: line 4"),
        (HEADER, "", "begin the file with"),
        (HEADER, "#+ just text\n", "begin the file with"),
    ],
)
def test_a_faulty_header_names_the_file_and_the_key(tmp_path, old, new, problem):
    with pytest.raises(InvalidQueryFile, match=problem):
        saved(tmp_path, HEADER.replace(old, new))


def test_a_query_that_is_not_utf_8_is_refused(tmp_path):
    (tmp_path / "x.rq").write_bytes(b"#+ title: \xff")

    with pytest.raises(InvalidQueryFile, match=r"x\.rq: save the file as UTF-8"):
        read_query(tmp_path / "x.rq")


def test_all_queries_of_a_folder_are_read_in_order(project):
    assert list(read_queries(project.root / "queries")) == ["agents", "states"]


def test_a_folder_without_queries_is_refused(tmp_path):
    with pytest.raises(NothingToRead, match=r"no \.rq file"):
        read_queries(tmp_path)


@pytest.mark.parametrize(
    ("name", "hint"),
    [("stats", "did you mean states?"), ("zzz", "--list"), ("../queries/states", "--list")],
)
def test_an_unknown_name_is_answered_with_a_hint(project, name, hint):
    with pytest.raises(UnknownQuery, match=hint.replace("?", r"\?")):
        find_query(project.root / "queries", name)
