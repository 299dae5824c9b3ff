"""A triple is found where the file states it."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from stimson.rdf import Dataset, display, lexical, make_document, named
from stimson.rdf.turtle.source_map import Locator, SourceMap

TYPE, INTEGER = named("rdf:type"), named("xsd:integer")
TEXT = '''\
@prefix : <http://example.org/> .
# :a :p 1 is only a comment here
:a a :B ; # :p 2
   :p 1 , "ї 🕊 x"@uk , 007 ,
      [ :q "deep" ; :r ( 1 2 ) ; :s [ :t "twin" ] ] ;
   :long """two
lines""" , "t"^^<http://www.w3.org/2001/XMLSchema#string> ; :last true .

[ :p 3 ] :q 4 .
:c
  :p :a ; :s [ :t "twin" ] .
'''


def e(name):
    return ox.NamedNode(f"http://example.org/{name}")


def document(text, name="x"):
    return make_document(f"http://example.org/graph/{name}", "data", Path(f"{name}.ttl"), text)


@pytest.fixture(scope="module")
def index():
    return document(TEXT).index


@pytest.fixture(scope="module")
def locator(index):
    return Locator(TEXT, index)


@pytest.mark.parametrize(
    ("triple", "place"),
    [
        ((e("a"), TYPE, e("B")), (3, 6)),
        ((e("a"), e("p"), ox.Literal(1)), (4, 7)),
        ((e("a"), e("p"), ox.Literal("ї 🕊 x", language="uk")), (4, 11)),
        ((e("a"), e("p"), ox.Literal("007", datatype=INTEGER)), (4, 24)),
        ((e("a"), e("long"), ox.Literal("two\nlines")), (6, 10)),
        ((e("a"), e("long"), ox.Literal("t")), (7, 12)),
        ((e("a"), e("last"), ox.Literal(True)), (7, 67)),
        ((e("c"), e("p"), e("a")), (11, 6)),
    ],
)
def test_an_object_is_found_at_its_first_character(locator, triple, place):
    assert locator.find(*triple) == place


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ((e("a"),), (3, 1)),
        ((e("c"),), (10, 1)),
        ((e("a"), e("long")), (6, 10)),
        ((e("a"), e("long"), ox.Literal("not there")), (6, 10)),
        ((e("a"), e("unused")), (3, 1)),
        ((e("nobody"),), None),
        ((e("B"), TYPE), (3, 6)),
        ((ox.Literal("ї 🕊 x", language="uk"),), (4, 11)),
    ],
)
def test_what_is_not_stated_is_placed_at_property_subject_or_mention(locator, question, place):
    assert locator.find(*question) == place


def test_a_blank_node_is_found_by_its_own_triple_or_by_its_parent(index, locator):
    def having(name, text):
        return index.subjects(e(name), text)[0]

    inner = having("q", ox.Literal("deep"))
    twins = {
        index.value(e("c"), e("s")): (11, 19),
        index.value(inner, e("s")): (5, 42),
    }

    assert locator.find(inner, e("q"), ox.Literal("deep")) == (5, 12)
    assert locator.find(inner, e("missing")) == (5, 7)
    for twin, place in twins.items():  # the same triple twice: only the parents differ
        assert locator.find(twin, e("t"), ox.Literal("twin")) == place
    assert locator.find(having("q", ox.Literal(4)), e("p"), ox.Literal(3)) == (9, 6)
    assert locator.find(ox.BlankNode("from-elsewhere")) is None


@pytest.mark.parametrize(
    ("question", "place"),
    [
        # Two files speak of :a; the one that states the triple counts, then the one that
        # has the property, then the one that says what it is.
        ((e("a"), e("p"), ox.Literal(1)), ("first.ttl", 2, 7)),
        ((e("a"), e("p"), ox.Literal(2)), ("second.ttl", 2, 14)),
        ((e("a"), e("q"), ox.Literal(9)), ("first.ttl", 2, 14)),
        ((e("a"), e("unused")), ("second.ttl", 2, 1)),
        ((ox.Literal("only a value"),), ("second.ttl", 2, 17)),
        ((e("nobody"),), (None, None, None)),
    ],
)
def test_a_finding_names_the_file_that_is_nearest_to_the_triple(question, place):
    prefix = "@prefix : <http://example.org/> .\n"
    files = [
        document(f"{prefix}:a :p 1 ; :q 2 .", "first"),
        document(f'{prefix}:a a :B ; :p 2, "only a value" .', "second"),
    ]
    places = SourceMap(Dataset({each.iri: each for each in files}))

    found = places.finding("rule", "info", "message", *question)
    assert (found.file and found.file.name, found.line, found.column) == place


def test_terms_are_written_in_full_for_machines_and_short_for_people():
    date = ox.Literal("2031-02-03", datatype=named("xsd:date"))

    assert lexical(named("st:Actor")) == "https://w3id.org/stimson/ontology#Actor"
    assert lexical(date) == '"2031-02-03"^^<http://www.w3.org/2001/XMLSchema#date>'
    assert (display(named("st:Actor")), display(date)) == ("st:Actor", '"2031-02-03"^^xsd:date')
    assert display(ox.Literal("a > b", language="en")) == '"a > b"@en'
    assert display(ox.Literal("ends with >")) == '"ends with >"'
    assert lexical(ox.BlankNode("b")) == "_:b"


@pytest.mark.parametrize("form", ["-P1Y2DT3H", f"P{'9' * 5000}D", f"P{'9' * 5000}Y"])
def test_a_duration_that_rdflib_cannot_write_anew_hides_no_place(form):
    literal = f'"{form}"^^<http://www.w3.org/2001/XMLSchema#duration>'
    text = f"<urn:x:a> <urn:x:p> {literal} .\n<urn:x:b> <urn:x:p> 1 ."
    locator = Locator(text, document(text).index)

    duration = ox.Literal(form, datatype=named("xsd:duration"))
    first = locator.find(ox.NamedNode("urn:x:a"), ox.NamedNode("urn:x:p"), duration)
    after = locator.find(ox.NamedNode("urn:x:b"))
    assert [(place.line, place.column) for place in (first, after)] == [(1, 21), (2, 1)]


def test_a_number_that_python_cannot_read_hides_no_place_before_it():
    text = f"<urn:x:a> <urn:x:p> 1 .\n<urn:x:b> <urn:x:p> {'9' * 5000} ."
    locator = Locator(text, document(text).index)

    place = locator.find(ox.NamedNode("urn:x:a"))
    assert (place.line, place.column) == (1, 1)
