"""Terms and triples, from pyoxigraph to rdflib and back.

pyoxigraph parses and writes; rdflib is what pySHACL and owlrl read. Lexical forms
are kept as they stand in git (``"01"^^xsd:integer`` stays ``01``).
"""

from collections.abc import Callable, Iterable, Iterator

import pyoxigraph as ox
from rdflib import BNode, Literal, URIRef
from rdflib.namespace import XSD
from rdflib.term import Node

from .. import names

Triple = tuple[Node, Node, Node]
_XSD_STRING = str(XSD.string)


class NotRdf11(ValueError):
    """A term that RDF 1.1 does not know."""


def to_rdflib(triples: Iterable[ox.Triple | ox.Quad], prefix: str) -> Iterator[Triple]:
    """Convert triples, naming their blank nodes ``<prefix>b1``, ``<prefix>b2`` … as they appear.

    Counting makes the labels the same on every run, and the prefix keeps those of two
    files apart. `NotRdf11` for triple terms and text direction.
    """
    labels: dict[str, BNode] = {}

    def name(label: str) -> BNode:
        return labels.setdefault(label, BNode(f"{prefix}b{len(labels) + 1}"))

    for triple in triples:
        yield (
            _term(triple.subject, name),
            URIRef(triple.predicate.value),
            _term(triple.object, name),
        )


def _term(term: object, name: Callable[[str], BNode]) -> Node:
    match term:
        case ox.NamedNode():
            return URIRef(term.value)
        case ox.BlankNode():
            return name(term.value)
        case ox.Literal() if term.direction is None:
            return _literal(term)
    raise NotRdf11("triple terms and text direction are not RDF 1.1; use a node or a plain tag")


def _literal(term: ox.Literal) -> Literal:
    # To rdflib, "x" and "x"^^xsd:string differ; RDF 1.1 says they are one term.
    plain = term.language is not None or term.datatype.value == _XSD_STRING
    datatype = None if plain else URIRef(term.datatype.value)
    return Literal(term.value, lang=term.language, datatype=datatype, normalize=False)


def to_quads(triples: Iterable[Triple], graph_iri: str) -> Iterator[ox.Quad]:
    """Convert triples to quads of the graph called `graph_iri`."""
    graph = ox.NamedNode(graph_iri)
    for subject, predicate, value in triples:
        yield ox.Quad(_resource(subject), ox.NamedNode(str(predicate)), _value(value), graph)


def _resource(term: Node) -> ox.NamedNode | ox.BlankNode:
    return ox.BlankNode(str(term)) if isinstance(term, BNode) else ox.NamedNode(str(term))


def _value(term: Node) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if not isinstance(term, Literal):
        return _resource(term)
    if term.language is not None:
        return ox.Literal(str(term), language=term.language)
    return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype or _XSD_STRING)))


def to_turtle(triples: Iterable[Triple]) -> str:
    """Write triples as Turtle, with the prefixes they use, in a stable order."""
    ordered = sorted((quad.triple for quad in to_quads(triples, names.GRAPH)), key=str)
    text = "".join(f"{triple}\n" for triple in ordered)
    used = {prefix: iri for prefix, iri in names.PREFIXES.items() if f"<{iri}" in text}
    content = ox.serialize(ordered, format=ox.RdfFormat.TURTLE, prefixes=used)
    assert content is not None  # None is for output to a file
    lines = content.decode("utf-8").splitlines(keepends=True)
    # The serialiser writes the prefixes first, each on a line, in an order of its own.
    return "".join([*sorted(lines[: len(used)]), *lines[len(used) :]])
