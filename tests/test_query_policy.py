"""What a query asks for is read from its tokens, not from its letters."""

import time

import pytest

from stimson.engine.query_policy import (
    names_its_graphs,
    reject_forbidden,
    reject_keyword_prefix,
)
from stimson.engine.remote.query_request import refuse_deep
from stimson.errors import QueryRefused, QueryTooDeep

PIECES = ["a.", "'", '"""', "<", "\\u0027", ":", "a:", "\\", "<a", "é", "\\'", "_:a.", "a("]
CALL = "SERVICE <http://127.0.0.1:9/> { ?s ?p ?o }"


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * {{ {CALL} }}",
        "select * { service silent <http://127.0.0.1:9/> {} }",
        f"SELECT * {{ {{ SELECT ?s {{ {CALL} }} }} }}",
        f"ASK {{ FILTER EXISTS {{ {CALL} }} }}",
        "SELECT * { ?s ?p ?where . SERVICE ?where { } }",
        r"SELECT * { \u0053ERVICE <http://127.0.0.1:9/> {} }",
        r"SELECT * { S\U00000045RVICE <http://127.0.0.1:9/> {} }",
        f"# SERVICE\nSELECT * {{ {CALL} }}",
        f"SELECT * {{ ?s ?p true{CALL} }}",
        f"SELECT * {{ ?s ?p 1e5{CALL} }}",
        f"PREFIX e: <http://e/> SELECT * {{ ?s ?p e:.{CALL} }}",
        f"SELECT * {{ ?s ?p 'a' . {CALL} ?s ?p 'b' }}",
        f"SELECT * {{ ?s ?p ''' ' ''' . {CALL} }}",
        f"SELECT * {{ FILTER(?a<?b) {CALL} FILTER(?c>?d) }}",
        # By the grammar these begin with an IRI, to the engine with a comparison.
        "SELECT * { FILTER(?a<?b)SERVICE#>\n:x {} }",
        "SELECT * { FILTER e:f(?a<?b)SERVICE#>\n:x {} }",
        "SELECT * { FILTER(:f(?a<=?b))SERVICE#>\n:x {} }",
        "SELECT(1<2AS?x){SERVICE#>\n:x {} }",
        f"SELECT * {{ ?s ?p it's {CALL} }}",
        # The engine ends this string at the quotation mark that is written out.
        rf"""SELECT * {{ ?s ?p "\u0022" . {CALL} ?s ?p "" }}""",
        f"SELECT * {{ ?s ?p '\\\\' . {CALL} ?s ?p '' }}",
    ],
)
def test_a_call_elsewhere_is_refused(text):
    with pytest.raises(QueryRefused, match="does not call other endpoints"):
        reject_forbidden(text)


@pytest.mark.parametrize(
    "text",
    [
        f"# {CALL}\nSELECT * {{ ?s ?p ?o }}",
        "SELECT * { ?s ?p 'SERVICE <x> {}' }",
        'SELECT * { ?s ?p "it\'s a SERVICE" }',
        "SELECT * { ?s ?p '''SERVICE\n'quoted' LOAD''' }",
        'SELECT * { ?s ?p """SERVICE "" LOAD""" }',
        r"SELECT * { ?s ?p 'a \' SERVICE' }",
        "SELECT * { ?s <http://example.org/SERVICE> ?o }",
        "PREFIX service: <http://e/> SELECT * { ?s service:load ?o }",
        "PREFIX e: <http://e/> SELECT * { ?s e:SERVICE ?o ; e:a.LOAD ?x }",
        "PREFIX : <http://e/> SELECT * { ?s :SERVICE ?o }",
        "SELECT ?service $load { ?service ?p $load }",
        "SELECT * { _:service ?p 'x'@service }",
        "SELECT * { ?s a (1 <http://e/'SERVICE>) , 'SERVICE <x>' }",
        "SELECT * { ?s ?p true , <a)SERVICE#> }",
        r"PREFIX e: <http://e/> SELECT * { ?s e:a\-SERVICE e:%20LOAD }",
    ],
)
def test_the_same_letters_elsewhere_mean_nothing(text):
    reject_forbidden(text)


# Each begins one of the operations of SPARQL 1.1 Update (sections 3.1 and 3.2).
UPDATES = {
    "ADD": "ADD <a:a> TO <a:b>",
    "CLEAR": "CLEAR ALL",
    "COPY": "COPY DEFAULT TO <a:b>",
    "CREATE": "CREATE SILENT GRAPH <a:a>",
    "DELETE": "DELETE WHERE { ?s ?p ?o }",
    "DROP": "DROP NAMED",
    "INSERT": "INSERT DATA { <a:a> <a:b> 1 }",
    "LOAD": "LOAD <file:///etc/passwd>",
    "MOVE": "MOVE <a:a> TO DEFAULT",
}


@pytest.mark.parametrize("word", UPDATES)
@pytest.mark.parametrize("before", ["", "BASE <http://e/> ", "PREFIX e: <http://e/> # one\n"])
def test_updates_are_refused_by_name(word, before):
    for text in (UPDATES[word], UPDATES[word].replace(word, word.title())):
        with pytest.raises(QueryRefused, match=rf"\b{word}\b"):
            reject_forbidden(before + text)


@pytest.mark.parametrize("words", ["WITH <a:a> DELETE { ?s ?p ?o }", "INSERT { ?s ?p ?o }"])
def test_updates_with_a_pattern_are_refused(words):
    with pytest.raises(QueryRefused, match="belongs to an update"):
        reject_forbidden(f"{words} WHERE {{ ?s ?p ?o }}")


def test_a_dataset_clause_is_found():
    assert names_its_graphs("SELECT * FROM <http://e/g> { ?s ?p ?o }")
    assert names_its_graphs("ASK from named <http://e/g> {}")
    assert names_its_graphs("SELECT(1 AS ?x)FROM<http://e/g>{}")
    assert names_its_graphs("PREFIX e: <http://e/> SELECT * FROMe:g { ?s ?p ?o }")
    assert names_its_graphs("SELECT(?a<1AS?x)FROM#>\n<http://e/g>{}")


def test_the_word_from_elsewhere_is_no_dataset_clause():
    assert not names_its_graphs("SELECT ?from { ?from <http://e/from> 'FROM' } # FROM")
    assert not names_its_graphs("PREFIX from: <http://e/> SELECT * { ?s from:from ?o }")


def test_what_could_be_read_as_a_call_is_no_prefix_for_a_remote_engine():
    for call in ("SERVICEe:x {}", "FILTER:f(?a<?b)SERVICE#>\n:x {}"):
        with pytest.raises(QueryRefused, match="give it another name"):
            reject_keyword_prefix(f"PREFIX e: <http://e/> SELECT * {{ {call} }}")
    reject_keyword_prefix("PREFIX filter: <http://e/> SELECT * { ?s filter:SERVICE 'SERVICEe:x' }")


@pytest.mark.parametrize("nest", ["={}", "<{}&&1>0", "?x<{}||(1>0)"])
def test_depth_does_not_hide_behind_a_comparison(nest):
    deep, shallow = (f"{'(' * depth}1{')' * depth}" for depth in (300, 200))
    query = "SELECT * {{ ?s ?p ?x FILTER(?x{}) }}"
    with pytest.raises(QueryTooDeep):
        refuse_deep(query.format(nest.format(deep)))
    refuse_deep(query.format(nest.format(shallow)))


@pytest.mark.parametrize(
    "piece",
    ["a.", "'", '"""', "<", "\\u0027", ":", "a:", "\\", "<a", "é", "\\'", '\\"""', "_:a.", "a("],
)
def test_the_time_grows_with_the_length_only(piece):
    def seconds(length):
        start = time.process_time()  # others on the machine do not count
        names_its_graphs(piece * length)
        return time.process_time() - start

    # Thirty-two times the text: 32 times the work, where with its square it were 1,024.
    shorter = max(min(seconds(4_000) for _ in range(3)), 1e-3)
    assert seconds(128_000) < 250 * shorter
