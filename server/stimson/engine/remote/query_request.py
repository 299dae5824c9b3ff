"""Write a query as the request that a remote engine gets, or refuse it.

A worker of ours dies alone; a remote engine dies for everyone. So a query that would overflow
the stack of the engine that parses it is not sent. `oxigraph serve` 0.5.13 was ended by 1000
nested or chained groups, 2000 nested parentheses, 2000 terms of a sum.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from pyoxigraph import NamedNode

from ...config import LISTED, NATIVE
from ...errors import FormatUnavailable, QuerySyntaxError, QueryTooDeep
from ...sparql_text import strip_literals, unescape
from .. import query_policy
from ..formats import BOOLEANS, GRAPHS, RESULTS
from ..interface import Request

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


def _dataset(request: Request, union: FormFields) -> FormFields:
    """Choose the graphs: the protocol's parameters, else the query's FROM, else all of them."""
    if request.default_graphs or request.named_graphs:
        return (
            *(("default-graph-uri", _graph(iri)) for iri in request.default_graphs),
            *(("named-graph-uri", _graph(iri)) for iri in request.named_graphs),
        )
    # Some engines pass over FROM if the union is asked for.
    return union if request.is_union and not query_policy.names_its_graphs(request.text) else ()


def _graph(iri: str) -> str:
    try:
        return NamedNode(iri).value
    except ValueError as fault:
        raise QuerySyntaxError(f"A graph is named by an absolute IRI, not by {iri!r}.") from fault


def _wanted(request: Request) -> tuple[tuple[str, ...], FormatUnavailable | None]:
    """Choose the media types for this kind of query, and tell whether our client wants one."""
    kinds: dict[str, tuple[str, str | None, Mapping[str, object]]] = {
        "SELECT": ("A SELECT query", request.solutions, RESULTS),
        "ASK": ("An ASK query", request.boolean, BOOLEANS),
        "CONSTRUCT": ("A CONSTRUCT or DESCRIBE query", request.graph, GRAPHS),
    }
    form = _form(request.text)
    if form is None:  # it does not parse: the engine will say so
        found = [wanted for _, wanted, _ in kinds.values() if wanted is not None]
        return tuple(dict.fromkeys(found or RESULTS)), None
    kind, wanted, known = kinds["CONSTRUCT" if form == "DESCRIBE" else form]
    if wanted is None or wanted not in known:
        unavailable = FormatUnavailable(f"{kind} is answered as one of {', '.join(known)}.")
        return (next(iter(known)),), unavailable
    return (wanted,), None


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
