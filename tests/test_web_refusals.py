"""Bodies and headers that are refused, or passed over, and that cost the server next to nothing."""

import gzip
from urllib.parse import quote

import pytest

from http_fixtures import running
from http_fixtures import store as store

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
PART = b'--%s\r\nContent-Disposition: form-data; name="a%d"\r\n\r\nx\r\n'


@pytest.fixture(scope="module")
def site(store):
    """A server with limits as usual."""
    with running(store) as running_site:
        yield running_site


@pytest.mark.parametrize(
    ("method", "path", "media_type", "body"),
    [
        ("POST", "/sparql", QUERY, b"ASK{}"),
        ("QUERY", "/sparql", QUERY, b"ASK{}"),
        ("POST", "/sparql", FORM, f"query={quote('ASK{}')}".encode()),
        ("QUERY", "/sparql", FORM, f"query={quote('ASK{}')}".encode()),
        ("POST", "/reconcile", FORM, b"queries={}"),
        ("POST", "/validate", "text/turtle", b"<a:a> <a:b> <a:c> ."),
    ],
)
@pytest.mark.parametrize("coding", ["gzip", "x, BR"])
def test_a_compressed_body_is_refused_not_misread(site, method, path, media_type, body, coding):
    plain = {"Content_Type": media_type, "Accept": "application/json", "method": method}
    for sent in (gzip.compress(body), body):  # the second looks right, and is said not to be
        reply = site.request(path, body=sent, Content_Encoding=coding, **plain)
        assert reply.status == 415
        assert "Content-Encoding" in reply.json["detail"]
    for known in ({}, {"Content_Encoding": "identity"}):
        assert site.request(path, body=body, **plain, **known).status == 200


def form(boundary: bytes, parts: int) -> dict:
    body = b"".join(PART % (boundary, number) for number in range(parts))
    kind = f"multipart/form-data; boundary={boundary.decode()}"
    return {"body": body + b"--%s--\r\n" % boundary, "Content_Type": kind}


def test_a_boundary_is_of_the_length_that_the_standard_allows(site):
    assert "boundary" not in site.request("/validate", **form(b"e" * 70, 1)).text
    reply = site.request("/validate", **form(b"e" * 71, 1))
    assert (reply.status, "70 characters" in reply.json["detail"]) == (400, True)
    assert site.request("/validate", **form(b"e" * 100_000, 1)).status == 400


def test_a_form_of_many_parts_is_told_so(site):
    assert "parts" not in site.request("/validate", **form(b"e", 10)).text
    reply = site.request("/validate", **form(b"e", 11))
    assert reply.status == 400
    assert "at most 10 parts" in reply.json["detail"]
    assert "KiB" not in reply.json["detail"]


def test_metrics_are_for_no_page_of_another_site(site):
    for reply in (
        site.request("/metrics", Origin="https://example.org"),
        site.request("/metrics", Origin="https://example.org", X_Forwarded_For="192.0.2.1"),
        site.request(
            "/metrics",
            method="OPTIONS",
            Origin="https://example.org",
            Access_Control_Request_Method="GET",
        ),
    ):
        assert reply.headers["Access-Control-Allow-Origin"] is None
    for path in ("/sparql", "/healthz", "/nowhere"):
        assert site.request(path).headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("unit", ["a/b{},", "text/{};q=0.5,", '"{}",', "a{}/*;x=y;q=0.1,"])
def test_an_accept_of_thousands_of_types_is_read_like_a_short_one(site, unit):
    many = "".join(unit.format(number) for number in range(60_000 // len(unit)))
    path = "/sparql?query=SELECT*%7B%7D"
    assert site.request(path, Accept=f"{many}text/csv").type.startswith("text/csv")
    assert site.request(path, Accept=f"text/csv;q=0.1,{many}*/*;q=0.2").status == 200
    assert site.request(path, Accept=many.rstrip(",")).status == 406


def test_an_accept_is_compared_without_regard_to_case(site):
    path = "/sparql?query=SELECT*%7B%7D"
    assert site.request(path, Accept="*/*, TEXT/CSV").type.startswith("text/csv")
