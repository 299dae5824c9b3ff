"""SPARQL constraints give what pySHACL gives, whoever asks the query."""

import re

import pytest

from shacl_reference import by_reference, ours, turtle
from stimson import shacl
from stimson.shacl import reference

DATA = """
    :one a :Thing ; :count 1 ; :whole "8"^^xsd:nonNegativeInteger ; :name "one"@en , "eins"@de ;
        :part :two , _:b ; :date "2014-03-18"^^xsd:date .
    :two a :Thing ; :count "01"^^xsd:integer ; :name "two" ; :part :three ; :limit 1 .
    :three a :Thing ; :count "1"^^xsd:nonNegativeInteger , 2.50 ; :start 3 ;
        :whole "5"^^xsd:nonNegativeInteger , "9"^^xsd:nonNegativeInteger .
    _:b a :Thing ; :count "x"^^xsd:integer ; :name "b\\n" ; :part _:c ;
        :date "2013-01-01"^^xsd:date .
    _:c a :Other ; :limit :one , :four ;
        :whole "7"^^xsd:nonNegativeInteger , "9"^^xsd:nonNegativeInteger .
"""
# The same with literals that a store keeps as they are.
PLAIN_DATA = re.sub(
    r'"0*(\d+)"\^\^xsd:(?:integer|nonNegativeInteger)', r"\1", DATA.replace("2.50", "2.5")
)
OWN = {  # queries that the engine asks itself
    "a pattern": "SELECT $this ?value WHERE { $this :part ?value }",
    "a filter": 'SELECT $this ?value { $this :name ?value FILTER(LANG(?value) = "en") }',
    "no value": "SELECT $this WHERE { $this :part ?x }",
    "a union": "SELECT $this ?value { { $this :part ?value } UNION { ?value :part $this } }",
    "an optional": "SELECT $this ?value { $this a :Thing OPTIONAL { $this :part ?value } }",
    "not exists": "SELECT $this { $this a :Thing FILTER NOT EXISTS { $this :part ?x } }",
    "exists in a choice": "SELECT $this { $this a ?t FILTER(false || EXISTS { ?x :part $this }) }",
    "a nested group": "SELECT $this ?value { { $this a :Thing . $this :part ?value } ?value a ?t }",
    "a filter in a group": "SELECT $this { $this a :Thing { FILTER($this != :one) } }",
    "a path": "SELECT $this ?value { $this :part+/:name ?value }",
    "a path of any length": "SELECT $this ?value { $this :part* ?value . ?value a :Other }",
    "a path from what is found": "SELECT $this ?value { $this :part ?x . ?x :part* ?value }",
    "an inverse path": "SELECT $this ?value { $this ^:part ?value }",
    "a group": """
        SELECT $this (COUNT(?x) AS ?n) { $this :part ?x }
        GROUP BY $this HAVING (COUNT(?x) > 1)
    """,
    "a value rewritten": "SELECT $this ?value { $this :whole ?value }",
    "a comparison": "SELECT $this ?value { $this :whole ?value FILTER(?value > 6) }",
    "dates": 'SELECT $this ?value { $this :date ?value FILTER(?value < "2014-01-01"^^xsd:date) }',
    "distinct": "SELECT DISTINCT $this { $this :part ?x . ?x a ?kind }",
    "a comment": "SELECT $this { # } not the end\n $this :part ?x }",
    "a pattern in text": 'SELECT $this { $this :name ?n FILTER REGEX(STR(?n), "^[eo]") }',
    "strings": 'SELECT $this { $this :name ?n FILTER(STRSTARTS(?n, "t") && STRLEN(?n) = 3) }',
    "a list of values": "SELECT $this { $this :part ?x FILTER(?x IN (:two, :three)) }",
    "a prefix": "PREFIX e: <https://example.org/> SELECT $this ?value { $this e:part ?value }",
    "a prefix that is declared twice": """
        prefix : <https://example.org/other/> Prefix :<https://example.org/> # the last counts
        SELECT $this ?value { $this :part ?value }
    """,
    "a prefix, and not exists": """
        PREFIX e: <https://example.org/>
        SELECT $this { $this a e:Thing FILTER NOT EXISTS { $this e:part ?x } }
    """,
    "a prefix in a path": """
        PREFIX e: <https://example.org/>
        SELECT $this ?value { $this e:part+/^e:part|e:name ?value }
    """,
    "the shape": "SELECT $this { $this :part ?x FILTER($currentShape = :shape) }",
}
TIDY = {  # likewise, but only over plain data
    "any property": "SELECT $this ?path ?value { $this ?path ?value . ?value a :Thing }",
    "a sum": "SELECT $this ?value { $this :whole ?a ; :start ?b BIND(?a - ?b AS ?value) }",
    "a value that is computed": "SELECT $this ?value { $this :whole ?a BIND(?a AS ?value) }",
    "any property of one that leads to it": "SELECT $this ?value { ?x ?p $this , ?value }",
    "a name as text": "SELECT $this { $this ?p ?n FILTER(STR(?n) = 'two') }",
    "a number": "SELECT $this ?value { $this :start 3 ; :whole ?value }",
}
LEFT = {  # queries that pySHACL asks
    "forms that differ": "SELECT $this ?value { $this :count ?value }",
    "the form of a number": "SELECT $this ?value { $this :whole ?value FILTER(STR(?value) = '5') }",
    "its datatype": "SELECT $this { $this :whole ?v FILTER(DATATYPE(?v) != xsd:integer) }",
    "a number in a pattern": "SELECT $this ?value { $this :count 1 ; :whole ?value }",
    "a base": "BASE <https://example.org/> SELECT $this ?value { $this <part> ?value }",
    "an escaped property": "SELECT $this ?value { $this <https://example.org/p\\u0061rt> ?value }",
    "an escaped name": "SELECT $this ?value { $this :p\\u0061rt ?value }",
    "a subquery": "SELECT $this { { SELECT $this { $this :part ?x } } }",
    "a cast": "SELECT $this { $this :name ?n FILTER(xsd:string(?n) = 'two') }",
    "an own group": "SELECT $this (COUNT(*) AS ?n) { $this :part ?x }",
    "a limit": "SELECT $this ?value { $this :part ?value } LIMIT 1",
    "a blank node": "SELECT $this { $this :part [ a :Other ] }",
    "any property of another": "SELECT $this ?value { $this :part ?x . ?x ?p ?value }",
    "a choice that may be empty": "SELECT $this ?value { $this a ?t { ?y :part*|:limit ?value } }",
    "a path from any term": "SELECT $this ?value { $this :part ?x { ?y :part* ?value } }",
    "another word": "SELECT $this ?value { $this :name ?value FILTER(SHA1(?value) != 'x') }",
    "only the value": "SELECT ?value { $this :part ?value }",
    "a pattern read otherwise": 'SELECT $this { $this :name ?n FILTER REGEX(STR(?n), "\\\\w") }',
}
LEFT |= TIDY
FAULTY = {  # queries that nobody can ask
    "no query": "SELECT $this WHERE {",
    "an unknown prefix": "SELECT $this { $this no:p ?x }",
    "minus": "SELECT $this { $this a :Thing MINUS { $this :part ?x } }",
}
PREFIXES = """
    :shapes a owl:Ontology ; sh:declare
        [ sh:prefix "" ; sh:namespace "https://example.org/"^^xsd:anyURI ] ,
        [ sh:prefix "xsd" ; sh:namespace "http://www.w3.org/2001/XMLSchema#"^^xsd:anyURI ] .
"""


def constraint(query: str, more: str = "") -> str:
    text = query.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'sh:sparql [ sh:prefixes :shapes ; sh:select "{text}" {more} ]'


def shape(query: str, more: str = "") -> str:
    return f"{PREFIXES} :shape a sh:NodeShape ; sh:targetClass :Thing ; {constraint(query, more)} ."


def agree(shapes: str, data_text: str = DATA) -> shacl.ValidationReport:
    """Validate with both, and check that they find the same, and something."""
    data, graph = turtle(data_text), turtle(shapes)
    found = shacl.validate(data, graph)
    expected = by_reference(data, graph)
    assert found.failures == []
    assert expected
    assert ours(found, graph) == expected
    return found


@pytest.fixture
def alone(monkeypatch):
    """Fail where the engine calls pySHACL."""

    def refuse(*_: object) -> None:
        raise AssertionError("the engine has left this to pySHACL")

    monkeypatch.setattr(reference.Reference, "__init__", refuse)


@pytest.fixture
def asked(monkeypatch):
    """List the shapes that the engine leaves to pySHACL."""
    found = []
    apply = reference.Reference.apply
    monkeypatch.setattr(
        reference.Reference,
        "apply",
        lambda self, *what: found.append(what[0]) or apply(self, *what),
    )
    return found


@pytest.mark.parametrize("name", OWN)
@pytest.mark.usefixtures("alone")
def test_a_query_that_the_engine_asks_finds_the_same(name):
    agree(shape(OWN[name]))


@pytest.mark.parametrize("name", OWN | TIDY)
@pytest.mark.usefixtures("alone")
def test_over_plain_literals_more_queries_are_asked_by_the_engine(name):
    agree(shape((OWN | TIDY)[name]), PLAIN_DATA)


@pytest.mark.parametrize("name", LEFT)
def test_a_query_that_could_differ_is_left_to_pyshacl(name, asked):
    agree(shape(LEFT[name]))

    assert asked


@pytest.mark.parametrize("name", FAULTY)
def test_a_query_that_cannot_be_asked_is_a_fault_of_its_shape(name):
    shapes = (
        shape(FAULTY[name])
        + ":other sh:targetClass :Thing ; sh:property :p . :p sh:path :no ; sh:minCount 1 ."
    )
    found = shacl.validate(turtle(DATA), turtle(shapes))

    assert [failure.shape.value for failure in found.failures] == ["https://example.org/shape"]
    assert len(found.results) == 4  # those of the other shape


@pytest.mark.usefixtures("alone")
def test_messages_are_filled_in():
    query = "SELECT $this ?value ?kind { $this :part ?value . ?value a ?kind }"
    texts = '; sh:message "{$this} has {?value}, a {?kind}, not {?other}."@en , "{?value}"'
    found = agree(shape(query, texts))

    one = "https://example.org/one has https://example.org/two, a https://example.org/Thing, not"
    assert any(one in text.value for result in found.results for text in result.messages)


@pytest.mark.usefixtures("alone")
def test_a_property_shape_puts_its_path_into_the_query():
    query = "SELECT $this ?value { $this $PATH ?value . ?value a :Thing }"
    agree(
        f"{PREFIXES} :shape a sh:PropertyShape ; sh:targetClass :Thing ; "
        f"sh:path ( :part [ sh:zeroOrMorePath :part ] ) ; {constraint(query)} ."
    )


@pytest.mark.usefixtures("alone")
def test_queries_of_shapes_within_shapes_are_asked_too():
    query = "SELECT $this ?value { $this :part ?value }"
    agree(
        f"{PREFIXES} :shape a sh:NodeShape ; sh:targetClass :Thing ; sh:not :inner ; "
        "sh:property [ sh:path :part ; sh:node :inner ] . "
        f":inner a sh:NodeShape ; {constraint(query)} ."
    )


@pytest.mark.usefixtures("alone")
def test_a_deactivated_query_is_not_asked():
    data, shapes = turtle(DATA), turtle(shape(OWN["a pattern"], "; sh:deactivated true"))

    assert shacl.validate(data, shapes) == ([], [])


@pytest.mark.usefixtures("alone")
def test_the_shapes_may_be_asked_about():
    """Where pySHACL gives up, the Recommendation says what is right."""
    query = (
        "SELECT $this { $this :part ?x GRAPH $shapesGraph { $currentShape sh:targetClass :Thing } }"
    )
    more = '[ sh:prefix "sh" ; sh:namespace "http://www.w3.org/ns/shacl#"^^xsd:anyURI ]'
    shapes = turtle(f"{shape(query)} :shapes sh:declare {more} .")

    found = shacl.validate(turtle(DATA), shapes)
    assert found.failures == []
    assert len(found.results) == 3


def test_an_ill_typed_number_is_none_to_a_query(asked):
    data = turtle(DATA + ':one :low "-1"^^xsd:nonNegativeInteger .')
    shapes = turtle(shape("SELECT $this ?value { $this :low ?value FILTER(?value < 0) }"))
    found = shacl.validate(data, shapes)

    assert asked
    assert ours(found, shapes) == by_reference(data, shapes)


def test_a_path_leads_from_a_node_that_is_not_in_the_data_to_itself(asked):
    query = "SELECT $this ?value { $this :part* ?value }"
    shapes = turtle(f"{shape(query)} :shape sh:targetNode :nowhere .")
    found = shacl.validate(turtle(DATA), shapes)

    assert asked
    assert any(str(result.value) == "<https://example.org/nowhere>" for result in found.results)
    assert ours(found, shapes) == by_reference(turtle(DATA), shapes)
