"""The SPARQL protocol for queries, read once, without a framework.

A request is read into a query operation, or raises the error that says what is wrong with it:
SPARQL 1.1 Protocol, section 2.1, and HTTP QUERY (RFC 10008). Three ways in: GET, POST or QUERY
of a form, POST or QUERY of the query itself. Everything is decoded once, strictly as UTF-8: a
query is run as it was written or not at all. The ASGI application answers operations on its
event loop, the Flask view of the same address in a thread; both by these functions alone.
https://www.w3.org/TR/sparql11-protocol/
"""

import re
from binascii import a2b_qp
from collections.abc import Callable, Sequence
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.http import parse_options_header

from ... import __version__, names
from ...config import Config
from ...engine import Answer, Request
from ...errors import QueryRefused, QuerySyntaxError
from ...query_names import complete, explain
from ...snapshot import Snapshot
from .conditional import REVALIDATE, etag_of, is_held, wants_none
from .messages import Head, HttpHeaders, WebRequest, WebResponse
from .negotiation import GRAPHS, HTML, JSON, TURTLE, Formats, content_type, formats

PATHS = ("/sparql", "/sparql/")
METHODS = ("GET", "HEAD", "POST", "QUERY")
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
_WITH_BODY = ("POST", "QUERY")
_REPEATABLE = ("GET", "HEAD", "QUERY")
_VERSIONS = ("1.1", "1.2-basic", "1.2")  # what the engine parses
_FLAGS = {"": False, "false": False, "0": False, "true": True, "1": True}
_UTF8 = ("utf-8", "utf8", "us-ascii")
_FORM = 3  # percent signs can make a text three times as long as it is
_ENVELOPE = 4096  # bytes of a form beside the query
# Functions whose value changes from one call to the next: such a response has no tag.
_CHANGING = ("NOW", "RAND", "UUID")
_VOLATILE = re.compile(r"(?:NOW|RAND|UUID)\b", re.IGNORECASE)
_STRAY = re.compile(r"%(?![0-9A-Fa-f]{2})")

Pairs = list[tuple[str, str]]
Values = dict[str, list[str]]


class Edition(NamedTuple):
    """What the responses to all operations depend on, beside the operation."""

    version: str
    snapshot: str
    default_graph: str

    @classmethod
    def of(cls, snapshot: Snapshot, config: Config) -> "Edition":
        """Find it for a snapshot and the settings."""
        return cls(__version__, snapshot.name, config.default_graph)


class QueryOperation(NamedTuple):
    """A query to run, and what its response must look like."""

    query: str
    formats: Formats
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    timeout: float | None  # seconds
    is_repeatable: bool  # the same request has the same response
    is_strict: bool = False  # every prefix must be declared

    @property
    def may_be_page(self) -> bool:
        """Tell whether the result of some kind of query is wanted as a page."""
        return HTML in self.formats

    def etag(self, edition: Edition) -> str | None:
        """Name the response; None if the next one may be another."""
        if not self.is_repeatable:
            return None
        graphs = self.default_graphs, self.named_graphs
        strict = ("strict",) if self.is_strict else ()
        return etag_of(*edition, *self.formats, *graphs, *strict, self.query)

    def for_engine(self, *, is_union: bool, client: str | None = None) -> Request:
        """Say it in the terms of the engine, which makes no pages but what they are made of."""
        solutions, boolean, graph = self.formats
        return Request(
            complete(self.query, is_strict=self.is_strict).text,
            base_iri=names.BASE,
            solutions=JSON if solutions == HTML else solutions,
            boolean=JSON if boolean == HTML else boolean,
            graph=TURTLE if graph == HTML else graph,
            default_graphs=self.default_graphs,
            named_graphs=self.named_graphs,
            is_union=is_union,
            timeout=self.timeout,
            client=client,
        )

    def explain(self, fault: QuerySyntaxError) -> QuerySyntaxError:
        """Say what the engine could not parse, at its place in the query as it was sent."""
        added = complete(self.query, is_strict=self.is_strict).added
        return explain(fault, self.query, added)

    def is_page(self, media_type: str) -> bool:
        """Tell whether this kind of result was wanted as a page.

        If only a yes or no was, rows were wanted as CSV or TSV, and JSON is a yes or no.
        """
        if media_type in GRAPHS:
            return self.formats.graph == HTML
        return media_type == JSON and self.formats.boolean == HTML


def read_operation(
    request: WebRequest, read_body: Callable[[], bytes], query_kb: int
) -> QueryOperation | None:
    """Read a request, or raise the error that says what is wrong with it.

    None: it holds no query, so the description of the service is asked for. `read_body` gives
    the body, or raises `RequestEntityTooLarge` if it has more than `body_limit` bytes.
    """
    values = _read_values(request, read_body)
    timeout = _seconds(_first(values, "timeout"))
    _check(request, values, query_kb)
    if "query" not in values:
        return None
    query = values["query"][0]
    return QueryOperation(
        query,
        formats(request.headers.get("accept", ""), _first(values, "as"), _first(values, "format")),
        _graphs(values, "default-graph-uri"),
        _graphs(values, "named-graph-uri"),
        timeout,
        request.method in _REPEATABLE and not is_volatile(query),
        _is_set(values, "strict"),
    )


def respond_early(request: WebRequest, etag: str | None) -> WebResponse | None:
    """Make the response that needs no answer: to a client that has it already."""
    return _not_modified(etag) if etag is not None and is_held(request, etag) else None


def respond(
    request: WebRequest, etag: str | None, answer: Answer, more: Sequence[tuple[str, str]] = ()
) -> WebResponse:
    """Make the response that sends `answer`, and closes it when it is closed.

    `more` are headers that belong to the answer.
    """
    if etag is not None and wants_none(request):
        answer.close()
        return _not_modified(etag)
    head = [
        ("content-type", content_type(answer.media_type)),
        # Always known: a client can tell a cut response from a whole one.
        ("content-length", str(answer.length)),
        *_caching(etag),
        *more,
    ]
    return WebResponse(200, head, answer.body, answer.chunks, answer.close)


def body_limit(query_kb: int) -> int:
    """Say how many bytes the body of a request may have."""
    return _FORM * query_kb * 1024 + _ENVELOPE


def decode(encoded: bytes, what: str = "query") -> Pairs:
    """Read name-value pairs as in the query of a URL, strictly as UTF-8; `what` may be a form."""
    try:
        parts = encoded.decode("ascii").replace("+", " ").split("&")
        pairs = (part.partition("=") for part in parts if part)
        return [(_unquote(name), _unquote(value)) for name, _, value in pairs]
    except UnicodeDecodeError as fault:
        raise _not_utf8(what) from fault


def refuse_encodings(headers: HttpHeaders) -> None:
    """Raise `UnsupportedMediaType` for a body that is compressed, or said not to be UTF-8."""
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise UnsupportedMediaType("Send the body uncompressed, without Content-Encoding.")
    _, options = _content_type(headers)
    if options.get("charset", "utf-8").lower() not in _UTF8:
        raise UnsupportedMediaType("Send the body in UTF-8.")


def is_volatile(query: str) -> bool:
    """Tell whether the answer may be another one at the next call."""
    capitals = query.upper()  # many times as fast as the expression
    return any(word in capitals for word in _CHANGING) and bool(_VOLATILE.search(query))


def _not_modified(etag: str) -> WebResponse:
    return WebResponse(304, _caching(etag), b"")


def _caching(etag: str | None) -> Head:
    """Say what a response depends on, and who may keep it."""
    kept = [("cache-control", "no-store")]
    if etag is not None:
        kept = [("etag", f'W/"{etag}"'), ("cache-control", REVALIDATE)]
    return [("vary", "Accept, Accept-Encoding"), *kept]


def _read_values(request: WebRequest, read_body: Callable[[], bytes]) -> Values:
    pairs = decode(request.query_string)
    if request.method in _WITH_BODY:
        pairs += _read_body(request.headers, read_body)
    values: Values = {}  # a MultiDict of werkzeug takes several times as long to ask
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def _read_body(headers: HttpHeaders, read_body: Callable[[], bytes]) -> Pairs:
    """Read the body as parameters."""
    refuse_encodings(headers)
    body = read_body()
    media_type, options = _content_type(headers)
    if media_type == FORM:
        return decode(body)
    if media_type == QUERY:
        version = options.get("version")
        return [("query", _text(body)), *([("version", version)] if version else [])]
    if not body and not media_type:  # some clients leave everything in the URL
        return []
    raise UnsupportedMediaType(f"Send a query as {FORM} or as {QUERY}.")


def _content_type(headers: HttpHeaders) -> tuple[str, dict[str, str]]:
    given = headers.get("content-type", "")
    if given in (FORM, QUERY):  # as nearly always
        return given, {}
    media_type, options = parse_options_header(given)
    return media_type.lower(), options


def _check(request: WebRequest, values: Values, query_kb: int) -> None:
    queries, updates = values.get("query", []), values.get("update", [])
    versions = values.get("version", [])
    if len(queries) + len(updates) > 1:
        raise BadRequest("Send one query: this request holds more than one.")
    if updates:
        raise QueryRefused("This endpoint only answers queries: `update` is not offered.")
    if not queries and request.method in _WITH_BODY:
        raise BadRequest("Send a query: this request holds no parameter `query`.")
    if any(len(query.encode()) > query_kb * 1024 for query in queries):
        raise RequestEntityTooLarge(f"A query may have {query_kb} KiB.")
    if len(versions) > 1:
        raise BadRequest("Send one `version`: this request holds more than one.")
    if unknown := [each for each in versions if each not in _VERSIONS]:
        known = ", ".join(_VERSIONS)
        raise BadRequest(f"There is no SPARQL version {unknown[0]!r} here: choose one of {known}.")


def _first(values: Values, name: str) -> str:
    """Find a parameter that may be sent once; what comes after it counts for nothing."""
    found = values.get(name)
    return found[0] if found else ""


def _seconds(text: str) -> float | None:
    """Read how long the client will wait; the server's own limit holds in any case."""
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds < float("inf"):
        raise BadRequest("The parameter `timeout` is a number of seconds above 0.")
    return seconds


def _is_set(values: Values, name: str) -> bool:
    """Read a yes or a no; nothing is a no."""
    text = _first(values, name).lower()
    if text not in _FLAGS:
        raise BadRequest(f"The parameter `{name}` is true or false.")
    return _FLAGS[text]


def _graphs(values: Values, name: str) -> tuple[str, ...]:
    """Read the names of graphs; the forms of other endpoints send an empty one for none."""
    return tuple(filter(None, values.get(name, ())))


def _unquote(text: str) -> str:
    """Resolve percent signs, in a tenth of the time that `unquote` takes for a long query.

    Quoted-printable (RFC 2045, section 6.7) is the same with another sign, and is read in C.
    """
    if "%" not in text:
        return text
    if _STRAY.search(text) or "\r" in text or "\n" in text:
        return unquote_to_bytes(text).decode()
    return a2b_qp(text.replace("=", "=3D").replace("%", "=")).decode()


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise _not_utf8("query") from fault


def _not_utf8(what: str) -> BadRequest:
    return BadRequest(f"Send the {what} in UTF-8.")
