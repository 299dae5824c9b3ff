"""The page about a thing begins with what a reader looks for, by the kind of the thing."""

import re
from html import unescape

import pytest

from http_fixtures import shipped_site as site  # noqa: F401
from stimson import names
from stimson.web.pages.sections import read_sections
from turtle_files import ONTOLOGY_FILES, read

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PAGES = {
    "statement/newsweek-full-swing-28": (
        "In their words",
        "Who said it, when, and who carried it",
        "What it claims",
        "What contradicts it",
        "Stances that it shows",
    ),
    "quotation/newsweek-full-swing-08": ("In its place", "Statements read here"),
    "selector/newsweek-full-swing-08-quote": ("The words",),
    "passage/newsweek-full-swing-28": ("Statements read here",),
    "claim/newsweek-full-swing-28b": ("Who claims it", "Compared with other claims"),
    "conflict/newsweek-full-swing-05": ("Both accounts, side by side", "Why"),
    "stance/united-states-non-recognition-purported-annexation-2022": (
        "The stance",
        "Its course, with the words that show it",
    ),
    "step/united-states-non-recognition-newsweek": ("The step",),
    "state/united-kingdom": ("Positions", "Votes", "Memberships", "Where no stance was found"),
    "person/antony-blinken": ("What it said, or was said for it", "Posts", "Names, as printed"),
    "organization/g7": ("Positions", "Members"),
    "claim/newsweek-full-swing-22a": ("When it is claimed to be so",),
    "territory/kherson-oblast": (
        "To whom it is said to belong",
        "Where authorities place it",
        "Who is said to control it",
        "Acts that are meant to change its status",
        "What lies in it",
    ),
    "act/a-res-es-11-4": ("What it purports", "Its course", "The vote", "Votes"),
    "act/purported-annexation-2022": (
        "What it purports",
        "Its acts, in order of time",
        "Stances on it",
        "Who says what of it",
    ),
    "source/newsweek-full-swing": ("What was read in it, in the order of the text",),
}


def look(site, path: str) -> str:  # noqa: F811
    reply = site.request(f"/id/{path}.html", Accept=BROWSER)
    assert reply.status == 200
    return unescape(reply.text)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_begins_with_what_a_reader_looks_for(site, path):  # noqa: F811
    page = look(site, path)
    titles = re.findall(r'<h2 id="s-[^"]+">([^<]+)</h2>', page)

    assert set(PAGES[path]) <= set(titles)
    assert page.index(titles[0]) < page.index("What the graph says")


@pytest.mark.parametrize(
    "path",
    [
        "statement/newsweek-full-swing-28",
        "quotation/newsweek-full-swing-08",
        "selector/newsweek-full-swing-08-quote",
        "stance/united-states-non-recognition-purported-annexation-2022",
    ],
)
def test_the_words_are_where_one_looks_for_them(site, path):  # noqa: F811
    assert "We will not—indeed, we will never—recognize the annexation" in look(site, path)


def test_a_vote_tells_resolution_day_and_choice(site):  # noqa: F811
    page = look(site, "state/united-kingdom")
    votes = page[page.index('id="s-votes-of-a-state"') :]
    assert "A/RES/ES-11/4" in votes
    assert '<time datetime="2022-10-12">12 October 2022</time>' in votes
    assert "in favour" in votes


def test_what_is_no_kind_of_ours_has_no_sections(site):  # noqa: F811
    page = look(site, "citation/katottg-2024")
    assert "All that the graph says" not in page


def test_each_section_is_on_some_page(site):  # noqa: F811
    pages = "".join(look(site, path) for path in PAGES)
    unseen = [each.name for each in read_sections() if f'id="s-{each.name}"' not in pages]
    assert set(unseen) <= {"what-a-stance-is-derived-from"}


def test_sections_are_of_classes_that_exist():
    known = {str(term) for term in read(*ONTOLOGY_FILES).subjects()}
    ours = {kind for each in read_sections() for kind in each.kinds if kind.startswith(names.ST)}
    assert ours <= known
