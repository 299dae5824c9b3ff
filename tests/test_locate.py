"""A triple is found where the file states it."""

import pytest
from rdflib import BNode, Literal, Namespace
from rdflib.namespace import RDF

from stimson.dataset import read_turtle
from stimson.locate import Locator

E = Namespace("http://example.org/")
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


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    path = tmp_path_factory.mktemp("locate") / "x.ttl"
    path.write_text(TEXT, encoding="utf-8")
    return read_turtle(path, "http://example.org/graph")


@pytest.fixture(scope="module")
def locator(graph):
    return Locator(TEXT, graph)


@pytest.mark.parametrize(
    ("triple", "place"),
    [
        ((E.a, RDF.type, E.B), (3, 6)),
        ((E.a, E.p, Literal(1)), (4, 7)),
        ((E.a, E.p, Literal("ї 🕊 x", lang="uk")), (4, 11)),
        ((E.a, E.p, Literal("007", datatype=Literal(7).datatype, normalize=False)), (4, 24)),
        ((E.a, E.long, Literal("two\nlines")), (6, 10)),
        ((E.a, E.long, Literal("t")), (7, 12)),
        ((E.a, E.last, Literal(True)), (7, 67)),
        ((E.c, E.p, E.a), (11, 6)),
    ],
)
def test_an_object_is_found_at_its_first_character(locator, triple, place):
    assert locator.find(*triple) == place


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ((E.a,), (3, 1)),
        ((E.c,), (10, 1)),
        ((E.a, E.long), (6, 10)),
        ((E.a, E.long, Literal("not there")), (6, 10)),
        ((E.a, E.unused), (3, 1)),
        ((E.nobody,), None),
    ],
)
def test_what_is_not_stated_is_placed_at_property_subject_or_nowhere(locator, question, place):
    assert locator.find(*question) == place


def test_a_blank_node_is_found_by_its_own_triple_or_by_its_parent(graph, locator):
    inner = graph.value(predicate=E.q, object=Literal("deep"))
    twins = {graph.value(E.c, E.s): (11, 14), graph.value(inner, E.s): (5, 37)}

    assert locator.find(inner, E.q, Literal("deep")) == (5, 12)
    assert locator.find(inner, E.missing) == (5, 7)
    for twin, place in twins.items():  # the same triple twice: only the parents differ
        assert locator.find(twin, E.t, Literal("twin")) == place
    assert locator.find(graph.value(predicate=E.q, object=Literal(4)), E.p, Literal(3)) == (9, 6)
    assert locator.find(BNode("from-elsewhere")) is None
