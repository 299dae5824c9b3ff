"""Graphs as wholes, for reading: https://www.w3.org/TR/sparql11-http-rdf-update/.

``/store?graph=<IRI>`` is one graph, ``/store?default`` the default graph, ``/store/<path>``
the graph that has this address for a name, and ``/store`` the whole dataset.
"""

from urllib.parse import quote

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, NotFound

from ... import names
from ...engine import Request
from .flask_responses import ask_graph
from .negotiation import DATASETS
from .protocol import decode
from .quads import is_any
from .site import base_url, site
from .term_view import SAFE, is_iri

blueprint = Blueprint("graphstore", __name__)
_ALL = "CONSTRUCT { ?s ?p ?o } WHERE"


@blueprint.get("/store")
@blueprint.get("/store/")
def store() -> Response:
    """Answer with one graph, or with all of them under their names."""
    values = MultiDict(decode(request.query_string))
    graphs, is_default = values.getlist("graph"), "default" in values
    if len(graphs) + is_default > 1:
        raise BadRequest("Name one graph: either `default` or one `graph`.")
    if graphs:
        return _graph(graphs[0])
    if is_default:
        return _send(f"{_ALL} {{ ?s ?p ?o }}", is_union=site().config.is_union)
    return ask_graph("store", Request("", base_iri=names.BASE, is_dump=True), DATASETS)


@blueprint.get("/store/<path:rest>")
def direct(rest: str) -> Response:
    """Answer with the graph whose name is the address asked for."""
    # The server undoes the percent signs of a path, but an IRI keeps them.
    return _graph(f"{base_url()}{quote(request.path, safe=SAFE)}")


def _graph(iri: str) -> Response:
    if not is_iri(iri):
        raise BadRequest(f"Name the graph by an absolute IRI: {iri!r} is none.")
    if not is_any(f"GRAPH <{iri}> {{ ?s ?p ?o }}"):
        raise NotFound(f"There is no graph {iri}.")
    return _send(f"{_ALL} {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}")


def _send(text: str, *, is_union: bool = True) -> Response:
    return ask_graph("store", Request(text, base_iri=names.BASE, is_union=is_union))
