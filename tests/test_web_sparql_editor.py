"""The form for queries, with the editor and without it: examples, terms, short addresses."""

import json
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest

import stimson
from http_fixtures import ID, ST
from http_fixtures import site as site
from http_fixtures import store as store
from stimson import paths
from stimson.queries import read_queries
from stimson.web.sparql import short_queries

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SAVED = read_queries(paths.QUERIES)
VENDOR = Path(stimson.__file__).parent / "web" / "pages" / "static" / "vendor"
WITH_FORM = ("/sparql", "/sparql?query=ASK%20%7B%7D", "/sparql?query=ASK", "/queries/vote-totals")
HOSTILE = "</textarea><script>alert(1)</script><img src=x onerror=alert(2)>'\"{{7*7}}"


def look(site, path):
    reply = site.request(path, Accept=BROWSER)
    assert reply.type.startswith("text/html")
    return reply


@pytest.mark.parametrize("path", WITH_FORM)
def test_scripts_are_those_of_this_site_and_none_is_inline(site, path):
    reply = look(site, path)
    policy = reply.headers["Content-Security-Policy"]

    assert "script-src 'self'" in policy
    assert "connect-src 'self'" in policy
    assert "unsafe" not in policy
    for attributes, inside in re.findall(r"<script([^>]*)>(.*?)</script>", reply.text, re.DOTALL):
        if attributes == ' type="application/ld+json"':  # data, which never runs
            continue
        assert re.search(r'src="/static/[\w./-]+\.js"', attributes)
        assert inside == ""
    assert '<textarea id="query" name="query"' in reply.text  # it works without any


@pytest.mark.parametrize("path", ["/", "/queries", "/validate", "/describe?iri=a:a"])
def test_other_pages_may_run_no_script(site, path):
    assert "script-src" not in look(site, path).headers["Content-Security-Policy"]


def test_the_editor_is_there_if_it_is_installed(site):
    page = look(site, "/sparql").text

    assert ("vendor/yasqe.min.js" in page) == (VENDOR / "yasqe.min.js").is_file()


# examples


def test_saved_questions_stand_beside_the_form(site):
    page = look(site, "/sparql").text

    addresses = re.findall(r'href="(/sparql\?example=[^"]+)"', page)
    assert len(addresses) == len(SAVED)
    assert all(saved.question in unescape(page) for saved in SAVED.values())


def test_an_example_is_put_into_the_form_without_its_header(site):
    page = unescape(look(site, "/sparql?example=vote-totals").text)

    assert SAVED["vote-totals"].body in page
    assert "#+ title" not in page.partition("<h2>Examples")[0]


@pytest.mark.parametrize("name", ["vote-total", HOSTILE])
def test_an_example_that_is_none_is_an_error(site, name):
    reply = look(site, f"/sparql?example={quote(name, safe='')}")

    assert reply.status == 404
    assert "<script>" not in reply.text


# terms


def test_the_terms_that_are_completed_have_labels(site):
    reply = site.request("/sparql/terms")

    assert reply.type == "application/json"
    assert reply.json["prefixes"]["st"] == ST
    assert site.request("/sparql/terms", If_None_Match=reply.headers["ETag"]).status == 304


def test_terms_are_those_of_the_statistics_the_commonest_first(shipped):
    terms = [name for name, _ in shipped.request("/sparql/terms").json["terms"]]

    assert {"st:Stance", "st:holder", "stv:non-recognition"} <= set(terms)
    assert terms.index("st:Vote") < terms.index("st:Stance")
    assert len(set(terms)) == len(terms)


# short addresses


@pytest.mark.parametrize("saved", SAVED.values(), ids=lambda saved: saved.name)
def test_a_code_stands_for_its_query(saved):
    code = short_queries.shorten(saved.body)

    assert short_queries.lengthen(code) == saved.body
    assert len(code) < len(quote(saved.body, safe="")) / 2


@pytest.mark.parametrize("query", ["SELECT * { ?s a st:Stance }", HOSTILE, "їжак 'ü' \n\r\t"])
def test_a_short_address_leads_to_the_result(site, query):
    code = short_queries.shorten(query)
    reply = site.request(f"/q/{code}")

    assert reply.status == 302
    target = urlsplit(reply.headers["Location"])
    assert target.path == "/sparql"
    assert parse_qs(target.query)["query"] == [query]


def test_the_codes_that_were_given_out_stay_good():
    # If this fails, the words were changed: leave them, and begin another version.
    code = "1g-rQAmoGKkiEBWZxKjDjI4eiQi0A"

    assert short_queries.lengthen(code) == "SELECT * { ?s a st:Stanse ; st:holder ?h }"


@pytest.mark.parametrize(
    "code",
    ["", "1", "2abc", "1%", "1AAAA", "1" + "A" * 20000, "1ї", "1g-rQAmoGKkiEBWZx", HOSTILE],
)
def test_what_is_no_code_is_no_address(site, code):
    assert short_queries.lengthen(code) is None
    assert site.request(f"/q/{quote(code, safe='')}", Accept=BROWSER).status == 404


def test_a_long_query_has_no_code_and_no_code_holds_one():
    import zlib
    from base64 import urlsafe_b64encode

    assert short_queries.shorten("#" * 20_000) == ""
    press = zlib.compressobj(9, wbits=-15, zdict=short_queries._WORDS)
    bomb = press.compress(b" " * 10_000_000) + press.flush()
    code = "1" + urlsafe_b64encode(bomb).decode().rstrip("=")
    assert short_queries.lengthen(code) is None


def test_a_result_shows_its_short_address(site):
    page = look(site, f"/sparql?query={quote('ASK { ?s a st:Stance }')}").text
    (address,) = re.findall(r'href="(/q/[^"]+)" rel="bookmark"', page)

    assert "as=html" not in site.request(address).headers["Location"]
    saved = look(site, f"/sparql?query={quote(SAVED['vote-totals'].sparql)}").text
    assert '<a href="/queries/vote-totals">/queries/vote-totals</a>' in saved


# results


def test_cells_show_labels_beside_names_and_lead_to_the_thing(site):
    page = look(site, f"/sparql?query={quote('SELECT ?x { ?x a st:State }')}").text

    cell = re.search(r"<td>(.*?)</td>", page, re.DOTALL)[1]
    assert f'<a href="/id/state/arcadia.html" title="{ID}state/arcadia">Arcadia</a>' in cell
    assert ">state:arcadia</span>" in cell


def test_what_has_no_label_is_shown_by_its_name(site):
    page = look(site, f"/sparql?query={quote('SELECT ?x { BIND(st:none AS ?x) }')}").text

    assert ">st:none</a>" in page


# in the store


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """Serve the shipped data, built anew."""
    from http_fixtures import running

    store = tmp_path_factory.mktemp("shipped")
    command = [sys.executable, "-m", "stimson", "build", "--store", str(store)]
    subprocess.run(command, check=True, capture_output=True, cwd=paths.QUERIES.parent)
    with running(store) as served:
        yield served


# As the editor of SIB asks (https://github.com/sib-swiss/sparql-editor).
EXAMPLES = """PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?sq ?comment ?query WHERE {
  ?sq a sh:SPARQLExecutable ; rdfs:comment ?comment ;
    sh:select|sh:ask|sh:construct|sh:describe ?query .
} ORDER BY ?sq"""
PREFIXES = """PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT DISTINCT ?prefix ?namespace
WHERE { [] sh:namespace ?namespace ; sh:prefix ?prefix } ORDER BY ?prefix"""


def test_editors_find_the_saved_queries_and_prefixes_in_the_store(shipped):
    found = shipped.query(EXAMPLES).json["results"]["bindings"]

    queries = {row["sq"]["value"].rpartition("/")[2]: row["query"]["value"] for row in found}
    assert queries == {name: saved.sparql for name, saved in SAVED.items()}
    assert {row["comment"]["value"] for row in found} == {s.question for s in SAVED.values()}
    assert shipped.query(PREFIXES).json["results"]["bindings"]


# in a browser


@pytest.fixture(scope="module")
def browser():
    """Open Debian's Chromium, where it is, by Playwright, where that is."""
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = Path("/usr/bin/chromium")
    if not chromium.is_file() or not (VENDOR / "yasqe.min.js").is_file():
        pytest.skip("the editor or the browser is not installed")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def page(browser):
    context = browser.new_context()
    found = context.new_page()
    found.faults, found.elsewhere = [], []
    found.on("console", lambda said: said.type == "error" and found.faults.append(said.text))
    found.on("pageerror", lambda fault: found.faults.append(str(fault)))
    found.on("dialog", lambda dialog: (found.faults.append(dialog.message), dialog.dismiss()))
    found.on("request", lambda sent: found.elsewhere.append(sent.url))
    yield found
    context.close()


def test_the_editor_completes_marks_and_asks(shipped, page):
    page.goto(f"{shipped.url}/sparql")
    page.click(".sparql-editor .CodeMirror")
    page.keyboard.type("SELECT * { ?s a st:Stanc")
    page.wait_for_selector(".CodeMirror-hint >> text=st:Stance")
    page.keyboard.type("e ; st:holder liman")
    page.wait_for_selector(".CodeMirror-hint >> text=place:lyman")
    page.keyboard.press("Control+a")
    page.keyboard.type("SELECT ?h { ?s a st:Stance ; st:holder ?h } LIMIT 3")
    page.wait_for_timeout(300)
    assert page.locator(".parseErrorIcon").count() == 0  # no prefix is missed
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/sparql?query=*")
    assert page.locator("td").count() == 3
    assert page.faults == []
    assert all(url.startswith((shipped.url, "data:")) for url in page.elsewhere)


@pytest.mark.parametrize("text", [HOSTILE, "SELECT * { ?s ?p '<img src=x onerror=alert(1)>' } }"])
def test_no_query_acts_in_the_editor(shipped, page, text):
    page.goto(f"{shipped.url}/sparql?query={quote(text, safe='')}&as=html")
    page.wait_for_selector(".sparql-editor .CodeMirror")
    assert page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getValue()") == text
    for icon in page.locator(".parseErrorIcon").all():
        icon.hover()  # what it expected is shown as markup
        page.wait_for_timeout(200)
    assert not [each for each in page.faults if each in ("1", "2")]
    assert page.locator(".sparql-editor img, .yasqe_tooltip img").count() == 0


def test_labels_in_completions_are_text(shipped, page):
    hostile = {"prefixes": {"st": ST}, "terms": [["st:Bad", "<img src=x onerror=alert(1)>"]]}
    page.route("**/sparql/terms", lambda route: route.fulfill(body=json.dumps(hostile)))
    page.goto(f"{shipped.url}/sparql")
    page.click(".sparql-editor .CodeMirror")
    page.keyboard.type("SELECT * { ?s a st:Ba")
    page.wait_for_selector(".CodeMirror-hint >> text=st:Bad")
    assert page.locator(".CodeMirror-hint img").count() == 0
    assert page.faults == []


def test_tab_leads_out_of_the_editor(shipped, page):
    page.goto(f"{shipped.url}/sparql")
    page.click(".sparql-editor .CodeMirror")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "as"


def test_without_scripts_the_form_is_a_plain_one(shipped, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{shipped.url}/sparql")
    page.fill("textarea[name=query]", "ASK { ?s a st:Stance }")
    page.click("form:has(textarea) button[type=submit]")
    assert page.locator(".boolean").inner_text() == "Yes"
    context.close()
