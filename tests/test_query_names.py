"""What is read of the names in a query before it runs: prefixes to add, and IRIs."""

import time
from pathlib import Path

import pytest

from stimson import names
from stimson.errors import QuerySyntaxError
from stimson.query_names import complete, explain, rough_names, used_names

ROOT = Path(__file__).parents[1]
SAVED = sorted((ROOT / "queries").glob("*.rq"))
ST = names.ST


def used(text):
    return [each.iri for each in used_names(text)]


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("SELECT * { ?s a st:Stance }", ["st"]),
        (
            "SELECT * { ?s a st:Stance ; skos:note 'x'@en, person:joe-biden }",
            ["st", "person", "skos"],
        ),
        ("PREFIX st: <http://example.org/> SELECT * { ?s a st:Stance }", []),
        (
            "prefix st:<http://example.org/> prefix e:<e:> SELECT * { ?s a st:Stance, rdfs:x }",
            ["rdfs"],
        ),
        ("SELECT * { ?s ?p 'st:Stance' } # skos:note", []),
        ("SELECT * { ?st:Stance ?p <st:Stance> }", []),
        ("# PREFIX st: <http://example.org/>\nSELECT * { ?s a st:Stance }", ["st"]),
        ("SELECT * { ?s a nope:Stance }", []),
        ("SELECT*{?s a?o;rdf:type|^st:holder/st:x* ?o}", ["st", "rdf"]),
    ],
)
def test_prefixes_that_are_left_out_are_added(text, added):
    found = complete(text)

    lines = "".join(f"PREFIX {each}: <{names.PREFIXES[each]}> " for each in added)
    assert found.text == lines + text
    assert found.added == len(lines)
    assert complete(text, is_strict=True).text == text


def test_a_byte_order_mark_stays_at_the_head():
    assert complete("\ufeffSELECT * { ?s a st:Stance }").added == 0


def test_places_are_those_of_the_text_that_was_sent():
    added = complete("SELECT * { ?s a st:Stance").added

    assert explain(QuerySyntaxError("x", 1, added + 5), "", added).column == 5
    assert explain(QuerySyntaxError("x", 2, 5), "", added).column == 5
    assert explain(QuerySyntaxError("x", 1, 3), "", added).column == 1
    assert explain(QuerySyntaxError("x"), "", added).column is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT * { ?s a st:Stance }", f"PREFIX st: <{ST}>"),
        ("SELECT * { ?s a skoz:Stance }", "skoz: is used but not declared; did you mean skos:?"),
        ("SELECT * { ?s a x:Stance }", "x: is used but not declared; declare it with PREFIX"),
    ],
)
def test_a_prefix_that_is_missing_is_named(text, said):
    fault = QuerySyntaxError("expected one of Prefix not found, ['%']", 1, 1)

    assert said in explain(fault, text).problem


@pytest.mark.parametrize(
    ("text", "iris"),
    [
        ("SELECT * { ?s a st:Stanse }", [f"{ST}Stanse"]),
        (f"PREFIX x: <{ST}> ASK {{ ?s x:a <{ST}b> , x:c\\-d }}", [f"{ST}a", f"{ST}b", f"{ST}c-d"]),
        ("BASE <http://e.org/a/> ASK { <b> ?p <//[> }", ["http://e.org/a/b", "//["]),
        ("ASK { <id/state/x> ?p 'st:no' }", [f"{names.ID}state/x"]),
        ("PREFIX st: <a:> PREFIX st: <b:> ASK { ?s st:x 1 }", ["b:x"]),
        (f"ASK {{ <{ST}\\u0041> ?p ?o }}", [f"{ST}A"]),
        ("ASK { ?s nope:x 1 }", []),
    ],
)
def test_the_iris_of_a_query_are_found(text, iris):
    assert used(text) == iris


@pytest.mark.parametrize("path", SAVED, ids=lambda path: path.stem)
def test_a_rough_look_overlooks_nothing(path):
    text = path.read_text(encoding="utf-8")

    assert set(used(text)) <= rough_names(text)
    assert used(text)


@pytest.mark.parametrize(
    "text",
    [
        "PREFIX # why\n x: <https://w3id.org/stimson/ontology#> ASK { ?s x:none 1 }",
        'VERSION "1.2" PREFIX x: <https://w3id.org/stimson/ontology#> ASK { ?s x:none 1 }',
        "PREFIX x:\\u003Cb> ASK { <\\u0061:b> ?p <c> }",
    ],
)
def test_a_rough_look_knows_what_it_does_not_see(text):
    assert "" in rough_names(text)


def test_a_colon_in_a_string_is_no_name():
    assert rough_names("ASK { ?s ?p 'at 10:30, http://a.b' }") == frozenset()


def test_long_texts_take_no_more_than_linear_time():
    for hostile in ("a" * 500_000, "a:" * 250_000, "<" * 500_000, "?a:b " * 100_000, ":" * 500_000):
        start = time.process_time()
        complete(hostile)
        assert time.process_time() - start < 5
