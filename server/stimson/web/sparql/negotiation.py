"""Choose the format of an answer: Accept by RFC 9110, or a parameter where that cannot be sent.

`as` is the parameter of our own forms and links and overrides Accept, since a browser cannot
be told to send another. `format` is the shortcut other endpoints have: it counts only where
Accept leaves everything open, because clients such as SPARQLWrapper send both.
"""

from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import NamedTuple

from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import BadRequest, NotAcceptable
from werkzeug.http import parse_accept_header

HTML = "text/html"
TEXT = "text/plain"
JSON = "application/sparql-results+json"
XML = "application/sparql-results+xml"
CSV = "text/csv"
TSV = "text/tab-separated-values"
TURTLE = "text/turtle"
NTRIPLES = "application/n-triples"
RDF_XML = "application/rdf+xml"
JSON_LD = "application/ld+json"
TRIG = "application/trig"
NQUADS = "application/n-quads"
BOOLEANS = (JSON, "application/json", XML, "application/xml")
SOLUTIONS = (*BOOLEANS, CSV, TSV)
GRAPHS = (TURTLE, NTRIPLES, RDF_XML, JSON_LD, TRIG, NQUADS)
TITLES = {
    TURTLE: "Turtle",
    TRIG: "TriG",
    NTRIPLES: "N-Triples",
    NQUADS: "N-Quads",
    JSON_LD: "JSON-LD",
    RDF_XML: "RDF/XML",
}
DATASETS = (TRIG, NQUADS, JSON_LD)  # these name their graphs
ALIASES = {"text/tsv": TSV, "application/x-turtle": TURTLE}
_ANYTHING = "*/*"
_SHORT = 512  # characters of an Accept that is worth remembering


class Formats(NamedTuple):
    """The media type wanted for each kind of result; None where there is none."""

    solutions: str | None
    boolean: str | None
    graph: str | None


# The names in our form, also for links; where two are alike, the second is the ending of a file.
NAMED = {
    "html": Formats(HTML, HTML, HTML),
    "json": Formats(JSON, JSON, JSON_LD),
    "xml": Formats(XML, XML, RDF_XML),
    "csv": Formats(CSV, None, None),
    "tsv": Formats(TSV, None, None),
    "turtle": Formats(None, None, TURTLE),
    "ttl": Formats(None, None, TURTLE),
    "ntriples": Formats(None, None, NTRIPLES),
    "nt": Formats(None, None, NTRIPLES),
    "rdfxml": Formats(None, None, RDF_XML),
    "rdf": Formats(None, None, RDF_XML),
    "jsonld": Formats(None, None, JSON_LD),
    "trig": Formats(None, None, TRIG),
    "nquads": Formats(None, None, NQUADS),
    "nq": Formats(None, None, NQUADS),
}


def formats(accept: str, own: str, shortcut: str) -> Formats:
    """Choose a format for each kind of result; `own` and `shortcut` are `as` and `format`."""
    if own:
        if own not in NAMED:
            raise BadRequest(f"The parameter `as` is one of {', '.join(NAMED)}.")
        return NAMED[own]
    if shortcut and _is_open(accept):
        return _by_shortcut(shortcut)
    chosen = _by_accept(accept) if len(accept) <= _SHORT else _by_accept.__wrapped__(accept)
    if not any(chosen):
        raise not_acceptable((*SOLUTIONS, *GRAPHS, HTML))
    return chosen


def graph_format(offers: tuple[str, ...], accept: str, shortcut: str | None) -> str:
    """Choose among RDF formats, for what is always a graph."""
    if shortcut and _is_open(accept):
        chosen = _by_shortcut(shortcut).graph
        if chosen in offers:
            return chosen
        raise not_acceptable(offers)
    return choose(offers, accept)


def choose(offers: Iterable[str], accept: str) -> str:
    """Choose what a header Accept likes best, or raise the error that says what there is."""
    chosen = best(offers, accept)
    if chosen is None:
        raise not_acceptable(offers)
    return chosen


def best(offers: Iterable[str], accept: str) -> str | None:
    """Choose what a header Accept likes best; the first offer if it does not care."""
    offers = tuple(offers)
    ranges = _ranges(accept)
    if not ranges:
        return offers[0]
    # A client may list thousands of types: only those that matter here are compared.
    matching = {_ANYTHING, *offers, *(f"{offer.partition('/')[0]}/*" for offer in offers)}
    wanted = MIMEAccept([each for each in ranges if each[0] in matching])
    explicit = set(wanted.values())
    # On equal quality, what was named goes before what a wildcard lets through.
    ranked = [(wanted.quality(offer), offer in explicit) for offer in offers]
    top = max(ranked)
    return offers[ranked.index(top)] if top[0] > 0 else None


def not_acceptable(offers: Iterable[str]) -> NotAcceptable:
    """Make the error that names what there is."""
    return NotAcceptable(f"None of the accepted types is offered here: {', '.join(offers)}.")


def content_type(media_type: str) -> str:
    """Write a media type as the value of Content-Type."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


@lru_cache(256)
def _by_accept(accept: str) -> Formats:
    return Formats(*(best((*offers, HTML), accept) for offers in (SOLUTIONS, BOOLEANS, GRAPHS)))


def _by_shortcut(shortcut: str) -> Formats:
    """Read a short name or a media type."""
    if shortcut in NAMED:
        return NAMED[shortcut]
    wanted = shortcut.partition(";")[0].strip().lower()
    wanted = ALIASES.get(wanted, wanted)
    kinds = (SOLUTIONS, BOOLEANS, GRAPHS)
    chosen = Formats(*(wanted if wanted in (*kind, HTML) else None for kind in kinds))
    if not any(chosen):
        known = ", ".join((*NAMED, *SOLUTIONS, *GRAPHS))
        raise NotAcceptable(f"There is no format {shortcut!r}; `format` is one of {known}.")
    return chosen


def _is_open(accept: str) -> bool:
    """Tell whether the client accepts anything, as programs do that were not told what to ask."""
    return all(media_range == _ANYTHING for media_range, _ in _ranges(accept))


def _ranges(accept: str) -> Collection[tuple[str, float]]:
    """Read Accept without parameters such as charset, which change nothing here."""
    ranges = (
        (value.partition(";")[0].strip().lower(), quality)
        for value, quality in parse_accept_header(accept, MIMEAccept)
    )
    return dict.fromkeys((ALIASES.get(value, value), quality) for value, quality in ranges)
