"""Terms and triples of pyoxigraph: the words for them, and Turtle out of them."""

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from .. import names

Term = ox.NamedNode | ox.BlankNode | ox.Literal
Statement = tuple[Term, ox.NamedNode, Term]


class NotRdf11(ValueError):
    """A term that RDF 1.1 does not know."""


def named(name: str) -> ox.NamedNode:
    """Make the IRI that a prefixed name such as ``rdf:type`` stands for."""
    prefix, _, local = name.partition(":")
    return ox.NamedNode(names.PREFIXES[prefix] + local)


def own_triples(quads: Iterable[ox.Quad], prefix: str) -> Iterator[ox.Triple]:
    """Take the triples of one file, naming their blank nodes ``<prefix>b1``, ``<prefix>b2`` …

    They are counted as they appear, which makes the names the same on every run; the prefix
    keeps those of two files apart. `NotRdf11` for triple terms and text direction.
    """
    labels: dict[ox.BlankNode, ox.BlankNode] = {}

    def name(term: ox.BlankNode) -> ox.BlankNode:
        if term not in labels:
            labels[term] = ox.BlankNode(f"{prefix}b{len(labels) + 1}")
        return labels[term]

    for quad in quads:
        triple = quad.triple
        subject, value = triple.subject, triple.object
        if isinstance(value, ox.Triple) or (isinstance(value, ox.Literal) and value.direction):
            raise NotRdf11(
                "triple terms and text direction are not RDF 1.1; use a node or a plain tag"
            )
        if isinstance(subject, ox.BlankNode) or isinstance(value, ox.BlankNode):
            subject = name(subject) if isinstance(subject, ox.BlankNode) else subject
            value = name(value) if isinstance(value, ox.BlankNode) else value
            triple = ox.Triple(subject, triple.predicate, value)
        yield triple


def to_quads(triples: Iterable[ox.Triple], graph_iri: str) -> Iterator[ox.Quad]:
    """Put triples into the graph called `graph_iri`."""
    graph = ox.NamedNode(graph_iri)
    for triple in triples:
        yield ox.Quad(triple.subject, triple.predicate, triple.object, graph)


def to_turtle(triples: Iterable[ox.Triple]) -> str:
    """Write triples as Turtle, with the prefixes they use, in a stable order."""
    ordered = sorted(triples, key=str)
    text = "".join(f"{triple}\n" for triple in ordered)
    used = {prefix: iri for prefix, iri in names.PREFIXES.items() if f"<{iri}" in text}
    content = ox.serialize(ordered, format=ox.RdfFormat.TURTLE, prefixes=used)
    assert content is not None  # None is for output to a file
    lines = content.decode("utf-8").splitlines(keepends=True)
    # The serialiser writes the prefixes first, each on a line, in an order of its own.
    return "".join([*sorted(lines[: len(used)]), *lines[len(used) :]])
