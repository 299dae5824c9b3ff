"""Passages and quotations, read out of a graph."""

from dataclasses import dataclass

from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import RDF
from rdflib.term import Node

from .. import names

OA = Namespace("http://www.w3.org/ns/oa#")
ST = Namespace(names.ST)


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage as the graph describes it; None for what it does not say."""

    node: Node
    quoted: bool
    source: Node | None
    words: Node | None
    position: Node | None
    start: int | None
    end: int | None
    exact: str | None
    prefix: str
    suffix: str
    sha256: str | None


def read_passages(graph: Graph) -> list[Passage]:
    """Read every passage and quotation, in order of IRI."""
    quotations = set(graph.subjects(RDF.type, ST.Quotation))
    plain = set(graph.subjects(RDF.type, ST.Passage))
    return [_read(graph, node, node in quotations) for node in sorted(quotations | plain, key=str)]


def _read(graph: Graph, node: Node, quoted: bool) -> Passage:
    words = _selector(graph, node, OA.TextQuoteSelector)
    position = _selector(graph, node, OA.TextPositionSelector)
    return Passage(
        node=node,
        quoted=quoted,
        source=graph.value(node, OA.hasSource),
        words=words,
        position=position,
        start=_number(graph, position, OA.start),
        end=_number(graph, position, OA.end),
        exact=_string(graph, words, OA.exact),
        prefix=_string(graph, words, OA.prefix) or "",
        suffix=_string(graph, words, OA.suffix) or "",
        sha256=_string(graph, node, ST.passageSha256),
    )


def _selector(graph: Graph, node: Node, kind: URIRef) -> Node | None:
    selectors = graph.objects(node, OA.hasSelector)
    return min((s for s in selectors if (s, RDF.type, kind) in graph), default=None, key=str)


def _string(graph: Graph, node: Node | None, path: URIRef) -> str | None:
    value = None if node is None else graph.value(node, path)
    return str(value) if isinstance(value, Literal) else None


def _number(graph: Graph, node: Node | None, path: URIRef) -> int | None:
    value = None if node is None else graph.value(node, path)
    number = value.value if isinstance(value, Literal) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None
