"""What the dataset says of itself, with what only the server knows: VoID, DCAT 3, its prefixes.

The statistics are in the graph that the build kept for them; addresses, formats and the date
of this edition are added here. https://www.w3.org/TR/void/, https://www.w3.org/TR/vocab-dcat-3/
"""

from collections.abc import Iterator

from flask import Blueprint, Response, json, request
from werkzeug.exceptions import NotFound

from ... import names
from ...engine import Request
from .flask_responses import accepted, ask_graph
from .negotiation import JSON_LD, NQUADS, TRIG, TURTLE, choose, content_type
from .site import base_url, site

blueprint = Blueprint("metadata", __name__)
_DCAT = "http://www.w3.org/ns/dcat#"
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_DUMPS = {"trig": TRIG, "nquads": NQUADS, "jsonld": JSON_LD}
_PREFIXES = f"""PREFIX dcat: <{_DCAT}>
PREFIX dcterms: <{names.PREFIXES["dcterms"]}>
PREFIX void: <{names.PREFIXES["void"]}>
PREFIX xsd: <{names.PREFIXES["xsd"]}>
PREFIX rdf: <{names.PREFIXES["rdf"]}>
"""
Row = tuple[str, str, str]
_JSON = "application/json"


@blueprint.get("/.well-known/void")
@blueprint.get("/dataset")
def dataset() -> Response:
    """Describe the dataset and this edition of it."""
    rows = "\n    ".join(f"({s} {p} {o})" for s, p, o in _rows())
    text = f"""{_PREFIXES}CONSTRUCT {{ ?s ?p ?o }} WHERE {{
  {{ GRAPH <{names.META_GRAPH}> {{ ?s ?p ?o }} }}
  UNION
  {{ VALUES (?s ?p ?o) {{
    {rows}
  }} }}
}}"""
    return ask_graph("dataset", Request(text, base_iri=names.BASE))


@blueprint.get("/dataset/<name>")
def edition(name: str) -> Response:
    """Describe the edition that is served; others are not here."""
    if name != site().snapshot.name:
        raise NotFound(f"The edition {name!r} is not served here: {site().snapshot.name!r} is.")
    return dataset()


def _rows() -> Iterator[Row]:
    """Say in triples what only the server knows."""
    base, manifest = base_url(), site().snapshot.manifest
    is_ours = site().is_ours
    this = f"<{names.DATASET}>" if is_ours else f"<{base}/dataset>"
    current = f"<{this[1:-1]}/{manifest['name']}>"
    yield this, "rdf:type", "dcat:Dataset"
    yield this, "rdf:type", "void:Dataset"
    yield this, "dcterms:identifier", f'"{manifest["name"]}"'
    yield this, "dcat:hasCurrentVersion", current
    yield this, "void:sparqlEndpoint", f"<{base}/sparql>"
    yield current, "rdf:type", "dcat:Dataset"
    yield current, "dcat:isVersionOf", this
    if issued := manifest.get("created"):
        yield current, "dcterms:issued", f'"{issued}"^^xsd:dateTime'
    if is_ours:
        yield current, "dcat:version", f'"{manifest["version"]}"'
        yield current, "dcterms:license", f"<{LICENCE}>"
    else:
        yield this, "void:triples", str(int(manifest["triples"]))
        yield this, "dcterms:title", json.dumps(", ".join(manifest["files"]))
    yield from _distributions(base, this, current, is_ours)
    yield from _service(base, this)


def _distributions(base: str, this: str, current: str, is_ours: bool) -> Iterator[Row]:
    for name, media_type in _DUMPS.items():
        one = f"<{base}/store#{name}>"
        download = f"<{base}/store?format={name}>"
        yield this, "dcat:distribution", one
        yield current, "dcat:distribution", one
        yield this, "void:dataDump", download
        yield one, "rdf:type", "dcat:Distribution"
        yield one, "dcat:accessURL", f"<{base}/store>"
        yield one, "dcat:downloadURL", download
        yield one, "dcat:mediaType", f"<{_MEDIA_TYPES}{media_type}>"
        if is_ours:
            yield one, "dcterms:license", f"<{LICENCE}>"


def _service(base: str, this: str) -> Iterator[Row]:
    one = f"<{base}/sparql#service>"
    yield one, "rdf:type", "dcat:DataService"
    yield one, "dcterms:title", '"SPARQL endpoint"@en'
    yield one, "dcat:endpointURL", f"<{base}/sparql>"
    yield one, "dcat:endpointDescription", f"<{base}/sparql>"
    yield one, "dcat:servesDataset", this


@blueprint.get("/prefixes")
def prefixes() -> Response:
    """List all prefixes; the one that `prefix` names; or, for `iri`, the one that shortens it."""
    if iri := request.args.get("iri"):
        return _json(_shortened(iri))
    found = names.PREFIXES
    if prefix := request.args.get("prefix"):
        if prefix not in found:
            raise NotFound(f"There is no prefix {prefix!r} here.")
        found = {prefix: found[prefix]}
    is_json = choose((_JSON, TURTLE), accepted()) == _JSON
    response = _json(found) if is_json else _turtle(found)
    response.vary.add("Accept")
    return response


def _shortened(iri: str) -> dict[str, str]:
    name = names.shorten(iri)
    prefix, colon, _ = name.partition(":")
    if prefix not in names.PREFIXES or not colon:
        raise NotFound(f"No prefix here shortens {iri}.")
    return {"iri": iri, "name": name, "prefix": prefix, "namespace": names.PREFIXES[prefix]}


def _json(value: dict[str, str]) -> Response:
    return Response(json.dumps(value, indent=2) + "\n", content_type=_JSON)


def _turtle(found: dict[str, str]) -> Response:
    lines = (f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in found.items())
    return Response("".join(lines), content_type=content_type(TURTLE))
