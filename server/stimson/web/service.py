"""What the endpoint says about itself: https://www.w3.org/TR/sparql11-service-description/.

The description is the answer to a query with nothing to match, so the engine writes
it in every format it has.
"""

from flask import Response, render_template, request

from .. import names
from ..engine import Request
from .negotiation import GRAPHS, HTML, best, not_acceptable
from .relay import ask
from .site import site
from .terms import is_iri

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


def describe() -> Response:
    """Answer a request without a query: RDF, or the form for a browser."""
    media_type = best((*GRAPHS, HTML))
    if media_type is None:
        raise not_acceptable((*GRAPHS, HTML))
    if media_type == HTML:
        return Response(render_template("sparql.html", query=""))
    return ask(Request(_query(), base_iri=names.BASE, graph=media_type))


def _query() -> str:
    graphs = {iri: size for iri, size in site().snapshot.manifest["graphs"].items() if is_iri(iri)}
    named = "".join(_named_graph(iri, size) for iri, size in sorted(graphs.items()))
    formats = ", ".join(f"<http://www.w3.org/ns/formats/{name}>" for name in _RESULT_FORMATS)
    return f"""PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
PREFIX void: <{names.PREFIXES["void"]}>
CONSTRUCT {{
  [] a sd:Service ;
    sd:endpoint <{_endpoint()}> ;
    sd:supportedLanguage sd:SPARQL11Query ;
    sd:resultFormat {formats} ;
    sd:feature sd:UnionDefaultGraph ;
    sd:defaultDataset [
      a sd:Dataset ;
      {named}sd:defaultGraph [ a sd:Graph ; void:triples {int(_triples())} ]
    ] .
}} WHERE {{}}"""


def _named_graph(iri: str, size: int) -> str:
    return (
        f"sd:namedGraph [ a sd:NamedGraph ; sd:name <{iri}> ; "
        f"sd:graph [ a sd:Graph ; void:triples {int(size)} ] ] ;\n      "
    )


def _endpoint() -> str:
    """The address the public knows; without one set, the address asked."""
    base = site().config.public_url or request.host_url
    address = f"{base.rstrip('/')}/sparql"
    return address if is_iri(address) else f"{names.BASE}sparql"


def _triples() -> int:
    return int(site().snapshot.manifest["quads"])
