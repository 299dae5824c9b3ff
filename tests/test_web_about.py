"""The first page, what the site says of itself, what can be downloaded, and how all is cited."""

import json
import re
from html import unescape
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from http_fixtures import Site, serving
from http_fixtures import shipped_site as shipped_site

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
STATEMENT = "/id/statement/newsweek-full-swing-28"
ANSWER = "/queries/stances-on-a-change"
VALUE = "?change=act:purported-annexation-2014"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(scope="module")
def site(shipped_site: Site) -> Site:
    return shipped_site


def edition(site: Site) -> str:
    return re.search(r"edition <code>(\w+)</code>", look(site, "/"))[1]


def look(site: Site, path: str) -> str:
    reply = site.request(path, Accept=BROWSER)
    assert reply.status == 200, reply.text
    return unescape(reply.text)


def count(site: Site, pattern: str) -> int:
    reply = site.query(
        "PREFIX st: <https://w3id.org/stimson/ontology#> "
        f"SELECT (COUNT(DISTINCT ?x) AS ?n) {{ {pattern} }}"
    )
    return int(reply.json["results"]["bindings"][0]["n"]["value"])


@pytest.mark.parametrize(
    ("title", "pattern"),
    [
        ("statements", "?x a st:Statement"),
        ("stances of their own", "?x a st:Stance FILTER NOT EXISTS { ?x a st:DerivedStance }"),
        ("stances as members", "?x a st:DerivedStance"),
        ("conflicts of claims", "?x a st:Conflict FILTER NOT EXISTS { ?x a st:ApparentConflict }"),
        ("votes of states", "?x a st:Vote"),
    ],
)
def test_the_numbers_of_the_first_page_are_true(site, title, pattern):
    found = re.search(rf">{title}</a></dt><dd>([\d,]+)</dd>", look(site, "/"))

    assert int(found[1].replace(",", "")) == count(site, pattern)


def test_the_first_page_leads_with_questions_and_first_rows(site):
    page = look(site, "/")
    asked = re.findall(r'<article class="asked">\s*<h3><a href="(/queries/[^"]+)">', page)

    assert len(asked) == 5
    assert page.count("<table>") == 5
    for path in asked:
        assert site.request(path, Accept=BROWSER).status == 200


def test_the_page_about_the_graph_names_its_sources_licence_and_edition(site):
    page = look(site, "/about")

    assert page.count('<th scope="row"><a href="/id/source/') == count(site, "?x a st:Source")
    assert "CC BY 4.0" in page
    assert f"edition {edition(site)}" in page
    for title in ("How to read it", "Neutrality", "Sources", "Licence and version", "Cite this"):
        assert f">{title}</h2>" in page


def test_every_download_is_there(site):
    page = look(site, "/data")
    links = re.findall(r"<td>(.*?)</td>", page, re.DOTALL)
    paths = [path for cell in links for path in re.findall(r'href="([^"]+)"', cell)]

    assert len(paths) > 20
    for path in paths:
        reply = site.request(path, method="HEAD")
        assert reply.status == 200, path
        assert "html" not in reply.type


@pytest.mark.parametrize("path", [STATEMENT, "/data", ANSWER, "/vocabulary/non-recognition"])
def test_a_citation_names_title_edition_and_permanent_address(site, path):
    page = look(site, f"{path}.html" if path.startswith(("/id/", "/vocabulary/")) else path)
    text = re.search(r'<h2 id="cite">Cite this</h2>\s*<p>(.*?)</p>', page, re.DOTALL)[1]
    bibtex = site.request(f"{path}.bib")
    (item,) = site.request(f"{path}.csl.json").json

    assert bibtex.type == "application/x-bibtex; charset=utf-8"
    assert item["URL"].startswith("https://w3id.org/stimson/")
    for each in (text, bibtex.text, json.dumps(item)):
        assert edition(site) in each
        assert item["URL"] in each
    assert item["title"].partition(":")[0] in bibtex.text
    assert bibtex.text.count("{") == bibtex.text.count("}")
    assert f'href="{path}.bib"' in page


def test_the_citation_of_an_answer_keeps_its_values(site):
    (item,) = site.request(f"{ANSWER}.csl.json{VALUE}").json

    assert item["URL"] == "https://w3id.org/stimson" + ANSWER + VALUE.replace(":", "%3A")
    assert f'href="{ANSWER}.bib{VALUE.replace(":", "%3A")}"' in look(site, ANSWER + VALUE)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/id/statement/newsweek-full-swing-82.bib", 404),
        ("/id/statement/.csl.json", 404),
        ("/queries/nothing.bib", 404),
        (f"{ANSWER}.bib?change=act:nothing", 400),
        (f"{ANSWER}.bib?nothing=x", 400),
        ("/sitemap-0.xml", 404),
        ("/sitemap-99.xml", 404),
        ("/sitemap-x.xml", 404),
    ],
)
def test_what_is_not_there_is_neither_cited_nor_mapped(site, path, status):
    reply = site.request(path)

    assert (reply.status, reply.type) == (status, "application/problem+json")


@pytest.mark.parametrize("path", [f"{STATEMENT}.html", "/data", ANSWER])
def test_other_programs_are_told_what_a_page_is(site, path):
    page = site.request(path, Accept=BROWSER).text
    meta = dict(re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]+)">', page))
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    data = json.loads(found)

    assert meta["og:title"]
    assert urlsplit(meta["og:url"]).scheme in ("http", "https")
    assert meta["description"] == meta["og:description"]
    assert data["url"] == unescape(meta["og:url"])
    assert data["license"] == "https://creativecommons.org/licenses/by/4.0/"


def test_no_state_is_called_a_country_there(site):
    page = site.request("/id/state/united-kingdom.html", Accept=BROWSER).text

    assert '"@type": "Thing"' in page
    assert '"Country"' not in page


def test_the_map_lists_pages_that_are_there(site):
    robots = site.request("/robots.txt").text
    index = ElementTree.fromstring(site.request("/sitemap.xml").body)
    parts = [each.text for each in index.iter(f"{SITEMAP}loc")]
    pages = []
    for part in parts:
        tree = ElementTree.fromstring(site.request(urlsplit(part).path).body)
        pages += [each.text for each in tree.iter(f"{SITEMAP}loc")]

    assert f"Sitemap: {site.url}/sitemap.xml" in robots
    assert len(set(pages)) == len(pages) < 50_000 * len(parts)
    assert f"{site.url}{STATEMENT}.html" in pages
    for page in pages[:: len(pages) // 20]:
        assert site.request(page.removeprefix(site.url), Accept=BROWSER).status == 200


def test_an_icon_is_found_where_browsers_look(site):
    assert site.request("/favicon.ico").type.startswith("image/svg+xml")


def test_files_of_somebody_else_are_not_ours_to_cite(tmp_path):
    file = tmp_path / "things.ttl"
    file.write_text(
        "<https://w3id.org/stimson/id/state/x> a <https://example.org/A> ; "
        "<http://www.w3.org/2000/01/rdf-schema#label> 'X' .",
        encoding="utf-8",
    )
    with serving(str(file)) as other:
        assert "Cite this" not in look(other, "/id/state/x.html")
        assert "CC BY" not in look(other, "/about") + look(other, "/data")
        assert other.request("/data.bib").status == 404
        assert other.request("/id/state/x.bib").status in (404, 406)
        assert "Five questions" not in look(other, "/")
