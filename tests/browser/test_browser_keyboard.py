"""Every kind of page by keyboard alone: what has the focus is seen, each in its turn."""

import pytest
from browser_fixtures import browser as browser
from browser_fixtures import shipped_site as shipped_site
from browser_fixtures import site as site
from browsing import KINDS, PHONE, visiting

pytestmark = pytest.mark.slow
MOST = 40  # presses: a page has more links than anybody would go through
WINDOW = {"viewport": {"width": 1280, "height": 800}}
FOCUSED = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const box = at.getBoundingClientRect(), style = getComputedStyle(at);
  return {
    number: [...document.querySelectorAll('*')].indexOf(at),
    name: at.tagName + ' ' + (at.textContent || at.name || '').trim().slice(0, 40),
    marked: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0,
    seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
      && box.width > 0,
  };
}"""


def walk(page) -> list[dict]:
    """Press Tab until the page ends, or often enough; list what has the focus each time."""
    found = []
    for _ in range(MOST):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        if at is None or (found and at["number"] == found[0]["number"]):
            break
        found.append(at)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_what_has_the_focus_is_seen_and_each_in_its_turn(browser, site, kind):
    with visiting(browser, site.url, KINDS[kind], **WINDOW) as (page, _):
        found = walk(page)

    assert len(found) > (0 if kind == "reconcile preview" else 5)
    assert [each["name"] for each in found if not (each["marked"] and each["seen"])] == []
    numbers = [each["number"] for each in found]
    assert numbers == sorted(set(numbers)), "the order of the focus is that of the page"


@pytest.mark.parametrize("kind", ["home", "state", "answer with parameters", "validate"])
def test_one_may_skip_to_the_content(browser, site, kind):
    with visiting(browser, site.url, KINDS[kind], viewport=PHONE) as (page, _):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        is_inside = "document.querySelector('main').contains(document.activeElement)"
        assert page.evaluate(is_inside)


def test_all_that_the_graph_says_is_unfolded(browser, site):
    with visiting(browser, site.url, KINDS["state"], **WINDOW) as (page, _):
        page.focus("details.all > summary")
        page.keyboard.press("Enter")
        assert page.is_visible("text=Where it is mentioned")


def test_a_question_is_asked_with_another_value(browser, site):
    with visiting(browser, site.url, KINDS["answer with parameters"], **WINDOW) as (page, visit):
        page.focus("#p-change")
        page.keyboard.press("Home")
        page.keyboard.press("ArrowDown")
        chosen = page.eval_on_selector("#p-change", "e => e.selectedOptions[0].textContent")
        page.keyboard.press("Tab")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert "?change=" in page.url
        assert chosen in page.inner_text("main")
        assert visit.complaints == []
