"""The prefixes this graph is written with: a small service, and a help to those who forgot one."""

from flask import Blueprint, Response, json, request
from werkzeug.exceptions import NotFound

from ... import names
from ...errors import QuerySyntaxError
from ...sparql_text import undeclared_prefixes
from .flask_responses import accepted
from .negotiation import TURTLE, best, content_type, not_acceptable

blueprint = Blueprint("prefixes", __name__)
_JSON = "application/json"
_UNDECLARED = "Prefix not found"  # the engine's words, among all else it would have taken


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
    media_type = best((_JSON, TURTLE), accepted())
    if media_type is None:
        raise not_acceptable((_JSON, TURTLE))
    response = _json(found) if media_type == _JSON else _turtle(found)
    response.vary.add("Accept")
    return response


def name_missing(fault: QuerySyntaxError, query: str) -> QuerySyntaxError:
    """Add to an undeclared prefix the lines that declare it, and others of ours that lack them."""
    if _UNDECLARED not in fault.problem:
        return fault
    missing = undeclared_prefixes(query)
    lines = [
        f"PREFIX {name}: <{names.PREFIXES[name]}>" for name in names.PREFIXES if name in missing
    ]
    if not lines:
        return fault
    problem = "A prefix is used but not declared. Add to the query:"
    return QuerySyntaxError("\n".join((problem, *lines)), fault.line, fault.column)


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
