"""In a text too long to be read once more, subjects are found where lines begin with them."""

import pyoxigraph as ox
import pytest

from stimson.rdf import Dataset, make_document
from stimson.rdf.turtle import positions
from stimson.rdf.turtle.glimpse import Glimpse
from stimson.rdf.turtle.positions import Places

TEXT = """\
@prefix ex: <http://example.org/> .
  PREFIX : <http://example.org/own/>
# ex:a is only spoken of here
<http://example.org/full> ex:p ex:a .
  ex:a a ex:b ;
    ex:p ex:c .
ex:a ex:q "again" .
:mine ex:p 1 .
other:x ex:p 1 .
ex: ex:p 1 .
_:b ex:p "ex:d"
  , ex:d .
"""


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("http://example.org/full", (4, 1)),
        ("http://example.org/a", (5, 3)),
        ("http://example.org/own/mine", (8, 1)),
        ("http://example.org/", (10, 1)),
        ("http://example.org/b", None),
        ("http://example.org/d", None),
        ("http://example.org/none", None),
    ],
)
def test_a_subject_is_found_at_the_first_line_that_begins_with_it(name, place):
    assert Glimpse(TEXT).find(ox.NamedNode(name)) == place


def test_what_has_no_name_is_not_found():
    assert Glimpse(TEXT).find(ox.BlankNode("b")) is None
    assert Glimpse(TEXT).find(ox.Literal("again")) is None


def test_only_a_file_with_very_many_triples_is_not_read_once_more(tmp_path, monkeypatch):
    subject = ox.NamedNode("http://example.org/a")
    path, value = ox.NamedNode("http://example.org/q"), ox.Literal("again")
    text = TEXT.replace("other:x ex:p 1 .", "")
    document = make_document("urn:x:data", "data", tmp_path / "x.ttl", text)

    def place():
        places = Places(Dataset({document.iri: document}))
        found = places.finding("urn:x:rule", "info", "Look.", subject, path, value)
        return found.line, found.column

    assert place() == (7, 11)
    monkeypatch.setattr(positions, "MANY", 3)
    assert place() == (5, 3)
