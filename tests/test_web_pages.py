"""The pages: what they show, where they lead, and that no data can act in them."""

import json
import re
from html.parser import HTMLParser
from urllib.parse import quote

import pytest

from http_fixtures import ID, LABEL, ONE, ST
from http_fixtures import site as site
from http_fixtures import store as store
from stimson import paths
from stimson.queries import read_queries

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SAVED = read_queries(paths.QUERIES)
SCRIPT = "<script>alert(1)</script>"


class Page(HTMLParser):
    """The elements of a page and its text."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.pieces = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        """Note an element."""
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        """Note a piece of text."""
        self.pieces.append(data)

    @property
    def text(self):
        """All text, its spaces evened out."""
        return " ".join(" ".join(self.pieces).split())

    def all(self, tag):
        """List the attributes of every element of one kind."""
        return [attributes for name, attributes in self.elements if name == tag]


def look(site, path, **headers):
    """Open a page as a browser does."""
    reply = site.request(path, Accept=BROWSER, **headers)
    assert reply.type == "text/html; charset=utf-8", reply.text
    return Page(reply.text)


def strange_scripts(page):
    """List the scripts of a page but data, which do not run, and those of the query editor."""
    files = ("/static/vendor/yasqe.min.js", "/static/editor.js")
    ours = [{"src": file, "defer": None} for file in files] + [{"type": "application/ld+json"}]
    return [each for each in page.all("script") if each not in ours]


def run(query):
    return f"/sparql?query={quote(query, safe='')}"


PATHS = [
    "/",
    "/queries",
    "/search",
    "/search?q=arcadia",
    "/search?q=acradia",
    "/stances",
    "/map",
    "/chronology",
    "/compare",
    f"/queries/{next(iter(SAVED))}",
    "/sparql",
    "/id/state/arcadia.html",
    f"/describe?iri={quote(ST + 'Stance', safe='')}",
    "/graph/one",
    "/id/state/acradia.html",
    "/nowhere",
]
PATHS += [run("SELECT * { ?s ?p ?o }"), run("ASK {}"), run("DESCRIBE <a:a>"), run("SELECT {")]


@pytest.mark.parametrize("path", [*PATHS, "/shapes"])
def test_a_page_is_whole_named_and_carries_no_strange_script(site, path):
    page = look(site, path)
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("h1")) == len(page.all("main")) == 1
    assert page.elements[page.elements.index(("body", {})) + 1][1]["class"] == "skip"
    assert not strange_scripts(page) + page.all("style")
    assert not [name for _, attributes in page.elements for name in attributes if name[:2] == "on"]
    assert not [attributes for _, attributes in page.elements if "style" in attributes]
    labelled = {attributes["for"] for attributes in page.all("label")}
    boxes = page.all("textarea") + page.all("select") + page.all("input")
    assert {box["id"] for box in boxes} == labelled


@pytest.mark.parametrize("path", PATHS)
def test_no_link_of_ours_is_dead(site, path):
    page = look(site, path)
    links = {link["href"] for link in page.all("a") + page.all("link")}
    local = {link for link in links if link.startswith("/")}
    assert len(local) > 3
    for link in local:
        reply = site.request(link)
        assert reply.status == 200 or link.startswith(("/sparql?query=", "/q/")), (
            f"{link}: {reply.text}"
        )
    assert all(link.startswith(("/", "http://", "https://", "#")) for link in links)


@pytest.mark.parametrize("path", [*PATHS, "/static/stimson.css", "/healthz"])
def test_every_response_is_closed_to_scripts(site, path):
    headers = site.request(path, Accept=BROWSER).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Set-Cookie"] is None


def test_data_for_programs_is_whole_json_though_its_labels_are_not_friendly(site):
    reply = site.request("/id/stance/arcadia-1.html", Accept=BROWSER)
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', reply.text, re.S)
    assert json.loads(found)["mainEntity"]["@id"] == f"{ID}stance/arcadia-1"


def test_home_says_how_much_there_is_and_what_can_be_asked(site):
    page = look(site, "/")
    assert "triples 9" in page.text
    assert f"/describe?iri={quote(ST + 'Stance', safe='')}" in {
        a.get("href") for a in page.all("a")
    }
    assert "stance" in page.text
    few = [saved for saved in SAVED.values() if saved.question in page.text]
    assert len(few) == 5
    assert f"All {len(SAVED)} questions" in page.text


def test_the_list_of_questions_holds_them_all_under_their_first_keyword(site):
    page = look(site, "/queries")
    assert {heading["id"] for heading in page.all("h2")} == {
        saved.keywords[0] for saved in SAVED.values()
    }
    for saved in SAVED.values():
        assert saved.title in page.text
        assert saved.question in page.text


def test_an_unknown_saved_query_is_a_problem(site):
    reply = site.request("/queries/nothing")
    assert (reply.status, reply.type) == (404, "application/problem+json")
    assert reply.json["type"].endswith("/unknown-query")


def test_rows_are_a_table_with_languages_and_local_links(site):
    reply = site.query(f"SELECT ?thing ?name {{ ?thing <{LABEL}> ?name }}", accept=BROWSER)
    page = Page(reply.text)
    assert page.all("th") == [{"scope": "col"}] * 2
    assert {"class": "literal", "lang": "en", "dir": "auto"} in page.all("span")
    # The link leads to the page, not to the thing, which would only send the reader on.
    arcadia = {"href": "/id/state/arcadia.html", "title": f"{ID}state/arcadia"}
    assert arcadia in page.all("a")
    assert "state:arcadia" in page.text


def test_yes_and_no_are_words(site):
    assert "Yes" in look(site, run("ASK {}")).text
    assert "No" in look(site, run("ASK { <a:a> ?p ?o }")).text


def test_a_graph_is_turtle_to_read(site):
    page = look(site, run(f"DESCRIBE <{ID}state/arcadia>"))
    assert "state:arcadia" in page.text
    assert page.all("pre")


def test_a_long_result_is_visibly_cut_and_a_huge_one_is_not_made_a_page(site):
    many = f"SELECT ?a {{ VALUES ?a {{ {'0 ' * 40} }} VALUES ?b {{ {'0 ' * 40} }} }}"
    page = look(site, run(many))
    assert "1,600 rows, the first 1,000 shown" in page.text
    assert len(page.all("tr")) == 1001


def test_a_syntax_error_points_at_its_place(site):
    page = look(site, run("SELECT *\nWHERE { ?s e:p ?o }"))
    assert "Line 2, column 17" in page.text
    assert page.all("textarea")


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT ('{SCRIPT}' AS ?x) {{}}",
        f"SELECT * {{ <{ID}stance/arcadia-1> ?p ?o }}",
        f"SELECT ?x {{ BIND(STRLANG('{SCRIPT}', 'en') AS ?x) }}",
        f"SELECT ?x {{ BIND(STRDT('{SCRIPT}', <http://e/'x>) AS ?x) }}",
        "SELECT (<javascript:alert(1)> AS ?x) (<data:text/html,x> AS ?y) {}",
        f"SELECT {SCRIPT}",
        f"CONSTRUCT {{ <a:a> <a:b> '</code></pre>{SCRIPT}' }} WHERE {{}}",
        f"ASK {{}} # </textarea>{SCRIPT}",
        f"ASK {{ # </textarea>{SCRIPT}",
    ],
)
def test_data_and_queries_are_text_and_never_act(site, query):
    page = look(site, run(query))
    assert not strange_scripts(page)
    links = [link.get("href", "") for link in page.all("a")]
    assert not [link for link in links if not link.startswith(("/", "#", "http"))]
    assert "alert(1)" in page.text or "data:text" in page.text


def test_variable_names_are_text(site):
    page = look(site, run("SELECT (1 AS ?onerror) (2 AS ?алерт) {}"))
    assert "onerror" in page.text
    assert "алерт" in page.text


def test_a_parameter_that_is_markup_is_text(site):
    reply = site.request(f"/describe?iri={quote(SCRIPT)}", Accept=BROWSER)
    assert reply.status == 400
    reply = site.request(f"/queries/{quote(SCRIPT)}", Accept=BROWSER)
    assert reply.status == 404
    assert not strange_scripts(Page(reply.text))


def test_a_thing_is_described_both_ways_with_its_neighbours_names(site):
    page = look(site, "/id/state/arcadia.html")
    assert "Arcadia" in page.text
    assert "Stance of Arcadia" in page.text
    assert "/id/stance/arcadia-1.html" in {a.get("href") for a in page.all("a")}
    assert "/graph/one.html" in {a.get("href") for a in page.all("a")}
    assert ONE.rpartition("/")[2] in page.text


def test_a_page_names_its_other_forms(site):
    page = look(site, "/id/state/arcadia.html")
    forms = {link["type"]: link["href"] for link in page.all("link") if link["rel"] == "alternate"}
    assert forms["text/turtle"] == "/id/state/arcadia.ttl"
    assert forms["application/n-quads"] == "/id/state/arcadia.nq"
    assert len(forms) == 6


def test_terms_of_the_ontology_are_described(site):
    assert "stance" in look(site, f"/describe?iri={quote(ST + 'Stance', safe='')}").text


@pytest.mark.parametrize(
    "path",
    [
        "/id/state/nowhere",
        "/id/state/arcadia%3E%20%3Fp%20%3Fo%20.%20%3Chttp://e/",
        "/id/state/arcadia%3E%7D%7D%20%23",
        "/id/state/%00",
    ],
)
def test_what_the_graph_does_not_know_is_not_found(site, path):
    reply = site.request(path)
    assert (reply.status, reply.type) == (404, "application/problem+json"), reply.text


def test_health_and_readiness(site):
    assert site.request("/healthz").text == "alive\n"
    assert re.fullmatch("[0-9a-f]{16}\n", site.request("/readyz").text)


def test_a_wrong_parameter_in_the_address_is_a_problem(site):
    name = next(name for name, saved in SAVED.items() if saved.parameters)
    parameter = SAVED[name].parameters[0]

    refused = site.request(f"/queries/{name}?{parameter.name}=a%20b")

    assert refused.status == 400
    problem = json.loads(refused.text)
    assert problem["type"] == "https://w3id.org/stimson/problems/unknown-value"
    assert problem["detail"].startswith(f"{parameter.name}='a b': the graph holds no ")
