"""Generated blocks in a page written by hand: what stands between two comments is replaced.

<!-- generated: core -->
...
<!-- /generated -->
"""

import re
from collections.abc import Mapping

_BLOCK = re.compile(
    r"(?P<open><!-- generated: (?P<name>[\w-]+) -->\n).*?(?P<close><!-- /generated -->)", re.DOTALL
)


class BlockFault(Exception):
    """A page has a block that nothing generates, or lacks one."""


def fill(page: str, blocks: Mapping[str, str]) -> str:
    """Put every block into its place in the page, each exactly once."""
    found = [match["name"] for match in _BLOCK.finditer(page)]
    if page.count("<!-- generated:") != len(found) or page.count("<!-- /generated") != len(found):
        raise BlockFault("a generated block is not closed; end it with <!-- /generated -->")
    for name in sorted({*found, *blocks}):
        if name not in blocks:
            raise BlockFault(f"nothing generates {name}; delete its block")
        if found.count(name) != 1:
            raise BlockFault(
                f"{name} stands {found.count(name)} times; write once: "
                f"<!-- generated: {name} --> and <!-- /generated -->"
            )
    return _BLOCK.sub(
        lambda match: f"{match['open']}{blocks[match['name']]}\n{match['close']}", page
    )
