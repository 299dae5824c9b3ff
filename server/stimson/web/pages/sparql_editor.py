"""What the query editor needs: the terms it completes, and short addresses of queries.

The editor itself is no part of the package: `make editor` puts it beside the pages, in the
version that `server/editor` names. Without it, or without JavaScript, the form is a plain one.
"""

from pathlib import Path
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, json
from werkzeug.exceptions import NotFound

from ... import names
from ..sparql import short_queries
from ..sparql.flask_responses import etag_of, with_etag
from ..sparql.quads import solutions
from ..sparql.site import site

blueprint = Blueprint("sparql_editor", __name__)
_VENDOR = "vendor"
_FILES = ("yasqe.min.css", "yasqe.min.js")
_MOST = 5000  # terms
_RDF, _OWL = names.PREFIXES["rdf"], names.PREFIXES["owl"]
_SKOS, _VOID = names.PREFIXES["skos"], names.PREFIXES["void"]
# The terms that are used, the commonest first, and then those that could be, with their labels.
_TERMS = f"""SELECT ?term (SAMPLE(?said) AS ?label) (MAX(?used) AS ?uses) WHERE {{
  {{ <{names.DATASET}> <{_VOID}classPartition> [ <{_VOID}class> ?term ; <{_VOID}entities> ?used ] }}
  UNION
  {{ <{names.DATASET}> <{_VOID}propertyPartition> [
       <{_VOID}property> ?term ; <{_VOID}triples> ?used ] }}
  UNION
  {{ VALUES ?kind {{ <{_OWL}Class> <{_OWL}ObjectProperty> <{_OWL}DatatypeProperty>
       <{_RDF}Property> <{_SKOS}Concept> }} ?term a ?kind BIND(0 AS ?used) }}
  FILTER(isIRI(?term))
  OPTIONAL {{
    ?term <{names.PREFIXES["rdfs"]}label> | <{_SKOS}prefLabel> ?said
    FILTER(LANG(?said) IN ("en", ""))
  }}
}} GROUP BY ?term ORDER BY DESC(?uses) ?term LIMIT {_MOST}"""


def register(app: Flask) -> None:
    """Tell the templates whether the editor is installed."""
    folder = Path(app.static_folder or "") / _VENDOR
    has_editor = all((folder / each).is_file() for each in _FILES)
    app.jinja_env.globals["has_editor"] = has_editor
    app.jinja_env.globals["short_query"] = short_queries.shorten


@blueprint.get("/sparql/terms")
def terms() -> Response:
    """List prefixes, classes, properties and concepts, with their labels."""
    return with_etag(etag_of("terms"), _terms)


def _terms() -> Response:
    found = []
    for row in solutions(_TERMS):
        short = names.shorten(row["term"].value)
        if not short.startswith("<"):
            found.append((short, row["label"].value if row["label"] else ""))
    content = json.dumps({"prefixes": names.PREFIXES, "terms": found})
    return Response(content, content_type="application/json")


@blueprint.get("/q/<code>")
def short(code: str) -> Response:
    """Send on from the short address of a query to its result."""
    query = short_queries.lengthen(code)
    if query is None:
        raise NotFound("This is no address of a query: check that it was copied as a whole.")
    response = Response("", 302)
    public = site().config.public_url.rstrip("/")
    response.headers["Location"] = f"{public}/sparql?{urlencode({'query': query})}"
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
