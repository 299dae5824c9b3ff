"""Read a query from a request: SPARQL 1.1 Protocol, section 2.1.

Three ways in: GET, POST of a form, POST of the query itself. Everything is
decoded once, strictly as UTF-8: a query is run as it was written or not at all.
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl

from flask import request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_PIECE = 64 * 1024
_DRAINED = 16 * 2**20  # bytes; whoever sends more is cut off


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a request says, parameters that mean nothing here left out."""

    queries: tuple[str, ...]
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    format: str | None

    @property
    def query(self) -> str:
        """The one query."""
        return self.queries[0]


def read_parameters(query_kb: int) -> Parameters:
    """Read the request, or raise the `HTTPException` that says what is wrong with it."""
    pairs = _decode(request.query_string)
    if request.method == "POST":
        pairs += _body()
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    found = Parameters(
        tuple(values.get("query", ())),
        tuple(values.get("default-graph-uri", ())),
        tuple(values.get("named-graph-uri", ())),
        values.get("as", [None])[0],
    )
    _check(found, query_kb)
    return found


def _check(found: Parameters, query_kb: int) -> None:
    if len(found.queries) > 1:
        raise BadRequest("Send one query: this request holds more than one.")
    if not found.queries and request.method == "POST":
        raise BadRequest("Send a query: this request holds no parameter `query`.")
    if any(len(query.encode()) > query_kb * 1024 for query in found.queries):
        raise RequestEntityTooLarge(f"A query may have {query_kb} KiB.")


def _body() -> list[tuple[str, str]]:
    """Read the body of a POST as parameters."""
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        _drain()
        raise
    if request.mimetype == _FORM:
        return _decode(body)
    if request.mimetype == _QUERY:
        return [("query", _text(body))]
    if not body and not request.mimetype:  # some clients leave everything in the URL
        return []
    raise UnsupportedMediaType(f"Send a query as {_FORM} or as {_QUERY}.")


def _drain() -> None:
    """Read a body that is refused: a client still sending would miss the answer."""
    for _ in range(_DRAINED // _PIECE):
        if not request.environ["wsgi.input"].read(_PIECE):
            return


def _decode(encoded: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            encoded.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict"
        )
    except UnicodeDecodeError as fault:
        raise _not_utf8() from fault


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise _not_utf8() from fault


def _not_utf8() -> BadRequest:
    return BadRequest("Send the query in UTF-8.")
