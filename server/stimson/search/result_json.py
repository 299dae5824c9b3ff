"""A search and what it found, as JSON: the same over HTTP and on the command line."""

from typing import Any

from .. import names
from .excerpts import excerpt, mark_title
from .search_results import FoundThing, SearchResult


def write_result(
    text: str, kind: str, page: int, count: int, result: SearchResult
) -> dict[str, Any]:
    """Write one page of a result."""
    return {
        "query": text,
        "kind": kind or None,
        "total": result.total,
        "page": page,
        "pages": pages(result.total, count),
        "kinds": [
            {"kind": each.kind.name, "label": each.kind.label, "count": each.number}
            for each in result.counts
        ],
        "results": [_write_thing(thing, result) for thing in result.things],
        "did_you_mean": list(result.meant),
        "words": [{"word": word, "count": number} for word, number in result.alone],
    }


def pages(total: int, count: int) -> int:
    """Count the pages; there is one even if nothing was found."""
    return max(1, -(-total // count))


def _write_thing(thing: FoundThing, result: SearchResult) -> dict[str, Any]:
    found = excerpt(thing, result.words)
    return {
        "iri": thing.iri,
        "id": names.shorten(thing.iri).removeprefix("<").removesuffix(">"),
        "title": mark_title(thing, result.words).text,
        "language": thing.language or None,
        "kind": thing.kind.name,
        "type": thing.type or None,
        "excerpt": found
        and {
            "property": found.label,
            "language": found.language or None,
            "text": found.text,
            "matches": [part.text for part in found.parts if part.is_match],
        },
    }
