"""A query for a name of ours that is not there is answered with what was probably meant."""

import re
from html import unescape

import pytest

from http_fixtures import ID, ST
from http_fixtures import site as site
from http_fixtures import store as store

RELATION = "https://w3id.org/stimson/problems/unknown-name"
PAGE = "text/html"


def links(reply):
    return [each for each in reply.headers.get_all("Link") or () if RELATION in each]


@pytest.mark.parametrize("send", ["query", "post"])
def test_a_misspelt_class_is_named_with_what_was_meant(site, send):
    reply = getattr(site, send)("SELECT * { ?s a st:Stanse }")

    assert reply.status == 200
    assert reply.json["results"]["bindings"] == []
    assert reply.headers["Stimson-Unknown"] == f'"{ST}Stanse";meant="{ST}Stance"'
    (link,) = links(reply)
    assert re.match(r"</describe\?iri=[^>]*Stance>; ", link)
    assert 'title="st:Stance"' in link
    assert "Stimson-Unknown" in reply.headers["Access-Control-Expose-Headers"]


def test_it_is_said_again_from_the_cache(site):
    text = "SELECT ?again { ?again a st:Stanse }"
    first, second = site.query(text), site.query(text)

    assert "hit" in second.headers["Cache-Status"]
    assert first.headers["Stimson-Unknown"] == second.headers["Stimson-Unknown"]


@pytest.mark.parametrize(
    "text",
    [
        "ASK { ?s a st:Stance ; ?p state:arcadia }",
        f"PREFIX x: <{ST}> ASK {{ ?s a x:Stance }}",
        "ASK { ?s ?p 'st:Stanse' } # st:Stanse",
        "ASK { ?s a skos:NoSuchThing, <http://example.org/none> }",
        f"ASK {{ GRAPH <https://w3id.org/stimson/graph/one> {{ ?s ?p <{ID}state/arcadia> }} }}",
    ],
)
def test_nothing_is_said_of_what_is_there(site, text):
    reply = site.query(text)

    assert reply.status == 200
    assert reply.headers["Stimson-Unknown"] is None
    assert not links(reply)


@pytest.mark.parametrize(
    ("text", "unknown", "meant"),
    [
        (f"PREFIX x: <{ST}> ASK {{ ?s a x:Stanse }}", f"{ST}Stanse", f"{ST}Stance"),
        ("ASK { ?s ?p state:arkadia }", f"{ID}state/arkadia", f"{ID}state/arcadia"),
        ("ASK { <id/state/arkadia> ?p ?o }", f"{ID}state/arkadia", f"{ID}state/arcadia"),
        ("ASK { ?s ?p person:arcadia }", f"{ID}person/arcadia", f"{ID}state/arcadia"),
        ("ASK { ?s ?p person:zzz }", f"{ID}person/zzz", ""),
        (
            "ASK { GRAPH <https://w3id.org/stimson/graph/on> { ?s ?p ?o } }",
            "https://w3id.org/stimson/graph/on",
            "https://w3id.org/stimson/graph/one",
        ),
    ],
)
def test_names_are_found_however_they_are_written(site, text, unknown, meant):
    reply = site.query(text)

    expected = f'"{unknown}";meant="{meant}"' if meant else f'"{unknown}"'
    assert reply.headers["Stimson-Unknown"] == expected


def test_a_page_says_it_and_offers_the_query_with_the_other_name(site):
    reply = site.query("SELECT * { ?s a st:Stanse }", accept=PAGE)

    assert "<code>st:Stanse</code> is not in this graph" in reply.text
    (address,) = re.findall(r'<a href="([^"]*)">ask with it</a>', reply.text)
    mended = site.request(unescape(address))
    assert mended.status == 200
    assert "is not in this graph" not in mended.text
    assert "stance/arcadia-1" in mended.text or "stance:arcadia-1" in mended.text
    assert reply.headers["Stimson-Unknown"]


@pytest.mark.parametrize(
    "name",
    [
        "<https://w3id.org/stimson/id/state/\\u0022\\u003Cscript\\u003Ealert(1)>",
        "<https://w3id.org/stimson/id/state/a'onload='alert(1)>",
        "<https://w3id.org/stimson/id/state/\\u000d\\u000aSet-Cookie:x=1>",
        "<https://w3id.org/stimson/id/state/\\uD800>",
        "<https://w3id.org/stimson/id/state/їжак>",
        f"<https://w3id.org/stimson/id/state/{'x' * 5000}>",
    ],
)
def test_hostile_names_stay_inside_header_and_page(site, name):
    for accept in (None, PAGE):
        reply = site.query(f"ASK {{ ?s ?p {name} }}", accept=accept)
        assert reply.status in (200, 400), reply.text
        assert reply.headers["Set-Cookie"] is None
        assert "<script>" not in reply.text
        said = reply.headers["Stimson-Unknown"] or ""
        assert said.isascii()
        assert len(said) < 1000


def test_no_more_than_ten_names_are_reported(site):
    text = " ".join(f"st:none{number}" for number in range(100))
    reply = site.query(f"ASK {{ VALUES ?x {{ {text} }} }}")

    assert reply.headers["Stimson-Unknown"].count(", ") == 9


# prefixes


@pytest.mark.parametrize("accept", [None, "text/csv", PAGE])
def test_prefixes_may_be_left_out(site, accept):
    reply = site.query("SELECT ?s { ?s a st:State ; rdfs:label ?l }", accept=accept)

    assert reply.status == 200
    assert "arcadia" in reply.text


@pytest.mark.parametrize("strict", ["true", "1", "TRUE"])
def test_strict_forbids_it_also_after_the_same_query_was_answered(site, strict):
    text = "SELECT ?strict { ?strict a st:State }"

    assert site.query(text).status == 200
    reply = site.query(text, strict=strict)
    assert (reply.status, reply.json["column"]) == (400, 36)
    assert f"PREFIX st: <{ST}>" in reply.json["detail"]
    assert site.query(f"PREFIX st: <{ST}> {text}", strict=strict).status == 200
    assert site.query(text, strict="false").status == 200
    assert site.query(text, strict="maybe").status == 400


@pytest.mark.parametrize("text", ["SELECT * { ?s a st:State ; }}", "ASK { 'їжак' a st:State ]"])
def test_the_place_of_an_error_is_that_in_the_query_as_it_was_sent(site, text):
    declared = f"PREFIX st: <{ST}>\n{text}"
    expected, found = site.query(declared).json, site.query(text).json

    assert found["column"] == expected["column"]
    assert found["line"] == expected["line"] - 1 == 1
