"""The reader with positions finds the triples that pyoxigraph finds, where the text states them."""

import random
from pathlib import Path

import pyoxigraph as ox
import pytest

from stimson import paths
from stimson.rdf import make_document
from stimson.rdf.turtle.edit import is_same_graph
from stimson.rdf.turtle.reader import TurtleTriples, comments, tokens
from stimson.rdf.turtle.source_map import Locator

FILES = sorted(
    path
    for folder in (paths.ONTOLOGY, paths.SHAPES, paths.DATA, Path(__file__).parent)
    for path in folder.rglob("*.ttl")
)
HEAD = """\
@prefix : <http://example.org/> .
PREFIX ex: <http://example.org/ex/>
@prefix a: <http://example.org/a/> . @prefix true: <http://example.org/true/> .
@base <http://example.org/base/> .
"""
# Each is hard for a reader that cuts by simpler rules than those of Turtle.
HARD = [
    "[ :q 1 ; :r 2 ] .",
    "[] :p [] .",
    "() :p () , (()) .",
    ":a :p [ :q 1 ; :r [ :s 2 ] ] , 3 .",
    ":a :p ( [ :x 1 ] ( 2 ) () 'x'@en \"y\"^^:z _:b <c> :d true ) ; :q 9 .",
    "( 1 2 ( 3 [ :p ( ) ] ) ) :p ( ( ( ) ) ) .",
    "[ :a [ :b ( 1 ) ] ].",
    ":a :p 1.:b :q 2 .",
    ":a :p 1.e5 , .5 , +1. ",
    ":a :p -1.5.:b :p 2 .",
    ":a :p 1e5.:b :p 2 .",
    "<a><b>.5.",
    ":a :p 007 , 1E3, -0.0e+1, +.5E-3 .",
    ":a :p _:b.:c :p 1 .",
    "_:a :p _:b.c, _:b .",
    ':a :p "x" ^^ <u:x> , "y" # "c\n @en-GB, "z"@en.:b :p 2 .',
    ":a :p \"\"\"a\"b\"\"c\\\"\"\"\" , '''x'y''z\\'''' .",
    ":a :p \"\".:b :p '' , \"\"\"\"\"\" , '''''' .",
    ':a :p "#", "\\"#", <#x> , "<", ">", "[" . # "',
    ":a :p 'x\"y', \"x'y\".",
    ':a :p """two\nlines [ ( \\u0041""" , "\\U0001F600\\n" .',
    ":a :p :b..c , :%20.%30 , :b:c: , :c\\.d\\#e , :%41\\,b\\;c .",
    ":a.b :p :1, :1a, :\u4e2d.\u6587 , :\u00e9 , ex: , :, : .",
    ":a :p ex:.:b :q 1 .",
    ":a :p true , false;;:q 1 ; .",
    "true:a :p true , true: .",
    '<a> a<c>; a [], "x" .',
    "a:b a a:c ; a a:d .",
    "@prefix a.b: <u:t> . a.b:c a.b:d a.b:e.f .",
    "@prefix base: <u:t> . base:a :p base:b .",
    'VERSION "1.2" @prefix b: <u:b> . :a :p b:c .',
    "@prefix ex: <u:1/> . ex:a :p ex:b . PREFIX ex: <u:2/> ex:a :p ex:b .",
    "base <u:b/> <x> <y> <z> . @base <u:c/> . <x> <y> <z> .",
    "<a\\u0062> <b> <\\U00000063> .",
    ":a#\n:p# x .\n:b# ; , ]\n.#",
    ":a\r\n  :p\t:b\r\n.\r\n:c :p 1 .\r\n",
]


def plain(text):
    """List the triples that pyoxigraph reads; None if it reads none."""
    try:
        return [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]
    except SyntaxError:
        return None


def check(text):
    """Compare triples and places with what pyoxigraph says and the text shows."""
    theirs, ours = plain(text), TurtleTriples(text)
    assert len(ours) == len(theirs), text
    assert is_same_graph(ours.plain(), theirs), text
    assert [each for each in ours if not fits(each, text)] == [], text


def fits(triple, text):
    """Tell whether a triple's places show what they are the places of."""
    value, subject = text[triple.value_at : triple.value_end], text[triple.subject_at :][:300]
    if triple.predicate.value.endswith(("#rest", "#first")):  # told by the member itself
        return value.strip() == value != ""
    return is_written(triple.value, value) and (
        isinstance(triple.subject, ox.BlankNode) or is_written(triple.subject, subject.split()[0])
    )


def is_written(term, words):
    match term:
        case ox.BlankNode():
            return words.startswith("_:") or words[0] + words[-1] in ("[]", "()")
        case ox.Literal() if words[0] in "\"'":
            return words[-1] in "\"'" or "@" in words or "^^" in words
        case ox.Literal():
            return words == term.value
    return words.startswith("<") or ":" in words or words[0] == "("


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_our_files_are_read_as_pyoxigraph_reads_them(path):
    text = path.read_text("utf-8")
    if plain(text) is not None:  # some files of the tests are made to be refused
        check(text)


@pytest.mark.parametrize("text", HARD)
def test_hard_texts_are_read_as_pyoxigraph_reads_them(text):
    assert plain(HEAD + text), "this tests nothing"
    check(HEAD + text)


class _Generator:
    """Makes texts at random from the parts that Turtle has."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def text(self):
        return HEAD + "".join(self.statement() for _ in range(6))

    def statement(self):
        number = self.random.random()
        if number < 0.1:
            return f"@prefix{self.space()}ex:{self.gap()}<u:{number}/>{self.gap()}.{self.gap()}"
        if number < 0.2:
            return f"{self.choose('PREFIX', 'Prefix')} ex: <u:{number}/>{self.space()}"
        if number < 0.25:
            return f"BASE <http://example.org/{number}/>{self.space()}"
        if number < 0.35:
            return f"[{self.properties(2)}]{self.gap()}.{self.gap()}"
        subject = self.choose(self.name(), self.name(), self.name(), self.list(2), self.nested(2))
        return f"{subject}{self.space()}{self.properties(2)}{self.gap()}.{self.gap()}"

    def properties(self, depth):
        parts = [self.property(depth) for _ in range(self.random.randint(1, 3))]
        return f"{self.gap()};{self.gap()}".join(parts) + self.choose("", "", f"{self.gap()};")

    def property(self, depth):
        values = [self.value(depth) for _ in range(self.random.randint(1, 3))]
        name = self.choose(":p", "ex:q", "<r>", "a", "a:p.q")
        return f"{name}{self.space()}{f'{self.gap()},{self.gap()}'.join(values)}"

    def value(self, depth):
        if depth and self.random.random() < 0.4:
            return self.choose(self.list(depth - 1), self.nested(depth - 1))
        return self.choose(self.name(), self.literal(), self.number() + self.choose("", " "))

    def list(self, depth):
        values = [self.value(depth) for _ in range(self.random.randint(0, 3))]
        return f"({self.gap()}{''.join(value + self.space() for value in values)})"

    def nested(self, depth):
        return f"[{self.gap()}{self.choose('', self.properties(depth))}{self.gap()}]"

    def name(self):
        return self.choose(":a", "ex:b.c", "<d>", "_:e", "_:f.g", ":\\,", "a:", ":%20", "<#>")

    def number(self):
        return self.choose("1", "-2.5", ".5", "1e3", "1.e3", "+0.50E-2", "007", "true")

    def literal(self):
        text = self.choose('"x"', "'y'", '"""z"z\n"""', "'''#'' [('''", '"\\" ."', '""', "'\\\\'")
        kind = self.choose("", "", "@en", f"{self.gap()}@uk-UA", "^^:t", f"^^{self.gap()}<u:t>")
        return text + kind

    def gap(self):
        return self.choose("", " ", "\n", "\r\n", "\t", " # it's \"[.\n")

    def space(self):
        return self.gap() or " "

    def choose(self, *parts):
        return self.random.choice(parts)


@pytest.mark.parametrize("seed", range(20))
def test_texts_made_at_random_are_read_as_pyoxigraph_reads_them(seed):
    generator = _Generator(seed)
    accepted = [text for text in (generator.text() for _ in range(40)) if plain(text) is not None]

    assert len(accepted) >= 10
    for text in accepted:
        check(text)
        assert lost(text) == [], text


def lost(text):
    """List the triples of a document that are not found where the text states them."""
    document = make_document("urn:x:1", "data", Path("x.ttl"), text)
    locator, stated = Locator(text, document.index), {}
    for each in TurtleTriples(text):
        before = text[: each.value_at]
        place = before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1
        stated.setdefault(place, set()).add(tuple(map(unnamed, each[:3])))
    found = [(locator.find(*triple), triple) for triple in map(tuple, document.triples)]
    return [
        triple
        for place, triple in found
        if tuple(map(unnamed, triple)) not in stated.get(place, ())
        if place or not isinstance(triple[0], ox.BlankNode)  # of a circle, perhaps
    ]


def unnamed(term):
    return "blank" if isinstance(term, ox.BlankNode) else term


def test_blank_nodes_that_look_alike_are_told_apart():
    text = HEAD + (
        ":a :p [ :q 1 ] , [ :q 1 ] .\n"  # the fifth line
        "[] :q 2 .\n"
        "[] :q 2 .\n"
        "_:x :r _:y ; :s 1 . _:y :r _:x .\n"
        "_:v :t _:w . _:w :t _:v .\n"
    )
    index = make_document("urn:x:1", "data", Path("x.ttl"), text).index
    locator, at = Locator(text, index), ox.NamedNode("http://example.org/q")

    ones = index.subjects(at, ox.Literal(1))
    twos = index.subjects(at, ox.Literal(2))
    assert [locator.find(node, at, ox.Literal(1)) for node in ones] == [(5, 12), (5, 23)]
    assert [locator.find(node) for node in ones] == [(5, 7), (5, 18)]
    assert [locator.find(node) for node in twos] == [(6, 1), (7, 1)]
    told = index.subjects_with(ox.NamedNode("http://example.org/r"))
    assert [locator.find(node) for node in told] == [(8, 1), (8, 21)]
    # Either of these may be the one that is meant.
    alike = index.subjects_with(ox.NamedNode("http://example.org/t"))
    assert [locator.find(node) for node in alike] == [None, None]


def test_deep_brackets_need_no_stack():
    deep = 20_000
    text = f"{HEAD}:a :p {'[ :p ' * deep}1{' ]' * deep} , 2 ."

    assert len(TurtleTriples(text)) == deep + 2
    assert comments(text) == []


@pytest.mark.parametrize(
    "part", ['"""a', "'", '"x', "<", "_:a.", ":.", "1.", "\\", "((", "^^", "@", "#", "a" * 9]
)
def test_what_is_no_turtle_is_passed_over_without_trying_again(part):
    assert sum(1 for _ in tokens(part * 20_000)) <= 60_000
