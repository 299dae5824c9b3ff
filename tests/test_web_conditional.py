"""Preconditions that fail are told (412), before a client is told that nothing has changed."""

import email.utils
import urllib.parse

import pytest

from http_fixtures import site as site
from http_fixtures import store as store

ASKED = f"/sparql?query={urllib.parse.quote('ASK {}')}"
TAGGED = (
    *(ASKED, "/sparql", "/store", "/store?default", "/dataset", "/.well-known/void", "/shapes"),
    *("/id/state/arcadia.ttl", "/graph/one.ttl", "/reconcile", "/.well-known/sparql-examples"),
    *("/search", "/search.json?q=arcadia"),
    *("/about", "/data", "/data.bib", "/sitemap.xml", "/id/state/arcadia.bib"),
)
UNTAGGED = ("/", "/queries", "/validate", "/robots.txt", "/healthz")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", TAGGED)
def test_a_weak_tag_never_matches(site, path, method):
    tag = site.request(path).headers["ETag"]
    assert tag.startswith("W/")
    for wanted in (tag, tag.removeprefix("W/"), '"other"', f'"other", {tag}', "nonsense", ""):
        reply = site.request(path, method=method, If_Match=wanted)
        assert reply.status == 412, wanted
        assert reply.headers["Content-Type"] == "application/problem+json"
        assert reply.headers["Cache-Control"] == "no-store"
    assert site.request(path, method=method, If_Match="*").status == 200


def test_the_problem_says_what_to_do(site):
    found = site.request(ASKED, If_Match='"other"').json
    assert found["type"] == "https://w3id.org/stimson/problems/precondition-failed"
    assert "send the tag in If-None-Match" in found["detail"]


@pytest.mark.parametrize("path", UNTAGGED)
def test_what_has_no_tag_matches_none(site, path):
    assert site.request(path, If_Match='"x"').status == 412
    assert site.request(path, If_Match="*").status == 200


def test_it_comes_before_not_modified(site):
    tag = site.request(ASKED).headers["ETag"]
    assert site.request(ASKED, If_None_Match=tag, If_Match="*").status == 304
    for wanted in (tag, "*"):
        assert site.request(ASKED, If_None_Match=wanted, If_Match=tag).status == 412


def test_an_error_is_that_error(site):
    for path, status in (("/sparql?query=ASK", 400), ("/none", 404), ("/store?graph=urn:x", 404)):
        assert site.request(path, If_Match='"x"').status == status


def test_a_query_by_post_selects_no_representation(site):
    assert site.post("ASK {}", If_Match='"x"').status == 200
    sent = {"method": "QUERY", "body": b"ASK {}", "Content_Type": "application/sparql-query"}
    assert site.request("/sparql", If_Match='"x"', **sent).status == 412
    assert site.request("/sparql", method="OPTIONS", If_Match='"x"').status == 200


def test_a_file_has_a_strong_tag_and_a_date(site):
    path = "/static/stimson.css"
    headers = site.request(path).headers
    assert not headers["ETag"].startswith("W/")
    assert site.request(path, If_Match=headers["ETag"]).status == 200
    assert site.request(path, If_Match=f'"x", {headers["ETag"]}').status == 200
    assert site.request(path, If_Match='"x"').status == 412
    changed = email.utils.parsedate_to_datetime(headers["Last-Modified"])
    for since, status in ((changed, 200), (changed.replace(year=1990), 412)):
        date = email.utils.format_datetime(since, usegmt=True)
        assert site.request(path, If_Unmodified_Since=date).status == status
        assert site.request(path, If_Unmodified_Since=date, If_Match="*").status == 200
        assert site.request(ASKED, If_Unmodified_Since=date).status == 200  # it has no date
    assert site.request(path, If_Unmodified_Since="some day").status == 200
    both = {"If_None_Match": headers["ETag"]}
    assert site.request(path, If_Match="*", **both).status == 304
    assert site.request(path, If_Match='"x"', **both).status == 412
