"""Graphs and sets of mappings, each a document that answers under its own name."""

from collections.abc import Callable
from functools import partial

import pyoxigraph as ox
from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from ... import names
from ...engine import Request
from ..sparql.flask_responses import ask, etag_of, with_etag
from ..sparql.labels import label
from ..sparql.negotiation import HTML
from ..sparql.quads import NAMING, solutions, write
from ..sparql.site import site
from ..sparql.term_view import is_iri, view_iri
from . import addresses, description, entities
from .addresses import DocumentAddress
from .entity_page import PAGE

blueprint = Blueprint("graphs", __name__)


@blueprint.get("/graph/<path:rest>")
def graph(**_: str) -> Response:
    """Answer with a graph under its name."""
    address = addresses.read_address()
    known = site().snapshot.manifest["graphs"]
    iri = next((iri for iri in addresses.spellings(address.path) if iri in known), None)
    if iri is None or not is_iri(iri):
        return addresses.miss(address.path)
    page = partial(_page, iri, address, known[iri])
    return document(address, all_of([iri]), page, request.args.get("page", ""))


@blueprint.get("/mappings/<path:rest>")
def mappings(**_: str) -> Response:
    """Answer with a set of mappings, and with each of them."""
    address = addresses.read_address()
    iri = next(addresses.spellings(address.path))
    if not is_iri(iri) or not description.is_known(iri):
        return addresses.miss(address.path)
    pattern = f"""GRAPH ?g {{ ?s ?p ?o }}
  FILTER(?s = <{iri}> || STRSTARTS(STR(?s), "{iri}#"))"""
    return document(address, pattern, partial(entities.page, iri, address))


def document(
    address: DocumentAddress, pattern: str, page: Callable[[], str], *depends_on: str
) -> Response:
    """Answer with the statements of a pattern as one document."""
    make: Callable[[], Response | str]
    make = page if address.media_type == HTML else partial(_data, pattern, address.media_type)
    tag = etag_of("whole", address.iri, *depends_on)
    return addresses.sign(with_etag(tag, make), address)


def all_of(graphs: list[str]) -> str:
    """Write the pattern of all statements in some graphs."""
    values = " ".join(f"<{graph}>" for graph in graphs)
    return f"VALUES ?g {{ {values} }} GRAPH ?g {{ ?s ?p ?o }}"


def _data(pattern: str, media_type: str) -> Response:
    if media_type in NAMING:
        rows = solutions(f"SELECT ?s ?p ?o ?g WHERE {{ {pattern} }} ORDER BY ?g")
        return write((ox.Quad(*row) for row in rows), media_type)
    text = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}"
    return ask(Request(text, base_iri=names.BASE, graph=media_type))


def _page(iri: str, address: DocumentAddress, size: int) -> str:
    """Show a page of the subjects of the statements in a graph."""
    number = request.args.get("page", 1, type=int)
    count = _count(iri)
    last = max(1, -(-count // PAGE))
    if not 1 <= number <= last:
        raise NotFound(f"There is no page {number}: the last is {last}.")
    things = _things(iri, PAGE * (number - 1))
    labels = label(things)
    return render_template(
        "graph.html",
        iri=iri,
        name=iri.removeprefix(names.GRAPH),
        address=address,
        size=size,
        count=count,
        things=[view_iri(thing, labels.get(thing)) for thing in things],
        number=number,
        last=last,
    )


def _count(iri: str) -> int:
    text = f"""SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{
  GRAPH <{iri}> {{ ?s ?p ?o FILTER(isIRI(?s)) }} }}"""
    return next(int(row["n"].value) for row in solutions(text))


def _things(iri: str, offset: int) -> list[str]:
    text = f"""SELECT DISTINCT ?s WHERE {{ GRAPH <{iri}> {{ ?s ?p ?o FILTER(isIRI(?s)) }} }}
ORDER BY ?s LIMIT {PAGE} OFFSET {offset}"""
    return [row["s"].value for row in solutions(text)]
