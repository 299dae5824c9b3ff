"""Preconditions: an answer goes only to those who hold what they say that they hold.

RFC 9110, sections 13.1.1 (If-Match), 13.1.4 (If-Unmodified-Since) and 13.2.2 (which comes
first). They say nothing of an answer that would be an error anyway (13.2.1), nor of methods
that select no representation: a query that is sent by POST is work to be done. Where a view
answers 304, this comes before it.
"""

from flask import Flask, Response, g, request
from werkzeug.datastructures import ETags
from werkzeug.http import parse_etags

from .problems import problem

_SELECTING = ("GET", "HEAD", "QUERY")
_WEAK = (
    "The tags of these answers are weak (W/…), and If-Match takes strong ones only: "
    "send the tag in If-None-Match."
)


def register(app: Flask) -> None:
    """Answer with 412 where a precondition fails."""
    app.before_request(_take)
    app.after_request(_check)


def _take() -> None:
    """Take If-Match out of the request: for files, the framework reads `*` as a tag."""
    if (wanted := request.environ.pop("HTTP_IF_MATCH", None)) is not None:
        g.if_match = parse_etags(wanted)


def _check(response: Response) -> Response:
    if request.method not in _SELECTING or response.status_code not in (200, 304):
        return response
    reason = _failed(response)
    if reason is None:
        return response
    response.close()  # nobody will read it
    return problem(412, "precondition-failed", "Precondition Failed", reason)


def _failed(response: Response) -> str | None:
    """Say which precondition fails; None if there is none, or if all hold."""
    if "if_match" in g:
        tag, is_weak = response.get_etag()
        wanted: ETags = g.if_match
        if wanted.star_tag or (tag is not None and not is_weak and wanted.is_strong(tag)):
            return None
        return f"The answer is another one than If-Match names. {_WEAK if is_weak else ''}".strip()
    since, changed = request.if_unmodified_since, response.last_modified
    if since is not None and changed is not None and changed > since:
        return "The answer has changed since the date that If-Unmodified-Since names."
    return None
