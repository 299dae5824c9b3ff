"""Linked data: what the graph says about one thing, in both directions."""

from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import BadRequest, NotFound

from .. import names
from ..engine import Request
from . import facts
from .negotiation import GRAPHS, HTML, TURTLE, best, not_acceptable
from .relay import ask
from .terms import is_iri, local_path

blueprint = Blueprint("describe", __name__)
_SUFFIXES = {
    ".html": HTML,
    ".ttl": TURTLE,
    ".nt": "application/n-triples",
    ".rdf": "application/rdf+xml",
    ".jsonld": "application/ld+json",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A thing, and the media type to describe it in."""

    iri: str
    media_type: str


@blueprint.get("/id/<kind>/<path:slug>")
def entity(kind: str, slug: str) -> Response:
    """Describe a thing under its own address."""
    return _describe(_wanted(f"{names.ID}{kind}/{slug}"))


@blueprint.get("/vocabulary/<path:slug>")
def concept(slug: str) -> Response:
    """Describe a concept under its own address."""
    return _describe(_wanted(f"{names.STV}{slug}"))


@blueprint.get("/describe")
def anything() -> Response:
    """Describe what has no address of its own here, such as a term of the ontology."""
    iri = request.args.get("iri", "")
    if not is_iri(iri):
        raise BadRequest("Say in the parameter `iri` which absolute IRI to describe.")
    return _describe(Wanted(iri, _negotiated()))


def _wanted(address: str) -> Wanted:
    """Part an address into the thing and the format its suffix asks for."""
    for suffix, media_type in _SUFFIXES.items():
        if address.endswith(suffix):
            return Wanted(address.removesuffix(suffix), media_type)
    return Wanted(address, _negotiated())


def _negotiated() -> str:
    media_type = best((*GRAPHS, HTML))
    if media_type is None:
        raise not_acceptable((*GRAPHS, HTML))
    return media_type


def _describe(wanted: Wanted) -> Response:
    if not is_iri(wanted.iri) or not facts.is_known(wanted.iri):
        raise NotFound(f"The graph says nothing about {wanted.iri}.")
    if wanted.media_type == HTML:
        about = facts.collect(wanted.iri)
        response = Response(
            render_template("describe.html", about=about, suffixed=_suffixed(wanted.iri))
        )
    else:
        text = facts.as_graph(wanted.iri)
        response = ask(Request(text, base_iri=names.BASE, graph=wanted.media_type))
    response.vary.add("Accept")
    response.cache_control.public = True
    response.cache_control.max_age = 0
    response.cache_control.must_revalidate = True
    return response


def _suffixed(iri: str) -> str | None:
    """Find the address that takes a suffix, which an address with a query does not."""
    path = local_path(iri)
    return None if path is None or "?" in path else path
