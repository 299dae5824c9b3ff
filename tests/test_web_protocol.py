"""The SPARQL protocol as clients meet it, over a real server."""

import shutil
import socket
import subprocess
from urllib.parse import quote, urlencode, urlsplit

import pytest
from SPARQLWrapper import CSV, JSON, TURTLE, XML, SPARQLWrapper

from http_fixtures import BOMB, DEEP, ENDLESS, ID, ONE, TWO
from http_fixtures import site as site
from http_fixtures import store as store

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
FORM = "application/x-www-form-urlencoded"
PROBLEMS = "https://w3id.org/stimson/problems/"
WIDE = f"SELECT ('{'x' * 999}' AS ?y) {{ VALUES ?a {{ {'0 ' * 2000} }} }}"
SELECTED = "SELECT ?s WHERE { ?s ?p ?o } LIMIT 1"


def number(reply):
    """Read the one number of a JSON result."""
    assert reply.status == 200, reply.text
    return int(reply.json["results"]["bindings"][0]["n"]["value"])


def assert_problem(reply, status, slug):
    """Hold an error to the one shape all errors have."""
    assert reply.status == status, reply.text
    assert reply.type == "application/problem+json"
    assert reply.json["type"] == PROBLEMS + slug
    assert reply.json["status"] == status
    assert {"title", "detail"} <= reply.json.keys()
    assert reply.headers["Access-Control-Allow-Origin"] == "*"


def form(**values):
    return {"body": urlencode(values, doseq=True).encode(), "Content_Type": FORM}


# Three ways in


def test_three_ways_in_lead_to_the_same_answer(site):
    replies = [
        site.query(COUNT),
        site.request("/sparql", **form(query=COUNT)),
        site.post(COUNT),
        site.post(COUNT, Content_Type="application/sparql-query; charset=UTF-8"),
        site.request("/sparql/?query=" + quote(COUNT)),
        site.request("/sparql?query=" + quote(COUNT), method="POST"),
    ]
    assert [number(reply) for reply in replies] == [9] * 6


@pytest.mark.parametrize(
    "text",
    ["100%25", "a+b", "x&y=z", "\u0456\u0441\u0442\u043e\u0440\u0456\u044f", "a\u00a0b", "?#/"],
)
def test_a_query_is_decoded_once(site, text):
    query = f"SELECT ('{text}' AS ?x) {{}}"
    for reply in (
        site.query(query),
        site.request("/sparql", **form(query=query)),
        site.post(query),
    ):
        assert reply.json["results"]["bindings"][0]["x"]["value"] == text


@pytest.mark.parametrize("body", [b"ASK { ?s ?p '\xff' }", "ASK {}".encode("utf-16")])
def test_a_body_that_is_not_utf8_is_refused(site, body):
    reply = site.request("/sparql", body=body, Content_Type="application/sparql-query")
    assert_problem(reply, 400, "bad-request")


@pytest.mark.parametrize("encoded", ["ASK%20%7B%7D%20%23%FF", "ASK%7B%7D%23%C3%28"])
def test_percent_signs_that_are_not_utf8_are_refused(site, encoded):
    assert_problem(site.request(f"/sparql?query={encoded}"), 400, "bad-request")
    reply = site.request("/sparql", body=f"query={encoded}".encode(), Content_Type=FORM)
    assert_problem(reply, 400, "bad-request")


def test_one_query_it_must_be(site):
    assert_problem(site.request("/sparql?query=ASK%7B%7D&query=ASK%7B%7D"), 400, "bad-request")
    assert_problem(site.request("/sparql", **form(nothing="")), 400, "bad-request")
    two = site.request(
        "/sparql?query=ASK%7B%7D", body=b"ASK {}", Content_Type="application/sparql-query"
    )
    assert_problem(two, 400, "bad-request")
    assert_problem(site.request("/sparql?query="), 400, "query-syntax")


def test_unknown_parameters_are_ignored_and_accept_wins(site):
    reply = site.query(COUNT, accept="text/csv", format="json", output="xml", results="json")
    assert reply.type == "text/csv; charset=utf-8"


def test_dataset_parameters_override_from(site):
    text = f"SELECT (COUNT(*) AS ?n) FROM <{ONE}> WHERE {{ ?s ?p ?o }}"
    named = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"
    assert number(site.query(text)) == 3
    assert number(site.query(text, **{"default-graph-uri": TWO})) == 6
    assert number(site.query(text, **{"default-graph-uri": [ONE, TWO]})) == 9
    assert number(site.query(named, **{"named-graph-uri": ONE})) == 3
    assert number(site.request("/sparql", **form(query=text, **{"default-graph-uri": TWO}))) == 6
    assert_problem(site.query(text, **{"default-graph-uri": "x y"}), 400, "query-syntax")


# Errors


def test_a_syntax_error_has_line_and_column(site):
    reply = site.query("SELECT *\nWHERE { ?s e:p ?o }")
    assert_problem(reply, 400, "query-syntax")
    assert (reply.json["line"], reply.json["column"]) == (2, 17)
    assert "expected" in reply.json["detail"]


def test_a_wrong_media_type_is_named(site):
    for kind in ("text/plain", "application/sparql-update", "multipart/form-data; boundary=x"):
        assert_problem(site.post("ASK {}", Content_Type=kind), 415, "unsupported-media-type")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_told_which_there_are(site, method):
    reply = site.request("/sparql", method=method, body=b"")
    assert_problem(reply, 405, "method-not-allowed")
    assert {"GET", "POST"} <= set(reply.headers["Allow"].split(", "))


def test_a_query_that_is_too_long_is_refused_before_it_runs(site):
    long = "ASK {} #" + "x" * 64 * 1024
    assert_problem(site.post(long), 413, "request-entity-too-large")
    assert_problem(site.request("/sparql", **form(query=long)), 413, "request-entity-too-large")
    assert_problem(site.post("ASK {}" + " " * 400 * 1024), 413, "request-entity-too-large")


def test_a_query_at_the_limit_is_answered_though_its_form_is_longer(site):
    text = "ASK {} #" + "é" * 32_000
    assert site.request("/sparql", **form(query=text)).json["boolean"] is True


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://127.0.0.1:18765/> { ?s ?p ?o } }",
        "SELECT * { { SELECT * { SERVICE <http://127.0.0.1:18765/> { ?s ?p ?o } } } }",
        "ASK { FILTER EXISTS { SERVICE ?x { ?s ?p ?o } } }",
        r"SELECT * { \u0053ERVICE <http://127.0.0.1:18765/> { ?s ?p ?o } }",
        "PREFIX e: <http://127.0.0.1:18765/> SELECT * { SERVICEe:x { ?s ?p ?o } }",
        "LOAD <file:///etc/passwd>",
    ],
)
def test_nothing_outside_is_asked(site, text):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.1)
        port = listener.getsockname()[1]
        assert_problem(site.query(text.replace("18765", str(port))), 403, "query-refused")
        with pytest.raises(TimeoutError):
            listener.accept()


def test_a_file_named_by_from_is_not_read(site):
    text = "SELECT (COUNT(*) AS ?n) FROM <file:///etc/passwd> WHERE { ?s ?p ?o }"
    assert number(site.query(text)) == 0


@pytest.mark.parametrize(
    ("text", "status", "slug"),
    [
        (ENDLESS, 504, "query-timeout"),
        (BOMB, 507, "query-too-large"),
        (DEEP, 400, "query-too-deep"),
        (
            f"SELECT ('{'x' * 999}' AS ?y) {{ VALUES ?a {{ {'0 ' * 2000} }} }}",
            507,
            "query-too-large",
        ),
    ],
)
def test_a_hostile_query_is_a_clean_error_and_the_server_lives_on(site, text, status, slug):
    assert_problem(site.post(text), status, slug)
    assert number(site.query(COUNT)) == 9


# HTTP


def test_head_is_get_without_a_body(site):
    got = site.query(SELECTED)
    head = site.request(f"/sparql?query={quote(SELECTED)}", method="HEAD")
    assert (head.status, head.body) == (200, b"")
    for name in ("Content-Type", "Content-Length", "ETag"):
        assert head.headers[name] == got.headers[name], name


def test_every_answer_says_how_long_it_is(site):
    wide = f"SELECT * {{ VALUES ?a {{ {'0 ' * 9000} }} }}"
    for text in (SELECTED, wide):
        reply = site.post(text)
        assert int(reply.headers["Content-Length"]) == len(reply.body)
        assert reply.headers["Transfer-Encoding"] is None


def test_a_tag_saves_the_query_and_stands_for_all_that_matters(site):
    tag = site.query(SELECTED).headers["ETag"]
    again = site.request(f"/sparql?query={quote(SELECTED)}", If_None_Match=f'"other", {tag}')
    assert (again.status, again.body) == (304, b"")
    assert again.headers["ETag"] == tag
    assert "Accept" in again.headers["Vary"]
    others = (
        site.query(SELECTED + " #"),
        site.query(SELECTED, accept="text/csv"),
        site.query(SELECTED, **{"default-graph-uri": ONE}),
    )
    assert len({tag, *(reply.headers["ETag"] for reply in others)}) == 4


def test_a_query_that_is_not_run_takes_no_time(site):
    tag = site.query("ASK {}").headers["ETag"]
    path = f"/sparql?query={quote('ASK {}')}"
    assert site.request(path, If_None_Match=tag, Accept="text/csv").status == 406
    assert site.request(f"/sparql?query={quote('ASK {')}", If_None_Match="*").status == 400


def test_what_changes_by_itself_has_no_tag(site):
    reply = site.query("SELECT (NOW() AS ?now) {}")
    assert reply.headers["ETag"] is None
    assert reply.headers["Cache-Control"] == "no-store"


def test_any_origin_may_ask_without_credentials(site):
    asked = {"Origin": "https://example.org", "Access_Control_Request_Headers": "x-one, accept"}
    reply = site.request("/sparql", method="OPTIONS", **asked)
    assert reply.status == 200
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert {"GET", "POST"} <= set(reply.headers["Access-Control-Allow-Methods"].split(", "))
    assert reply.headers["Access-Control-Allow-Headers"] == "x-one, accept"
    for reply in (site.query("ASK {}"), site.query("ASK {"), site.request("/nowhere")):
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
        assert reply.headers["Access-Control-Allow-Credentials"] is None
        assert "ETag" in reply.headers["Access-Control-Expose-Headers"]
        assert reply.headers["Set-Cookie"] is None


def test_without_a_query_the_service_describes_itself(site):
    reply = site.request("/sparql", Accept="application/n-triples")
    sd = "http://www.w3.org/ns/sparql-service-description#"
    assert reply.type == "application/n-triples"
    assert f"<{sd}endpoint> <{site.url}/sparql>" in reply.text
    assert f"<{sd}name> <{ONE}>" in reply.text
    assert f"<{sd}feature> <{sd}UnionDefaultGraph>" in reply.text
    assert "BasicFederatedQuery" not in reply.text
    assert site.request("/sparql").type == "text/turtle; charset=utf-8"
    assert site.request("/sparql", Accept="image/png").status == 406


def test_a_host_that_is_no_host_is_not_repeated(site):
    reply = site.request("/sparql", Host="x><script>", Accept="application/n-triples")
    assert "<script>" not in reply.text


# Clients


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sparqlwrapper_reads_every_form(site, method):
    client = SPARQLWrapper(f"{site.url}/sparql")
    client.setMethod(method)
    client.setQuery(SELECTED)
    client.setReturnFormat(JSON)
    assert client.query().convert()["results"]["bindings"]
    client.setReturnFormat(XML)
    assert client.query().convert().getElementsByTagName("binding")
    client.setReturnFormat(CSV)
    assert client.query().convert().startswith(b"s\r\n")
    client.setQuery(f"DESCRIBE <{ID}state/arcadia>")
    client.setReturnFormat(TURTLE)
    assert b"Arcadia" in client.query().convert()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_reads_an_answer(site):
    command = ["curl", "-sS", "--fail-with-body", f"{site.url}/sparql"]
    for more in (
        ["-H", "Accept: text/csv", "--data-urlencode", f"query={COUNT}"],
        ["-H", "Accept: text/csv", "-G", "--data-urlencode", f"query={COUNT}"],
        ["-H", "Accept: text/csv", "-H", "Content-Type: application/sparql-query", "-d", COUNT],
    ):
        done = subprocess.run([*command, *more], capture_output=True, timeout=20, check=True)
        assert done.stdout == b"n\r\n9\r\n"


def test_a_chunked_body_is_read_to_its_end(site):
    address = urlsplit(site.url)
    with socket.create_connection((address.hostname, address.port), 20) as connection:
        connection.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept: text/csv\r\n"
            b"Content-Type: application/sparql-query\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"7\r\nSELECT \r\n16\r\n(1 + 1 AS ?x) WHERE {}\r\n0\r\n\r\n"
        )
        reply = b"".join(iter(lambda: connection.recv(65536), b""))
    assert reply.endswith(b"x\r\n2\r\n")
