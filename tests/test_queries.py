"""Saved queries are read with their headers, and a fault in one is named."""

import re

import pytest

from stimson.errors import InvalidParameter, InvalidQueryFile, NothingToRead, UnknownQuery
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

    with pytest.raises(InvalidQueryFile, match=r"x\.rq: line 1: not UTF-8; save the file"):
        read_query(tmp_path / "x.rq")


def test_a_byte_order_mark_is_named(tmp_path):
    (tmp_path / "x.rq").write_text("\ufeff#+ title: x", encoding="utf-8")

    with pytest.raises(InvalidQueryFile, match=r"x\.rq: line 1: begins with a byte order mark"):
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


PARAMETERS = """\
#+ title: Places of an act
#+ question: Which places?
#+ keywords: [lookup]
#+ columns: {place: the place}
#+ parameters:
#+   act: {type: iri, class: st:Act, default: act:a, doc: the act}
#+   day: {type: date, default: "", doc: the day}

PREFIX st: <https://w3id.org/stimson/ontology#>

SELECT ?place
WHERE {
  ?act st:purportedTerritory ?place ; st:effectiveFrom ?day .
}
"""


@pytest.fixture
def with_parameters(tmp_path):
    path = tmp_path / "places.rq"
    path.write_text(PARAMETERS, encoding="utf-8")
    return read_query(path)


def test_a_default_is_bound_as_a_term_and_an_empty_one_leaves_the_variable_free(with_parameters):
    act = "https://w3id.org/stimson/id/act/a"

    assert with_parameters.bind().count("VALUES") == 1
    assert f"WHERE {{\n  VALUES ?act {{ <{act}> }}\n" in with_parameters.bind()
    assert with_parameters.bind({"act": ""}) == with_parameters.sparql
    assert 'VALUES ?day { "2022-10-04"^^<' in with_parameters.bind({"day": "2022-10-04"})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"act": "act:a> } #"}, "act='act:a> } #': expected an IRI"),
        ({"act": "act:a b"}, "expected an IRI"),
        ({"day": "2022-13-01"}, "day='2022-13-01': expected a date such as"),
        ({"day": '2022-10-04" } #'}, "expected a date"),
        ({"place": "place:x"}, "places has no parameter place; it has act, day"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(with_parameters, values, message):
    with pytest.raises(InvalidParameter, match=re.escape(message)):
        with_parameters.bind(values)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("type: date", "type: day", "parameter `day` needs type"),
        ("doc: the act", "docs: the act", "parameter `act` needs type"),
        ("WHERE {", "WHERE { ", "must stand on a line of its own"),
    ],
)
def test_a_parameter_that_is_described_wrongly_is_refused(tmp_path, old, new, message):
    path = tmp_path / "places.rq"
    path.write_text(PARAMETERS.replace(old, new), encoding="utf-8")

    with pytest.raises(InvalidQueryFile, match=message):
        read_query(path)
