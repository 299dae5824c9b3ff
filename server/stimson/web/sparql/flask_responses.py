"""Responses of Flask, by the protocol's functions: what views make theirs of."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from ...engine import Answer, Request
from ...errors import StimsonError
from ..ops import access_log
from . import conditional
from .messages import WebResponse
from .negotiation import content_type
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
        return relay(answer, stack.pop_all())


def relay(answer: Answer, context: ExitStack) -> Response:
    """Make the response that sends `answer`, and leaves `context` once it is sent."""
    response = Response(answer.chunks, content_type=content_type(answer.media_type))
    # Always known: a client can tell a cut answer from a whole one.
    response.content_length = answer.length
    response.call_on_close(context.close)
    return response


def etag_of(*parts: object) -> str:
    """Name a response by all it depends on: this edition of the dataset, and `parts`."""
    return conditional.etag_of(*site().edition, *parts)


def with_etag(etag: str, make: Callable[[], Response]) -> Response:
    """Answer with what `make` makes, or with 304 where the client has it already."""
    if conditional.is_held(request, etag):
        response = Response(status=304)
    else:
        response = make()
        if conditional.wants_none(request):
            response.close()
            response = Response(status=304)
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = conditional.REVALIDATE
    return response


def problem(status: int, slug: str, title: str, detail: str, **members: Any) -> Response:
    """Make the response for one problem."""
    return send_problem(Problem(status, slug, title, detail, members))


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


def register(app: Flask) -> None:
    """Answer every error of `app` in one shape."""
    app.register_error_handler(StimsonError, lambda fault: send_problem(problem_of(fault)))
    app.register_error_handler(HTTPException, _of_http)


def _of_http(fault: HTTPException) -> Response:
    made = fault.get_response()
    if made.status_code < 400:  # a redirect is not a problem
        return Response(made.get_data(), made.status_code, made.headers)
    response = send_problem(problem_of(fault))
    for name in _KEPT:
        if name in made.headers:
            response.headers[name] = made.headers[name]
    return response
