"""Linked data: every thing of the graph has an address, and documents about it."""

from functools import partial
from itertools import chain
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import BadRequest, NotFound

from ... import names
from ..sparql.flask_responses import accepted, etag_of, with_etag
from ..sparql.labels import label
from ..sparql.negotiation import GRAPHS, HTML, graph_format
from ..sparql.quads import NAMING, write
from ..sparql.site import site
from ..sparql.term_view import SAFE, is_iri
from . import (
    addresses,
    citation,
    description,
    entity_page,
    linked_pages,
    saved_queries,
    sections,
)
from .addresses import DocumentAddress

blueprint = Blueprint("entities", __name__)


@blueprint.get("/id/<kind>/<path:slug>")
@blueprint.get("/vocabulary/<path:slug>")
@blueprint.get("/rule/<path:slug>")
def thing(**_: str) -> Response:
    """Send on from a thing to the document about it; answer with that document."""
    if (cited := _cite()) is not None:
        return cited
    address = addresses.read_address()
    iri = next(filter(_is_known, addresses.spellings(address.path)), None)
    if iri is None:
        return addresses.miss(address.path)
    if address.is_negotiated:
        return addresses.send_on(address)
    return addresses.sign(_document(iri, address), address, iri)


@blueprint.get("/describe")
def anything() -> Response:
    """Describe what has no address of its own here, such as a term of the ontology."""
    iri = request.args.get("iri", "")
    if not is_iri(iri):
        raise BadRequest("Name an absolute IRI in the parameter `iri`.")
    if not _is_known(iri):
        raise NotFound(f"The graph says nothing about {iri}.")
    if name := request.args.get("property"):
        return _neighbours(iri, name)
    media_type = graph_format((*GRAPHS, HTML), accepted(), request.args.get("format"))
    address = DocumentAddress(
        "/describe", media_type, is_negotiated=True, query=urlencode({"iri": iri})
    )
    return addresses.sign(_document(iri, address), address, iri)


def _cite() -> Response | None:
    """Answer an address that ends in the name of a form of citations, if it is of a thing."""
    path, ending = citation.split_ending(quote(request.path, safe=SAFE))
    if not ending or not site().is_ours:
        return None
    iri = next(filter(_is_known, addresses.spellings(path)), None)
    if iri is None:
        return addresses.miss(path)
    title = label([iri]).get(iri) or names.shorten(iri)
    return citation.of_thing(iri, title).send(ending)


def _is_known(iri: str) -> bool:
    return is_iri(iri) and (description.is_known(iri) or bool(saved_queries.of_rule(iri)))


def _document(iri: str, address: DocumentAddress) -> Response:
    """Answer with the document about `iri`, or say that it is the same as before."""
    make = partial(page if address.media_type == HTML else _data, iri, address)
    return with_etag(etag_of("about", address.iri, saved_queries.find_rule(iri), iri), make)


def _data(iri: str, address: DocumentAddress) -> Response:
    quads = description.document(iri, address.iri, address.media_type in NAMING)
    return write(chain(saved_queries.of_rule(iri), quads), address.media_type)


def page(iri: str, address: DocumentAddress) -> str:
    """Show what is said of `iri`."""
    found, rule = entity_page.collect(iri), saved_queries.find_rule(iri)
    told = sections.collect(iri, [view.title or "" for view in found.types])
    more = f"/describe?{urlencode({'iri': iri})}"
    types = [view.title or "" for view in found.types]
    is_cited = site().is_ours and iri.startswith(names.BASE) and not address.query
    is_cited &= not iri.startswith((f"{names.BASE}graph/", f"{names.BASE}mappings/"))  # see /data
    return render_template(
        "entity.html",
        entity=found,
        address=address,
        rule=rule,
        more=more,
        sections=told,
        citation=citation.of_thing(iri, found.label) if is_cited else None,
        card=linked_pages.of_thing(iri, found.label, types, _describe(found)),
    )


def _describe(found: entity_page.EntityView) -> str:
    """Describe a thing in a sentence, for those who show a link to it."""
    if found.definition:
        return found.definition.text
    kinds = ", ".join(view.text for view in found.kinds)
    return f"{kinds}: who says what of it, when, in which words, and by which source."


def _neighbours(iri: str, name: str) -> Response:
    """Show one page of the neighbours by one property."""
    way, number = request.args.get("way", entity_page.OF), request.args.get("page", 1, type=int)
    found = entity_page.neighbours_page(iri, (way, name), number)
    if found is None:
        raise NotFound(f"There is no page {number} of the neighbours of {iri} by {name}.")
    here = f"/describe?{urlencode({'iri': iri, 'property': name, 'way': way})}"
    show = partial(render_template, "neighbours.html", page=found, here=here, to=entity_page.TO)
    return with_etag(etag_of("piece", iri, name, way, number), show)
