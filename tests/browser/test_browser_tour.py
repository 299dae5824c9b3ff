"""The five jobs of docs/tour.md, done in a browser as they are written, without JavaScript."""

import csv
import re
from collections.abc import Iterator

import pytest
from browser_fixtures import browser as browser
from browser_fixtures import shipped_site as shipped_site
from browser_fixtures import site as site
from browsing import DESKTOP, ROOT

pytestmark = pytest.mark.slow
TOUR = (ROOT / "docs" / "tour.md").read_text(encoding="utf-8")
STANCES = "Stances, with their words and sources"


@pytest.fixture
def page(browser, site) -> Iterator:
    """The first page."""
    context = browser.new_context(viewport=DESKTOP, java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(site.url)
        yield page
    finally:
        context.close()


def download(page, selector: str) -> str:
    with page.expect_download() as found:
        page.click(selector)
    return found.value.path().read_text(encoding="utf-8")


def heads(page) -> list[str]:
    return [each.inner_text() for each in page.query_selector_all("main h2")]


def test_a_table_of_all_non_recognition(page):
    page.click(f"text={STANCES}")
    assert "The answer: non-recognition" in heads(page)
    rows = list(csv.DictReader(download(page, ".downloads >> text=CSV").splitlines()))

    assert len(rows) > 20
    assert {"holderName", "code", "notAfter", "words", "sourceName", "address"} <= set(rows[0])
    assert {row["positionName"] for row in rows} == {"non-recognition"}
    own = [row for row in rows if not row["groupName"]]
    assert len([row for row in own if row["words"] and row["sourceName"]]) > 10
    page.select_option("#p-position", label="recognition")
    page.click("form.parameters button")
    assert "The answer: recognition" in heads(page)


def test_a_position_and_votes_over_time(page):
    page.click(f"text={STANCES}")
    page.click(".answer tbody >> text=Kazakhstan >> nth=0")

    assert page.inner_text("h1") == "Kazakhstan"
    assert {"Positions", "Votes"} <= set(heads(page))
    positions = page.inner_text('section[aria-labelledby="s-positions-of-an-actor"]')
    assert "non-recognition" in positions
    assert "own" in positions
    votes = page.inner_text('section[aria-labelledby="s-votes-of-a-state"]')
    assert "27 March 2014" in votes
    assert "abstention" in votes


def test_villages_said_to_be_recaptured(page):
    page.click("text=Recaptured settlements in regions purportedly annexed")
    assert len(page.query_selector_all(".answer tbody tr")) > 10
    page.click(".answer thead >> text=the settlement")
    assert page.get_attribute(".answer thead th >> nth=0", "aria-sort") == "ascending"
    assert "Yatskivka" in download(page, ".downloads >> text=CSV")


def test_how_two_sources_tell_one_event(page):
    page.click("header >> text=Questions")
    page.click("text=One event in several sources")
    assert len(page.query_selector_all(".answer tbody tr")) > 20
    page.go_back()
    page.click("text=Accounts of one step, side by side")
    sources = page.eval_on_selector_all(
        ".answer tbody th", "found => found.map(each => each.textContent.trim())"
    )
    assert len(set(sources)) > 1
    page.fill("#p-stage", "act:no-such-step")
    page.click("form.parameters button")
    assert page.inner_text(".types") == "Error 400"


def test_a_citation_of_one_fact(page):
    page.click(f"text={STANCES}")
    page.click(".answer tbody a[href^='/id/statement/'] >> nth=-1")
    said = page.inner_text("h1")
    assert "In their words" in heads(page)
    assert re.search(r"edition [0-9a-f]{16}\. https://w3id\.org/", page.inner_text(".cite"))
    assert said.partition(":")[0] in download(page, ".cite .downloads >> text=BibTeX")


def test_what_is_to_be_opened_is_named_as_in_the_document():
    named = re.findall(r"\*\*(.+?)\*\*", TOUR)

    assert STANCES in named
    assert len(set(named)) > 10
