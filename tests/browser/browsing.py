"""A browser that the tests of pages share, the pages they open, and what they hold against each.

It is Debian's Chromium, driven by Playwright: nothing is downloaded. Without the one or the
other the tests are skipped; without axe-core, which `make clients` installs, only its checks are.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

ROOT = Path(__file__).parents[2]
AXE = ROOT / "build" / "clients" / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
WIDTHS = {"desktop": DESKTOP, "phone": PHONE}
SCHEMES = ("light", "dark")
GRAVE = ("moderate", "serious", "critical")
_DESCRIBE = "/describe?"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_ST = "https://w3id.org/stimson/ontology#"
_STANCES = "SELECT ?stance ?position { ?stance a st:Stance ; st:position ?position } LIMIT 20"


def query(text: str) -> str:
    """Write the address of the page with the result of a query."""
    return f"/sparql?{urlencode({'query': f'PREFIX st: <{_ST}> {text}'})}"


# Every kind of page there is, over the graph of this repository.
KINDS = {
    "home": "/",
    "about": "/about",
    "data": "/data",
    "search": "/search?q=Lyman",
    "search that finds nothing": "/search?q=Lumansk",
    "stances": "/stances",
    "map": "/map",
    "chronology": "/chronology",
    "compare": "/compare?one=state:ukraine&other=state:russia",
    "questions": "/queries",
    "answer": "/queries/votes-that-changed",
    "answer with parameters": "/queries/stances-on-a-change",
    "answer with places": "/queries/recaptured-in-purportedly-annexed-regions",
    "answer in pages": "/queries/votes-of-a-group?group=&_order=-voterName",
    "wide answer": "/queries/contradictions-across-sources",
    "value that is none": "/queries/stances-on-a-change?change=act:purported-annexation-of-crimea",
    "statement": "/id/statement/newsweek-full-swing-28.html",
    "quotation": "/id/quotation/newsweek-full-swing-08.html",
    "claim": "/id/claim/newsweek-full-swing-28b.html",
    "conflict": "/id/conflict/newsweek-full-swing-05.html",
    "stance": "/id/stance/united-states-non-recognition-purported-annexation-2022.html",
    "state": "/id/state/united-kingdom.html",
    "person": "/id/person/antony-blinken.html",
    "group": "/id/organization/g7.html",
    "territory": "/id/territory/kherson-oblast.html",
    "resolution": "/id/act/a-res-es-11-4.html",
    "process": "/id/act/purported-annexation-2022.html",
    "source": "/id/source/newsweek-full-swing.html",
    "geometry": "/id/geometry/kherson-oblast.html",
    "concept": "/vocabulary/non-recognition.html",
    "neighbours": f"{_DESCRIBE}{urlencode({'iri': f'{_ST}Vote', 'property': _TYPE, 'way': 'to'})}",
    "term": f"{_DESCRIBE}{urlencode({'iri': f'{_ST}Stance'})}",
    "answer in no order": "/queries/votes-that-changed?_order=nothing",
    "no such thing": "/id/state/acradia.html",
    "no such page": "/nowhere",
    "query form": "/sparql",
    "rows": query(_STANCES),
    "yes or no": query("ASK { ?stance a st:Stance }"),
    "graph as a result": query("DESCRIBE <https://w3id.org/stimson/id/state/united-kingdom>"),
    "query that does not parse": query("SELECT {"),
    "ontology": "/ontology.html",
    "vocabularies": "/vocabulary.html",
    "shapes": "/shapes.html",
    "graph": "/graph/data/actors/states.html",
    "validate": "/validate",
    "reconcile": "/reconcile/help",
    "reconcile preview": "/reconcile/preview?id=state:united-kingdom",
}


@dataclass
class Visit:
    """What a browser had to say while a page was open."""

    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)


@cache
def chromium() -> str:
    """Find the browser, or skip the test."""
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra `dev`)")
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip("chromium is not installed (package chromium; or name one in CHROMIUM)")
    return found


@contextmanager
def browsing() -> Iterator:
    """Run the browser until the block is left."""
    path = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        # As root, which containers run as, there is no sandbox; only our own pages are opened.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = driver.chromium.launch(executable_path=path, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visiting(browser, url: str, path: str, **options) -> Iterator[tuple]:
    """Open a page in a window of its own; give it, and note what it asks for and complains of."""
    context = browser.new_context(**options)
    try:
        page, visit = context.new_page(), Visit()
        page.on("console", lambda said: _note(visit, said))
        page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        page.on("request", lambda asked: visit.hosts.add(urlsplit(asked.url).netloc))
        page.goto(url + path, wait_until="load")
        yield page, visit
    finally:
        context.close()


def _note(visit: Visit, said) -> None:
    """Keep warnings and errors; that a page which is missing has status 404 is none of either."""
    is_status = "the server responded with a status of" in said.text
    if said.type in ("error", "warning") and not is_status:
        visit.complaints.append(f"{said.type}: {said.text}")


def overflow(page) -> int:
    """Tell by how many pixels a page is wider than its window."""
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def barriers(page) -> list[str]:
    """Ask axe-core what keeps people out; empty where it is not installed."""
    if not AXE.exists():
        return []
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{each['impact']}: {each['id']}: {json.dumps([n['target'] for n in each['nodes'][:4]])}"
        for each in found
        if each["impact"] in GRAVE
    ]
