"""Addresses of things and of the documents about them, and of what the graph knows nothing about.

A thing that is no document, such as ``/id/state/arcadia``, redirects (303) to a document about
it, whose address is the same with the suffix of a format. A document, such as the ontology or
a graph, answers at its own address, and at that with a suffix. https://www.w3.org/TR/cooluris/
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from urllib.parse import quote, unquote

from flask import Response, request

from ... import names
from ...errors import QueryError
from ..sparql.conditional import REVALIDATE
from ..sparql.flask_responses import accepted, send_problem
from ..sparql.metadata import LICENCE
from ..sparql.negotiation import (
    GRAPHS,
    HTML,
    JSON_LD,
    NQUADS,
    NTRIPLES,
    RDF_XML,
    TITLES,
    TRIG,
    TURTLE,
    choose,
)
from ..sparql.problems import Problem
from ..sparql.quads import solutions
from ..sparql.site import base_url, site
from ..sparql.term_view import SAFE, is_iri, local_path
from . import description

ENDINGS = {
    ".html": HTML,
    ".ttl": TURTLE,
    ".jsonld": JSON_LD,
    ".rdf": RDF_XML,
    ".nt": NTRIPLES,
    ".trig": TRIG,
    ".nq": NQUADS,
}
_SAFE = f"{SAFE}#?%"  # in an IRI, as against a path
_OFFERS = (*GRAPHS, HTML)
_OF = {media_type: ending for ending, media_type in ENDINGS.items()}
_SECONDS = 1.0  # spent at most on finding what may have been meant
_COMPARED = 5000  # names
_OFFERED = 3
_ALIKE = 0.6  # of 1


@dataclass(frozen=True, slots=True)
class DocumentAddress:
    """An address that was asked for, without its ending, and what is wanted there."""

    path: str  # percent-encoded, from the root of this site
    media_type: str
    is_negotiated: bool = False
    query: str = ""  # what stands for a path where there is none; the ending is a parameter then

    def form(self, ending: str) -> str:
        """Write the path of the document in the format of an ending."""
        if self.query:
            return f"{self.path}?{self.query}&format={ending[1:]}"
        return f"{self.path}{ending}"

    @property
    def document(self) -> str:
        """The path of the document in the wanted format."""
        return self.form(_OF[self.media_type])

    @property
    def downloads(self) -> list[tuple[str, str, str]]:
        """List the data formats: name, media type, path."""
        return [
            (TITLES[media_type], media_type, self.form(ending))
            for ending, media_type in ENDINGS.items()
            if media_type in TITLES
        ]

    @property
    def iri(self) -> str:
        """The permanent name of that document; somebody's files have none but their address."""
        return f"{names.BASE[:-1] if site().is_ours else base_url()}{self.document}"


def read_address(offers: tuple[str, ...] = _OFFERS) -> DocumentAddress:
    """Part the address of the request from its ending; without one, Accept decides."""
    path = quote(request.path, safe=SAFE)
    for ending, media_type in ENDINGS.items():
        if path.endswith(ending) and not path.endswith(f"/{ending}"):
            return DocumentAddress(path.removesuffix(ending), media_type)
    return DocumentAddress(path, choose(offers, accepted()), is_negotiated=True)


def spellings(path: str) -> Iterator[str]:
    """List the IRIs that an address may stand for: letters beyond ASCII are encoded, or not."""
    encoded = f"{names.BASE}{path[1:]}"
    yield encoded
    if (plain := unquote(encoded)) != encoded:
        yield plain


def send_on(address: DocumentAddress) -> Response:
    """Answer for a thing: send the client to the document about it."""
    response = Response(f"{address.document}\n", 303, content_type="text/plain; charset=utf-8")
    response.headers["Location"] = f"{public()}{address.document}"
    response.vary.add("Accept")
    response.headers["Cache-Control"] = REVALIDATE
    for ending, media_type in ENDINGS.items():
        _link(response, address.form(ending), "describedby", media_type)
    return response


def sign(response: Response, address: DocumentAddress, about: str | None = None) -> Response:
    """Say in the head of a document what it is, what it is about, and in which forms it comes."""
    if address.is_negotiated:
        response.vary.add("Accept")
        response.headers["Content-Location"] = f"{public()}{address.document}"
    for ending, media_type in ENDINGS.items():
        if media_type != address.media_type:
            _link(response, address.form(ending), "alternate", media_type)
    _link(response, address.document, "canonical")
    if about is not None:
        response.headers.add("Link", f'<{quote(about, safe=_SAFE)}>; rel="describes"')
    if site().is_ours:
        response.headers.add("Link", f'<{LICENCE}>; rel="license"')
    return response


def has_ontology() -> bool:
    """Tell whether our ontology is in the graph that is served; somebody's files bring none."""
    return names.ONTOLOGY_GRAPH in site().snapshot.manifest["graphs"]


def public() -> str:
    """The address of the site, where it was set; else paths do, which no proxy gets wrong."""
    return site().config.public_url.rstrip("/")


def _link(response: Response, path: str, relation: str, media_type: str | None = None) -> None:
    kind = f'; type="{media_type}"' if media_type else ""
    response.headers.add("Link", f'<{public()}{path}>; rel="{relation}"{kind}')


def miss(path: str) -> Response:
    """Answer for an address under which the graph knows nothing."""
    if path.endswith("/"):
        bare = path.rstrip("/")
        if any(is_iri(iri) and description.is_known(iri) for iri in spellings(bare)):
            response = Response(f"{bare}\n", 308, content_type="text/plain; charset=utf-8")
            response.headers["Location"] = f"{public()}{bare}"
            return response
    meant = _alike(path)
    detail = f"The graph says nothing about {names.BASE}{path[1:]}."
    if meant:
        offered = (f"{names.shorten(each['iri'])} ({each['label']})" for each in meant)
        detail = f"{detail}\nDid you mean {' or '.join(offered)}?"
    return send_problem(Problem(404, "not-found", "Not Found", detail, {"suggestions": meant}))


def _alike(path: str) -> list[dict[str, str]]:
    """Find things of the same kind with a name like this, and of other kinds with this name."""
    space, _, slug = path.lower().rpartition("/")
    try:
        found = _named(f"{names.BASE}{space[1:]}/", slug)
    except QueryError:  # it takes too long, or there is too much else to do
        return []
    words = unquote(slug).replace("-", " ")
    by_name: dict[str, list[str]] = {}
    for iri, label in found.items():
        for name in {iri.lower().rpartition("/")[2].replace("-", " "), label.lower()}:
            by_name.setdefault(name, []).append(iri)
    alike = get_close_matches(words, by_name, _OFFERED, _ALIKE)
    meant = list(dict.fromkeys(iri for name in alike for iri in by_name[name]))[:_OFFERED]
    return [{"iri": iri, "label": found[iri], "page": local_path(iri) or iri} for iri in meant]


def _named(space: str, slug: str) -> dict[str, str]:
    """Find the labels of what begins with `space`, or ends with `slug`."""
    text = f"""SELECT ?thing ?label WHERE {{
  ?thing <{names.PREFIXES["rdfs"]}label> ?label
  FILTER(STRSTARTS(STR(?thing), "{space}")
    || STRSTARTS(STR(?thing), "{names.BASE}") && STRENDS(LCASE(STR(?thing)), "/{slug}"))
  FILTER(LANG(?label) IN ("en", ""))
}} LIMIT {_COMPARED}"""
    rows = solutions(text, timeout=_SECONDS)
    return {row["thing"].value: row["label"].value for row in rows}
