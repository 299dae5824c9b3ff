"""Answers of saved queries, each at an address of its own.

``/queries/NAME`` is the answer as a page; ``/queries/NAME.csv`` and other endings, or Accept, give
the same answer to programs. The parameters of the query are those of the address. Names that
begin with an underscore are the page's own: ``_order``, ``_page``. As RDF, the address describes
the query. What the columns mean, and how to cite the answer, says ``/queries/NAME.metadata.json``
(CSV on the Web, https://www.w3.org/TR/tabular-metadata/).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import urlencode

from cachetools import LRUCache
from flask import Blueprint, Response, json, render_template, request
from werkzeug.exceptions import BadRequest, NotFound

from ... import names
from ...engine import Request
from ...errors import UnknownQuery
from ...queries import SavedQuery
from ..sparql import conditional, protocol
from ..sparql.endpoint import LARGEST
from ..sparql.exports import GEOJSON, PARQUET, XLSX, export, refuse_large
from ..sparql.flask_responses import etag_of, send, with_etag
from ..sparql.negotiation import CSV, GRAPHS, HTML, JSON, TSV, XML, content_type
from ..sparql.site import base_url, site
from ..sparql.tables import make_table
from . import (
    addresses,
    answer_metadata,
    citation,
    linked_pages,
    parameter_forms,
    saved_queries,
)

blueprint = Blueprint("answers", __name__)
_METADATA = ".metadata.json"
_ENDINGS = {
    ".csv": CSV,
    ".tsv": TSV,
    ".json": JSON,
    ".xml": XML,
    ".xlsx": XLSX,
    ".parquet": PARQUET,
    ".geojson": GEOJSON,
}
_OF_ENGINE = (CSV, TSV, JSON, XML)
_TITLES = (("CSV", ".csv"), ("TSV", ".tsv"), ("JSON", ".json"), ("XML", ".xml"))
_OFFICE = (("Excel", ".xlsx"), ("Parquet", ".parquet"))
_ROWS = 100  # of a page, so that it stays small; the downloads hold all
_OWN = "_"  # begins the names of parameters that are no query's
_LARGEST_HELD = 2**20  # bytes
_HELD: LRUCache[tuple[str, bool, str], bytes] = LRUCache(16 * _LARGEST_HELD, getsizeof=len)
_LOCK = Lock()
_PAGING = ("_order", "_page")


@dataclass(frozen=True, slots=True)
class BoundQuery:
    """A saved query with the values that its parameters are given in the address."""

    saved: SavedQuery
    values: dict[str, str]

    @property
    def sparql(self) -> str:
        """The query to run."""
        return self.saved.bind(self.values)

    @property
    def path(self) -> str:
        """The path of the answer, without an ending."""
        return f"/queries/{self.saved.name}"

    def address(self, ending: str = "", **own: str) -> str:
        """Write the address of the answer in a format; only values that were given are in it."""
        given = {name: request.args[name] for name in request.args if name in self.values}
        pairs = given | {f"{_OWN}{name}": value for name, value in own.items()}
        return f"{self.path}{ending}{f'?{urlencode(pairs)}' if pairs else ''}"

    def downloads(self, *, is_place: bool) -> list[tuple[str, str]]:
        """List the formats for programs, with their addresses."""
        kinds = [*_TITLES, *_OFFICE, *([("GeoJSON", ".geojson")] if is_place else [])]
        return [(title, self.address(ending)) for title, ending in kinds]


@blueprint.get("/queries/<name>")
def answer(name: str) -> Response:
    """Answer a saved query, as a page or in the format that is asked for."""
    if name.endswith(_METADATA):
        return _metadata(_bind(name.removesuffix(_METADATA)))
    stem, ending = citation.split_ending(name)
    if ending and site().is_ours:
        found = _bind(stem)
        return citation.of_answer(found.saved, found.address()).send(ending)
    stem, dot, end = name.rpartition(".")
    if (media_type := _ENDINGS.get(f"{dot}{end}")) is not None:
        return _program(_bind(stem), media_type)
    address = addresses.read_address((HTML, *_ENDINGS.values(), *GRAPHS))
    found = _bind(name if address.is_negotiated else stem)
    if address.media_type in GRAPHS:
        made = saved_queries.describe(found.saved, address.media_type)
        return addresses.sign(made, address)
    made = _page(found) if address.media_type == HTML else _program(found, address.media_type)
    made.vary.add("Accept")
    return made


def _bind(name: str) -> BoundQuery:
    """Find the query and its values, or raise the error that says which is unknown."""
    if name not in site().queries:
        raise UnknownQuery(f"No saved query is called {name!r}: see /queries for those there are.")
    saved = site().queries[name]
    given = {key: text for key, text in request.args.items() if key not in _PAGING}
    saved.bind(dict.fromkeys(given, ""))  # an unknown name of a parameter is refused here
    defaults = {each.name: each.default for each in saved.parameters}
    return BoundQuery(saved, defaults | parameter_forms.resolve(saved, given))


def _program(found: BoundQuery, media_type: str) -> Response:
    """Send the answer in a format for programs."""
    tag = etag_of("answer", found.sparql, media_type)
    if conditional.is_held(request, tag):
        made = Response(status=304)
    elif media_type in _OF_ENGINE:
        made = _relay(found, media_type)
    else:
        made = _exported(found, media_type)
    made.set_etag(tag, weak=True)
    made.headers["Cache-Control"] = conditional.REVALIDATE
    described = f"{addresses.public()}{found.address(_METADATA)}"
    made.headers.add("Link", f'<{described}>; rel="describedby"; type="application/csvm+json"')
    made.headers.add("Link", f'<{addresses.public()}{found.address()}>; rel="canonical"')
    return made


def _relay(found: BoundQuery, media_type: str) -> Response:
    engine = site().engine.answer(_request(found, media_type))
    answered = engine.__enter__()
    made = send(protocol.respond(request, None, answered))
    made.call_on_close(lambda: engine.__exit__(None, None, None))
    return made


def _exported(found: BoundQuery, media_type: str) -> Response:
    return Response(export(_content(found), media_type), content_type=content_type(media_type))


def _request(found: BoundQuery, media_type: str) -> Request:
    is_union = site().config.is_union
    return Request(
        found.sparql, base_iri=names.BASE, solutions=media_type, boolean=JSON, is_union=is_union
    )


def _content(found: BoundQuery) -> dict[str, Any]:
    """Run the query for its results as JSON, unless they are held for this snapshot."""
    key = (site().snapshot.name, site().config.is_union, found.sparql)
    with _LOCK:
        body = _HELD.get(key)
    if body is None:
        with site().engine.answer(_request(found, JSON)) as answered:
            refuse_large(answered.length)
            body = b"".join(answered.chunks)
        if len(body) <= _LARGEST_HELD:
            with _LOCK:
                _HELD[key] = body
    content: dict[str, Any] = json.loads(body)
    return content


def _page(found: BoundQuery) -> Response:
    order, page = request.args.get("_order", ""), _page_number()
    tag = etag_of("answer", base_url(), found.sparql, order, page, HTML)
    return with_etag(tag, lambda: Response(_write(found, order, page)))


def _page_number() -> int:
    given = request.args.get("_page", "1")
    if re.fullmatch("[1-9][0-9]{0,5}", given) is None:
        raise BadRequest(f"_page={given!r}: a number from 1 on is needed.")
    return int(given)


def _write(found: BoundQuery, order: str, page: int) -> str:
    content = _content(found)
    known = content["head"]["vars"]
    if order and order.removeprefix("-") not in known:
        raise BadRequest(
            f"_order={order!r}: no column has this name; there are {', '.join(known)}."
        )
    table = make_table(content, found.saved.columns, order, (page - 1) * _ROWS, _ROWS)
    last = max(1, -(-table.count // _ROWS))
    if page > last:
        raise NotFound(f"There is no page {page}: the last is {last}.")
    return render_template(
        "answer.html",
        found=found,
        saved=found.saved,
        fields=parameter_forms.fields(found.saved, found.values),
        table=table,
        order=order,
        page=page,
        last=last,
        is_large=sum(map(len, table.rows)) > LARGEST,
        here=base_url(),
        downloads=found.downloads(is_place=_is_place(content)),
        citation=citation.of_answer(found.saved, found.address()),
        card=linked_pages.of_answer(
            found.saved.title,
            found.saved.question,
            base_url() + found.address(),
            base_url() + found.address(".csv"),
        ),
        given=found.address().removeprefix(found.path),
    )


def _is_place(content: Mapping[str, Any]) -> bool:
    rows = content["results"]["bindings"]
    wkt = f"{names.PREFIXES['geo']}wktLiteral"
    return any(term.get("datatype") == wkt for row in rows for term in row.values())


def _metadata(found: BoundQuery) -> Response:
    """Say what the answer holds, in the terms of CSV on the Web."""
    base = base_url()
    tag = etag_of("answer-metadata", base, found.sparql)
    described = answer_metadata.describe(found.saved, base, found.address, found.values)
    body = json.dumps(described, ensure_ascii=False, indent=2)
    return with_etag(tag, lambda: Response(body, content_type="application/csvm+json"))
