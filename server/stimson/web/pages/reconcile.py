"""Reconciliation Service API 0.2, for OpenRefine and other clients.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/

JSONP is refused: with it, a page of another site runs what this one sends as a script. The
headers of every answer let any origin read it, which is all that JSONP was for.
"""

import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import BadRequest, NotFound, UnsupportedMediaType

from ... import __version__, names
from ...engine import Request
from ...reconcile import lookups, request_parser
from ...reconcile.gathering import Row
from ...reconcile.matching import answer_batch
from ...reconcile.name_index import NameIndex
from ..sparql.flask_responses import etag_of, with_etag
from ..sparql.headers import POLICY
from ..sparql.protocol import FORM, decode, refuse_encodings
from ..sparql.site import base_url, site
from ..sparql.term_view import view_iri
from ..sparql.uploads import read_form

blueprint = Blueprint("reconcile", __name__)
_PATH = "/reconcile"
_WIDTH, _HEIGHT = 420, 300  # pixels
_NAMES = ("rdfs:label", "st:officialName", "skos:altLabel", "st:nameAsPrinted")
_SHOWN = 8  # names in a preview
_FRAMED = POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
_SUGGESTED: dict[str, Callable[[NameIndex, str, int], list[lookups.Suggestion]]] = {
    "entity": lookups.suggest_things,
    "type": lookups.suggest_types,
    "property": lookups.suggest_properties,
}

_ASKS = frozenset(("callback", "queries", "query", "extend"))  # else the service is described

Parameters = dict[str, str]


@blueprint.after_request
def _allow_frames(response: Response) -> Response:
    """Let clients show the preview in a frame, also where it says that there is none."""
    if request.endpoint == f"{blueprint.name}.{preview.__name__}":
        response.headers["Content-Security-Policy"] = _FRAMED
    return response


@blueprint.get(_PATH)
@blueprint.get(f"{_PATH}/")
def get() -> Response:
    """Answer a batch, a query or an extension in the address; without one, describe the service."""
    sent = _parameters()
    if _ASKS.isdisjoint(sent):
        return with_etag(etag_of("reconcile", base_url()), lambda: _send(_manifest()))
    return _tagged(lambda: _send(_answer(sent) or {}))


@blueprint.post(_PATH)
@blueprint.post(f"{_PATH}/")
def post() -> Response:
    """Answer a batch, a query or an extension in a form."""
    answer = _answer(_parameters() | _form())
    if answer is None:
        raise BadRequest("Send `queries` or `extend` as a field of the form.")
    response = _send(answer)
    response.cache_control.no_store = True
    return response


@blueprint.get(f"{_PATH}/suggest/<kind>")
def complete(kind: str) -> Response:
    """Complete what a user types."""
    if kind not in _SUGGESTED:
        raise NotFound(f"Suggestions are offered for {', '.join(_SUGGESTED)}.")
    sent = _parameters()
    prefix = request_parser.read_text(sent.get("prefix", ""), "The parameter `prefix`")
    cursor = request_parser.read_count(sent.get("cursor", ""), "The parameter `cursor`")
    return _tagged(lambda: _send({"result": _SUGGESTED[kind](_index(), prefix, cursor)}))


@blueprint.get(f"{_PATH}/properties")
def properties() -> Response:
    """Propose properties that things of a type can be extended with."""
    sent = _parameters()
    type = request_parser.read_text(sent.get("type", ""), "The parameter `type`")
    limit = request_parser.read_count(sent.get("limit", ""), "The parameter `limit`")
    answer: dict[str, object] = {"type": type} | ({"limit": limit} if limit else {})
    return _tagged(
        lambda: _send(answer | {"properties": lookups.propose(_index(), type, limit or None)})
    )


@blueprint.get(f"{_PATH}/preview")
def preview() -> Response:
    """Show a thing in a small frame."""
    id = request_parser.read_text(_parameters().get("id", ""), "The parameter `id`")
    position = _index().position(id)
    if position is None:
        raise NotFound("There is no entity with this identifier to reconcile against.")
    thing = _index().things[position]
    called = (value for pid in _NAMES for value in thing.facts.get(pid, ()))
    others = dict.fromkeys(each for each in called if each.text != thing.label)
    page = render_template(
        "reconcile-preview.html",
        thing=thing,
        types=[_index().types[each].label for each in thing.types],
        called=list(others)[:_SHOWN],
        view=view_iri(f"{names.ID}{thing.id}"),
    )
    return _tagged(lambda: page)


@blueprint.get(f"{_PATH}/help")
def help() -> str:
    """Tell how to use the service, and what the features of a score mean."""
    return render_template(
        "reconcile.html", address=f"{base_url()}{_PATH}", types=list(_index().types.values())
    )


def _answer(sent: Parameters) -> dict[str, Any] | None:
    if "callback" in sent:
        raise BadRequest("JSONP is not offered: any origin may read the JSON itself (CORS).")
    if "queries" in sent:
        return _match(request_parser.read_batch(sent["queries"]))
    if "extend" in sent:
        return lookups.extend(_index(), request_parser.read_extension(sent["extend"]))
    if "query" in sent:
        return _match({"q": _single(sent)})["q"]
    return None


def _match(batch: dict[str, request_parser.ReconciliationQuery]) -> dict[str, dict[str, object]]:
    index = _index()
    with site().index_cache.batch_lock(site().config.queue_timeout):
        return answer_batch(index, batch)


def _single(sent: Parameters) -> request_parser.ReconciliationQuery:
    """Read a query that comes alone, as JSON or as a name with parameters beside it."""
    text = sent["query"]
    if text.lstrip().startswith("{"):
        return request_parser.read_query(request_parser.read_json(text), "The query")
    given = {name: sent[name] for name in ("type", "limit", "type_strict") if sent.get(name)}
    return request_parser.read_query({"query": text, **given}, "The query")


def _parameters() -> Parameters:
    return _once(decode(request.query_string))


def _form() -> Parameters:
    refuse_encodings(request.headers)
    if request.mimetype != FORM:
        raise UnsupportedMediaType(f"Send a form as {FORM}.")
    return _once(list(read_form(request_parser.BODY_KB * 1024).texts.items(multi=True)))


def _once(pairs: list[tuple[str, str]]) -> Parameters:
    """Take each parameter that means something here, which may be sent once."""
    found: Parameters = {}
    for name, value in pairs:
        if name in found and name in ("queries", "query", "extend"):
            raise BadRequest(f"Send one `{name}`: this request holds more than one.")
        found.setdefault(name, value)
    return found


def _index() -> NameIndex:
    return site().index_cache.index(site().snapshot.name, _ask)


def _ask(text: str) -> list[Row]:
    with site().engine.answer(Request(text, base_iri=names.BASE)) as answer:
        rows: list[Row] = json.loads(b"".join(answer.chunks))["results"]["bindings"]
    return rows


def _send(answer: dict[str, Any]) -> Response:
    return Response(json.dumps(answer), content_type="application/json")


def _tagged(make: Callable[[], Response | str]) -> Response:
    return with_etag(etag_of(request.full_path), make)


def _manifest() -> dict[str, Any]:
    """Describe the service."""
    root, index = base_url(), _index()
    address = f"{root}{_PATH}"
    return {
        "versions": ["0.2"],
        "name": "Stimson: recognition of territorial change",
        "identifierSpace": names.ID,
        "schemaSpace": names.ST,
        "documentation": f"{address}/help",
        "serviceVersion": f"{__version__} ({site().snapshot.name})",
        "logo": f"{root}/static/stimson.svg",
        "defaultTypes": [lookups.show_type(index, id) for id in index.types],
        "view": {"url": f"{root}/describe?iri={names.ID}{{{{id}}}}"},
        "feature_view": {"url": f"{address}/help#{{{{id}}}}"},
        "preview": {
            "url": f"{address}/preview?id={{{{id}}}}",
            "width": _WIDTH,
            "height": _HEIGHT,
        },
        "suggest": {
            kind: {"service_url": root, "service_path": f"{_PATH}/suggest/{kind}"}
            for kind in _SUGGESTED
        },
        "extend": {
            "propose_properties": {
                "service_url": root,
                "service_path": f"{_PATH}/properties",
            },
            "property_settings": lookups.SETTINGS,
        },
        "batchSize": request_parser.BATCH,
    }
