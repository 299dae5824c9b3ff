"""The SPARQL protocol as clients meet it, over a real server.

The numbers are those of the points that clients rely on and that endpoints get wrong; those
on formats (8 to 10, 17) are tested in `test_web_formats`, on descriptions (18 to 22) in
`test_web_metadata`.
"""

import shutil
import socket
import subprocess
from urllib.parse import quote, urlencode, urlsplit

import pytest
from rdflib import Graph, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, TURTLE, XML, SPARQLWrapper

from http_fixtures import BOMB, DEEP, ENDLESS, ID, ONE, TWO
from http_fixtures import site as site
from http_fixtures import store as store
from waiting import PATIENCE

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


# 1. Three ways in; 2. one query; 3. decoded once


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
    other = site.post("ASK {}", Content_Type="application/sparql-query; charset=iso-8859-1")
    assert_problem(other, 415, "unsupported-media-type")


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
    both = site.request("/sparql", **form(query="ASK {}", update="CLEAR ALL"))
    assert_problem(both, 400, "bad-request")
    assert_problem(site.request("/sparql?update=CLEAR%20ALL"), 403, "query-refused")
    assert_problem(site.request("/sparql?query="), 400, "query-syntax")


# 5. SPARQL 1.2: the method QUERY, and versions


def test_the_method_query_asks_like_a_post_and_is_cached_like_a_get(site):
    reply = site.post(COUNT, method="QUERY", Accept="text/csv")
    assert (reply.status, reply.text) == (200, "n\r\n9\r\n")
    sent = form(query=COUNT) | {"Accept": "text/csv"}
    again = site.request("/sparql", method="QUERY", If_None_Match=reply.headers["ETag"], **sent)
    assert (again.status, again.body) == (304, b"")
    assert_problem(site.request("/sparql", method="QUERY", **form(nothing="")), 400, "bad-request")
    wrong = site.post("ASK {}", method="QUERY", Content_Type="text/plain")
    assert_problem(wrong, 415, "unsupported-media-type")
    assert wrong.headers["Accept-Query"] == f'"application/sparql-query", "{FORM}"'


@pytest.mark.parametrize("version", ["1.1", "1.2-basic", "1.2"])
def test_a_known_version_is_accepted(site, version):
    assert site.query("ASK {}", version=version).json["boolean"] is True
    reply = site.post("ASK {}", Content_Type=f"application/sparql-query; version={version}")
    assert reply.json["boolean"] is True


def test_an_unknown_version_or_two_are_refused(site):
    assert "1.2-basic" in site.query("ASK {}", version="2.0").json["detail"]
    assert_problem(site.query("ASK {}", version="2.0"), 400, "bad-request")
    assert_problem(site.query("ASK {}", version=["1.1", "1.2"]), 400, "bad-request")
    wrong = site.post("ASK {}", Content_Type="application/sparql-query; version=9")
    assert_problem(wrong, 400, "bad-request")


# 6. The base


def test_a_relative_iri_leads_to_no_file(site):
    rows = site.query("SELECT (STR(<x>) AS ?x) {}").json["results"]["bindings"]
    assert rows[0]["x"]["value"] == "https://w3id.org/stimson/x"


# 4. The dataset


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
    assert number(site.query(named, **{"default-graph-uri": ONE})) == 0
    assert number(site.query(text, **{"default-graph-uri": ""})) == 3  # as empty forms send it
    for wrong in ("x y", "relative", "/absolute/path"):
        assert_problem(site.query(text, **{"default-graph-uri": wrong}), 400, "query-syntax")


def test_rdflib_asks_the_graph_it_names(site):
    graphs = SPARQLStore(f"{site.url}/sparql", returnFormat="json")
    assert len(list(Graph(graphs, identifier=URIRef(TWO)).query("SELECT * { ?s ?p ?o }"))) == 6
    assert len(list(graphs.query("SELECT * { ?s ?p ?o }"))) == 9


# 7. The habits of clients


def test_blazegraph_posts_with_the_query_in_the_address(site):
    path = f"/sparql?query={quote(COUNT)}"
    assert number(site.request(path, method="POST", body=b"", Content_Length="0")) == 9


@pytest.mark.parametrize("method", ["OPTIONS", "GET", "POST"])
def test_comunica_learns_what_it_may_post(site, method):
    reply = site.request("/sparql", method=method, body=b"" if method == "POST" else None)
    assert reply.headers["Accept-Post"] == f"application/sparql-query, {FORM}"


# 11. Errors


def test_a_syntax_error_has_line_and_column(site):
    reply = site.query("SELECT *\nWHERE { ?s e:p ?o }")
    assert_problem(reply, 400, "query-syntax")
    assert (reply.json["line"], reply.json["column"]) == (2, 17)
    assert reply.json["detail"] == "The prefix e: is used but not declared; declare it with PREFIX"
    for text, said in (
        ("SELECT *\n{ ?s ?p (1 }", "The ( in line 2, column 9, is not closed."),
        ("ASK { ?s ?p ?o }}", "The } in line 1, column 17, closes nothing."),
        ("ASK { ?s ?p 'o }", "The quotation mark in line 1, column 13, is not closed."),
        ("SELECT * { ?s ?p ?o } GROUP BY ?s", "SELECT * is not authorized with GROUP BY."),
    ):
        assert said in site.query(text).json["detail"]


def test_a_byte_order_mark_before_a_query_is_named(site):
    query = "\ufeffASK {}"
    for reply in (
        site.query(query),
        site.post(query),
        site.request("/sparql", **form(query=query)),
    ):
        assert_problem(reply, 400, "query-syntax")
        assert (reply.json["line"], reply.json["column"]) == (1, 1)
        assert "byte order mark" in reply.json["detail"]


def test_who_prefers_text_gets_a_text(site):
    reply = site.query("SELECT *\nWHERE { ?s e:p ?o }", accept="text/plain, */*;q=0.1")
    assert (reply.status, reply.type) == (400, "text/plain; charset=utf-8")
    assert reply.text.startswith("400 The query does not parse\nline 2, column 17: ")
    assert "Accept" in reply.headers["Vary"]
    for accept in ("text/csv", "application/sparql-results+json", "application/json, */*;q=0.5"):
        assert_problem(site.query("ASK {", accept=accept), 400, "query-syntax")


def test_a_prefix_of_ours_that_is_not_declared_is_named_with_its_line(site):
    query = "PREFIX org: <http://www.w3.org/ns/org#>\nSELECT * { ?s a st:Stance ; org:x 'sh:y' }"
    reply = site.query(query, strict="true")
    assert_problem(reply, 400, "query-syntax")
    assert "PREFIX st: <https://w3id.org/stimson/ontology#>" in reply.json["detail"]
    assert "PREFIX org:" not in reply.json["detail"]
    assert reply.json["line"] == 2
    mended = reply.json["detail"].split(":\n")[-1] + "\n" + query
    counting = mended.replace("*", "(COUNT(*) AS ?n)", 1)
    assert number(site.query(counting, strict="true")) == 0
    assert "<" not in site.query("ASK { ?s nowhere:p ?o }").json["detail"]


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
            "result-too-large",
        ),
    ],
)
def test_a_hostile_query_is_a_clean_error_and_the_server_lives_on(site, text, status, slug):
    assert_problem(site.post(text), status, slug)
    assert number(site.query(COUNT)) == 9


# 12. Whole answers; 13. HTTP


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
    for other in ("*", tag.removeprefix("W/"), f'{tag}, "other"'):
        path = f"/sparql?query={quote(SELECTED)}"
        assert site.request(path, If_None_Match=other).status == 304, other
        assert site.request(path, method="HEAD", If_None_Match=other).status == 304, other
    assert site.request(f"/sparql?query={quote(SELECTED)}", If_None_Match='"other"').status == 200
    assert "must-revalidate" in again.headers["Cache-Control"]
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


# 14. Any origin


def test_any_origin_may_ask_without_credentials(site):
    asked = {"Origin": "https://example.org", "Access_Control_Request_Headers": "x-one, accept"}
    reply = site.request("/sparql", method="OPTIONS", **asked)
    assert reply.status == 200
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert {"GET", "POST"} <= set(reply.headers["Access-Control-Allow-Methods"].split(", "))
    assert reply.headers["Access-Control-Allow-Headers"] == "x-one, accept"
    assert reply.headers["Access-Control-Allow-Methods"] == reply.headers["Allow"]
    same = site.request("/sparql?query=ASK%7B%7D", If_None_Match="*")
    assert same.status == 304
    page = site.request("/nowhere", Accept="text/html")
    wrong = site.request("/sparql", method="PUT", body=b"")
    for reply in (site.query("ASK {}"), site.query("ASK {"), page, wrong, same):
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
        assert reply.headers["Access-Control-Allow-Credentials"] is None
        assert "ETag" in reply.headers["Access-Control-Expose-Headers"]
        assert reply.headers["Set-Cookie"] is None


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
        done = subprocess.run([*command, *more], capture_output=True, timeout=PATIENCE, check=True)
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


@pytest.mark.parametrize("kib", [200, 300, 600, 950])
def test_an_answer_of_any_size_comes_whole_each_time(site, kib):
    """Up to some size answers are sent from memory, beyond it through a pipe."""
    doubled = " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(10))
    text = f"SELECT ?x10 WHERE {{ BIND('{'a' * kib}' AS ?x0) {doubled} }}"

    for _ in range(12):
        reply = site.query(text, "text/csv")
        assert (reply.status, len(reply.body)) == (200, len("x10\r\n") + kib * 1024 + len("\r\n"))


def test_a_url_that_is_too_long_is_told_the_other_way(site):
    reply = site.request(f"/sparql?query=ASK{'%20' * 25_000}%7B%7D")
    assert (reply.status, "POST" in reply.text) == (414, True)
    assert site.request(f"/sparql?query=ASK{'%20' * 20_000}%7B%7D").status == 200
