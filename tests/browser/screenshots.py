"""Take a picture of every kind of page, on desktop and phone: ``make screenshots``.

They go to ``build/screenshots``, where nobody needs them but whoever looks at them. ``--url`` takes
them of a server that runs already, ``--dark`` in dark colours, and names only of those kinds.
"""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from browsing import KINDS, ROOT, WIDTHS, browsing, visiting

from http_fixtures import running

FOLDER = ROOT / "build" / "screenshots"
_TALLEST = 4000  # pixels: a longer page is cut off


def take(url: str, kinds: Iterable[str], scheme: str) -> int:
    """Take the pictures; return how many."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    taken = 0
    with browsing() as browser:
        for kind in kinds:
            for width, window in WIDTHS.items():
                options = {"viewport": window, "color_scheme": scheme}
                with visiting(browser, url, KINDS[kind], **options) as (page, _):
                    height = page.evaluate("document.documentElement.scrollHeight")
                    page.set_viewport_size(window | {"height": min(height, _TALLEST)})
                    name = f"{kind.replace(' ', '-')}-{width}-{scheme}.png"
                    page.screenshot(path=FOLDER / name)
                taken += 1
    return taken


def main() -> None:
    """Take what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help="all, unless some are named")
    parser.add_argument("--url", help="of a server that runs already")
    parser.add_argument("--dark", action="store_true", help="in dark colours")
    given = parser.parse_args()
    if unknown := set(given.kinds) - set(KINDS):
        parser.error(f"no such kind of page: {', '.join(unknown)}; there are {', '.join(KINDS)}")
    kinds, scheme = given.kinds or list(KINDS), "dark" if given.dark else "light"
    if given.url:
        taken = take(given.url.rstrip("/"), kinds, scheme)
    else:
        with running(ROOT / ".stimson") as site:
            taken = take(site.url, kinds, scheme)
    sys.stdout.write(f"{taken} pictures in {FOLDER.relative_to(ROOT)}.\n")


if __name__ == "__main__":
    main()
