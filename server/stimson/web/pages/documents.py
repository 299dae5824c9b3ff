"""What is a document itself: the ontology and its modules, vocabularies, shapes, graphs …"""

from collections.abc import Callable, Iterator
from functools import partial

import pyoxigraph as ox
from flask import Blueprint, Response, request

from ... import names
from ...engine import Request
from ..sparql.flask_responses import ask, etag_of, with_etag
from ..sparql.negotiation import HTML
from ..sparql.quads import NAMING, solutions, write
from ..sparql.site import site
from . import addresses, describe, description, graph_page, not_found, vocabulary_pages
from .addresses import Address
from .term_view import is_iri

blueprint = Blueprint("wholes", __name__)
_OWL = names.PREFIXES["owl"]
_VOCABULARIES = f"{names.GRAPH}ontology/vocabularies/"


@blueprint.get("/ontology")
@blueprint.get("/ontology.<ending>")
@blueprint.get("/ontology/<path:rest>")
def ontology(**_: str) -> Response:
    """Answer with the whole ontology, or with the module or version asked for."""
    address = addresses.read_address()
    module = _module(next(addresses.spellings(address.path)))
    if module is None:
        return not_found.miss(address.path)
    page = partial(vocabulary_pages.page, module, address)
    return _answer(address, _all_of(_graphs(module)), page)


@blueprint.get("/vocabulary")
@blueprint.get("/vocabulary.<ending>")
def vocabularies(**_: str) -> Response:
    """Answer with all vocabularies."""
    address = addresses.read_address()
    graphs = [graph for graph in site().snapshot.manifest["graphs"] if _is_vocabulary(graph)]
    if not graphs or address.path != "/vocabulary":
        return not_found.miss(address.path)
    return _answer(address, _all_of(graphs), partial(vocabulary_pages.vocabularies, address))


@blueprint.get("/mappings/<path:rest>")
def mappings(**_: str) -> Response:
    """Answer with a set of mappings, and with each of them."""
    address = addresses.read_address()
    iri = next(addresses.spellings(address.path))
    if not is_iri(iri) or not description.is_known(iri):
        return not_found.miss(address.path)
    pattern = f"""GRAPH ?g {{ ?s ?p ?o }}
  FILTER(?s = <{iri}> || STRSTARTS(STR(?s), "{iri}#"))"""
    return _answer(address, pattern, partial(describe.page, iri, address))


@blueprint.get("/graph/<path:rest>")
def graph(**_: str) -> Response:
    """Answer with a graph under its name."""
    address = addresses.read_address()
    known = site().snapshot.manifest["graphs"]
    iri = next((iri for iri in addresses.spellings(address.path) if iri in known), None)
    if iri is None or not is_iri(iri):
        return not_found.miss(address.path)
    page = partial(graph_page.page, iri, address, known[iri])
    return _answer(address, _all_of([iri]), page, request.args.get("page", ""))


@blueprint.get("/shapes")
@blueprint.get("/shapes.<ending>")
def shapes(**_: str) -> Response:
    """Answer with the shapes, which no graph holds: they are those of the project."""
    address = addresses.read_address()
    read = vocabulary_pages.read_shapes() if addresses.is_ours() else None
    if read is None or address.path != "/shapes":
        return not_found.miss(address.path)
    pages = partial(vocabulary_pages.shapes, read, address)
    data = partial(write, read.quads, address.media_type)
    make = pages if address.media_type == HTML else data
    return addresses.sign(
        with_etag(etag_of("shapes", read.digest, address.media_type), make), address
    )


def _answer(
    address: Address, pattern: str, page: Callable[[], Response], *depends_on: str
) -> Response:
    """Answer with the statements of a pattern as one document."""
    make = page if address.media_type == HTML else partial(_data, pattern, address.media_type)
    tag = etag_of("whole", address.iri, *depends_on)
    return addresses.sign(with_etag(tag, make), address)


def _all_of(graphs: list[str]) -> str:
    values = " ".join(f"<{graph}>" for graph in graphs)
    return f"VALUES ?g {{ {values} }} GRAPH ?g {{ ?s ?p ?o }}"


def _data(pattern: str, media_type: str) -> Response:
    if media_type in NAMING:
        return write(_quads(f"SELECT ?s ?p ?o ?g WHERE {{ {pattern} }} ORDER BY ?g"), media_type)
    text = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}"
    return ask(Request(text, base_iri=names.BASE, graph=media_type))


def _quads(text: str) -> Iterator[ox.Quad]:
    for row in solutions(text):
        yield ox.Quad(row["s"], row["p"], row["o"], row["g"])


def _module(iri: str) -> str | None:
    """Find the ontology that `iri` names, or names a version of."""
    if not is_iri(iri):
        return None
    text = f"""SELECT ?m WHERE {{
  {{ VALUES ?m {{ <{iri}> }} ?m a <{_OWL}Ontology> }} UNION {{ ?m <{_OWL}versionIRI> <{iri}> }}
}} LIMIT 1"""
    return next((row["m"].value for row in solutions(text)), None)


def _graphs(module: str) -> list[str]:
    """Find the graph of a module; for the ontology as a whole, those of all it imports, too."""
    path = f"<{module}> <{_OWL}imports>* ?m ."
    joined = path if module == names.ONTOLOGY else f"VALUES ?m {{ <{module}> }}"
    text = f"""SELECT DISTINCT ?g WHERE {{
  {joined} GRAPH ?g {{ ?m a <{_OWL}Ontology> }}
  FILTER(?g NOT IN (<{names.INFERRED_GRAPH}>, <{names.META_GRAPH}>))
}} ORDER BY ?g"""
    return [row["g"].value for row in solutions(text)]


def _is_vocabulary(graph: str) -> bool:
    return graph.startswith(_VOCABULARIES) and is_iri(graph)
