"""What a stranger writes is shown as text: in no header, and in no page, does it mean anything."""

import re
import urllib.parse
from html.parser import HTMLParser

import pytest

from http_fixtures import ID, running, write_snapshot

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"
EX = "http://example.org/"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
THING = f"{ID}state/hostile"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A server whose very data is hostile."""
    literal = HOSTILE.replace('"', '\\"')
    quads = "".join(
        f"<{THING}> <{predicate}> {term} <{EX}g> .\n"
        for predicate, term in [
            (LABEL, f'"{literal}"@en'),
            (TYPE, "<https://w3id.org/stimson/ontology#State>"),
            (f"{EX}'onclick='alert(1)", "<javascript:alert(1)>"),
            (f"{EX}data", "<data:text/html,%3Cscript%3Ealert(1)%3C/script%3E>"),
            (f"{EX}html", f'"{literal}"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#HTML>'),
            (f"{EX}vb", "<vbscript:msgbox>"),
        ]
    )
    folder = tmp_path_factory.mktemp("pages")
    write_snapshot(folder, quads)
    with running(folder) as made:
        yield made


class Reader(HTMLParser):
    """Collect what a browser would run or follow."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        """Look at an element."""
        if tag in ("script", "iframe", "object", "embed", "base", "meta"):
            self.found.append((tag, dict(attributes)))
        for name, value in attributes:
            address = re.sub(r"\s", "", value or "").lower()
            if name.startswith("on") or name == "style":
                self.found.append((tag, name))
            if name in ("href", "src", "action", "formaction") and not re.match(
                r"(https?://|/|#|\?|[\w.-]+$)", address
            ):
                self.found.append((tag, name, value))
            if name == "src" and value == "x":
                self.found.append((tag, "an image of a stranger"))


def dangers(page):
    reader = Reader()
    reader.feed(page)
    harmless = {
        "charset",
        "name",
        "property",
    }  # of a meta element: no refresh, no policy
    return [
        each
        for each in reader.found
        if not (each[0] == "meta" and harmless & set(each[1]) and "http-equiv" not in each[1])
        and not (each[0] == "script" and set(each[1]) <= {"src", "defer", "type"} and each[1])
    ]


def quoted(text):
    return urllib.parse.quote(text, safe="")


PATHS = [
    f"/sparql?query={quoted('SELECT * { ?s ?p ?o }')}",
    f"/sparql?query={quoted('CONSTRUCT WHERE { ?s ?p ?o }')}",
    f"/sparql?query={quoted(HOSTILE)}",
    f"/sparql?query={quoted('SELECT * { ?s ?p ' + HOSTILE)}",
    f"/sparql?query={quoted('</textarea>' + HOSTILE)}",
    f"/sparql?query={quoted('SELECT ?<b> {}')}",
    f"/sparql?query={quoted('SELECT (1 AS ?script_onclick) {}')}",
    f"/sparql?query={quoted('ASK {}')}&as={quoted(HOSTILE)}",
    f"/sparql?query={quoted('ASK {}')}&format={quoted(HOSTILE)}",
    f"/sparql?query={quoted('ASK {}')}&timeout={quoted(HOSTILE)}",
    f"/sparql?query={quoted('ASK {}')}&version={quoted(HOSTILE)}",
    f"/sparql?query={quoted('ASK {}')}&default-graph-uri={quoted(HOSTILE)}",
    f"/sparql?{quoted(HOSTILE)}={quoted(HOSTILE)}",
    f"/describe?iri={quoted(THING)}",
    f"/describe?iri={quoted('javascript:alert(1)')}",
    f"/describe?iri={quoted(EX + HOSTILE)}",
    "/id/state/hostile.html",
    f"/id/state/{quoted(HOSTILE)}",
    f"/vocabulary/{quoted(HOSTILE)}",
    f"/queries/{quoted(HOSTILE)}",
    f"/{quoted(HOSTILE)}",
    f"/validate?{quoted(HOSTILE)}",
    f"/search?q={quoted(HOSTILE)}",
    "/search?q=script",
    f"/search?q=a&kind={quoted(HOSTILE)}",
    f"/search?{quoted(HOSTILE)}",
    "/",
    "/queries",
    "/search",
    "/stances",
    f"/stances?group={quoted(HOSTILE)}",
    f"/stances?on={quoted(HOSTILE)}",
    f"/stances?{quoted(HOSTILE)}=1",
    "/map",
    "/chronology",
    "/compare",
    f"/compare?on={quoted(HOSTILE)}",
    f"/chronology?actor={quoted(HOSTILE)}",
    f"/map?according={quoted(HOSTILE)}",
    "/sparql",
    "/validate",
]


@pytest.mark.parametrize("path", PATHS)
def test_no_page_runs_what_a_stranger_wrote(site, path):
    reply = site.request(path, Accept="text/html")
    assert reply.type.startswith("text/html"), reply.type
    assert dangers(reply.text) == []
    policy = reply.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


def test_the_reader_of_this_test_sees_dangers():
    assert len(dangers(f"<a href='javascript:alert(1)'>{HOSTILE}<b onclick=x>")) == 5


@pytest.mark.parametrize(
    "path",
    [
        "/sparql?query=ASK%20%7B%7D&as=json%0D%0AX-Evil:%201",
        "/sparql?query=ASK%20%7B%7D&format=%0D%0AX-Evil:%201",
        "/sparql?query=ASK%7B%7D&default-graph-uri=a:%0D%0AX-Evil:%201",
        "/describe?iri=a:%0D%0AX-Evil:%201",
        "/id/state/%0D%0AX-Evil:%201",
        "/queries/%0D%0AX-Evil:%201",
        "/queries/x%0D%0AX-Evil:%201.csv",
        "/%0D%0AX-Evil:%201",
    ],
)
def test_no_header_is_made_of_a_stranger_s_lines(site, path):
    reply = site.request(path)
    assert "X-Evil" not in reply.headers
    assert b"X-Evil" not in reply.body.split(b"\n")[0] or reply.status >= 400
    assert site.request("/healthz").status == 200


def test_a_host_with_markup_changes_no_page(site):
    reply = site.request("/sparql", Host="x'><script>alert(1)</script>", Accept="text/html")
    assert dangers(reply.text) == []
    assert (
        "alert(1)" not in site.request("/sparql", Host="a.b/><script>", Accept="text/turtle").text
    )
