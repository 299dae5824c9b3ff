"""What is the same for many queries is worked out once.

The head of an answer, its format and its name depend on a request, but not on the text of
the query in it. So the first request of a shape goes through the views, where the protocol
is; the next ones reuse what was settled there. The protocol stays in one place.
"""

import re
from binascii import a2b_qp
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from cachetools import LRUCache

from ...engine import Answer, Request
from ..sparql.compression import SMALLEST
from ..sparql.endpoint import is_volatile
from ..sparql.negotiation import content_type
from ..sparql.parameters import FORM, QUERY
from .asgi_request import Incoming
from .asgi_response import Head, Response
from .calls import Call

_PATHS = ("/sparql", "/sparql/")
_REMEMBERED = 1024  # shapes
_LARGEST = 4096  # characters of a shape; what asks for more is asked of the views each time
_LONGEST = 64 * 1024  # bytes of a query, here still encoded; what is longer takes its time anyway
_HEADERS = ("accept", "accept-encoding", "content-type", "origin")  # what an answer may vary with
# With these the views must look at a request.
_UNUSUAL = frozenset(
    ("if-none-match", "if-modified-since", "if-match", "range", "content-encoding")
)
_OF_ONE = ("content-length", "etag", "cache-status")  # headers of one answer, not of its shape
_QUERY = "query="
_STRAY = re.compile(r"%(?![0-9A-Fa-f]{2})")
_VARY = re.compile(r"[\s,]+")

Shape = tuple[str | bool, ...]


class Sighting(NamedTuple):
    """The text of a query, and the shape of the request that it came in."""

    shape: Shape
    text: str

    def digest(self) -> bytes:
        """Name it in 32 bytes."""
        # No byte of UTF-8 is 0xFF: so where one part ends and another begins is plain.
        parts = (*map(str, self.shape), self.text)
        return sha256(b"\xff".join([part.encode() for part in parts])).digest()


@dataclass(slots=True)
class Known:
    """What is settled for a shape."""

    asked: Request
    tag: Callable[[str], str] | None
    is_packed: bool  # large answers are to be compressed
    heads: dict[str, Head] = field(default_factory=dict)  # by the media type of the answer

    def ask(self, text: str, client: str | None) -> Request:
        """Put a query into this shape."""
        return self.asked._replace(text=text, client=client)

    def head(self, answer: Answer, text: str) -> Head | None:
        """Make the head for `answer`, if it is known how."""
        head = self.heads.get(answer.media_type)
        if head is None or answer.body is None or (self.is_packed and answer.length >= SMALLEST):
            return None
        return [*head] if self.tag is None else [*head, ("etag", f'W/"{self.tag(text)}"')]


class Shapes:
    """The shapes that were seen last."""

    def __init__(self) -> None:
        self._known: LRUCache[Shape, Known] = LRUCache(_REMEMBERED)

    def find(self, shape: Shape) -> Known | None:
        """Find what is settled for a shape."""
        return self._known.get(shape)

    def learn(self, seen: Sighting, call: Call, response: Response) -> None:
        """Note what the views made of a request, if all but the text is sure to recur."""
        if response.status != 200 or len(call.asked) != 1:
            return
        asked, answer = call.asked[0]
        values = dict(response.head)
        vary = {name for name in _VARY.split(values.get("vary", "").lower()) if name}
        if (
            asked.text != seen.text
            or values.get("content-type") != content_type(answer.media_type)
            or values.get("content-length") != str(answer.length)
            or "content-encoding" in values
            or ("etag" in values) != (call.tag is not None)
            or not vary <= set(_HEADERS)
        ):
            return
        is_packed = bool(seen.shape[_HEADERS.index("accept-encoding") - len(_HEADERS)])
        fresh = Known(asked._replace(text="", client=None), call.tag, is_packed)
        known = self._known.setdefault(seen.shape, fresh)
        known.heads[answer.media_type] = [
            (name, value) for name, value in response.head if name not in _OF_ONE
        ]


def sight(incoming: Incoming, body: bytes) -> Sighting | None:
    """Part a request into a query and its shape; None for what the views must look at."""
    headers = incoming.headers
    if incoming.path not in _PATHS or not _UNUSUAL.isdisjoint(headers):
        return None
    found = _part(incoming, body)
    if found is None:
        return None
    rest, raw = found
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    values = [headers.get(name, "") for name in _HEADERS]
    if len(rest) + sum(map(len, values)) > _LARGEST:
        return None
    return Sighting((incoming.method, incoming.path, rest, is_volatile(text), *values), text)


def _part(incoming: Incoming, body: bytes) -> tuple[str, bytes] | None:
    """Part all parameters but the query from the query, decoded."""
    if len(body) > _LONGEST:
        return None
    if incoming.method == "GET" and not body:
        return _take_query(incoming.query_string, "")
    media_type = incoming.headers.get("content-type", "").partition(";")[0].strip().lower()
    if incoming.method == "POST" and media_type == FORM:
        return _take_query(body.decode("latin-1"), f"{incoming.query_string}\n")
    if incoming.method == "POST" and media_type == QUERY:
        return incoming.query_string, body
    return None


def _take_query(encoded: str, rest: str) -> tuple[str, bytes] | None:
    parts = encoded.split("&")
    queries = [part for part in parts if part.startswith(_QUERY)]
    if len(encoded) > _LONGEST or not encoded.isascii() or len(queries) != 1:
        return None
    parts.remove(queries[0])
    query = queries[0].removeprefix(_QUERY).replace("+", " ")
    return rest + "&".join(parts), _decode(query)


def _decode(text: str) -> bytes:
    """Resolve percent signs at a fifth of the cost of `unquote_to_bytes`, which it is equal to.

    Quoted-printable (RFC 2045, section 6.7) is the same with another sign, and is read in C.
    """
    if _STRAY.search(text):
        return unquote_to_bytes(text)
    return a2b_qp(text.replace("=", "=3D").replace("%", "="))
