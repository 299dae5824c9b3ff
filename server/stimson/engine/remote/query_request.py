"""Write a query as the request that a remote engine gets, or refuse it; and read the response.

A worker of ours dies alone; a remote engine dies for everyone. So a query that would overflow
the stack of the engine that parses it is not sent. `oxigraph serve` 0.5.13 was ended by 1000
nested or chained groups, 2000 nested parentheses, 2000 terms of a sum.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from ...config import LISTED, NATIVE
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
    QueryTooDeep,
    QueryTooLarge,
    TooManyRows,
)
from ...http import HttpResponse
from ...queries import syntax_error
from ...sparql_text import strip_literals, unescape
from .. import formats, query_policy
from ..formats import RESULTS
from ..interface import Request
from ..query_policy import graph_name

FormFields = tuple[tuple[str, str], ...]

_FORM = re.compile(r"\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.IGNORECASE)
# What to ask for where an engine may not know the name that our client has used: the second
# pair holds because triples are quads that name no graph.
_PLAIN = {
    "application/json": "application/sparql-results+json",
    "application/xml": "application/sparql-results+xml",
    "application/n-quads": "application/n-triples",
    "application/trig": "text/turtle",
}
_ALIASES = {
    "application/sparql-results+json": {"application/json"},
    "application/sparql-results+xml": {"application/xml", "text/xml"},
    "text/tab-separated-values": {"text/tsv"},
    "text/turtle": {"application/x-turtle"},
    "application/n-triples": {"text/plain"},
    "application/rdf+xml": {"application/xml", "text/xml"},
    "application/ld+json": {"application/json"},
}

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

_NESTED = 256
_CHAINED = {
    re.compile(r"\b(?:BIND|EXISTS|FILTER|MINUS|OPTIONAL|SELECT|UNION|VALUES)\b", re.I): 400,
    re.compile(r"[*/|&!^=<>+-]"): 1000,  # the two of || and && count as two
}
# Data may be long: a minus in it belongs to a number.
_DATA = re.compile(r"\bVALUES[\s()]*\{[^{}]*\}", re.I)
_BRACKET = re.compile(r"[][(){}]")


@dataclass(frozen=True, slots=True)
class RemoteQuery:
    """The body of a request, and what may come back."""

    body: bytes
    wanted: tuple[str, ...]  # media types, as our client asked for them
    # Why the answer, if there is one, will not do; that a query does not parse comes first.
    unavailable: FormatUnavailable | None
    shift: int  # characters before the query on its first line

    @property
    def accept(self) -> str:
        """The media types, as the engine is asked for them."""
        return ", ".join(dict.fromkeys(_plain(each) for each in self.wanted))

    def recognise(self, media_type: str) -> str | None:
        """Find which of the wanted types an answer is in, if it is in one."""
        for each in self.wanted:
            if media_type == (plain := _plain(each)) or media_type in _ALIASES.get(plain, ()):
                return each
        return None


def write_query(request: Request, union: FormFields) -> RemoteQuery:
    """Write `request` as a form, or raise the `QueryError` that says why it is not sent.

    `union` asks the engine for the union of all graphs.
    """
    query_policy.reject_forbidden(request.text)
    query_policy.reject_keyword_prefix(request.text)
    refuse_deep(request.text)
    base = f"BASE <{request.base_iri}> "
    fields = [("query", base + request.text), *_dataset(request, union)]
    return RemoteQuery(urlencode(fields).encode(), *_wanted(request), len(base))


def union_fields(setting: str, graphs: Collection[str]) -> FormFields:
    """Read how the engine is asked for the union of all graphs."""
    if setting == NATIVE:
        return ()
    if setting == LISTED:
        names = ("default-graph-uri", "named-graph-uri")
        return tuple((name, iri) for name in names for iri in sorted(graphs))
    return tuple(parse_qsl(setting, keep_blank_values=True))


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


def _dataset(request: Request, union: FormFields) -> FormFields:
    """Choose the graphs: the protocol's parameters, else the query's FROM, else all of them."""
    if request.default_graphs or request.named_graphs:
        return (
            *(("default-graph-uri", graph_name(iri).value) for iri in request.default_graphs),
            *(("named-graph-uri", graph_name(iri).value) for iri in request.named_graphs),
        )
    # Some engines pass over FROM if the union is asked for.
    return union if request.is_union and not query_policy.names_its_graphs(request.text) else ()


def _wanted(request: Request) -> tuple[tuple[str, ...], FormatUnavailable | None]:
    """Choose the media types for this kind of query, and tell whether our client wants one."""
    wanted = {"SELECT": request.solutions, "ASK": request.boolean, "CONSTRUCT": request.graph}
    form = _form(request.text)
    if form is None:  # it does not parse: the engine will say so
        found = [each for each in wanted.values() if each is not None]
        return tuple(dict.fromkeys(found or RESULTS)), None
    form = "CONSTRUCT" if form == "DESCRIBE" else form
    try:
        return (formats.of_result(form, wanted[form]),), None
    except FormatUnavailable as unavailable:
        return (next(iter(formats.KINDS[form][1])),), unavailable


def _form(text: str) -> str | None:
    """Find the first word that says what kind of query it is; in a prologue is none."""
    match = _FORM.search(strip_literals(text)) or _FORM.search(strip_literals(unescape(text)))
    return match[1].upper() if match else None


def _plain(media_type: str) -> str:
    return _PLAIN.get(media_type, media_type)


def refuse_deep(text: str) -> None:
    """Raise `QueryTooDeep` if a query nests or chains more than an engine can be trusted with."""
    for reading in dict.fromkeys((text, unescape(text))):
        signs = _DATA.sub("VALUES", strip_literals(reading))
        if _depth(signs) > _NESTED or any(
            len(chain.findall(signs)) > limit for chain, limit in _CHAINED.items()
        ):
            raise QueryTooDeep("The query is nested too deeply, or has too many parts.")


def _depth(signs: str) -> int:
    deepest = depth = 0
    for bracket in _BRACKET.findall(signs):
        depth += 1 if bracket in "([{" else -1
        deepest = max(deepest, depth)
    return deepest


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
