"""Say, in headers and on pages, that a query uses names of ours that are not there.

The header is a list of strings with parameters (RFC 9651); for each name that may be meant there
is a link to what is known of it. Both are ASCII, whatever stands in the query.
"""

from typing import NamedTuple
from urllib.parse import quote, urlencode

from ... import names
from ...config import Config
from ...snapshot.known_names import UnknownName
from .messages import Head
from .term_view import TermView, local_path, view_iri

NAME = "stimson-unknown"
RELATION = f"{names.BASE}problems/unknown-name"
_SAFE = "/:@!$&'()*+,;=~-._#?%[]"
_LONGEST = 300  # characters of a name in a header
_MOST = 6000  # characters of a query in a link


class Correction(NamedTuple):
    """A name that may be meant, and the address of the query with it."""

    view: TermView
    address: str


class Notice(NamedTuple):
    """What a page says of one unknown name."""

    text: str
    corrections: list[Correction]


def headers(unknown: list[UnknownName], config: Config) -> Head:
    """Write the headers; none if there is nothing to say."""
    if not unknown:
        return []
    found = [(NAME, ", ".join(map(_item, unknown)))]
    public = config.public_url.rstrip("/")
    for iri in dict.fromkeys(iri for each in unknown for iri in each.meant):
        path = local_path(iri)
        target = _ascii(iri) if path is None else f"{public}{path}"
        title = _ascii(names.shorten(iri))
        found.append(("link", f'<{target}>; rel="{RELATION}"; title="{title}"'))
    return found


def notices(query: str, unknown: list[UnknownName]) -> list[Notice]:
    """Write what a page says of each name."""
    return [
        Notice(each.used.text, [_correct(query, each, iri) for iri in each.meant])
        for each in unknown
    ]


def _correct(query: str, unknown: UnknownName, iri: str) -> Correction:
    used = unknown.used
    text = query[: used.start] + _write(used.text, used.iri, iri) + query[used.end :]
    is_short = len(text) <= _MOST
    address = f"/sparql?{urlencode({'query': text, 'as': 'html'})}" if is_short else ""
    return Correction(view_iri(iri), address)


def _write(text: str, iri: str, other: str) -> str:
    """Write another IRI with the same prefix, else in full."""
    prefix, colon, local = text.partition(":")
    space = iri.removesuffix(local)
    fits = colon and text[0] != "<" and iri.endswith(local) and other.startswith(space)
    rest = other.removeprefix(space)
    plain = rest.replace("-", "").replace("_", "")
    return f"{prefix}:{rest}" if fits and plain.isalnum() else f"<{other}>"


def _item(unknown: UnknownName) -> str:
    meant = " ".join(_ascii(iri) for iri in unknown.meant)
    parameter = f';meant="{meant}"' if meant else ""
    return f'"{_ascii(unknown.used.iri)}"{parameter}'


def _ascii(iri: str) -> str:
    """Write an IRI so that it can stand between quotation marks in a header."""
    return quote(iri[:_LONGEST], safe=_SAFE, errors="replace")
