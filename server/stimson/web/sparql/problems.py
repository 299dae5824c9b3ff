"""Errors as the client sees them: problem details (RFC 9457), plain text, or a page."""

from http import HTTPStatus
from typing import Any

from flask import Flask, Response, json, render_template, request
from werkzeug.exceptions import HTTPException

from ... import errors, names
from ...errors import QuerySyntaxError, StimsonError, TooManyRequests
from ..ops import access_log
from .negotiation import HTML, TEXT, best, content_type

MEDIA_TYPE = "application/problem+json"
_TYPES = f"{names.BASE}problems/"
_KEPT = ("Allow", "Retry-After")  # headers that belong to an error

# 403 for a refusal: the protocol speaks of 500, which clients repeat and operators
# are woken by; 400 would blame the syntax.
STATUS: dict[type[StimsonError], tuple[int, str, str]] = {
    errors.QuerySyntaxError: (400, "query-syntax", "The query does not parse"),
    errors.QueryTooDeep: (400, "query-too-deep", "The query is nested too deeply"),
    errors.QueryRefused: (403, "query-refused", "The query is not allowed"),
    errors.InvalidParameter: (400, "invalid-parameter", "A parameter is invalid"),
    errors.UnknownQuery: (404, "unknown-query", "There is no such saved query"),
    errors.FormatUnavailable: (
        406,
        "format-unavailable",
        "The result is not available in this format",
    ),
    errors.EngineFailed: (500, "engine-failed", "The query engine failed"),
    errors.AnswerUnusable: (502, "engine-answer", "The query engine sent an invalid response"),
    errors.EngineDown: (503, "engine-down", "The query engine cannot be reached"),
    errors.ClientBusy: (429, "client-requests", "The client has too many open requests"),
    errors.RateExceeded: (429, "client-rate", "The client sends too many requests"),
    errors.QueueFull: (503, "queue-full", "Too many queries are waiting"),
    errors.EngineBusy: (503, "engine-busy", "The query engine is busy"),
    errors.NotReady: (503, "not-ready", "The server is not ready"),
    errors.MetricsRefused: (
        403,
        "metrics-refused",
        "Metrics are only served to the configured networks",
    ),
    errors.QueryTimeout: (504, "query-timeout", "The query took too long"),
    errors.QueryTooLarge: (507, "query-too-large", "The query needs too much memory"),
    errors.ResultTooLarge: (507, "result-too-large", "The result is too large"),
    errors.TooManyRows: (507, "too-many-rows", "The result has too many rows"),
    errors.CheckTooDeep: (400, "check-too-deep", "The contribution is nested too deeply"),
    errors.CheckerFailed: (500, "checker-failed", "The validator failed"),
    errors.CheckerBusy: (503, "checker-busy", "The validator is busy"),
    errors.CheckTimeout: (504, "check-timeout", "The validation took too long"),
    errors.CheckTooLarge: (507, "check-too-large", "The contribution is too large to validate"),
    errors.InvalidReconciliation: (
        400,
        "invalid-reconciliation",
        "The reconciliation request is invalid",
    ),
    errors.ReconciliationTooLarge: (
        413,
        "reconciliation-too-large",
        "The reconciliation request is too large",
    ),
    errors.ReconciliationUnavailable: (503, "no-reconciliation", "Reconciliation is not available"),
}
_RETRY_SECONDS = "5"


def register(app: Flask) -> None:
    """Answer every error of `app` in one shape."""
    app.register_error_handler(StimsonError, _of_ours)
    app.register_error_handler(HTTPException, _of_http)


def slug_of(error: StimsonError) -> str:
    """Name the kind of problem that `error` is."""
    return _known(error)[1]


def describe(status: int, slug: str, title: str, detail: str, **members: Any) -> dict[str, Any]:
    """Write a problem down (RFC 9457, section 3.1)."""
    return {
        "type": f"{_TYPES}{slug}",
        "title": title,
        "status": status,
        "detail": detail,
        **members,
    }


def problem(status: int, slug: str, title: str, detail: str, **members: Any) -> Response:
    """Make the response for one problem."""
    access_log.current().problem = slug
    body = describe(status, slug, title, detail, **members)
    response = Response(status=status)
    match best((MEDIA_TYPE, TEXT, HTML)):
        case "text/html":
            page = render_template("problem.html", problem=body, query=request.args.get("query"))
            response.set_data(page)
        case "text/plain":
            response.set_data(_as_text(body))
            response.content_type = content_type(TEXT)
        case _:  # also for a client that accepts none of them: better read than not
            response.set_data(json.dumps(body))
            response.content_type = MEDIA_TYPE
    response.vary.add("Accept")
    response.cache_control.no_store = True
    return response


def _as_text(body: dict[str, Any]) -> str:
    place = f"line {body['line']}, column {body['column']}: " if body.get("line") else ""
    return f"{body['status']} {body['title']}\n{place}{body['detail']}\n"


def _known(error: StimsonError) -> tuple[int, str, str]:
    kind = next(kind for kind in type(error).__mro__ if kind in STATUS or kind is StimsonError)
    return STATUS.get(kind, (500, "internal", "The service failed"))


def _of_ours(error: StimsonError) -> Response:
    status, slug, title = _known(error)
    members = {}
    detail = str(error)
    if isinstance(error, QuerySyntaxError):
        detail = error.problem
        members = {"line": error.line, "column": error.column}
    response = problem(status, slug, title, detail, **members)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = _RETRY_SECONDS
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(error.seconds)
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
