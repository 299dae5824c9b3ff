"""What crawlers and browsers ask of every site: robots.txt, a map of all pages, an icon."""

from collections.abc import Iterator

from flask import Blueprint, Response, current_app
from markupsafe import escape
from werkzeug.exceptions import NotFound

from ... import names
from ..sparql.flask_responses import etag_of, with_etag
from ..sparql.quads import solutions
from ..sparql.site import base_url, site
from ..sparql.term_view import is_iri, local_path

blueprint = Blueprint("crawlers", __name__)
MOST = 50_000  # addresses in one part: https://www.sitemaps.org/protocol.html
_THINGS_IN_PART = MOST - 1000  # so that the other pages fit into the first
_PAGES = ("/", "/about", "/data", "/queries", "/sparql", "/validate")
_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_THINGS = f"""{{ SELECT DISTINCT ?thing WHERE {{
  ?thing a ?class FILTER(STRSTARTS(STR(?thing), "{names.ID}"))
}} }}"""


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Ask crawlers to leave the endpoint alone; pages may be read."""
    text = f"User-agent: *\nDisallow: /sparql\nSitemap: {base_url()}/sitemap.xml\n"
    return Response(text, content_type="text/plain; charset=utf-8")


@blueprint.get("/favicon.ico")
def icon() -> Response:
    """Answer browsers that ask for an icon at its old address."""
    return current_app.send_static_file("stimson.svg")


@blueprint.get("/sitemap.xml")
def site_map() -> Response:
    """List the parts of the map."""
    return with_etag(etag_of("sitemap", base_url()), lambda: _xml("sitemapindex", _parts()))


@blueprint.get("/sitemap-<int:number>.xml")
def part(number: int) -> Response:
    """List the pages of one part: in the first also those that are about no thing."""
    if not 1 <= number <= _count_parts():
        raise NotFound(f"The map has {_count_parts()} parts; there is no part {number}.")
    return with_etag(
        etag_of("sitemap", base_url(), number), lambda: _xml("urlset", _part(number - 1))
    )


def _xml(root: str, addresses: Iterator[str]) -> Response:
    name = "sitemap" if root == "sitemapindex" else "url"
    lines = "".join(f"<{name}><loc>{escape(each)}</loc></{name}>\n" for each in addresses)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_SPACE}">\n{lines}</{root}>\n'
    return Response(text, content_type="application/xml; charset=utf-8")


def _count_parts() -> int:
    rows = solutions(f"SELECT (COUNT(?thing) AS ?n) WHERE {_THINGS}")
    things = next(int(row["n"].value) for row in rows)
    return max(1, -(-things // _THINGS_IN_PART))


def _parts() -> Iterator[str]:
    for number in range(_count_parts()):
        yield f"{base_url()}/sitemap-{number + 1}.xml"


def _part(number: int) -> Iterator[str]:
    base = base_url()
    if not number:
        yield from (f"{base}{path}" for path in _PAGES)
        yield from (f"{base}/queries/{name}" for name in site().queries)
    text = f"""SELECT ?thing WHERE {_THINGS} ORDER BY ?thing
LIMIT {_THINGS_IN_PART} OFFSET {number * _THINGS_IN_PART}"""
    for row in solutions(text):
        iri = row["thing"].value
        if is_iri(iri):
            yield f"{base}{local_path(iri)}"
