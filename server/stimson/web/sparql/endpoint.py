"""The SPARQL endpoint as a view of Flask: the same as the ASGI application's, and its pages."""

from contextlib import ExitStack

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from ...errors import QuerySyntaxError
from . import protocol, results, service
from .flask_responses import send
from .messages import WebResponse
from .prefixes import name_missing
from .protocol import QueryOperation
from .site import site

blueprint = Blueprint("sparql", __name__)
_METHODS = ("GET", "POST", "QUERY")
_TERMINATED = "wsgi.input_terminated"  # set where the end of a body is that of its stream
_PIECE = 64 * 1024
_DRAINED = 16 * 2**20  # bytes; whoever sends more is cut off


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
            raise name_missing(fault, operation.query) from fault
        if operation.is_page(answer.media_type):
            answer = results.page(operation.query, answer)
        return protocol.respond(request, etag, answer._replace(close=stack.pop_all().close))


def _describe() -> Response:
    response = service.describe(request.args.get("format"))
    response.vary.add("Accept")
    return response


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
