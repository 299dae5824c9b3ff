"""Queries that mean harm: each ends in time with a clean error, and nobody else notices."""

import socket
import threading
from contextlib import contextmanager

import pytest

from attacked_server import attacked_server, visited
from http_fixtures import BOMB

CROSS = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l"
P = "<http://example.org/p1>"
ANY = "(<http://example.org/p0>|<http://example.org/p1>|<http://example.org/p2>)"
NUMBERS = " ".join(f"{n}" for n in range(100_000))
LATE, LARGE, DEEP = (504,), (507,), (400,)
HOSTILE = {
    "a cross product": (f"SELECT * {{ {CROSS} }}", LATE + LARGE),
    "a cross product, counted": (f"SELECT (COUNT(*) AS ?n) {{ {CROSS} }}", LATE),
    "a cross product, ordered": (f"SELECT * {{ {CROSS} }} ORDER BY ?l ?a", LATE + LARGE),
    "a cross product, distinct": (f"SELECT DISTINCT ?a ?d ?g {{ {CROSS} }}", LATE + LARGE),
    "a cross product, grouped": (
        f"SELECT ?a (GROUP_CONCAT(?f) AS ?x) {{ {CROSS} }} GROUP BY ?a",
        LATE + LARGE,
    ),
    "a cross product, as a graph": (f"CONSTRUCT {{ ?a ?e ?i }} {{ {CROSS} }}", LATE + LARGE),
    "a cross product of paths": (
        f"SELECT (COUNT(*) AS ?n) {{ ?a {ANY}* ?b . ?c {ANY}* ?d . ?e {ANY}* ?f }}",
        LATE + LARGE,
    ),
    "nested paths": (
        f"SELECT (COUNT(*) AS ?n) {{ ?a (({ANY}+/{ANY}*)+/(^{ANY}|{ANY}+)*)+ ?b . ?b {ANY}* ?c }}",
        LATE + LARGE,
    ),
    "a long string": (BOMB, LARGE),
    "a large result": ("SELECT * { ?a ?b ?c . ?d ?e ?f }", LATE + LARGE),
    "nested exists": (
        f"SELECT * {{ {CROSS} FILTER NOT EXISTS {{ ?l ?m ?n . ?o ?p ?q . ?r ?s ?t }} }}",
        LATE + LARGE,
    ),
}
NESTED = {
    "groups": "SELECT * " + "{" * 9000 + "}" * 9000,
    "parentheses": f"SELECT * {{ FILTER({'(' * 9000}1{')' * 9000}) }}",
    "optionals": "SELECT * {" + "OPTIONAL {" * 9000 + "}" * 9000 + "}",
    "unions": "SELECT * {" + "{} UNION " * 9000 + "{} }",
    "nots": f"SELECT * {{ FILTER({'!' * 9000}true) }}",
    "path steps": f"SELECT * {{ ?s {'/'.join([P] * 9000)} ?o }}",
    "path alternatives": f"SELECT * {{ ?s {'|'.join([P] * 9000)} ?o }}",
    "path groups": f"SELECT * {{ ?s {'(' * 9000}{P}{')' * 9000} ?o }}",
    "inverse paths": f"SELECT * {{ ?s {'^' * 9000}{P} ?o }}",
    "sums": f"SELECT ({' + '.join(['1'] * 9000)} AS ?x) {{}}",
    "ands": f"SELECT * {{ FILTER({' && '.join(['true'] * 9000)}) }}",
    "lists": f"SELECT * {{ ?s ?p {'(' * 9000}{')' * 9000} }}",
    "blank nodes": f"SELECT * {{ ?s ?p {'[ ?q ' * 9000}1{']' * 9000} }}",
    "triple terms": f"SELECT * {{ ?s ?p {'<<( ?a ?b ' * 9000}?c{')>>' * 9000} }}",
    "selects": "SELECT * {" + "{SELECT * {" * 9000 + "}}" * 9000 + "}",
    "functions": f"SELECT ({'STR(' * 9000}1{')' * 9000} AS ?x) {{}}",
    "conditions": f"SELECT ({'IF(true,1,' * 9000}1{')' * 9000} AS ?x) {{}}",
    "exists": "SELECT * {" + "FILTER EXISTS {" * 9000 + "}" * 9000 + "}",
    "graphs": "SELECT * {" + "GRAPH ?g {" * 9000 + "}" * 9000 + "}",
    "minuses": "SELECT * {" + "MINUS {" * 9000 + "}" * 9000 + "}",
}
EXPRESSIONS = {
    "nested repetition": 'REGEX(?o, "^(a+)+$")',
    "a choice that overlaps": 'REGEX(?o, "^(a|a)*b$")',
    "many wildcards": f'REGEX(?o, "{".*" * 200}x")',
    "repetition of repetition": 'REGEX(?o, "((a{1,1000}){1,1000}){1,1000}")',
    "deep groups": f'REGEX(?o, "{"(" * 5000}a{")" * 5000}")',
    "a replacement that grows": (
        f'STRLEN(REPLACE(REPLACE(?o, "", "{"$0x" * 300}"), "", "{"y" * 3000}")) > 1'
    ),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A server with limits that are soon met."""
    with attacked_server(tmp_path_factory.mktemp("queries")) as made:
        yield made


def send(place, text, **headers):
    headers.setdefault("X_Forwarded_For", "198.51.100.7")
    return place.site.post(text, **headers)


def assert_is_refused(reply, statuses):
    assert reply.status in statuses, reply.text[:300]
    assert reply.type == "application/problem+json"
    assert reply.json["status"] == reply.status


@pytest.mark.parametrize("name", HOSTILE)
def test_a_query_that_asks_for_too_much_is_ended(place, name):
    text, statuses = HOSTILE[name]
    with visited(place):
        assert_is_refused(send(place, text), statuses)


@pytest.mark.parametrize("name", NESTED)
def test_a_query_that_is_nested_deeply_ends_nobody_else(place, name):
    with visited(place):
        reply = send(place, NESTED[name])
    if reply.status != 200:  # the engine may cope
        assert_is_refused(reply, (400, 504, 507))


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_an_expression_that_never_ends_elsewhere_ends_here(place, name):
    with visited(place):
        reply = send(place, f"SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o FILTER({EXPRESSIONS[name]}) }}")
    if reply.status != 200:
        assert_is_refused(reply, (400, 504, 507))


def test_long_lists_are_read_or_refused(place):
    values = f"SELECT (COUNT(*) AS ?n) {{ VALUES ?x {{ {NUMBERS} }} }}"
    among = f"SELECT * {{ ?s ?p ?o FILTER(?o IN ({NUMBERS.replace(' ', ',')})) }}"
    with visited(place):
        assert send(place, values, Accept="text/csv").text.split() == ["n", "100000"]
        assert send(place, among).status in (200, 504)


@pytest.mark.parametrize("megabytes", [5, 200])
def test_a_body_that_is_too_large_is_not_read_to_its_end(place, megabytes):
    before = place.left()
    with visited(place), place.connect() as connection:
        size = megabytes * 2**20
        head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n"
        connection.sendall(f"{head}Content-Type: application/sparql-query\r\n\r\n".encode())
        try:
            for _ in range(megabytes):
                connection.sendall(b"#" * 2**20)
        except OSError:
            assert megabytes > 16, "a client that sends little more gets to read its answer"
        else:
            assert b" 413 " in connection.recv(64)
    place.await_as_before(before)


@contextmanager
def listening():
    """Listen where nobody is expected, and count who comes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        came, over = [], threading.Event()

        def wait():
            server.settimeout(0.1)
            while not over.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                came.append(connection.getpeername())
                connection.close()

        waiting = threading.Thread(target=wait)
        waiting.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/", came
        finally:
            over.set()
            waiting.join()


CALLS = [
    "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "select * { service silent <URL> { ?s ?p ?o } }",
    "SELECT * { {} UNION { SeRvIcE <URL> { ?s ?p ?o } } }",
    "SELECT * { OPTIONAL { SERVICE <URL> { ?s ?p ?o } } }",
    "SELECT * { MINUS { SERVICE <URL> { ?s ?p ?o } } }",
    "SELECT * { GRAPH ?g { SERVICE <URL> { ?s ?p ?o } } }",
    "SELECT * { { SELECT * { SERVICE <URL> { ?s ?p ?o } } } }",
    "SELECT * { FILTER EXISTS { SERVICE <URL> { ?s ?p ?o } } }",
    "SELECT (EXISTS { SERVICE <URL> { ?s ?p ?o } } AS ?x) {}",
    "ASK { SERVICE <URL> {} }",
    "CONSTRUCT WHERE { SERVICE <URL> { ?s ?p ?o } }",
    "CONSTRUCT { ?s ?p ?o } { SERVICE <URL> { ?s ?p ?o } }",
    "DESCRIBE ?s { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { VALUES ?where { <URL> } SERVICE ?where { ?s ?p ?o } }",
    "SELECT * { BIND(IRI('URL') AS ?where) SERVICE ?where { ?s ?p ?o } }",
    "BASE <URL> SELECT * { SERVICE <a> { ?s ?p ?o } }",
    "PREFIX e: <URL> SELECT * { SERVICE e:a { ?s ?p ?o } }",
    "PREFIX e: <URL> SELECT * { SERVICEe:a { ?s ?p ?o } }",
    "PREFIX e: <URL> SELECT * { SERVICE SILENTe:a { ?s ?p ?o } }",
    "SELECT * { ?s ?p 1SERVICE<URL>{} }",
    "SELECT * { ?s ?p trueSERVICE<URL>{} }",
    "SELECT * {#\nSERVICE#\n<URL>#\n{} }",
    "SELECT * { \\u0053ERVICE <URL> {} }",
    'SELECT * { ?s ?p "\\u0022" . SERVICE <URL> {} ?s ?p "" }',
    "SELECT * { SERVICE <\\u0055RL> {} }",
    "LOAD <URL>",
    "LOAD SILENT <URL> INTO GRAPH <a:a>",
    "INSERT { ?s ?p ?o } WHERE { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * FROM <URL> { ?s ?p ?o }",
    "SELECT * FROM NAMED <URL> { GRAPH ?g { ?s ?p ?o } }",
    "SELECT * { GRAPH <URL> { ?s ?p ?o } }",
    "DESCRIBE <URL>",
]


def test_nothing_outside_is_ever_asked(place):
    with listening() as (url, came), visited(place):
        for call in CALLS:
            reply = send(place, call.replace("URL", url))
            assert reply.status in (200, 400, 403), call
            if reply.status == 200:
                assert reply.headers["Content-Length"] is not None
        for name in ("default-graph-uri", "named-graph-uri"):
            assert place.site.query("SELECT * { ?s ?p ?o }", **{name: url}).status == 200
        assert place.site.request(f"/describe?iri={url}").status == 404
        assert came == []


@pytest.mark.parametrize("file", ["/etc/passwd", "/proc/self/environ", "/dev/zero"])
def test_no_file_is_read(place, file):
    for clause in ("FROM", "FROM NAMED"):
        for scheme in ("file://", "file:", ""):
            text = f"SELECT * {clause} <{scheme}{file}> {{ ?s ?p ?o }}"
            reply = send(place, text, Accept="text/csv")
            assert reply.text.count("\n") == 1, "the names of the columns, and no row"


@pytest.mark.parametrize("body", [b"\xff\xfe", b"SELECT * {\xc3}", b"ASK {} # \xed\xa0\x80"])
def test_what_is_not_utf8_is_refused(place, body):
    reply = place.site.request("/sparql", body=body, Content_Type="application/sparql-query")
    assert_is_refused(reply, (400,))


@pytest.mark.parametrize("text", ["\0", "ASK {\0}", "ASK { ?s ?p '\0' }", "ASK { ?s <a:\0> ?o }"])
def test_a_null_character_is_a_character(place, text):
    reply = send(place, text)
    assert reply.status in (200, 400)
    assert_is_refused(send(place, text.replace("ASK", "AS")), (400,))
