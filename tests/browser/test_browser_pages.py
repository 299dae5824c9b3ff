"""Every kind of page in a browser: desktop and phone, light and dark, JavaScript or none."""

import pytest
from browser_fixtures import browser as browser
from browser_fixtures import shipped_site as shipped_site
from browser_fixtures import site as site
from browsing import AXE, KINDS, SCHEMES, WIDTHS, barriers, overflow, visiting

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_keeps_to_its_window_its_host_and_its_reader(browser, site, kind, width, scheme):
    window = {"viewport": WIDTHS[width], "color_scheme": scheme}
    with visiting(browser, site.url, KINDS[kind], **window) as (page, visit):
        assert visit.complaints == []
        assert {f"http://{host}" for host in visit.hosts} == {site.url}
        assert overflow(page) <= 0
        assert barriers(page) == []
        shown = page.inner_text("main")
    assert len(shown) > 40


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_says_the_same_without_javascript(browser, site, kind, width):
    def look(*, has_scripts: bool) -> tuple[str, int]:
        window = {"viewport": WIDTHS[width], "java_script_enabled": has_scripts}
        with visiting(browser, site.url, KINDS[kind], **window) as (page, visit):
            assert visit.complaints == []
            return page.inner_text("main"), overflow(page)

    assert look(has_scripts=False) == look(has_scripts=True)


def test_the_checker_of_barriers_is_there():
    if not AXE.exists():
        pytest.skip("axe-core is not installed (`make clients`, which needs npm)")


def test_the_checks_find_what_is_wrong(browser, site):
    with visiting(browser, site.url, "/", viewport=WIDTHS["phone"]) as (page, visit):
        page.evaluate("""() => {
          const wide = document.createElement('p'), image = new Image();
          wide.textContent = 'wide';
          wide.style.width = wide.style.maxWidth = '999px';
          image.src = 'http://example.org/x.png';
          document.querySelector('main').append(wide, image);
          console.error('a fault');
        }""")
        page.wait_for_timeout(50)
        assert overflow(page) > 500
        assert "error: a fault" in visit.complaints
        if AXE.exists():
            assert any("image-alt" in each for each in barriers(page))
