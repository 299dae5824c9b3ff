"""Search by words, as a page, as JSON, and as a description for browsers (OpenSearch).

https://github.com/dewitt/opensearch/blob/master/opensearch-1-1-draft-6.md
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, json, render_template, request
from werkzeug.exceptions import BadRequest, NotFound

from ...errors import InvalidSearch
from ...search.excerpts import SearchExcerpt, excerpt, mark_title
from ...search.result_json import pages, write_result
from ...search.search_index import SearchIndex
from ...search.search_results import FoundThing, KindCount, SearchResult
from ...search.thing_kinds import KINDS, NUMBERS, read_kind
from ..sparql.flask_responses import accepted, etag_of, with_etag
from ..sparql.negotiation import HTML, choose
from ..sparql.protocol import decode
from ..sparql.site import base_url, site
from ..sparql.term_view import local_path

blueprint = Blueprint("search", __name__)
_JSON = "application/json"
_PATH = "/search"
_COUNT, _MOST = 20, 100  # results on a page
_LAST = 1_000_000  # page that may be asked for
_EXAMPLES = ("Лиман", "Lugansk", "Belhorivka", "we will never recognize", "A/RES/ES-11/4", "UA-65")


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What is asked for in the address."""

    text: str
    kind: str
    page: int
    count: int

    def address(self, ending: str = "", **other: str) -> str:
        """Write the address of this search with something else in it; what is usual is left out."""
        pairs = {"q": self.text, "kind": self.kind} | other
        if self.count != _COUNT:
            pairs["count"] = str(self.count)
        kept = {name: value for name, value in pairs.items() if value}
        return f"{_PATH}{ending}{f'?{urlencode(kept)}' if kept else ''}"


@dataclass(frozen=True, slots=True)
class HitView:
    """One result as the page shows it."""

    page: str
    title: SearchExcerpt
    excerpt: SearchExcerpt | None
    type: str


@dataclass(frozen=True, slots=True)
class FacetView:
    """One kind to narrow the results to, or all of them."""

    label: str
    count: int
    page: str
    is_chosen: bool


@blueprint.get(_PATH)
def search() -> Response:
    """Show what is found, as a page or as JSON."""
    media_type = choose((HTML, _JSON), accepted())
    response = _respond(_read(), is_json=media_type == _JSON)
    response.vary.add("Accept")
    return response


@blueprint.get(f"{_PATH}.json")
def search_json() -> Response:
    """Write what is found as JSON."""
    return _respond(_read(), is_json=True)


@blueprint.get("/opensearch.xml")
def describe() -> Response:
    """Describe the search, so that a browser can offer it."""
    text = render_template("opensearch.xml", root=base_url())
    return Response(text, content_type="application/opensearchdescription+xml")


def _read() -> SearchRequest:
    """Read the address, or raise the error that says what is wrong with it."""
    given: dict[str, str] = {}
    for name, value in decode(request.query_string):
        if name not in ("q", "kind", "page", "count"):
            raise BadRequest(
                f"A search has no parameter {name[:40]!r}: it has q, kind, page, count."
            )
        if name in given:
            raise BadRequest(f"Send one {name}: this address has more than one.")
        given[name] = value
    return SearchRequest(
        given.get("q", "").strip(),
        read_kind(given.get("kind", "")),
        _number("page", given.get("page", ""), 1, _LAST),
        _number("count", given.get("count", ""), _COUNT, _MOST),
    )


def _number(name: str, text: str, usual: int, most: int) -> int:
    if not text:
        return usual
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
    if not 1 <= number <= most:
        raise InvalidSearch(f"{name} must be a number from 1 to {most}.")
    return number


def _respond(asked: SearchRequest, *, is_json: bool) -> Response:
    tag = etag_of("search", is_json, asked, site().queries)
    return with_etag(tag, lambda: _json(asked) if is_json else _page(asked))


def _index() -> SearchIndex:
    where = site()
    return where.search_cache.index(where.snapshot, where.queries, where.config.queue_timeout)


def _find(asked: SearchRequest) -> SearchResult:
    found = _index().find(asked.text, asked.kind, asked.page, asked.count)
    if asked.page > (last := pages(found.total, asked.count)):
        raise NotFound(f"There is no page {asked.page} of these results: the last is {last}.")
    return found


def _json(asked: SearchRequest) -> Response:
    found = _find(asked) if asked.text or asked.kind else SearchResult((), 0)
    written = write_result(asked.text, asked.kind, asked.page, asked.count, found)
    for result, thing in zip(written["results"], found.things, strict=True):
        result["page"] = page_of(thing.iri)
    return Response(json.dumps(written), content_type=_JSON)


def _page(asked: SearchRequest) -> str:
    if not (asked.text or asked.kind):
        kinds = _facets(asked, _index().kinds())
        examples = [(each, asked.address(q=each)) for each in _EXAMPLES] if site().is_ours else []
        return render_template("search.html", kinds=kinds, examples=examples)
    found = _find(asked)
    total = sum(each.number for each in found.counts)
    everything = FacetView("all", total, asked.address(kind=""), not asked.kind)
    here = asked.address()
    return render_template(
        "search.html",
        searched=asked.text,
        asked=asked,
        found=found,
        kind=KINDS[NUMBERS[asked.kind]] if asked.kind else None,
        kinds=[everything, *_facets(asked, found.counts)],
        hits=[_hit(thing, found) for thing in found.things],
        here=f"{here}&",
        first=asked.count * (asked.page - 1) + 1,
        last_page=pages(found.total, asked.count),
        json=f"{asked.address('.json')}{f'&page={asked.page}' if asked.page > 1 else ''}",
        meant=[(each, asked.address(q=each, kind="")) for each in found.meant],
        alone=[(word, number, asked.address(q=word, kind="")) for word, number in found.alone],
    )


def _facets(asked: SearchRequest, counts: Iterable[KindCount]) -> Iterator[FacetView]:
    for kind, number in counts:
        page = asked.address(kind=kind.name)
        yield FacetView(kind.label, number, page, kind.name == asked.kind)


def _hit(thing: FoundThing, found: SearchResult) -> HitView:
    title, text = mark_title(thing, found.words), excerpt(thing, found.words)
    return HitView(page_of(thing.iri), title, text, thing.type or thing.kind.label)


def page_of(iri: str) -> str:
    """Find the page of this site about a thing, whose ever it is."""
    return local_path(iri) or f"/describe?{urlencode({'iri': iri})}"
