"""Responses of Flask, by the protocol's functions: how they are made, and what is done to each."""

from collections.abc import Callable
from contextlib import ExitStack

from flask import Flask, Response, g, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from ...config import Config
from ...engine import Request
from ...errors import StimsonError
from ..ops import access_log
from . import conditional
from .compression import choose_coding, compress, is_text, is_worth_compressing
from .conditional import failed_precondition
from .headers import CommonHeaders
from .messages import WebResponse
from .negotiation import GRAPHS, content_type, graph_format
from .problems import Problem, problem_of
from .site import site

_KEPT = ("Allow", "Retry-After")  # headers that belong to an error


def accepted() -> str:
    """Find what the client accepts."""
    return request.headers.get("Accept", "")


def send(made: WebResponse) -> Response:
    """Make a response of Flask."""
    response = Response(made.chunks(), made.status, made.head)
    response.call_on_close(made.close)
    return response


def ask(asked: Request) -> Response:
    """Run a query and relay its answer."""
    with ExitStack() as stack:
        answer = stack.enter_context(site().engine.answer(asked))
        response = Response(answer.chunks, content_type=content_type(answer.media_type))
        # Always known: a client can tell a cut answer from a whole one.
        response.content_length = answer.length
        response.call_on_close(stack.pop_all().close)
        return response


def ask_graph(kind: str, asked: Request, offers: tuple[str, ...] = GRAPHS) -> Response:
    """Run a query and relay the graph that it gives, in the format that the client asks for."""
    media_type = graph_format(offers, accepted(), request.args.get("format"))
    tag = etag_of(kind, asked.text, media_type)
    response = with_etag(tag, lambda: ask(asked._replace(graph=media_type)))
    response.vary.add("Accept")
    return response


def etag_of(*parts: object) -> str:
    """Name a response by all it depends on: this edition of the dataset, and `parts`."""
    return conditional.etag_of(*site().edition, *parts)


def with_etag(etag: str, make: Callable[[], Response | str]) -> Response:
    """Answer with what `make` makes, or with 304 where the client has it already."""
    if conditional.is_held(request, etag):
        response = Response(status=304)
    else:
        response = make_response(make())
        if conditional.wants_none(request):
            response.close()
            response = Response(status=304)
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = conditional.REVALIDATE
    return response


def send_problem(found: Problem) -> Response:
    """Make the response for one problem, as a page where the client likes that best."""
    access_log.current().problem = found.slug
    made = found.respond(accepted())
    if made is not None:
        return send(made)
    page = render_template(
        "problem.html", problem=found.describe(), query=request.args.get("query")
    )
    return Response(page, found.status, found.head)


def _of_http(fault: HTTPException) -> Response:
    made = fault.get_response()
    if made.status_code < 400:  # a redirect is not a problem
        return Response(made.get_data(), made.status_code, made.headers)
    response = send_problem(problem_of(fault))
    for name in _KEPT:
        if name in made.headers:
            response.headers[name] = made.headers[name]
    return response


def register(app: Flask, config: Config) -> None:
    """Have `app` answer errors in one shape, check preconditions, compress, and add headers."""
    app.register_error_handler(StimsonError, lambda fault: send_problem(problem_of(fault)))
    app.register_error_handler(HTTPException, _of_http)
    common = CommonHeaders(config)

    def add_headers(response: Response) -> Response:
        for name, value in common.of(request.path, request.query_string):
            # A view may have a policy of its own, such as one that lets its page be framed.
            if name == "link" or name not in response.headers:
                response.headers.add(name, value)
        if request.method == "OPTIONS":
            _preflight(response)
        return response

    app.before_request(_take_if_match)
    app.after_request(add_headers)
    app.after_request(_compress)
    app.after_request(_check_preconditions)  # before the others: the last is run first


def _take_if_match() -> None:
    """Take If-Match out of the request: for files, the framework reads `*` as a tag."""
    g.if_match = request.environ.pop("HTTP_IF_MATCH", None)


def _check_preconditions(response: Response) -> Response:
    etag, changed = (response.headers.get(name, "") for name in ("ETag", "Last-Modified"))
    if_match = g.get("if_match")
    failed = failed_precondition(request, if_match, response.status_code, etag, changed)
    if failed is None:
        return response
    response.close()  # nobody will read it
    return send_problem(problem_of(failed))


def _compress(response: Response) -> Response:
    if not is_text(response.mimetype):
        return response
    response.vary.add("Accept-Encoding")
    coding = choose_coding(request.headers.get("Accept-Encoding", ""))
    length = response.content_length or response.calculate_content_length() or 0
    is_whole = response.content_encoding is None
    if coding is None or not is_whole or not is_worth_compressing(response.status_code, length):
        return response
    close = getattr(response.response, "close", lambda: None)
    plain = WebResponse(response.status_code, [], None, response.iter_encoded(), close)
    packed = compress(plain, coding)
    response.response = packed.chunks()
    response.call_on_close(packed.close)
    response.content_length = packed.length
    response.direct_passthrough = False
    response.content_encoding = coding
    response.headers.pop("Accept-Ranges", None)
    etag, is_weak = response.get_etag()
    if etag and not is_weak:  # byte for byte, it is another representation
        response.set_etag(etag, weak=True)
    return response


def _preflight(response: Response) -> None:
    response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET")
    response.headers["Access-Control-Max-Age"] = "86400"
    if wanted := request.headers.get("Access-Control-Request-Headers"):
        response.headers["Access-Control-Allow-Headers"] = wanted
    response.vary.add("Access-Control-Request-Headers")
