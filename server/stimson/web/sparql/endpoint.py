"""The SPARQL endpoint: https://www.w3.org/TR/sparql11-protocol/."""

import re
from contextlib import ExitStack
from functools import partial

from flask import Blueprint, Response, request

from ... import names
from ...engine import Answer, Request
from ...errors import QuerySyntaxError
from ..server.calls import note_tag
from . import results, service
from .etags import relay, tagged, tagger
from .negotiation import GRAPHS, HTML, JSON, TURTLE, Formats, formats
from .parameters import FORM, QUERY, Parameters, read_parameters
from .prefixes import name_missing
from .site import site

blueprint = Blueprint("sparql", __name__)
_METHODS = ("GET", "POST", "QUERY")
_REPEATABLE = ("GET", "HEAD", "QUERY")
# Functions whose value changes from one call to the next: such an answer has no tag.
_CHANGING = ("NOW", "RAND", "UUID")
_VOLATILE = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID)\b", re.IGNORECASE)


@blueprint.route("/sparql", methods=_METHODS)
@blueprint.route("/sparql/", methods=_METHODS)
def endpoint() -> Response:
    """Answer a query; without one, describe the service or show the form."""
    parameters = read_parameters(site().config.query_kb)
    response = _answer(parameters) if parameters.queries else service.describe(parameters.format)
    response.vary.add("Accept")
    return response


@blueprint.after_request
def _say_how_to_ask(response: Response) -> Response:
    response.headers["Accept-Post"] = f"{QUERY}, {FORM}"
    response.headers["Accept-Query"] = f'"{QUERY}", "{FORM}"'
    return response


def is_volatile(query: str) -> bool:
    """Tell whether the answer may be another one at the next call."""
    capitals = query.upper()  # many times as fast as the expression
    return any(word in capitals for word in _CHANGING) and bool(_VOLATILE.search(query))


def _answer(parameters: Parameters) -> Response:
    chosen = formats(parameters.own_format, parameters.format)
    if request.method in _REPEATABLE and not is_volatile(parameters.query):
        tag = tagger(chosen, parameters.default_graphs, parameters.named_graphs)
        note_tag(tag)  # for queries to come that differ in nothing but their text
        return tagged(tag(parameters.query), partial(_run, parameters, chosen))
    response = _run(parameters, chosen)
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
        is_union=site().config.is_union,
        timeout=parameters.timeout,
    )
    with ExitStack() as stack:
        try:
            answer = stack.enter_context(site().engine.answer(asked))
        except QuerySyntaxError as fault:
            raise name_missing(fault, parameters.query) from fault
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
