"""Read a query from a request: SPARQL 1.1 Protocol, section 2.1, and HTTP QUERY (RFC 10008).

Three ways in: GET, POST or QUERY of a form, POST or QUERY of the query itself. Everything
is decoded once, strictly as UTF-8: a query is run as it was written or not at all.
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl

from flask import request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from ...errors import QueryRefused
from .uploads import refuse_encodings

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
_VERSIONS = ("1.1", "1.2-basic", "1.2")  # what the engine parses
_PIECE = 64 * 1024
_DRAINED = 16 * 2**20  # bytes; whoever sends more is cut off

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a request says, parameters that mean nothing here left out."""

    queries: tuple[str, ...]
    updates: tuple[str, ...]
    versions: tuple[str, ...]
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    own_format: str | None  # of our own forms and links, as `as`
    format: str | None
    timeout: float | None  # seconds

    @property
    def query(self) -> str:
        """The one query."""
        return self.queries[0]


def read_parameters(query_kb: int) -> Parameters:
    """Read the request, or raise the error that says what is wrong with it."""
    pairs = decode(request.query_string)
    if _has_body():
        pairs += _body()
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    found = Parameters(
        queries=tuple(values.get("query", ())),
        updates=tuple(values.get("update", ())),
        versions=tuple(values.get("version", ())),
        default_graphs=_graphs(values, "default-graph-uri"),
        named_graphs=_graphs(values, "named-graph-uri"),
        own_format=values.get("as", [None])[0],
        format=values.get("format", [None])[0],
        timeout=_seconds(values.get("timeout", [""])[0]),
    )
    _check(found, query_kb)
    return found


def decode(encoded: bytes) -> Pairs:
    """Read name-value pairs, as in the query of a URL."""
    try:
        return parse_qsl(
            encoded.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict"
        )
    except UnicodeDecodeError as fault:
        raise _not_utf8() from fault


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


def _has_body() -> bool:
    return request.method in ("POST", "QUERY")


def _graphs(values: dict[str, list[str]], name: str) -> tuple[str, ...]:
    """Read the names of graphs; the forms of other endpoints send an empty one for none."""
    return tuple(value for value in values.get(name, ()) if value)


def _check(found: Parameters, query_kb: int) -> None:
    if len(found.queries) + len(found.updates) > 1:
        raise BadRequest("Send one query: this request holds more than one.")
    if found.updates:
        raise QueryRefused("This endpoint only answers queries: `update` is not offered.")
    if not found.queries and _has_body():
        raise BadRequest("Send a query: this request holds no parameter `query`.")
    if any(len(query.encode()) > query_kb * 1024 for query in found.queries):
        raise RequestEntityTooLarge(f"A query may have {query_kb} KiB.")
    if len(found.versions) > 1:
        raise BadRequest("Send one `version`: this request holds more than one.")
    if unknown := [each for each in found.versions if each not in _VERSIONS]:
        known = ", ".join(_VERSIONS)
        raise BadRequest(f"There is no SPARQL version {unknown[0]!r} here: choose one of {known}.")


def _body() -> Pairs:
    """Read the body as parameters."""
    refuse_encodings()
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        _drain()
        raise
    if request.mimetype == FORM:
        return decode(body)
    if request.mimetype == QUERY:
        version = request.mimetype_params.get("version")
        return [("query", _text(body)), *([("version", version)] if version else [])]
    if not body and not request.mimetype:  # some clients leave everything in the URL
        return []
    raise UnsupportedMediaType(f"Send a query as {FORM} or as {QUERY}.")


def _drain() -> None:
    """Read a body that is refused: a client still sending would miss the answer."""
    for _ in range(_DRAINED // _PIECE):
        if not request.environ["wsgi.input"].read(_PIECE):
            return


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise _not_utf8() from fault


def _not_utf8() -> BadRequest:
    return BadRequest("Send the query in UTF-8.")
