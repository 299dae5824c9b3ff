"""What the endpoint says about itself: https://www.w3.org/TR/sparql11-service-description/.

The description is the answer to a query with nothing to match, so the engine writes
it in every format it has. Its subject is a blank node: clients such as Comunica pass over
a service that bears another name than the address they asked.
"""

from functools import partial

from flask import Response, render_template

from ... import names
from ...engine import Request
from .flask_responses import accepted, ask, etag_of, with_etag
from .hosts import base_url
from .negotiation import GRAPHS, HTML, graph_format
from .site import site
from .term_view import is_iri

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


def describe(shortcut: str | None) -> Response:
    """Answer a request without a query: RDF, or the form for a browser."""
    media_type = graph_format((*GRAPHS, HTML), accepted(), shortcut)
    if media_type == HTML:
        is_union = site().config.is_union
        return Response(render_template("sparql.html", query="", is_union=is_union))
    asked = Request(_query(), base_iri=names.BASE, graph=media_type)
    return with_etag(etag_of("service", media_type, asked.text), partial(ask, asked))


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
    return "".join(_named_graph(iri, graphs[iri]) for iri in sorted(graphs) if is_iri(iri))


def _named_graph(iri: str, size: int) -> str:
    regime = _INFERRED if iri == names.INFERRED_GRAPH else ""
    return (
        f"sd:namedGraph [ a sd:NamedGraph ; sd:name <{iri}>{regime} ; "
        f"sd:graph [ a sd:Graph ; void:triples {int(size)} ] ] ;\n      "
    )


def _default_size() -> str:
    """Count the default graph, where the build has."""
    manifest = site().snapshot.manifest
    size = manifest.get("triples") if site().config.is_union else manifest.get("default", 0)
    return "" if size is None else f" ; void:triples {int(size)}"
