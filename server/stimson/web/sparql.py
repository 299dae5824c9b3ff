"""The SPARQL endpoint: https://www.w3.org/TR/sparql11-protocol/."""

import hashlib
import re
from contextlib import ExitStack

from flask import Blueprint, Response, request

from .. import __version__, names
from ..engine import Answer, Request
from . import results, service
from .negotiation import GRAPHS, HTML, JSON, TURTLE, Formats, formats
from .parameters import Parameters, read_parameters
from .relay import relay
from .site import site

blueprint = Blueprint("sparql", __name__)
# Functions whose value changes from one call to the next: such an answer has no tag.
_VOLATILE = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID)\b", re.IGNORECASE)


@blueprint.route("/sparql", methods=["GET", "POST"])
@blueprint.route("/sparql/", methods=["GET", "POST"])
def endpoint() -> Response:
    """Answer a query; without one, describe the service or show the form."""
    parameters = read_parameters(site().config.query_kb)
    response = _answer(parameters) if parameters.queries else service.describe()
    response.vary.add("Accept")
    return response


def _answer(parameters: Parameters) -> Response:
    chosen = formats(parameters.format)
    tag = _tag(parameters, chosen)
    if tag and tag in request.if_none_match.as_set(include_weak=True):
        response = Response(status=304)
    else:
        response = _run(parameters, chosen)
    if tag:
        # Weak: the same rows may come in another order.
        response.set_etag(tag, weak=True)
        response.cache_control.public = True
        response.cache_control.max_age = 0
        response.cache_control.must_revalidate = True
    else:
        response.cache_control.no_store = True
    return response


def _run(parameters: Parameters, chosen: Formats) -> Response:
    asked = Request(
        parameters.query,
        base_iri=names.BASE,
        solutions=_for_engine(chosen.solutions, JSON),
        boolean=_for_engine(chosen.boolean, JSON),
        graph=_for_engine(chosen.graph, TURTLE),
        default_graphs=parameters.default_graphs,
        named_graphs=parameters.named_graphs,
    )
    with ExitStack() as stack:
        answer = stack.enter_context(site().engine.answer(asked))
        if _is_page(answer, chosen):
            return results.page(parameters.query, answer)
        return relay(answer, stack.pop_all())


def _for_engine(media_type: str | None, behind_html: str) -> str | None:
    return behind_html if media_type == HTML else media_type


def _is_page(answer: Answer, chosen: Formats) -> bool:
    """Tell whether this kind of result was wanted as a page.

    If only a yes or no was, rows were wanted as CSV or TSV, and JSON is a yes or no.
    """
    if answer.media_type in GRAPHS:
        return chosen.graph == HTML
    return answer.media_type == JSON and chosen.boolean == HTML


def _tag(parameters: Parameters, chosen: Formats) -> str | None:
    """Name the answer by all it depends on, or say that it cannot be named."""
    if request.method not in ("GET", "HEAD") or _VOLATILE.search(parameters.query):
        return None
    parts = (
        __version__,
        site().snapshot.name,
        repr(chosen),
        repr(parameters.default_graphs),
        repr(parameters.named_graphs),
        parameters.query,
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
