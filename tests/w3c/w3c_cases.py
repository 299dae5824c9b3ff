"""The W3C's tests of SPARQL 1.1 and 1.2 over HTTP, each as the exchange it asks for.

After the manifests ``sparql/sparql11/protocol``, ``sparql/sparql12/protocol`` and
``sparql/sparql11/http-rdf-update`` of https://github.com/w3c/rdf-tests, under the names they
have there. `REFUSED` holds those that write: this service does not, and must say so.
"""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
TURTLE = "text/turtle; charset=utf-8"
DATA = "http://kasei.us/2009/09/sparql/data/"
D0, D1, D2, D3 = (f"{DATA}data{number}.rdf" for number in range(4))
STORE = "http://www.example/store"


@dataclass(frozen=True)
class Case:
    """A request, and what the answer must be: true, rows, a graph, a status."""

    name: str
    method: str
    path: str
    expected: object
    type: str | None = None
    body: bytes = b""
    accept: str | None = None


def sparql(**parameters: object) -> str:
    """Write the address of a query."""
    named = {name.replace("_", "-"): value for name, value in parameters.items()}
    return "/sparql/" + (f"?{urlencode(named, doseq=True, quote_via=quote)}" if named else "")


def direct(name: str, text: str, expected: object, **parameters: object) -> Case:
    """Send a query as the body of a POST."""
    return Case(name, "POST", sparql(**parameters), expected, QUERY, text.encode())


BOTH = f"ASK {{ <{D1}> a ?type . <{D2}> a ?type . }}"
NAMED = f"GRAPH ?g1 {{ <{D1}> a ?type }} GRAPH ?g2 {{ <{D2}> a ?type }}"
ASK_NAMED = f"ASK {{ {NAMED} }}"

PROTOCOL = [
    Case(
        "query_post_form", "POST", sparql(default_graph_uri=D0), True, FORM, b"query=ASK%20%7B%7D"
    ),
    Case(
        "query_dataset_default_graphs_get",
        "GET",
        sparql(query=BOTH, default_graph_uri=[D1, D2]),
        True,
    ),
    direct("query_dataset_default_graphs_post", BOTH, True, default_graph_uri=[D1, D2]),
    direct("query_dataset_named_graphs_post", ASK_NAMED, True, named_graph_uri=[D1, D2]),
    Case(
        "query_dataset_named_graphs_get",
        "GET",
        sparql(query=ASK_NAMED, named_graph_uri=[D1, D2]),
        True,
    ),
    direct(
        "query_dataset_full",
        f"ASK {{ <{D3}> a ?type {NAMED} }}",
        True,
        default_graph_uri=D3,
        named_graph_uri=[D1, D2],
    ),
    # As it is meant: the manifest escapes the & between the two graphs, which makes them one.
    direct(
        "query_multiple_dataset",
        f"ASK FROM <{D3}> {{ {NAMED} }}",
        True,
        named_graph_uri=[D1, D2],
    ),
    Case("query_get", "GET", sparql(query="ASK {}", default_graph_uri=D0), True),
    direct("query_content_type_select", "SELECT (1 AS ?value) {}", "rows", default_graph_uri=D0),
    direct("query_content_type_ask", "ASK {}", True, default_graph_uri=D0),
    direct(
        "query_content_type_describe",
        "DESCRIBE <http://example.org/>",
        "graph",
        default_graph_uri=D0,
    ),
    direct(
        "query_content_type_construct",
        "CONSTRUCT { <s> <p> 1 } WHERE {}",
        "graph",
        default_graph_uri=D0,
    ),
    direct("query_post_direct", "ASK {}", True),
    Case("bad_query_method", "PUT", sparql(query="ASK {}", default_graph_uri=D0), 4, FORM),
    Case("bad_multiple_queries", "GET", sparql(query=["ASK {}", "SELECT * {}"]), 4),
    Case("bad_query_wrong_media_type", "POST", sparql(), 4, "text/plain", b"ASK {}"),
    Case("bad_query_missing_form_type", "POST", sparql(), 4, None, b"query=ASK%20%7B%7D"),
    Case("bad_query_missing_direct_type", "POST", sparql(), 4, None, b"ASK {}"),
    Case(
        "bad_query_non_utf8",
        "POST",
        sparql(),
        4,
        f"{QUERY}; charset=UTF-16",
        "ASK {}".encode("utf-16"),
    ),
    Case("bad_query_syntax", "GET", sparql(query="ASK {"), 4),
    Case("bad_update_get", "GET", sparql(update="CLEAR ALL"), 4),
    Case(
        "bad_multiple_updates",
        "POST",
        sparql(),
        4,
        FORM,
        b"update=CLEAR%20NAMED&update=CLEAR%20DEFAULT",
    ),
    Case("bad_update_wrong_media_type", "POST", sparql(), 4, "text/plain", b"CLEAR NAMED"),
    Case("bad_update_missing_form_type", "POST", sparql(), 4, None, b"update=CLEAR%20NAMED"),
    Case(
        "bad_update_non_utf8",
        "POST",
        sparql(),
        4,
        f"{UPDATE}; charset=UTF-16",
        "CLEAR NAMED".encode("utf-16"),
    ),
    Case("bad_update_syntax", "POST", sparql(), 4, FORM, b"update=CLEAR%20XYZ"),
    Case(
        "bad_update_dataset_conflict",
        "POST",
        sparql(using_named_graph_uri="http://example/people"),
        4,
        UPDATE,
        b"WITH <http://example/addresses> DELETE { ?p ?q 'Bill' } INSERT { ?p ?q 'William' } "
        b"WHERE { ?p ?q 'Bill' }",
    ),
]

PROTOCOL_12 = [
    Case(
        "query_get_with_version",
        "GET",
        sparql(query="ASK {}", version="1.2", default_graph_uri=D1),
        True,
    ),
    Case(
        "query_post_direct_with_version_param",
        "POST",
        sparql(default_graph_uri=D1),
        True,
        f"{QUERY}; version=1.2",
        b"ASK {}",
    ),
    Case(
        "bad_query_multiple_versions",
        "GET",
        sparql(query="ASK {}", version=["1.1", "1.2"], default_graph_uri=D1),
        4,
    ),
    Case(
        "bad_update_multiple_versions",
        "POST",
        sparql(),
        4,
        FORM,
        b"update=CLEAR%20ALL&version=1.1&version=1.2",
    ),
]

PERSON, CARD = "a <http://xmlns.com/foaf/0.1/Person>", "<http://xmlns.com/foaf/0.1/businessCard>"
VCARD = "http://www.w3.org/2006/vcard/ns#"
ALICE = f'[] {PERSON} ; {CARD} [ a <{VCARD}VCard> ; <{VCARD}given-name> "Alice" ] .'


def card(name: str, more: str = "") -> str:
    """Write the person whom these tests are about."""
    return (
        f'<{STORE}/person> {PERSON} ; {more} {CARD} [ a <{VCARD}VCard> ; <{VCARD}fn> "{name}" ] .'
    )


NAME = '<http://xmlns.com/foaf/0.1/name> "Jane Doe" ;'
PARTS = (
    '<http://xmlns.com/foaf/0.1/givenName> "Jane" ; <http://xmlns.com/foaf/0.1/familyName> "Doe" ;'
)


def got(name: str, path: str, expected: str) -> Case:
    """Read a graph as Turtle."""
    return Case(name, "GET", f"/store{path}", expected, TURTLE, accept="text/turtle")


GRAPH_STORE = [
    got("get_of_put__initial_state", f"?graph={STORE}/initial", card("John Doe")),
    got("get_of_put__graph_already_in_store", "/replaced", card("Jane Doe")),
    got("get_of_put__default_graph", "?default", ALICE),
    Case("get_of_delete__existing_graph", "GET", "/store/person/2.ttl", 404),
    got("get_of_post__existing_graph", "/extended", card("Jane Doe", NAME)),
    got("get_of_post__multipart_formdata", "/uploaded", card("Jane Doe", NAME + PARTS)),
    got("get_of_post__create__new_graph", "/created", ALICE),
    got("get_of_post__after_noop", "/created", ALICE),
    Case("head_on_an_existing_graph", "HEAD", "/store/uploaded", 200, TURTLE),
    Case("head_on_a_nonexisting_graph", "HEAD", "/store/person/4.ttl", 404),
]

REFUSED = [
    *(
        Case(name, "POST", sparql(), 415, UPDATE, b"CLEAR ALL")
        for name in (
            "update_dataset_default_graph",
            "update_dataset_default_graphs",
            "update_dataset_named_graphs",
            "update_dataset_full",
            "update_post_direct",
            "update_base_uri",
            "update_post_direct_with_version_param",
        )
    ),
    *(
        Case(name, "POST", sparql(), 403, FORM, b"update=CLEAR+ALL")
        for name in ("update_post_form", "update_post_form_with_version")
    ),
    *(
        Case(name, name.partition("__")[0].upper(), f"/store{path}", 405, TURTLE, ALICE.encode())
        for name, path in (
            ("put__initial_state", "/person/1.ttl"),
            ("put__graph_already_in_store", "/replaced"),
            ("put__default_graph", "?default"),
            ("put__mismatched_payload", "?default"),
            ("delete__existing_graph", "/replaced"),
            ("delete__nonexistent_graph", "/person/2.ttl"),
            ("post__existing_graph", "/extended"),
            ("post__multipart_formdata", "/uploaded"),
            ("post__create__new_graph", ""),
        )
    ),
]
