"""Errors as the client sees them: problem details (RFC 9457), or a page for a browser."""

from http import HTTPStatus
from typing import Any

from flask import Flask, Response, json, render_template, request
from werkzeug.exceptions import HTTPException

from .. import errors, names
from ..errors import QuerySyntaxError, StimsonError
from .negotiation import prefers_html

MEDIA_TYPE = "application/problem+json"
_TYPES = f"{names.BASE}problems/"
_KEPT = ("Allow", "Retry-After")  # headers that belong to an error

# 403 for a refusal: the protocol speaks of 500, which clients repeat and operators
# are woken by; 400 would blame the syntax.
STATUS: dict[type[StimsonError], tuple[int, str, str]] = {
    errors.QuerySyntaxError: (400, "query-syntax", "The query does not parse"),
    errors.QueryTooDeep: (400, "query-too-deep", "The query is nested too deeply"),
    errors.QueryRefused: (403, "query-refused", "The query is refused"),
    errors.InvalidParameter: (400, "invalid-parameter", "A parameter does not fit"),
    errors.UnknownQuery: (404, "unknown-query", "There is no such saved query"),
    errors.FormatUnavailable: (406, "format-unavailable", "The result has no such format"),
    errors.EngineFailed: (500, "engine-failed", "The query engine failed"),
    errors.EngineBusy: (503, "engine-busy", "The query engine is busy"),
    errors.QueryTimeout: (504, "query-timeout", "The query took too long"),
    errors.QueryTooLarge: (507, "query-too-large", "The query or its result is too large"),
}
_RETRY_SECONDS = "5"


def register(app: Flask) -> None:
    """Answer every error of `app` in one shape."""
    app.register_error_handler(StimsonError, _of_ours)
    app.register_error_handler(HTTPException, _of_http)


def problem(status: int, slug: str, title: str, detail: str, **members: Any) -> Response:
    """Make the response for one problem."""
    body = {
        "type": f"{_TYPES}{slug}",
        "title": title,
        "status": status,
        "detail": detail,
        **members,
    }
    if prefers_html(MEDIA_TYPE):
        response = Response(
            render_template("problem.html", problem=body, query=request.args.get("query")), status
        )
    else:
        response = Response(json.dumps(body), status, content_type=MEDIA_TYPE)
    response.vary.add("Accept")
    response.cache_control.no_store = True
    return response


def _of_ours(error: StimsonError) -> Response:
    kind = next(kind for kind in type(error).__mro__ if kind in STATUS or kind is StimsonError)
    status, slug, title = STATUS.get(kind, (500, "internal", "The service failed"))
    members = {}
    detail = str(error)
    if isinstance(error, QuerySyntaxError):
        detail = error.problem
        members = {"line": error.line, "column": error.column}
    response = problem(status, slug, title, detail, **members)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = _RETRY_SECONDS
    return response


def _of_http(error: HTTPException) -> Response:
    made = error.get_response()
    if made.status_code < HTTPStatus.BAD_REQUEST:  # a redirect is not a problem
        return Response(made.get_data(), made.status_code, made.headers)
    slug = error.name.lower().replace(" ", "-")
    response = problem(made.status_code, slug, error.name, error.description or error.name)
    for name in _KEPT:
        if name in made.headers:
            response.headers[name] = made.headers[name]
    return response
