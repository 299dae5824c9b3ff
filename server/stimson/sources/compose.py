"""Write a quotation as Turtle, ready to be pasted into a source's file."""

import re
import urllib.parse

from .. import names
from . import Quote

_LOCAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def to_turtle(quote: Quote, identifier: str) -> str:
    """Write `quote`, taken from the source called `identifier`, with both its selectors."""
    slug = f"{identifier}-{quote.start}"
    words, position = _name("selector", f"{slug}-words"), _name("selector", f"{slug}-position")
    return f"""\
{_name("quotation", slug)} a st:Quotation ;
    oa:hasSource {_name("source", identifier)} ;
    oa:hasSelector {words} , {position} ;
    st:passageSha256 "{quote.seal}" .

{words} a oa:TextQuoteSelector ;
    oa:prefix {_text(quote.prefix)} ;
    oa:exact {_text(quote.exact)} ;
    oa:suffix {_text(quote.suffix)} .

{position} a oa:TextPositionSelector ;
    oa:start {quote.start} ;
    oa:end {quote.end} .
"""


def prefixes() -> str:
    """Write the prefix lines that `to_turtle` relies on."""
    used = ("oa", "quotation", "selector", "source", "st")
    return "".join(f"@prefix {prefix}: <{names.PREFIXES[prefix]}> .\n" for prefix in used)


def _name(kind: str, slug: str) -> str:
    """Write an entity with its prefix where its local name needs no escapes."""
    if _LOCAL.fullmatch(slug):
        return f"{kind}:{slug}"
    return f"<{names.ID}{kind}/{urllib.parse.quote(slug, safe='')}>"


def _text(text: str) -> str:
    # On one line: a line break typed into a long string could be changed by an editor.
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    for character, escape in (("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        escaped = escaped.replace(character, escape)
    return f'"{escaped}"'
