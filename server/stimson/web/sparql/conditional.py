"""Entity tags and preconditions (RFC 9110, section 13): to whom a response need not be sent.

A response is named by all it depends on, so its tag is known before it is made. Tags are weak:
the same rows may come in another order, or compressed.

If-Match and If-Unmodified-Since say nothing of a response that would be an error anyway
(13.2.1), nor of methods that select no representation: a query that is sent by POST is work
to be done. Where a response would be 304, they come before it (13.2.2).
"""

import hashlib

from werkzeug.exceptions import PreconditionFailed
from werkzeug.http import parse_date, parse_etags, unquote_etag

from .messages import WebRequest

REVALIDATE = "public, max-age=0, must-revalidate"
_SELECTING = ("GET", "HEAD", "QUERY")  # methods
_WEAK = (
    "The tags of these answers are weak (W/…), and If-Match takes strong ones only: "
    "send the tag in If-None-Match."
)


def etag_of(*depends_on: object) -> str:
    """Name a response by all it depends on."""
    return hashlib.sha256("\0".join(map(str, depends_on)).encode()).hexdigest()[:32]


def is_held(request: WebRequest, etag: str) -> bool:
    """Tell whether the client has the response named `etag`: then it need not even be made."""
    tags = parse_etags(request.headers.get("if-none-match", ""))
    return not tags.star_tag and tags.contains_weak(etag)


def wants_none(request: WebRequest) -> bool:
    """Tell whether the client wants no response if there is any, which only making it shows."""
    return parse_etags(request.headers.get("if-none-match", "")).star_tag


def failed_precondition(
    request: WebRequest, if_match: str | None, status: int, etag: str, last_modified: str = ""
) -> PreconditionFailed | None:
    """Find out why a response may not be sent; `etag` and `last_modified` are headers of it."""
    if request.method not in _SELECTING or status not in (200, 304):
        return None
    if if_match is not None:
        reason = _mismatch(if_match, etag)
    else:
        reason = _change(request.headers.get("if-unmodified-since", ""), last_modified)
    return PreconditionFailed(reason) if reason else None


def _mismatch(if_match: str, etag: str) -> str:
    wanted, (tag, is_weak) = parse_etags(if_match), unquote_etag(etag)
    if wanted.star_tag or (tag and not is_weak and wanted.is_strong(tag)):
        return ""
    return f"The answer is another one than If-Match names. {_WEAK if is_weak else ''}".strip()


def _change(since: str, last_modified: str) -> str:
    limit, changed = parse_date(since), parse_date(last_modified)
    if limit is None or changed is None or changed <= limit:
        return ""
    return "The answer has changed since the date that If-Unmodified-Since names."
