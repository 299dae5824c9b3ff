"""Choose the format of an answer: Accept by RFC 9110, or the `as` parameter of our own form."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from flask import request
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import BadRequest, NotAcceptable

HTML = "text/html"
JSON = "application/sparql-results+json"
TURTLE = "text/turtle"
BOOLEANS = (JSON, "application/json", "application/sparql-results+xml", "application/xml")
SOLUTIONS = (*BOOLEANS, "text/csv", "text/tab-separated-values")
GRAPHS = (
    TURTLE,
    "application/n-triples",
    "application/rdf+xml",
    "application/ld+json",
    "application/trig",
    "application/n-quads",
)
_ALIASES = {"text/tsv": "text/tab-separated-values", "application/x-turtle": TURTLE}


@dataclass(frozen=True, slots=True)
class Formats:
    """The media type wanted for each kind of result; None where there is none."""

    solutions: str | None
    boolean: str | None
    graph: str | None


# The names in our form, also for links: a browser cannot send an Accept of its own.
NAMED = {
    "html": Formats(HTML, HTML, HTML),
    "json": Formats(JSON, JSON, "application/ld+json"),
    "xml": Formats("application/sparql-results+xml", BOOLEANS[2], "application/rdf+xml"),
    "csv": Formats("text/csv", None, None),
    "tsv": Formats("text/tab-separated-values", None, None),
    "turtle": Formats(None, None, TURTLE),
    "ntriples": Formats(None, None, "application/n-triples"),
}


def formats(name: str | None) -> Formats:
    """Choose a format for each kind of result a query may have."""
    if name:
        if name not in NAMED:
            raise BadRequest(f"The parameter `as` is one of {', '.join(NAMED)}.")
        return NAMED[name]
    chosen = Formats(
        *(best((*offers, HTML)) for offers in (SOLUTIONS, BOOLEANS, GRAPHS)),
    )
    if not any(getattr(chosen, field.name) for field in fields(chosen)):
        raise not_acceptable((*SOLUTIONS, *GRAPHS, HTML))
    return chosen


def best(offers: Iterable[str]) -> str | None:
    """Choose what the client likes best; the first offer if it does not care."""
    accept = _accept()
    if not accept:
        return next(iter(offers))
    explicit = set(accept.values())
    # On equal quality, what was named goes before what a wildcard lets through.
    ranked = [(accept.quality(offer), offer in explicit) for offer in offers]
    top = max(ranked)
    return list(offers)[ranked.index(top)] if top[0] > 0 else None


def prefers_html(other: str) -> bool:
    """Tell a browser from a program."""
    return best((other, HTML)) == HTML


def not_acceptable(offers: Iterable[str]) -> NotAcceptable:
    """Make the error that names what there is."""
    return NotAcceptable(f"None of the accepted types is offered here: {', '.join(offers)}.")


def content_type(media_type: str) -> str:
    """Write a media type as the value of Content-Type."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def _accept() -> MIMEAccept:
    """Read Accept without parameters such as charset, which change nothing here."""
    values = ((value.partition(";")[0].strip(), q) for value, q in request.accept_mimetypes)
    return MIMEAccept([(_ALIASES.get(value, value), quality) for value, quality in values])
