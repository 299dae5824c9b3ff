"""The remote engine: over `oxigraph serve`, and over a server that does all that goes wrong."""

import asyncio
import contextlib
import json
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs

import pyoxigraph
import pytest

from faulty_peer import after, chunked, faulty_peer, hang_up, raw, trickle, whole
from http_fixtures import BOMB, DEEP, ENDLESS, ID, ONE, QUADS, TWO, running, write_snapshot
from oxigraph_server import UNION, oxigraph
from stimson.config import LISTED, Config, read_config
from stimson.engine import Request, open_engine
from stimson.engine.remote.response_check import end_check
from stimson.engine.threads import Standalone
from stimson.errors import (
    AnswerUnusable,
    EngineBusy,
    EngineDown,
    FormatUnavailable,
    QueryRefused,
    QuerySyntaxError,
    QueryTimeout,
    QueryTooDeep,
    QueryTooLarge,
    ResultTooLarge,
    StimsonError,
    TooManyRows,
)
from stimson.queries import syntax_error
from stimson.snapshot import read_current
from waiting import PATIENCE, wait_for

BASE = "http://example.org/"
ALL = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
CSV = "n\r\n9\r\n"
RELEASE = "https://w3id.org/stimson/graph/release"
STATE = "http://www.w3.org/2002/07/owl#versionInfo"
JSON = "application/sparql-results+json"
LONG = 2 * PATIENCE  # what ends sooner was ended
NONE = json.dumps({"head": {"vars": ["state"]}, "results": {"bindings": []}})


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    store = tmp_path_factory.mktemp("store")
    write_snapshot(store)
    return read_current(store)


@pytest.fixture(scope="module")
def server():
    with oxigraph(QUADS.encode()) as running_server:
        yield running_server


@pytest.fixture(scope="module")
def remote(server, snapshot):
    with engine(snapshot, server.url, engine_union=UNION) as made:
        yield made


def engine(snapshot, url, **settings):
    settings = {"timeout": PATIENCE, "queue_timeout": PATIENCE, "result_mb": 1} | settings
    return Standalone(open_engine(snapshot, Config(engine=url, **settings)))


@contextlib.contextmanager
def playing(snapshot, *acts, **settings):
    """Start an engine over a server that plays `acts` once the engine has looked at it."""
    with faulty_peer(whole(NONE, JSON)) as peer, engine(snapshot, peer.url, **settings) as made:
        peer.acts[:] = acts
        peer.requests.clear()
        yield made, peer


@contextlib.contextmanager
def served(store, **settings):
    """Start the whole server over `oxigraph serve` with the small snapshot."""
    write_snapshot(store)
    with (
        oxigraph(QUADS.encode()) as server,
        running(store, engine=server.url, engine_union=UNION, **settings) as site,
    ):
        yield server, site


def ask(engine, text=ALL, **wanted):
    wanted.setdefault("solutions", "text/csv")
    with engine.answer(Request(text, base_iri=BASE, **wanted)) as answer:
        body = b"".join(answer.chunks)
        assert answer.length == len(body)
        return answer.media_type, body.decode()


def rows(engine, text, **wanted):
    return sorted(ask(engine, text, **wanted)[1].split("\r\n")[1:-1])


# What is asked


def test_without_a_dataset_all_graphs_are_one(remote):
    assert ask(remote) == ("text/csv", CSV)
    assert rows(remote, ALL, is_union=False) == ["0"]


@pytest.mark.parametrize("union", [UNION, LISTED])
def test_the_dataset_is_the_union_the_query_s_or_the_protocol_s(server, snapshot, union):
    graphs = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    with engine(snapshot, server.url, engine_union=union) as made:
        assert rows(made, ALL) == ["9"]
        assert rows(made, graphs) == [ONE, TWO]
        # Oxigraph itself passes over FROM where it is asked for the union.
        assert rows(made, ALL.replace("WHERE", f"FROM <{ONE}> WHERE")) == ["3"]
        assert rows(made, ALL, default_graphs=(TWO,)) == ["6"]
        assert rows(made, graphs, default_graphs=(TWO,)) == []
        assert rows(made, graphs, named_graphs=(ONE,)) == [ONE]
        with pytest.raises(QuerySyntaxError, match="absolute IRI"):
            ask(made, default_graphs=("no iri",))


def test_relative_iris_have_the_base_of_the_request(remote):
    assert rows(remote, "SELECT (<x> AS ?x) {}") == ["http://example.org/x"]


@pytest.mark.parametrize(
    ("text", "kind", "wanted"),
    [
        (ALL, "solutions", JSON),
        (ALL, "solutions", "application/json"),
        (ALL, "solutions", "application/xml"),
        (ALL, "solutions", "text/tab-separated-values"),
        ("ASK {}", "boolean", "application/json"),
        ("PREFIX select: <a:> # SELECT\nASK {}", "boolean", "application/sparql-results+xml"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "graph", "application/n-quads"),
        ("DESCRIBE <https://w3id.org/stimson/id/state/arcadia>", "graph", "application/trig"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "graph", "application/ld+json"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "graph", "application/rdf+xml"),
    ],
)
def test_an_answer_is_what_this_kind_of_query_was_wanted_as(remote, text, kind, wanted):
    others = dict.fromkeys(("solutions", "boolean", "graph"))
    assert ask(remote, text, **others | {kind: wanted})[0] == wanted
    with pytest.raises(FormatUnavailable, match="answered as one of"):
        ask(remote, text, **others)


@pytest.mark.parametrize("text", ["SELECT * {", "SELECT *\n{ ?s e:p ?o }", "SELECT ?x ?x {"])
def test_what_does_not_parse_says_where_as_our_engine_does(remote, text):
    with pytest.raises(SyntaxError) as ours:
        pyoxigraph.Store().query(text)
    expected = syntax_error(str(ours.value))
    with pytest.raises(QuerySyntaxError) as caught:
        ask(remote, text)
    assert (caught.value.line, caught.value.column) == (expected.line, expected.column)
    assert caught.value.problem[:99] == expected.problem[:99]
    with pytest.raises(QuerySyntaxError):
        ask(remote, text, solutions=None)  # before its format is found wanting


@pytest.mark.parametrize(
    "text",
    [
        "ASK { SERVICE <http://127.0.0.1:9/> {} }",
        "ASK { \\u0053ERVICE <http://127.0.0.1:9/> {} }",
        "PREFIX e: <http://127.0.0.1:9/> ASK { SERVICEe:x {} }",
        "LOAD <http://127.0.0.1:9/>",
        "INSERT DATA { <a:a> <a:b> <a:c> }",
    ],
)
def test_what_is_refused_is_never_sent(snapshot, text):
    with playing(snapshot, whole(CSV)) as (made, peer):
        with pytest.raises(QueryRefused):
            ask(made, text)
        assert peer.requests == []


CHAINS = {
    "groups": "ASK " + "{" * 300 + "}" * 300,
    "parentheses": "ASK { FILTER(" + "(" * 300 + "1" + ")" * 300 + ") }",
    "unions": "ASK { " + " UNION ".join(["{}"] * 1000) + " }",
    "optionals": "ASK { " + "OPTIONAL {} " * 1000 + "}",
    "sum": "SELECT (" + "+".join("?" + "x" * 3 for _ in range(2000)) + " AS ?n) {}",
    "hidden": "ASK { ?s ?p " + ('"}"' + "{") * 300,
    "escaped": "ASK " + "\\u007B" * 300,
}


@pytest.mark.parametrize("text", [DEEP, *CHAINS.values()], ids=["deep", *CHAINS])
def test_a_query_that_would_end_the_engine_is_not_sent(snapshot, text):
    with playing(snapshot, whole(CSV)) as (made, peer):
        with pytest.raises(QueryTooDeep):
            ask(made, text)
        assert peer.requests == []


def test_a_large_but_flat_query_is(remote):
    many = " ".join(f"(<a:{n}> -{n} '{{{{((')" for n in range(5000))
    assert rows(remote, f"SELECT (COUNT(*) AS ?n) {{ VALUES (?a ?b ?c) {{ {many} }} }}") == ["5000"]


def test_the_whole_dataset_comes_from_the_snapshot(remote):
    media_type, text = ask(remote, "", is_dump=True, graph="application/n-quads")
    assert media_type == "application/n-quads"
    assert sorted(text.splitlines()) == sorted(
        line.encode().decode("unicode_escape") for line in QUADS.splitlines()
    )
    with pytest.raises(FormatUnavailable):
        ask(remote, "", is_dump=True, graph="text/turtle")


# How it is asked


def test_a_form_is_posted_over_a_connection_that_is_kept(snapshot):
    with playing(snapshot, whole(CSV), query_workers=1) as (made, peer):
        text = "SELECT ('100%25 + \u0456' AS ?x) {}"
        assert ask(made, text, default_graphs=(ONE, TWO), named_graphs=(ONE,)) == ("text/csv", CSV)
        ask(made)
        request = peer.requests[0]
        fields = parse_qs(request.body.decode(), strict_parsing=True)
        assert request.head.startswith("POST /sparql HTTP/1.1\n")
        assert "Content-Type: application/x-www-form-urlencoded" in request.head
        assert "Accept: text/csv" in request.head
        assert fields["query"] == [f"BASE <{BASE}> {text}"]
        assert fields["default-graph-uri"] == [ONE, TWO]
        assert fields["named-graph-uri"] == [ONE]
        assert peer.connections == 1


def test_parameters_of_the_address_are_sent_with_every_query(snapshot):
    with faulty_peer(whole(CSV)) as peer, engine(snapshot, f"{peer.url}?timeout=5s") as made:
        ask(made)
        assert peer.requests[-1].head.startswith("POST /sparql?timeout=5s ")


@pytest.mark.parametrize(
    ("settings", "header"),
    [
        ({"engine_user": "me", "engine_password": "p:w"}, "Basic bWU6cDp3"),
        ({"engine_token": "t0ken"}, "Bearer t0ken"),
        ({}, "Basic dTpzM2NyM3Q="),
    ],
)
def test_who_asks_is_told_the_engine_and_nobody_else(snapshot, caplog, settings, header):
    refuse = whole("no", "text/plain", "401 Unauthorized", WWW_Authenticate="Basic")
    with faulty_peer(whole(CSV), refuse) as peer:
        url = peer.url if settings else peer.url.replace("//", "//u:s3cr3t@") + "?key=s3cr3t"
        with engine(snapshot, url, **settings) as made, pytest.raises(AnswerUnusable) as caught:
            ask(made)
        assert f"authorization: {header}".lower() in peer.requests[-1].head.lower()
        assert not [part for part in ("s3cr3t", "p:w", "t0ken") if part in str(caught.value)]
    with engine(snapshot, url, **settings) as made, pytest.raises(EngineDown) as caught:
        ask(made)
    said = str(caught.value) + caplog.text + repr(Config(engine=url, **settings))
    assert "cannot be reached" in caplog.text
    assert not [part for part in ("s3cr3t", "p:w", "t0ken") if part in said]


@pytest.mark.parametrize(
    "settings",
    [
        {"engine": "file:///etc/passwd"},
        {"engine": "ftp://u:s3cr3t@example.org/"},
        {"engine": "example.org/sparql"},
        {"engine": "http://u:s3cr3t@[bad/"},
        {"engine": "http://u:s3cr3t@example.org:no/"},
        {"engine": "http://u:s3cr3t@example.org/a b"},
        {"engine": "http://example.org/", "engine_token": "s3cr3t\r\nX: y"},
        {"engine": "http://example.org/", "engine_token": "s3cr3t", "engine_user": "me"},
    ],
)
def test_a_setting_that_cannot_be_is_said_without_showing_it(snapshot, settings):
    with pytest.raises(StimsonError, match=r"^STIMSON_ENGINE: ") as caught:
        open_engine(snapshot, Config(**settings))
    assert "s3cr3t" not in str(caught.value)


def test_the_environment_names_the_engine():
    config = read_config({"STIMSON_ENGINE": "http://x/", "STIMSON_ENGINE_TOKEN": "t"})
    assert (config.engine, config.engine_token) == ("http://x/", "t")


# What is not passed on


TURTLE = "<a:a> <a:b> <a:c> .\n"
CUT = "The SPARQL operation has been cancelled"  # Oxigraph's words, after whole rows
SORRY = "\n !!!!>># An error has occurred while exporting the query result.\n"
XML = "<?xml version='1.0'?><sparql><head/><boolean>true</boolean></sparql>"
HTML = "<!DOCTYPE html><html><title>Sorry</title></html>"
RESULTS = (
    '{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"literal","value":"}\\"["}}]}}'
)


@pytest.mark.parametrize(
    ("kind", "body", "is_whole"),
    [
        (JSON, RESULTS, True),
        (JSON, f" {RESULTS}\n", True),
        (JSON, RESULTS[:-1], False),
        (JSON, RESULTS[:-2] + CUT, False),
        (JSON, RESULTS + CUT, False),
        (JSON, HTML, False),
        (JSON, "", False),
        (JSON, '{"boolean": "', False),
        ("application/ld+json", "[]", True),
        ("application/sparql-results+xml", XML, True),
        ("application/sparql-results+xml", XML[:-9], False),
        ("application/sparql-results+xml", XML + CUT, False),
        ("application/rdf+xml", HTML, False),
        ("text/csv", CSV, True),
        ("text/csv", CSV + CUT, False),
        ("text/csv", CSV + SORRY, False),
        ("text/csv", CSV[:-1], False),
        ("text/tab-separated-values", "?s\n<a:a>\n", True),
        ("text/tab-separated-values", f"?s\n<a:a>\n{CUT}", False),
        ("application/n-triples", TURTLE, True),
        ("application/n-triples", "", True),
        ("application/n-triples", TURTLE + CUT, False),
        ("application/n-triples", TURTLE[:-4], False),
        ("text/turtle", f"@prefix a: <a:> .\n{TURTLE}# end\n", True),
        ("text/turtle", "PREFIX a: <a:>\n", True),
        ("text/turtle", TURTLE[:-3] + CUT, False),
        ("application/trig", "<a:g> { <a:a> <a:b> <a:c> }\n", True),
    ],
)
@pytest.mark.parametrize("step", [1, 7, 10_000])
def test_a_whole_answer_is_told_from_a_cut_one(kind, body, is_whole, step):
    def run():
        check = end_check(kind)
        for start in range(0, len(body), step):
            check.feed(body.encode()[start : start + step])
        check.end()

    if is_whole:
        run()
    else:
        with pytest.raises(AnswerUnusable):
            run()


@pytest.mark.parametrize(
    "act",
    [
        chunked(CSV.encode(), "text/csv", is_ended=False),
        chunked((CSV + CUT).encode(), "text/csv"),
        raw(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: 99\r\n\r\nn\r\n",
            is_over=True,
        ),
        raw(b"HTTP/1.0 200 OK\r\nContent-Type: text/csv\r\n\r\nn\r\n9\r\n", is_over=True),
        whole(HTML, "text/html"),
        whole(HTML, "text/csv"),
        whole(CSV, "text/csv", "206 Partial Content"),
        whole(CSV, "text/csv", "302 Found", Location="http://127.0.0.1:9/"),
        whole("", "text/csv", "204 No Content"),
        whole("no", "text/plain", "401 Unauthorized"),
        whole("no", "text/plain", "404 Not Found"),
        whole("oops", "text/plain", "500 Internal Server Error"),
        raw(b"SSH-2.0-OpenSSH_9.9\r\n", is_over=True),
    ],
)
def test_what_is_no_whole_answer_is_an_error(snapshot, act):
    with playing(snapshot, act) as (made, peer):
        with pytest.raises((AnswerUnusable, EngineDown)):
            ask(made)
        peer.acts[:] = [whole(CSV)]
        assert ask(made) == ("text/csv", CSV)


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (whole(CSV, X_SQL_State="S1TAT"), QueryTimeout),
        (whole(CSV, X_SPARQL_MaxRows=10000), TooManyRows),
        (whole("Query timed out", "text/plain", "503 Service Unavailable"), QueryTimeout),
        (whole("TimeLimitExceededException", "text/plain", "500 Oops"), QueryTimeout),
        (whole("Timed out", "text/plain", "429 Too Many Requests"), QueryTimeout),
        (whole("slow down", "text/plain", "429 Too Many Requests"), EngineBusy),
        (whole("java.lang.OutOfMemoryError", "text/plain", "500 Oops"), QueryTooLarge),
        (whole("", "text/plain", "413 Content Too Large"), QueryTooLarge),
        (whole("", "text/plain", "406 Not Acceptable"), FormatUnavailable),
        (whole("x" * 2_000_000 + "\n"), ResultTooLarge),
        (chunked(b"x" * 2_000_000 + b"\n", "text/csv"), ResultTooLarge),
    ],
)
def test_what_an_engine_says_becomes_what_ours_would_say(snapshot, act, error):
    with playing(snapshot, act) as (made, peer):
        with pytest.raises(error):
            ask(made)
        assert len(peer.requests) == 1, "no query is sent again that was the trouble itself"


@pytest.mark.parametrize(
    ("said", "line", "column"),
    [
        ("error at 1:40: expected X", 1, 13),
        ("error at 3:4: expected X", 3, 4),
        ("Line 2, column 7: Unresolved prefixed name", 2, 7),
        ('MALFORMED QUERY: Encountered "}" at line 3, column 5.', 3, 5),
        ('{"exception": "bad", "metadata": {"line": 2, "positionInLine": 9}}', 2, 9),
        ("Parse error", None, None),
        (HTML, None, None),
    ],
)
def test_the_place_of_a_syntax_error_is_read_out(snapshot, said, line, column):
    act = whole(said, "text/plain", "400 Bad Request")
    with playing(snapshot, act) as (made, _), pytest.raises(QuerySyntaxError) as caught:
        ask(made)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert "<" not in caught.value.problem


def test_rows_are_limited_here(server, snapshot):
    every = "SELECT * { GRAPH ?g { ?s ?p ?o } }"
    graph = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }"
    for limit, is_allowed in ((9, True), (8, False)):
        with engine(snapshot, server.url, result_rows=limit) as made:
            for text, wanted in (
                *((every, {"solutions": kind}) for kind in (JSON, "application/xml", "text/csv")),
                (every, {"solutions": "text/tab-separated-values"}),
                *((graph, {"graph": k}) for k in ("text/turtle", "application/n-triples")),
            ):
                if is_allowed:
                    ask(made, text, **wanted)
                else:
                    with pytest.raises(TooManyRows):
                        ask(made, text, **wanted)
            broken = "SELECT ('a\n\"b\n' AS ?x) {}"
            assert ask(made, broken.replace("\n", "\\n"))


# When it is down, slow or busy


def test_what_passes_is_waited_for(snapshot):
    busy = whole("later", "text/plain", "503 Service Unavailable", Retry_After=1)
    with playing(snapshot, busy, whole(CSV)) as (made, peer):
        start = time.monotonic()
        assert ask(made) == ("text/csv", CSV)
        assert time.monotonic() - start >= 1.0
        assert len(peer.requests) == 2


@pytest.mark.parametrize(
    ("status", "error", "requests"),
    [("503 X", EngineBusy, 4), ("502 X", AnswerUnusable, 4), ("504 X", QueryTimeout, 4)],
)
def test_what_does_not_pass_is_given_up(snapshot, status, error, requests):
    with playing(snapshot, whole("no", "text/plain", status)) as (made, peer):
        with pytest.raises(error):
            ask(made)
        assert len(peer.requests) == requests


def test_who_says_come_back_in_an_hour_is_not_waited_for(snapshot):
    act = whole("later", "text/plain", "503 Service Unavailable", Retry_After=3600)
    with playing(snapshot, act) as (made, peer):
        with pytest.raises(EngineBusy):
            ask(made)
        assert len(peer.requests) == 1


def test_a_lost_connection_is_tried_once_more_and_not_again(snapshot):
    with playing(snapshot, hang_up, whole(CSV)) as (made, peer):
        assert ask(made) == ("text/csv", CSV)
        peer.acts[:] = [hang_up]
        peer.requests.clear()
        with pytest.raises(EngineDown):
            ask(made)
        assert len(peer.requests) == 2, "a query that ends an engine must not end it four times"


def test_half_an_answer_is_not_asked_for_again(snapshot):
    half = chunked(CSV.encode(), "text/csv", is_ended=False)
    with playing(snapshot, half, whole(CSV)) as (made, peer):
        with pytest.raises(EngineDown):
            ask(made)
        assert len(peer.requests) == 1


@pytest.mark.parametrize(
    "act",
    [
        after(LONG, whole(CSV)),
        trickle(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 20_000, 0.1),
        trickle(b"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + b"x" * 200_000, 0.005),
    ],
)
def test_the_deadline_holds_whatever_the_engine_does(snapshot, act):
    with playing(snapshot, act, timeout=0.6, query_workers=1) as (made, peer):
        for seconds in (None, 0.3):
            with pytest.raises((QueryTimeout, AnswerUnusable)):
                ask(made, timeout=seconds)
        peer.acts[:] = [whole(CSV)]
        assert ask(made) == ("text/csv", CSV), "the connection that was cut has been replaced"


def test_a_response_at_the_deadline_spoils_no_connection(snapshot):
    # At the deadline the thread and the event loop find out at about the same time.
    with playing(snapshot, after(0.2, whole(CSV)), query_workers=1) as (made, peer):
        for _ in range(25):
            with contextlib.suppress(QueryTimeout):
                ask(made, timeout=0.2)
        peer.acts[:] = [whole(CSV)]
        for _ in range(25):
            assert ask(made) == ("text/csv", CSV)


def test_no_connection_is_cut_once_it_has_been_given_back(snapshot):
    async def run(made):
        connection = made._connections.copy().pop()
        over = asyncio.get_running_loop().create_future()
        over.set_exception(QueryTimeout("late"))
        made._give_up(connection, over)
        return connection.is_cut

    with playing(snapshot, whole(CSV)) as (made, _):
        assert made.wait(run(made._engine)) is False


def test_an_endless_query_is_let_go_of(remote):
    with pytest.raises(QueryTimeout):
        ask(remote, ENDLESS, timeout=0.5)
    assert ask(remote) == ("text/csv", CSV)


def test_no_more_than_so_many_are_asked_at_once(snapshot):
    together = threading.Barrier(3)

    def wait_for_the_others(client):
        together.wait(PATIENCE)
        whole(CSV)(client)

    with playing(snapshot, wait_for_the_others, query_workers=3) as (made, peer):
        with ThreadPoolExecutor(12) as threads:
            answers = list(threads.map(lambda _: ask(made), range(12)))
        assert answers == [("text/csv", CSV)] * 12
        assert peer.most_open == 3


def test_who_leaves_frees_the_connection(snapshot):
    with playing(snapshot, after(LONG, whole(CSV)), query_workers=1) as (made, peer):
        waiting = asyncio.run_coroutine_threadsafe(
            made._engine.reply(Request(ALL, base_iri=BASE, solutions="text/csv")), made._loop
        )
        wait_for(lambda: peer.requests)
        peer.left.clear()
        waiting.cancel()
        peer.acts[:] = [whole(CSV)]
        assert ask(made) == ("text/csv", CSV)


def test_readiness_is_that_of_the_engine_and_comes_back_with_it(snapshot):
    with oxigraph(QUADS.encode()) as server, engine(snapshot, server.url) as made:
        assert made.is_ready()
        server.stop()
        assert not made.is_ready()
        with pytest.raises(EngineDown, match="cannot be reached"):
            ask(made)
        server.start()
        server.load(QUADS.encode())
        assert made.is_ready()
        assert rows(made, "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }") == ["9"]


def test_an_engine_that_holds_another_snapshot_is_not_ready(server, snapshot):
    with engine(snapshot, server.url) as made:
        try:
            for state, is_ready in (
                ("unfinished", False),
                ("0" * 16, False),
                (snapshot.name, True),
            ):
                server.update(f"DROP SILENT GRAPH <{RELEASE}>")
                quad = f'GRAPH <{RELEASE}> {{ <{RELEASE}> <{STATE}> "{state}" }}'
                server.update(f"INSERT DATA {{ {quad} }}")
                assert made.is_ready() is is_ready
        finally:
            server.update(f"DROP GRAPH <{RELEASE}>")


# The whole server


def test_the_server_says_what_is_wrong_with_its_engine(tmp_path):
    write_snapshot(tmp_path)
    with oxigraph(QUADS.encode()) as server:
        url = server.url.replace("//", "//user:s3cr3t@")
        with running(tmp_path, engine=url, engine_union=UNION) as site:
            assert site.query(ALL, accept="text/csv").text == CSV
            assert "Arcadia" in site.request("/id/state/arcadia.html").text
            assert site.request("/readyz").status == 200
            server.stop()
            down = site.query(ALL + " LIMIT 1")
            assert (down.status, down.json["type"][-11:]) == (503, "engine-down")
            assert int(down.headers["Retry-After"]) > 0
            ready = site.request("/readyz")
            assert (ready.status, "cannot be reached" in ready.text) == (503, True)
            page = site.request("/id/state/arcadia", Accept="text/html")
            assert page.status == 503
            assert not [r for r in (down, ready, page) if "s3cr3t" in r.text + str(r.headers)]
            assert site.request("/healthz").status == 200
            # What cannot change is still there.
            assert site.query(ALL, accept="text/csv").text == CSV
            server.start()
            server.load(QUADS.encode())
            assert site.request("/readyz").status == 200
            assert site.query(ALL + " LIMIT 1", accept="text/csv").text == CSV


def test_a_server_starts_before_its_engine(tmp_path):
    write_snapshot(tmp_path)
    with oxigraph() as server:
        server.stop()
        with running(tmp_path, engine=server.url) as site:
            assert site.request("/readyz").status == 503
            server.start()
            server.load(QUADS.encode())
            assert site.request("/readyz").status == 200
            named = (
                "SELECT ?l { GRAPH ?g { <" + ID + "state/arcadia> ?p ?l FILTER(ISLITERAL(?l)) } }"
            )
            assert "Arcadia" in site.query(named).text


def test_a_query_that_ends_the_engine_is_an_error_for_one(tmp_path):
    with served(tmp_path, timeout="4") as (server, site):
        replies = []
        asking = threading.Thread(target=lambda: replies.append(site.query(BOMB)))
        asking.start()
        asking.join()
        assert replies[0].status in (502, 503, 504)
        server.stop()
        server.start()
        server.load(QUADS.encode())
        assert site.query(ALL, accept="text/csv").text == CSV


def test_a_new_snapshot_is_served_from_the_same_engine(tmp_path):
    with served(tmp_path) as (server, site):
        more = f"<{ID}state/utopia> <http://example.org/p> <http://example.org/o> <{ONE}> .\n"
        write_snapshot(tmp_path, QUADS + more)
        server.load(more.encode())
        site.process.send_signal(signal.SIGHUP)
        name = (tmp_path / "current").read_text()
        wait_for(lambda: site.request("/readyz").text == name)
        assert site.query(ALL, accept="text/csv").text == "n\r\n10\r\n"


def test_files_and_a_remote_engine_do_not_go_together(tmp_path, run):
    (tmp_path / "a.ttl").write_text(TURTLE)
    done = run("serve", str(tmp_path / "a.ttl"), STIMSON_ENGINE="http://127.0.0.1:9/")
    assert done.returncode == 2
    assert "STIMSON_ENGINE" in done.stderr
