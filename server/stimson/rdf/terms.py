"""Terms and triples of pyoxigraph: the words for them, and how they are written."""

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from .. import names

Term = ox.NamedNode | ox.BlankNode | ox.Literal
# Characters of names in XML and in Turtle, as classes of patterns hold them.
NAME_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
NAME_MORE = f"{NAME_START}0-9\u00b7\u0300-\u036f\u203f\u2040\\-"
_LONGEST = 200  # characters of a literal in a sentence
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


def lexical(term: Term) -> str:
    """Write a term as findings do: an IRI bare, a literal as in Turtle, a blank node ``_:x``."""
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def display(term: Term) -> str:
    """Write a term for a sentence: an IRI with its prefix if one fits, the start of a long text."""
    if isinstance(term, ox.NamedNode):
        return names.shorten(term.value)
    text = str(_brief(term) if isinstance(term, ox.Literal) else term)
    if isinstance(term, ox.Literal) and text.endswith(">"):
        return f"{text.rpartition('^^')[0]}^^{names.shorten(term.datatype.value)}"
    return text


def brief(text: str) -> str:
    """Leave so much of a long text that a sentence around it can be read."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _brief(literal: ox.Literal) -> ox.Literal:
    if literal.language is not None:
        return ox.Literal(brief(literal.value), language=literal.language)
    return ox.Literal(brief(literal.value), datatype=literal.datatype)
