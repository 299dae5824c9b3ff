"""Terms and triples, from pyoxigraph to rdflib and back.

rdflib is what pySHACL and owlrl read. To import it takes longer than to read all our
files, so nothing imports this module before it needs it. Lexical forms stay as they
are (``"01"^^xsd:integer`` stays ``01``), and so do the labels of blank nodes.
"""

from collections.abc import Iterable, Iterator

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import XSD
from rdflib.term import Node

from .terms import NotRdf11, Term

_XSD_STRING = str(XSD.string)


def to_graph(triples: Iterable[ox.Triple | ox.Quad]) -> Graph:
    """Make a graph of triples; those of quads are merged."""
    graph = Graph(bind_namespaces="none")
    for triple in to_rdflib(triples):
        graph.add(triple)
    return graph


def to_rdflib(triples: Iterable[ox.Triple | ox.Quad]) -> Iterator[tuple[Node, Node, Node]]:
    """Convert triples for rdflib."""
    for triple in triples:
        yield to_node(triple.subject), URIRef(triple.predicate.value), to_node(triple.object)


def from_rdflib(triples: Iterable[tuple[Node, Node, Node]]) -> Iterator[ox.Triple]:
    """Convert triples from rdflib."""
    for subject, predicate, value in triples:
        yield ox.Triple(_resource(subject), ox.NamedNode(str(predicate)), to_term(value))


def to_node(term: object) -> Node:
    """Convert a term for rdflib, or raise `NotRdf11`."""
    match term:
        case ox.NamedNode():
            return URIRef(term.value)
        case ox.BlankNode():
            return BNode(term.value)
        case ox.Literal() if term.direction is None:
            return _literal(term)
    raise NotRdf11(f"{term} is not a term of RDF 1.1")


def to_term(node: Node) -> Term:
    """Convert a term from rdflib."""
    if not isinstance(node, Literal):
        return _resource(node)
    if node.language is not None:
        return ox.Literal(str(node), language=node.language)
    return ox.Literal(str(node), datatype=ox.NamedNode(str(node.datatype or _XSD_STRING)))


def _literal(term: ox.Literal) -> Literal:
    # To rdflib, "x" and "x"^^xsd:string differ; RDF 1.1 says they are one term.
    plain = term.language is not None or term.datatype.value == _XSD_STRING
    datatype = None if plain else URIRef(term.datatype.value)
    return Literal(term.value, lang=term.language, datatype=datatype, normalize=False)


def _resource(node: Node) -> ox.NamedNode | ox.BlankNode:
    return ox.BlankNode(str(node)) if isinstance(node, BNode) else ox.NamedNode(str(node))
