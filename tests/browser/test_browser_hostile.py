"""Nothing that data or a request say is run: in a browser without even the policy that forbids it.

The data are the graph of this repository in which every text is an attack: every label,
quotation, title and note, whoever prints it.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from browser_fixtures import browser as browser
from browser_fixtures import shipped_site as shipped_site
from browsing import KINDS, ROOT, visiting

from http_fixtures import ID, Site, running

pytestmark = pytest.mark.slow
ATTACKS = (
    '"\'><img src=x onerror="hacked=1"><script>hacked=1</script>',
    "</script></title></textarea></style><svg onload=hacked=1>",
    "javascript:hacked=1//--></script><script>hacked=1</script>",
    "{{7*7}}${hacked=1}]]>`;hacked=1;//\\",
)
FOUND = """() => ({
  hacked: 'hacked' in window,
  elements: document.querySelectorAll(
    'img[src="x"], svg[onload], [onerror], script:not([src]):not([type="application/ld+json"])'
  ).length,
  links: [...document.querySelectorAll('a[href], form[action]')]
    .map(each => each.href || each.action).filter(each => !/^https?:/.test(each)),
})"""
NOTHING = {"hacked": False, "elements": 0, "links": []}


@pytest.fixture(scope="module")
def site(shipped_site: Site, tmp_path_factory) -> Iterator[Site]:
    """A server of our graph, in which every text attacks whoever prints it."""
    name = (ROOT / ".stimson" / "current").read_text(encoding="ascii").strip()
    folder = tmp_path_factory.mktemp("hostile")
    _copy(ROOT / ".stimson" / name, folder / name)
    (folder / "current").write_text(f"{name}\n", encoding="ascii")
    with running(folder) as made:
        yield made


def _copy(old: Path, new: Path) -> None:
    new.mkdir()
    quads = (old / "dataset.nq").read_text(encoding="utf-8").splitlines(keepends=True)
    spoilt = (_spoil(line, ATTACKS[n % len(ATTACKS)]) for n, line in enumerate(quads))
    (new / "dataset.nq").write_text("".join(spoilt), encoding="utf-8")
    manifest = (old / "manifest.json").read_text(encoding="utf-8")
    (new / "manifest.json").write_text(manifest, encoding="utf-8")


def _spoil(line: str, attack: str) -> str:
    """Put an attack in place of the text of a quad, and leave what is no text as it is."""
    head, mark, tail = line.partition(' "')
    if not mark or '"^^' in tail:
        return line
    after = tail[tail.rindex('"') + 1 :]
    return f"{head} {json.dumps(attack, ensure_ascii=False)}{after}"


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_of_the_graph_acts(browser, site, kind):
    with visiting(browser, site.url, KINDS[kind], bypass_csp=True) as (page, visit):
        assert page.evaluate(FOUND) == NOTHING
        assert {f"http://{host}" for host in visit.hosts} == {site.url}


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize(
    "path",
    [
        "/queries/{}",
        "/queries/stances-on-a-change?change={}",
        "/queries/stances-on-a-change?{}=x",
        "/queries/votes-that-changed?_order={}",
        "/queries/votes-that-changed?_page={}",
        "/queries/stances-on-a-change?change={}&_order={}",
        "/id/state/{}",
        "/id/state/united-kingdom.html?{}={}",
        "/describe?iri={}",
        "/describe?iri=" + quote(f"{ID}state/united-kingdom") + "&property={}&way={}&page={}",
        "/sparql?query={}",
        "/sparql?query=SELECT+%2A+%7B%7D&as={}",
        "/graph/{}",
        "/vocabulary/{}",
        "/ontology/{}",
        "/reconcile/preview?id={}",
        "/validate?{}={}",
        "/{}",
        "/?{}={}",
    ],
)
def test_no_value_in_an_address_acts(browser, site, path, attack):
    address = path.replace("{}", quote(attack, safe=""))
    with visiting(browser, site.url, address, bypass_csp=True) as (page, _):
        assert page.evaluate(FOUND) == NOTHING


def test_the_attacks_are_on_the_pages(browser, site):
    for kind in ("statement", "quotation", "state", "source", "answer with parameters"):
        with visiting(browser, site.url, KINDS[kind], bypass_csp=True) as (page, _):
            assert "hacked=1" in page.inner_text("main"), kind


@pytest.mark.parametrize("attack", ATTACKS[:2])
def test_an_attack_that_was_not_stopped_is_found(browser, site, attack):
    with visiting(browser, site.url, "/nowhere", bypass_csp=True) as (page, _):
        page.set_content(f"<p>{attack}</p>")
        page.wait_for_timeout(50)
        found = page.evaluate(FOUND)
        assert found["hacked"]
        assert found["elements"]
