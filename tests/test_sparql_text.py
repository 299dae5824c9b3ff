"""The tokens of a query are those that the engine reads, in every query that it accepts."""

import itertools
from collections.abc import Iterator, Sequence

import pyoxigraph as ox
import pytest

import w3c_shacl
from stimson import paths, queries
from stimson.rdf import named
from stimson.sparql_text import (
    SparqlToken,
    strip_literals,
    tokenize,
    undeclared_prefixes,
    unescape,
)

PROLOGUE = "BASE <http://e/> PREFIX : <http://e/> PREFIX e: <http://e/> PREFIX e.f-g: <http://e/> "
ODD = [
    "SELECT*{?s?p?o.?s:p ?a.}",
    "SELECT * { ?s :p 1.5.?s :p 1.e5.?s :p .5 , +1, -2 . ?s :p e.f-g:a.b-. }",
    r"""SELECT * { ?s ?p 'it\'s' , "a", '', "", ''' ' '' ''', 'a'@en-GB.?s?p'b'^^:c }""",
    'SELECT * { ?s ?p """x"y""" , """\\"""" , \'"""\' }',
    r"SELECT * { ?s <p\u0061> 'SERVICE\u0027 { ' ; :a\-b\.c%20 _:b.1 . ?s ?p _:c.}",
    "SELECT * { ?s ?p ?o # } ' \" < \n . # \r\n }",
    "SELECT * { ?s ?p ?o FILTER(?o<?s&&?p>?o) FILTER(?o<=5||?s>=?o) FILTER(!(?o<:a/2)&&1>0) }",
    "ASK { ?s ?p ?o FILTER((?s)<?p&&?o>?s) FILTER(true<?p&&?o>?s) FILTER(STR(?s)<?p&&?o>?s) }",
    "SELECT(?a<?b&&?c>?d AS ?x)(IF(?a<?b,1,2)AS?y){?a ?b ?c,?d}ORDER BY DESC(?a<?b&&?c>?d)",
    "SELECT*{{SELECT ?a (COUNT(?b<?c&&?c>?a)AS?n){?a?b?c}GROUP BY ?a HAVING(COUNT(?b)<5&&6>5)}}",
    "SELECT * { ?s a (1 <b> <c>) , true , <d> . ?s (<a>/^<b>)|!(<c>|^<d>) <e> }",
    "SELECT * { ?s ?p ?o FILTER EXISTS { ?s <a> <b> FILTER :f(?s<?p&&?o>?s) } } VALUES ?o {<a> 1}",
    "SELECT * { ?s ?p ?o FILTER(?o IN(<a>,<b>)) FILTER(?o<<http://e/>) BIND(<<(<a><b>1)>>AS?t) }",
    "SELECT * { << ?s :p <o> >> :q <<?a<b>?c>> . ?s :p ?o ~ :r {| :t <u> |} }",
    "SELECT * { ?é ?a\u0300 ?o· . ?s :é\u203f 'x'@en--ltr }",
    "DESCRIBE ?a <b> FROM <c> FROM NAMED <d> WHERE { ?a ?b <c> }",
    "CONSTRUCT { ?s <a> <b> } WHERE { ?s ?p ?o } LIMIT 5",
    "ASK{FILTER(true<false)FILTER(1<2)FILTER('a'<'b'@en)FILTER(regex('a','^<b>$'))}",
]


def saved() -> Iterator[str]:
    """List the saved queries, with their parameters bound and free."""
    for each in queries.read_queries(paths.QUERIES).values():
        yield each.sparql
        yield each.bind()


def of_the_suite() -> Iterator[str]:
    """List the queries in the shapes of the W3C's SHACL suite."""
    for case in w3c_shacl.cases(w3c_shacl.fetch()):
        shapes = w3c_shacl.read(case.shapes)
        for name in ("sh:select", "sh:ask"):
            for owner in shapes.subjects_with(named(name)):
                yield shapes.value(owner, named(name)).value


def accepts(query: str) -> bool:
    """Ask the engine; one without data does little more than parse."""
    try:
        ox.Store().query(query, base_iri="http://e/")
    except SyntaxError:
        return False
    except RuntimeError:  # it knows no such function
        return True
    return True


def write(tokens: Sequence[SparqlToken], between: str) -> str:
    """Write tokens with something between them, but where the engine wants none there."""
    text = tokens[0].text
    for one, two in itertools.pairwise(tokens):
        pair = (one.text, two.text)
        together = one.end == two.start and not set(pair) & set("{}.;,")
        together |= pair in (("(", ")"), ("[", "]"), ("{", "|"), ("|", "}"))
        together |= two.kind == "tag" or (one.kind == "word" and two.text == "(")
        text += two.text if together else f"{between}{two.text}"
    return text


def check(query: str) -> None:
    tokens = [token for token in tokenize(query) if token.kind != "comment"]
    assert all(query[token.start : token.end] == token.text for token in tokens)
    assert "unclosed" not in {token.kind for token in tokens}
    # Between tokens there is place for comments.
    assert accepts(write(tokens, "\n# \" ' < { SERVICE\n"))
    # A string may say anything.
    texts = [each._replace(text="'SERVICE \" <a>{'") for each in tokens]
    pairs = zip(tokens, texts, strict=True)
    assert accepts(write([two if one.kind == "string" else one for one, two in pairs], " "))
    # A word is one to the engine, which takes no other in its place.
    for number, token in enumerate(tokens):
        if token.kind == "word":
            changed = [*tokens[:number], token._replace(text="XYZZY"), *tokens[number + 1 :]]
            assert not accepts(write(changed, " ")), token


@pytest.mark.parametrize("query", ODD)
def test_the_engine_agrees_on_odd_queries(query):
    assert accepts(PROLOGUE + query)
    check(PROLOGUE + query)
    # What looks like an IRI with a variable in it is a comparison.
    assert not any(each.kind == "iri" and "?" in each.text for each in tokenize(query))


def test_the_engine_agrees_on_saved_queries():
    found = list(saved())
    assert len(found) > 50
    for query in found:
        check(query)


def test_the_engine_agrees_on_the_queries_of_the_shacl_suite():
    try:
        found = [each for each in of_the_suite() if accepts(each)]
    except w3c_shacl.NoSuite as reason:
        pytest.skip(str(reason))
    assert len(found) > 5
    for query in found:
        check(query)


@pytest.mark.parametrize(
    "text", ["", "'", '"""a"b"', "\\¬\x00", "<a", "?", "_:", "@", "SELECT'\\", "\ud800", "a.b-c.1-"]
)
def test_any_text_has_tokens_and_none_of_it_is_lost(text):
    assert "".join(token.text for token in tokenize(text)) == text


def test_keywords_and_signs_are_left():
    query = "SELECT * { ?s <a> 'b'@en , 1.5 ; :c _:d . # e\n FILTER(?f<?g&&?h>?i) }"
    assert strip_literals(query).split() == [
        "SELECT",
        "*",
        "{",
        ",",
        ";",
        ".",
        "FILTER(",
        "<",
        "&&",
        ">",
        ")",
        "}",
    ]
    assert strip_literals("ASK { ?s ?p 'a { SERVICE").split() == ["ASK", "{", "'a", "{", "SERVICE"]


def test_prefixes_that_are_not_declared_are_found():
    query = "prefix a: <http://e/> PREFIX # e:\n b: <f:> ASK { a:x b:y c:z, 'd:e', <f:g> ; :h ?i }"
    assert undeclared_prefixes(query) == {"c", ""}


def test_code_points_are_resolved_as_far_as_they_are_characters():
    assert unescape(r"\u0041\U0001F600\UFFFFFFFF\n") == "A\U0001f600\\UFFFFFFFF\\n"
