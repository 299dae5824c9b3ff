"""The SPARQL endpoint as a view of Flask: the same as the ASGI application's, and its pages.

The pages are the form, and results as a table, a yes or no, or Turtle to read. What the endpoint
says of itself (https://www.w3.org/TR/sparql11-service-description/) is the answer to a query with
nothing to match, so the engine writes it in every format it has. Its subject is a blank node:
clients such as Comunica pass over a service that bears another name than the address they asked.
"""

from contextlib import ExitStack
from typing import Any

from flask import Blueprint, Response, json, render_template, request
from werkzeug.exceptions import RequestEntityTooLarge

from ... import names
from ...engine import Answer, Request
from ...errors import QueryError, QuerySyntaxError, UnknownQuery
from ...queries import SavedQuery
from ...snapshot.known_names import UnknownName
from . import protocol, unknown_names
from .flask_responses import accepted, ask_graph, send
from .labels import label
from .messages import WebResponse
from .negotiation import GRAPHS, HTML, graph_format
from .protocol import QueryOperation
from .site import base_url, site
from .tables import make_table
from .term_view import is_iri

blueprint = Blueprint("sparql", __name__)
_METHODS = ("GET", "POST", "QUERY")
_TERMINATED = "wsgi.input_terminated"  # set where the end of a body is that of its stream
_NAMED = 2000  # IRIs of one page that are shown by their labels
_SECONDS = 2.0  # spent at most on finding them
_PIECE = 64 * 1024
_DRAINED = 16 * 2**20  # bytes; whoever sends more is cut off
LARGEST = 8 * 2**20  # bytes of a result that a page is made of
_RESULT_FORMATS = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "RDF_XML",
    "JSON-LD",
    "TriG",
    "N-Quads",
)
_VERSION = "http://www.w3.org/ns/sparql#version-1.1"
_PREFIXES = f"""PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
PREFIX ent: <http://www.w3.org/ns/entailment/>
PREFIX void: <{names.PREFIXES["void"]}>"""
# The conclusions are in a graph of their own; all other graphs hold what was asserted.
_INFERRED = """ ; sd:entailmentRegime ent:OWL-RDF-Based ;
        sd:supportedEntailmentProfile <http://www.w3.org/ns/owl-profile/RL>"""


@blueprint.route("/sparql", methods=_METHODS)
@blueprint.route("/sparql/", methods=_METHODS)
def endpoint() -> Response:
    """Answer a query; without one, describe the service or show the form."""
    operation = protocol.read_operation(request, _read_body, site().config.query_kb)
    if operation is None:
        return _describe()
    etag = operation.etag(site().edition)
    early = protocol.respond_early(request, etag)
    return send(_run(operation, etag) if early is None else early)


def _run(operation: QueryOperation, etag: str | None) -> WebResponse:
    asked = operation.for_engine(is_union=site().config.is_union)
    with ExitStack() as stack:
        try:
            answer = stack.enter_context(site().engine.answer(asked))
        except QuerySyntaxError as fault:
            raise operation.explain(fault) from fault
        unknown = site().known_names.unknown(operation.query)
        if operation.is_page(answer.media_type):
            answer = _page(operation.query, answer, unknown)
        more = unknown_names.headers(unknown, site().config)
        return protocol.respond(request, etag, answer._replace(close=stack.pop_all().close), more)


def _read_body() -> bytes:
    try:
        body = request.get_data(cache=False)
        # Of a body whose length is not known beforehand, Flask takes as much as it may have.
        if request.environ.get(_TERMINATED) and request.environ["wsgi.input"].read(1):
            raise RequestEntityTooLarge
    except RequestEntityTooLarge:
        _drain()
        raise
    return body


def _drain() -> None:
    """Read a body that is refused: a client still sending would miss the response."""
    is_marked = request.environ.get(_TERMINATED)  # else its length is all that is known of its end
    left = _DRAINED if is_marked else min(request.content_length or 0, _DRAINED)
    while left > 0 and (piece := request.environ["wsgi.input"].read(min(left, _PIECE))):
        left -= len(piece)


def _page(query: str, answer: Answer, unknown: list[UnknownName]) -> Answer:
    """Show `answer` to the query that gave it, as another answer."""
    notices = unknown_names.notices(query, unknown)
    content = _content(answer) | {"query": query, "saved": _saved(query), "notices": notices}
    body = render_template("results.html", **content).encode()
    return Answer(HTML, len(body), iter((body,)), body)


def _content(answer: Answer) -> dict[str, Any]:
    if answer.length > LARGEST:
        return {"too_large": answer.length}
    body = b"".join(answer.chunks)
    if answer.media_type in GRAPHS:
        return {"turtle": body.decode()}
    content = json.loads(body)
    if "boolean" in content:
        return {"boolean": content["boolean"]}
    return {"table": make_table(content, name=_label)}


def _label(iris: set[str]) -> dict[str, str]:
    """Name what a result holds, if that is quickly done: its rows are the answer."""
    try:
        return label(sorted(iris)[:_NAMED], timeout=_SECONDS)
    except QueryError:
        return {}


def _saved(query: str) -> SavedQuery | None:
    """Recognise a saved query, though a form has changed the ends of its lines."""
    lines = query.split()
    return next((saved for saved in site().queries.values() if saved.sparql.split() == lines), None)


def _describe() -> Response:
    """Answer a request without a query: RDF, or the form for a browser."""
    if graph_format((*GRAPHS, HTML), accepted(), request.args.get("format")) != HTML:
        return ask_graph("service", Request(_query(), base_iri=names.BASE))
    content = {"query": _example(), "is_union": site().config.is_union}
    page = render_template("sparql.html", examples=list(site().queries.values()), **content)
    response = Response(page)
    response.vary.add("Accept")
    return response


def _example() -> str:
    """Find the saved query that is to be put into the form, without its header."""
    name = request.args.get("example")
    if not name:
        return ""
    if (saved := site().queries.get(name)) is None:
        raise UnknownQuery(f"No saved query is called {name!r}; /queries lists them.")
    return saved.body


def _query() -> str:
    formats = ", ".join(f"<http://www.w3.org/ns/formats/{name}>" for name in _RESULT_FORMATS)
    union = "sd:feature sd:UnionDefaultGraph ; " if site().config.is_union else ""
    return f"""{_PREFIXES}
CONSTRUCT {{
  [] a sd:Service ;
    sd:endpoint <{base_url()}/sparql> ;
    sd:supportedLanguage sd:SPARQL11Query, sd:SPARQLQuery ;
    sd:supportedVersion <{_VERSION}> ;
    sd:resultFormat {formats} ;
    {union}sd:defaultEntailmentRegime ent:Simple ;
    sd:defaultDataset [
      a sd:Dataset ;
      {_named_graphs()}sd:defaultGraph [ a sd:Graph{_default_size()} ]
    ] .
}} WHERE {{}}"""


def _named_graphs() -> str:
    graphs = site().snapshot.manifest["graphs"]
    return "".join(
        f"sd:namedGraph [ a sd:NamedGraph ; "
        f"sd:name <{iri}>{_INFERRED if iri == names.INFERRED_GRAPH else ''} ; "
        f"sd:graph [ a sd:Graph ; void:triples {int(graphs[iri])} ] ] ;\n      "
        for iri in sorted(graphs)
        if is_iri(iri)
    )


def _default_size() -> str:
    """Count the default graph, where the build has."""
    manifest = site().snapshot.manifest
    size = manifest.get("triples") if site().config.is_union else manifest.get("default", 0)
    return "" if size is None else f" ; void:triples {int(size)}"
