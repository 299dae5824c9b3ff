"""What only pySHACL can apply is left to it: that, all of that, and nothing else."""

import pytest

from shacl_reference import by_reference, ours, turtle
from stimson import shacl
from stimson.shacl import reference

DATA = """
    :C rdfs:subClassOf :B .
    :x a :B ; :p "a" , 5 ; :q :y . :y a :C ; :p "b" ; :q :x , :z . :z a :D ; :p 1 , 2 .
"""
# A shape that the engine applies by itself, with the shapes that it needs.
PLAIN = """
    :plain a sh:NodeShape ; sh:targetClass :B ; sh:property :plain-p ; sh:node :inner .
    :plain-p sh:path :p ; sh:datatype xsd:string .
    :inner a sh:NodeShape ; sh:targetClass :D ; sh:property [ sh:path :p ; sh:maxCount 1 ] .
"""
LEFT = {
    "a component of its own": """
        :Component a sh:ConstraintComponent ; sh:parameter [ sh:path :limit ] ;
            sh:validator [ a sh:SPARQLAskValidator ;
                sh:ask "ASK { FILTER(STRLEN(STR($value)) < $limit) }" ] .
        :left a sh:PropertyShape ; sh:targetClass :B ; sh:path :q ; :limit 3 ; sh:node :inner .
    """,
    "a target that is a query": """
        :left a sh:NodeShape ; sh:target [ a sh:SPARQLTarget ; sh:prefixes :none ;
            sh:select "SELECT ?this { ?this <https://example.org/q> ?any }" ] ;
            sh:property [ sh:path :p ; sh:maxCount 1 ] ; sh:node :inner .
    """,
    "a node expression": """
        :left a sh:NodeShape ; sh:targetClass :B ; sh:expression [ sh:path :none ] .
    """,
    "a function": '''
        :isShort a sh:SPARQLFunction ; sh:parameter [ sh:path :text ; sh:order 0 ] ;
            sh:returnType xsd:boolean ; sh:ask "ASK { FILTER(STRLEN(STR($text)) < 2) }" .
        :left a sh:NodeShape ; sh:targetClass :B ; sh:sparql [ sh:select """
            PREFIX : <https://example.org/>
            SELECT $this ?value { $this :p ?value FILTER(:isShort(?value)) }""" ] .
    ''',
    "a shape within itself": """
        :left a sh:NodeShape ; sh:targetClass :B ; sh:property :left-q .
        :left-q sh:path :q ; sh:node :left ; sh:maxCount 1 .
    """,
    "a shape in the shape": """
        :left a sh:NodeShape ; sh:targetClass :B ; sh:not :odd .
        :odd a sh:NodeShape ; sh:expression [ sh:path :none ] .
    """,
    "a class that is a shape": """
        :D a rdfs:Class , sh:NodeShape ; sh:expression [ sh:path :none ] .
    """,
}
FAULTY = {
    "a number that is none": ':left sh:path :p ; sh:targetClass :B ; sh:maxCount "many" .',
    "two datatypes": ":left sh:path :p ; sh:targetClass :B ; sh:datatype xsd:date , xsd:time .",
    "a count without a path": ":left a sh:NodeShape ; sh:targetClass :B ; sh:minCount 1 .",
    "a pattern that is none": ':left a sh:NodeShape ; sh:targetClass :B ; sh:pattern "(" .',
    "a blank node compared": ":left sh:path :b ; sh:targetNode :b ; sh:lessThan :p .",
    "a deep nest": "\n".join(
        f":left{n or ''} a sh:NodeShape ; sh:node :left{n + 1} ; sh:minLength 1 ."
        for n in range(16)
    )
    + ":left sh:targetClass :B . :left16 a sh:NodeShape ; sh:minLength 1 .",
}


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


@pytest.mark.parametrize("name", LEFT)
def test_what_pyshacl_alone_can_do_is_left_to_it(name, asked):
    data, shapes = turtle(DATA), turtle(PLAIN + LEFT[name])
    found = shacl.validate(data, shapes)

    assert [node.value.removeprefix("https://example.org/") for node in asked] in (["left"], ["D"])
    assert found.failures == []
    expected = by_reference(data, shapes)
    assert expected
    assert ours(found, shapes) == expected


def test_rules_change_the_data_so_all_is_left_to_pyshacl(asked):
    rules = """
        :left a sh:NodeShape ; sh:targetClass :B ; sh:rule [ a sh:TripleRule ;
            sh:subject sh:this ; sh:predicate :p ; sh:object 7 ] .
    """
    data, shapes = turtle(DATA), turtle(PLAIN + rules)
    found = shacl.validate(data, shapes)

    assert asked == [None]
    assert ours(found, shapes) == by_reference(data, shapes)
    assert any(result.value.value == "7" for result in found.results if result.value)


@pytest.mark.parametrize("name", FAULTY)
def test_a_shape_that_nobody_can_apply_is_named_and_the_others_are_applied(name):
    data = turtle(DATA + ":b :b [] ; :p 1 .")
    alone = shacl.validate(data, turtle(PLAIN))
    found = shacl.validate(data, turtle(PLAIN + FAULTY[name]))

    assert by_reference(data, turtle(PLAIN + FAULTY[name])) is None
    assert {failure.shape.value for failure in found.failures} == {"https://example.org/left"}
    assert len(found.results) == len(alone.results) > 0


def test_a_shape_for_which_pyshacl_refuses_the_graph_is_a_failure():
    slip = ":left a sh:NodeShape ; sh:path :p ; sh:targetClass :B ."
    found = shacl.validate(turtle(DATA), turtle(PLAIN + slip))

    (failure,) = found.failures
    assert "cannot be the subject of a 'sh:path'" in failure.problem


def test_a_count_on_a_node_shape_has_no_effect_which_is_said():
    odd = ":left a sh:NodeShape ; sh:targetClass :B ; sh:qualifiedValueShape :inner ; sh:class :D ."
    data, shapes = turtle(DATA), turtle(PLAIN + odd)
    found = shacl.validate(data, shapes)

    assert ["Qualified" in failure.problem for failure in found.failures] == [True]
    assert ours(found, shapes) == by_reference(data, shapes)


@pytest.mark.parametrize("more", ["", LEFT["a component of its own"]])
def test_only_the_nodes_asked_for_are_checked(more):
    data, shapes = turtle(DATA), turtle(PLAIN + more)
    among = {term for term in data.terms if str(term).endswith("/x>")}
    every = shacl.validate(data, shapes)
    found = shacl.validate(data, shapes, among)

    assert found.results
    expected = {result for result in every.results if result.focus in among}
    assert set(found.results) == expected != set(every.results)


def test_a_shape_without_focus_nodes_is_not_left_to_pyshacl(asked):
    shapes = ":left a sh:NodeShape ; sh:targetClass :None ; sh:expression [ sh:path :none ] ."

    assert shacl.validate(turtle(DATA), turtle(shapes)) == ([], [])
    assert asked == []
