"""Requests are read into query operations as the protocol says, with no framework around."""

import random
from urllib.parse import parse_qsl

import pytest
from werkzeug.exceptions import BadRequest

from stimson.web.sparql import negotiation
from stimson.web.sparql.protocol import Edition, decode, read_operation

PARTS = (
    *("%", "=", "+", "&", "a", "F", "0", "_", " ", ".", ";", "~", "\n", "\r", "\t", "\x00"),
    *("%41", "%C3%BC", "%0A", "%0D%0A", "%3D", "%25", "%26", "%2B", "%FF", "%c3", "=\n", "=41"),
)
EDITION = Edition("1", "snapshot", "union")


class Request:
    """As much of a request as is read."""

    path = "/sparql"

    def __init__(self, method="GET", query_string=b"query=ASK%7B%7D", **headers):
        self.method = method
        self.query_string = query_string
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def read(body=b"", **parts):
    return read_operation(Request(**parts), lambda: body, 64)


def expected(text):
    try:
        return parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="strict")
    except UnicodeDecodeError:
        return BadRequest


def decoded(text):
    try:
        return decode(text.encode())
    except BadRequest:
        return BadRequest


def test_pairs_are_decoded_as_the_standard_library_does():
    choose = random.Random(1)  # it keeps no secret
    for _ in range(20_000):
        text = "".join(choose.choices(PARTS, k=choose.randrange(12)))
        assert decoded(text) == expected(text), text


def test_an_operation_has_one_tag_however_it_is_sent():
    form = {"content_type": "application/x-www-form-urlencoded"}
    plain = {"content_type": "application/sparql-query"}
    tags = {
        read().etag(EDITION),
        read(method="HEAD").etag(EDITION),
        read(query_string=b"query=ASK%7b%7D&timeout=2&other=x").etag(EDITION),
        read(b"query=ASK{}", method="QUERY", query_string=b"", **form).etag(EDITION),
        read(b"ASK{}", method="QUERY", query_string=b"", **plain).etag(EDITION),
    }
    assert len(tags) == 1
    assert None not in tags


@pytest.mark.parametrize(
    "other",
    [
        {"query_string": b"query=ASK%7B%7D%20"},
        {"query_string": b"query=ASK%7B%7D&default-graph-uri=a:a"},
        {"query_string": b"query=ASK%7B%7D&named-graph-uri=a:a"},
        {"query_string": b"query=ASK%7B%7D&as=xml"},
        {"accept": "application/sparql-results+xml"},
    ],
    ids=str,
)
def test_another_operation_has_another_tag(other):
    assert read(**other).etag(EDITION) != read().etag(EDITION)
    assert read().etag(EDITION) != read().etag(EDITION._replace(snapshot="next"))


def test_what_may_change_has_no_tag():
    for text in (b"NOW()", b"rand()", b"UUID()", b"StrUUID()"):
        assert read(query_string=b"query=SELECT+(" + text + b"+AS+?x)+{}").etag(EDITION) is None
    post = {"method": "POST", "query_string": b"", "content_type": "application/sparql-query"}
    assert read(b"ASK{}", **post).etag(EDITION) is None


def test_what_is_remembered_of_accept_is_bounded():
    negotiation._by_accept.cache_clear()
    read(accept=f"text/csv, application/{'x' * 1000}")
    assert negotiation._by_accept.cache_info().currsize == 0
    for number in range(1000):
        read(accept=f"application/x-{number}, text/csv")
    assert 0 < negotiation._by_accept.cache_info().currsize <= 256
