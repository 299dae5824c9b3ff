"""A shape that is known does without the views; what is not sure to recur goes to them."""

import asyncio
import urllib.parse

import pytest

from http_fixtures import write_snapshot
from stimson.config import Config
from stimson.engine.pool import Pool
from stimson.snapshot import read_current
from stimson.web.app import create_app
from stimson.web.server.answers import Answers
from stimson.web.server.asgi_request import Incoming
from stimson.web.server.calls import Bridge
from stimson.web.server.request_body import NONE

TEXT = "SELECT ?s {{ ?s ?p ?o }} LIMIT 3 # {}"


async def nothing_more():
    """Say that the body is whole."""
    return {"type": "http.request"}


def incoming(query_string, headers=None, **parts):
    """Make a request, as the web server hands it over."""
    headers = headers or {"accept": "text/csv", "host": "x"}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "scheme": "http",
        "method": "GET",
        "path": "/sparql",
        "query_string": query_string.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("192.0.2.1", 4000),
        "server": ("192.0.2.2", 80),
    }
    return Incoming(scope | parts, nothing_more)


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """Ask as the front does; what comes is a response, and whether a view made it."""
    store = tmp_path_factory.mktemp("store")
    write_snapshot(store)
    config = Config(query_workers=1, cache_mb=0)
    loop = asyncio.new_event_loop()
    pool = Pool(read_current(store).dataset, config)
    loop.run_until_complete(pool.start())
    app = create_app(config, Bridge(pool, loop), read_current(store), {})
    seen = []

    def views(variables, start):
        seen.append(variables)
        return app(variables, start)

    answers = Answers(config, pool, views)

    def send(text, body=NONE, **parts):
        headers = parts.pop("headers", None)
        parameters = urllib.parse.urlencode({"query": text, **parts})
        before = len(seen)
        response = loop.run_until_complete(
            answers.find(incoming(parameters, headers), body, "192.0.2.1")
        )
        return response, len(seen) > before

    yield send
    answers.close()
    loop.run_until_complete(pool.close())
    app.extensions["stimson"].checkers.close()
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


def test_the_first_of_a_shape_is_for_the_views_and_no_other(ask):
    found = [ask(TEXT.format(number)) for number in range(4)]
    assert [by_view for _, by_view in found] == [True, False, False, False]
    assert {response.status for response, _ in found} == {200}
    assert {response.body for response, _ in found} == {found[0][0].body}
    assert len({dict(response.head)["etag"] for response, _ in found}) == 4


@pytest.mark.parametrize(
    "parts",
    [
        {"default-graph-uri": "http://example.org/g"},
        {"timeout": "0.5"},
        {"headers": {"accept": "application/sparql-results+xml", "host": "x"}},
        {"headers": {"accept": "text/csv", "accept-encoding": "gzip", "host": "x"}},
        {"headers": {"accept": "text/csv", "origin": "https://example.org", "host": "x"}},
    ],
    ids=str,
)
def test_another_shape_is_for_the_views_once(ask, parts):
    assert [ask(TEXT.format(number), **parts)[1] for number in range(3)] == [True, False, False]


def test_a_page_is_always_for_the_views(ask):
    headers = {"accept": "text/html", "host": "x"}
    assert [ask(TEXT.format(n), headers=headers)[1] for n in range(3)] == [True] * 3


def test_an_error_and_a_condition_are_always_for_the_views(ask):
    headers = {"accept": "text/csv", "host": "x", "if-none-match": "*"}
    for _ in range(2):
        assert ask("SELECT")[1]
        response, by_view = ask(TEXT.format(0), headers=headers)
        assert (response.status, by_view) == (304, True)


def test_another_kind_of_result_is_learned_apart(ask):
    headers = {"accept": "text/csv, text/turtle", "host": "x"}
    texts = ["SELECT * { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }"]
    found = [ask(text, headers=headers) for text in texts * 2]
    assert [by_view for _, by_view in found] == [True, True, False, False]
    types = [dict(response.head)["content-type"] for response, _ in found]
    assert types == ["text/csv; charset=utf-8", "text/turtle; charset=utf-8"] * 2


def test_a_volatile_query_is_a_shape_of_its_own(ask):
    headers = {"accept": "application/json", "host": "x"}
    ask("SELECT ?s { ?s ?p ?o }", headers=headers)
    found = [ask("SELECT (NOW() AS ?n) {}", headers=headers) for _ in range(2)]
    assert [by_view for _, by_view in found] == [True, False]
    for response, _ in found:
        assert dict(response.head)["cache-control"] == "no-store"
        assert "etag" not in dict(response.head)


def test_a_head_that_is_added_to_stays_as_it_was_learned(ask):
    for _ in range(3):
        response, _ = ask("SELECT (RAND() AS ?n) {}", timeout="0.9")
        assert ("x", "y") not in response.head
        response.head.append(("x", "y"))
