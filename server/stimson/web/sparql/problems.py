"""Errors as clients see them: problem details (RFC 9457), plain text, or a page."""

import json
from http import HTTPStatus
from typing import Any, NamedTuple

from werkzeug.exceptions import HTTPException

from ... import errors, names
from ...errors import QuerySyntaxError, StimsonError, TooManyRequests, UnknownValue
from .messages import Head, WebResponse
from .negotiation import HTML, TEXT, best, content_type

MEDIA_TYPE = "application/problem+json"
_TYPES = f"{names.BASE}problems/"

# 403 for a refusal: the protocol speaks of 500, which clients repeat and operators
# are woken by; 400 would blame the syntax.
STATUS: dict[type[StimsonError], tuple[int, str, str]] = {
    errors.QuerySyntaxError: (400, "query-syntax", "The query does not parse"),
    errors.QueryTooDeep: (400, "query-too-deep", "The query is nested too deeply"),
    errors.QueryRefused: (403, "query-refused", "The query is not allowed"),
    errors.UnknownValue: (400, "unknown-value", "There is no such value"),
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
    errors.InvalidSearch: (400, "invalid-search", "The search is invalid"),
    errors.SearchUnavailable: (503, "no-search", "Search is not available"),
    errors.ReconciliationUnavailable: (503, "no-reconciliation", "Reconciliation is not available"),
}
_RETRY_SECONDS = "5"
_HEAD: Head = [("vary", "Accept, Accept-Encoding"), ("cache-control", "no-store")]


class Problem(NamedTuple):
    """One problem: its kind, in a few words and in a sentence, and what else is known of it."""

    status: int
    slug: str
    title: str
    detail: str
    members: dict[str, Any] = {}  # noqa: RUF012  # nobody changes it
    more: Head = []  # noqa: RUF012  # headers that belong to it

    @property
    def head(self) -> Head:
        """The headers of its response, whatever its format."""
        return [*_HEAD, *self.more]

    def describe(self) -> dict[str, Any]:
        """Write it down (RFC 9457, section 3.1)."""
        return {
            "type": f"{_TYPES}{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **self.members,
        }

    def respond(self, accept: str) -> WebResponse | None:
        """Make the response for it; None where the client would rather have a page."""
        media_type = best((MEDIA_TYPE, TEXT, HTML), accept)
        if media_type == HTML:
            return None
        if media_type == TEXT:
            body = self._as_text()
        else:  # also for a client that accepts none of them: better read than not
            media_type, body = MEDIA_TYPE, json.dumps(self.describe(), sort_keys=True)
        content = body.encode()
        kind = ("content-type", content_type(media_type))
        head = [kind, ("content-length", str(len(content))), *self.head]
        return WebResponse(self.status, head, content)

    def _as_text(self) -> str:
        line, column = self.members.get("line"), self.members.get("column")
        place = f"line {line}, column {column}: " if line else ""
        return f"{self.status} {self.title}\n{place}{self.detail}\n"


def problem_of(fault: StimsonError | HTTPException) -> Problem:
    """Find out which problem an error is to a client."""
    return _of_http(fault) if isinstance(fault, HTTPException) else _of_ours(fault)


def slug_of(error: StimsonError) -> str:
    """Name the kind of problem that `error` is."""
    return _known(error)[1]


def _known(error: StimsonError) -> tuple[int, str, str]:
    kind = next(kind for kind in type(error).__mro__ if kind in STATUS or kind is StimsonError)
    return STATUS.get(kind, (500, "internal", "The service failed"))


def _of_ours(error: StimsonError) -> Problem:
    status, slug, title = _known(error)
    if isinstance(error, QuerySyntaxError):
        members: dict[str, Any] = {"line": error.line, "column": error.column}
        return Problem(status, slug, title, error.problem, members)
    if isinstance(error, TooManyRequests):
        return Problem(status, slug, title, str(error), more=[("retry-after", str(error.seconds))])
    if isinstance(error, UnknownValue):
        meant = [{"iri": iri, "label": label} for iri, label in error.meant]
        members = {"parameter": error.parameter, "suggestions": meant}
        return Problem(status, slug, title, str(error), members)
    is_passing = status == HTTPStatus.SERVICE_UNAVAILABLE
    more = [("retry-after", _RETRY_SECONDS)] if is_passing else []
    return Problem(status, slug, title, str(error), more=more)


def _of_http(error: HTTPException) -> Problem:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    slug = error.name.lower().replace(" ", "-")
    return Problem(status, slug, error.name, error.description or error.name)
