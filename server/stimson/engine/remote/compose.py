"""Write a query as the request that a remote engine gets."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from pyoxigraph import NamedNode

from ...config import LISTED, NATIVE
from ...errors import FormatUnavailable, QuerySyntaxError
from ...sparql_text import strip_literals, unescape
from .. import Request, query_policy
from ..formats import BOOLEANS, GRAPHS, RESULTS
from .depth import refuse_deep

Fields = tuple[tuple[str, str], ...]

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


@dataclass(frozen=True, slots=True)
class Composed:
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


def compose(request: Request, union: Fields) -> Composed:
    """Write `request`, or raise the `QueryError` that says why it is not sent.

    `union` asks the engine for the union of all graphs.
    """
    query_policy.reject_forbidden(request.text)
    query_policy.reject_keyword_prefix(request.text)
    refuse_deep(request.text)
    base = f"BASE <{request.base_iri}> "
    fields = [("query", base + request.text), *_dataset(request, union)]
    return Composed(urlencode(fields).encode(), *_wanted(request), len(base))


def union_fields(setting: str, graphs: Collection[str]) -> Fields:
    """Read how the engine is asked for the union of all graphs."""
    if setting == NATIVE:
        return ()
    if setting == LISTED:
        names = ("default-graph-uri", "named-graph-uri")
        return tuple((name, iri) for name in names for iri in sorted(graphs))
    return tuple(parse_qsl(setting, keep_blank_values=True))


def _dataset(request: Request, union: Fields) -> Fields:
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
