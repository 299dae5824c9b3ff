"""Compression: by the client's wish, never twice, with a length and a tag that are true."""

import gzip
import secrets
from urllib.parse import quote

import brotli
import pytest
import zstandard
from flask import Flask, Response

from http_fixtures import site as site
from http_fixtures import store as store
from stimson.config import Config
from stimson.web.sparql import flask_responses

LONG = f"SELECT ('{'long ' * 20}' AS ?y) {{ VALUES ?a {{ {'0 ' * 100} }} }}"


def unpacked(reply):
    """Undo the coding that a reply names."""
    ways = {
        "gzip": gzip.decompress,
        "br": brotli.decompress,
        "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
    }
    return ways[reply.headers["Content-Encoding"]](reply.body)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("br", "br"),
        ("zstd", "zstd"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1, br;q=0.5, zstd;q=0", "gzip"),
        ("*", "zstd"),
    ],
)
def test_a_large_answer_is_packed_as_the_client_likes_it(site, accepted, coding):
    plain = site.post(LONG)
    packed = site.post(LONG, Accept_Encoding=accepted)
    assert packed.headers["Content-Encoding"] == coding
    assert len(packed.body) < len(plain.body) / 5
    assert int(packed.headers["Content-Length"]) == len(packed.body)
    assert unpacked(packed) == plain.body
    assert packed.type == plain.type
    for reply in (plain, packed):
        assert {"Accept", "Accept-Encoding"} <= set(reply.headers["Vary"].split(", "))


@pytest.mark.parametrize("accepted", ["identity", "gzip;q=0", "deflate", "gzip;q=0.5, identity"])
def test_an_answer_is_left_as_it_is_where_that_is_wanted(site, accepted):
    assert site.post(LONG, Accept_Encoding=accepted).headers["Content-Encoding"] is None


def test_what_is_packed_already_is_not_packed_again():
    app, body = Flask(__name__), gzip.compress(secrets.token_bytes(4096))
    flask_responses.register(app, Config())
    app.add_url_rule(
        "/",
        "x",
        lambda: Response(body, mimetype="text/plain", headers={"Content-Encoding": "gzip"}),
    )
    reply = app.test_client().get("/", headers={"Accept-Encoding": "zstd, br, gzip"})
    assert (reply.headers["Content-Encoding"], reply.data) == ("gzip", body)


def test_small_answers_are_not_worth_packing(site):
    assert site.query("ASK {}").headers["Content-Encoding"] is None
    small = site.post("ASK {}", Accept_Encoding="gzip")
    assert small.headers["Content-Encoding"] is None
    assert "Accept-Encoding" in small.headers["Vary"]
    head = site.request(
        f"/sparql?query={quote(LONG)}", method="HEAD", Accept_Encoding="gzip", Accept="text/csv"
    )
    assert (head.headers["Content-Encoding"], head.body) == ("gzip", b"")


def test_packed_and_plain_share_a_weak_tag(site):
    path = f"/sparql?query={quote(LONG)}"
    tags = {site.request(path, Accept_Encoding=way).headers["ETag"] for way in ("gzip", "br", "")}
    assert len(tags) == 1
    assert site.request(path, Accept_Encoding="br", If_None_Match=tags.pop()).status == 304
    style = site.request("/static/stimson.css", Accept_Encoding="gzip")
    assert style.headers["Content-Encoding"] == "gzip"
    assert style.headers["ETag"].startswith("W/")  # the strong one is that of other bytes
    again = site.request("/static/stimson.css", If_None_Match=style.headers["ETag"])
    assert again.status == 304
