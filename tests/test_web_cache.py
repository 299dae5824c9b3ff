"""What is known is not worked out again, and is the same as if it were."""

import tracemalloc
import urllib.parse

import pytest

from http_fixtures import ONE, TWO
from http_fixtures import site as site
from http_fixtures import store as store
from stimson.web.server.responder import ResponseCache
from stimson.web.sparql.messages import WebResponse

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
TEXTS = {
    "select": "SELECT ?s ?o {{ ?s ?p ?o }} ORDER BY ?s ?o # {}",
    "ask": "ASK {{ ?s ?p ?o }} # {}",
    "construct": "CONSTRUCT {{ ?s ?p ?o }} {{ ?s ?p ?o }} # {}",
    "from": f"SELECT ?s FROM <{ONE}> {{{{ ?s ?p ?o }}}} ORDER BY ?s # {{}}",
    "now": "SELECT (NOW() > '2020-01-01T00:00:00Z'^^<http://www.w3.org/2001/XMLSchema#dateTime> "
    "AS ?x) {{}} # {}",
    "error": "SELECT ?s {{ ?s # {}",
    "refused": "SELECT * {{ SERVICE <a:a> {{}} }} # {}",
    "unprefixed": "SELECT * {{ ?s skos:prefLabel ?o }} # {}",
}
ACCEPTS = [
    None,
    "application/sparql-results+json",
    "text/csv",
    "text/html",
    "application/sparql-results+xml, text/turtle;q=0.5",
    "text/turtle",
]
MOVING = ("date", "cache-status", "etag", "content-length")


def head(reply):
    return {name.lower(): value for name, value in reply.headers.items()}


def alike(first, later):
    """Tell whether answers to queries of the same length are the same but for their names."""
    one, two = head(first), head(later)
    return (
        first.status == later.status
        and {name for name in one if name != "cache-status"}
        == {name for name in two if name != "cache-status"}
        and all(one[name] == two[name] for name in one if name not in MOVING)
    )


@pytest.mark.parametrize("accept", ACCEPTS)
@pytest.mark.parametrize("kind", TEXTS)
def test_queries_that_differ_in_a_comment_have_the_same_head_and_body(site, kind, accept):
    texts = [TEXTS[kind].format(f"{accept!r:60}{number}") for number in (1, 2)]
    first, second, again = (site.query(text, accept=accept) for text in (*texts, texts[1]))
    assert alike(first, second)
    assert alike(second, again)
    assert second.text.replace(texts[1], "") == again.text.replace(texts[1], "")
    if "# " not in first.text:
        assert first.text == second.text
    assert head(second).get("etag") == head(again).get("etag")


@pytest.mark.parametrize("way", [FORM, QUERY])
def test_the_text_of_a_query_comes_through_every_way_in(site, way):
    for number in (1, 2):
        text = f"SELECT ?s {{ ?s ?p '100%25 + ü &' }} # {number}"
        body = urllib.parse.urlencode({"query": text}) if way == FORM else text
        reply = site.request("/sparql", body=body.encode(), Content_Type=way, Accept="text/csv")
        assert (reply.status, reply.text) == (200, "s\r\n")
        assert reply.headers["Cache-Control"] == "no-store"


def test_graphs_and_formats_are_kept_apart(site):
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    for _ in range(3):
        found = [
            site.query(count, accept="text/csv", **{"default-graph-uri": graph}).text.split()[1]
            for graph in (ONE, TWO)
        ]
        assert found == ["3", "6"]
        assert site.query(count, accept="text/csv").type.startswith("text/csv")
        assert site.query(count).type == "application/sparql-results+json"


def test_a_repeated_query_is_not_run_again_and_says_so(site):
    text = "SELECT ?s { ?s ?p ?o } # kept"
    found = [site.query(text).headers["Cache-Status"] for _ in range(3)]
    assert found == ["stimson; fwd=miss; stored", "stimson; hit", "stimson; hit"]


@pytest.mark.parametrize("text", ["SELECT (NOW() AS ?n) {}", "SELECT (rand() AS ?n) {}", "SELECT"])
def test_what_may_change_and_what_failed_is_not_kept(site, text):
    found = {site.query(text).headers["Cache-Status"] for _ in range(3)}
    assert found == {None}


def test_a_word_that_only_looks_volatile_is_kept(site):
    text = "SELECT ?s { ?s <http://xmlns.com/foaf/0.1/knows> ?known }"
    assert "hit" in [site.query(text) for _ in range(2)][1].headers["Cache-Status"]


def test_a_tag_that_was_given_is_taken(site):
    for number in range(3):
        text = f"SELECT ?p {{ ?s ?p ?o }} # tag {number}"
        tag = site.query(text).headers["ETag"]
        path = f"/sparql?{urllib.parse.urlencode({'query': text})}"
        assert site.request(path, If_None_Match=tag).status == 304


def test_compressed_responses_are_kept_apart(site):
    for number in (1, 1, 2, 3):
        text = f"SELECT * {{ ?s ?p ?o . ?a ?b ?c }} # packed {number}"
        path = f"/sparql?{urllib.parse.urlencode({'query': text})}"
        reply = site.request(path, Accept_Encoding="gzip")
        assert reply.headers["Content-Encoding"] == "gzip"
        assert reply.body[:2] == b"\x1f\x8b"
        assert site.request(path).headers["Content-Encoding"] is None


def test_the_cache_is_bounded_and_drops_the_least_used():
    cache = ResponseCache(1)
    for number in range(100):
        assert cache.put(number, WebResponse(200, [], bytes(20_000)))
        cache.get(0)
    assert cache.size <= cache.limit == 2**20
    assert cache.get(0) is not None
    assert cache.get(1) is None
    assert cache.get(99) is not None
    assert not cache.put("large", WebResponse(200, [], bytes(2**19)))
    assert cache.get("large") is None
    before = cache.size
    cache.put(99, WebResponse(200, [], bytes(20_000)))
    assert cache.size == before


@pytest.mark.parametrize("header", ["x", "x" * 5000])
@pytest.mark.parametrize("body", [0, 5000])
def test_the_cache_holds_no_more_than_it_counts(header, body):
    cache = ResponseCache(1)
    tracemalloc.start()
    for number in range(3000):
        head = [(f"name-{number}-{each}", f"{header}{number}") for each in range(3)]
        assert cache.put(number.to_bytes(32), WebResponse(200, head, bytes(body)))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 0.9 * cache.limit < cache.size <= cache.limit
    assert held <= cache.limit


def test_a_cache_of_no_size_keeps_nothing():
    cache = ResponseCache(0)
    assert not cache.put("a", WebResponse(200, [], b""))
    assert cache.get("a") is None
