"""What a remote engine's response means for the client who asked."""

import re

from ...errors import (
    AnswerUnusable,
    EngineBusy,
    EngineDown,
    FormatUnavailable,
    PeerError,
    PeerSlow,
    QueryError,
    QuerySyntaxError,
    QueryTimeout,
    QueryTooLarge,
    TooManyRows,
)
from ...http import HttpResponse
from ...queries import syntax_error
from .query_request import RemoteQuery

DEADLINE_PASSED = "The query ran past its deadline: make it more specific."
_TIMEOUT_WORDS = re.compile(
    r"time.?out|timed out|time ?limit|deadline|execution time|time exceeded", re.I
)
_MEMORY = re.compile(r"memory", re.I)
_PLACES = (  # Jena, RDF4J and Stardog; QLever
    re.compile(r"\bline\W{0,3}(\d+)\W{1,5}column\W{0,3}(\d+)", re.I),
    re.compile(r'"line"\W{1,3}(\d+)\W.*?"positionInLine"\W{1,3}(\d+)', re.S),
)
_LONGEST = 500  # characters of an engine's explanation
# Virtuoso says in headers of a success that it gave a part only.
_PARTIAL, _CAPPED = "X-SQL-State", "X-SPARQL-MaxRows"


def is_timeout(response: HttpResponse) -> bool:
    """Tell whether a query, not the engine, was at fault for taking too long."""
    return response.status >= 429 and bool(_TIMEOUT_WORDS.search(response.text))


def from_peer_error(fault: PeerError) -> QueryError:
    """Say that the engine was not to be asked."""
    if isinstance(fault, PeerSlow):
        return QueryTimeout(DEADLINE_PASSED)
    return EngineDown("The query engine cannot be reached: try again in a few seconds.")


def from_response(response: HttpResponse, query: RemoteQuery) -> QueryError | None:
    """Read the head of a response as an error; None if its body may be read."""
    if response.is_success:
        return query.unavailable or _of_success(response, query)
    if is_timeout(response):
        return QueryTimeout(DEADLINE_PASSED)
    match response.status:
        case 400:
            return _syntax(response.text, query.shift)
        case 406:
            wanted = ", ".join(query.wanted)
            return FormatUnavailable(f"The query engine has no {wanted} for this query.")
        case 413 | 414:
            return QueryTooLarge("The query is longer than the query engine allows.")
        case 429 | 503:
            return EngineBusy("The query engine is busy: try again in a few seconds.")
        case 504:
            return QueryTimeout(DEADLINE_PASSED)
        case 401 | 403:
            return AnswerUnusable("The query engine does not let this server in.")
    if _MEMORY.search(response.text) and response.status >= 500:
        return QueryTooLarge("The query needs more memory than it may have.")
    return AnswerUnusable(f"The query engine answered with status {response.status}.")


def _of_success(response: HttpResponse, query: RemoteQuery) -> QueryError | None:
    if _PARTIAL in response.headers:
        return QueryTimeout(DEADLINE_PASSED)
    if rows := response.headers.get(_CAPPED):
        return TooManyRows(f"The query engine gives {rows} rows at most: use LIMIT and OFFSET.")
    if response.status != 200 or query.recognise(response.media_type) is None:
        return AnswerUnusable(
            "The query engine answered with something else than a result "
            f"(status {response.status}, {response.media_type or 'no type'})."
        )
    return None


def _syntax(text: str, shift: int) -> QuerySyntaxError:
    """Keep the engine's words, and the place if it names one."""
    found = syntax_error(text)  # knows how Oxigraph puts it
    line, column = found.line, found.column
    for place in _PLACES:
        if line is None and (match := place.search(text)):
            line, column = int(match[1]), int(match[2])
    if line == 1 and column is not None:
        column = max(1, column - shift)
    return QuerySyntaxError(_shorten(found.problem), line, column)


def _shorten(words: str) -> str:
    if not words or words.startswith("<"):  # nothing, or a page
        return "The query engine says that the query does not parse, and not why."
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"
