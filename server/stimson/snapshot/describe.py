"""What a dataset says of itself: VoID, counted and not claimed.

https://www.w3.org/TR/void/. All counts are those of the distinct triples in the asserted
and inferred graphs taken as one; this description is not counted.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from .. import __version__, names

_RDF_TYPE = ox.NamedNode(f"{names.PREFIXES['rdf']}type")
_LICENCE = ox.NamedNode("https://creativecommons.org/licenses/by/4.0/")
_TITLE = "Stimson: who says whose land it is, in which words, and who disagrees"


@dataclass(slots=True)
class Counts:
    """How much there is of what; `classes` counts entities, `properties` triples."""

    graphs: dict[str, int] = field(default_factory=dict)
    classes: dict[str, int] = field(default_factory=dict)
    properties: dict[str, int] = field(default_factory=dict)
    triples: int = 0
    subjects: int = 0


def count(quads: Iterable[ox.Quad]) -> Counts:
    """Count quads by graph, and the triples in them by class and property."""
    counts, triples = Counts(), set()
    for quad in quads:
        _increase(counts.graphs, quad.graph_name)
        triples.add(quad.triple)
    for triple in triples:
        _increase(counts.properties, triple.predicate)
        if triple.predicate == _RDF_TYPE:
            _increase(counts.classes, triple.object)
    counts.triples = len(triples)
    counts.subjects = len({triple.subject for triple in triples})
    return counts


def describe(counts: Counts) -> Iterator[ox.Quad]:
    """Describe the dataset in the graph that is kept for it."""
    dataset = ox.NamedNode(names.DATASET)
    for name, value in (
        ("rdf:type", _term("void:Dataset")),
        ("dcterms:title", ox.Literal(_TITLE, language="en")),
        ("dcterms:license", _LICENCE),
        ("owl:versionInfo", ox.Literal(__version__)),
        ("void:uriSpace", ox.Literal(names.ID)),
        ("void:vocabulary", ox.NamedNode(names.ST)),
        ("void:triples", _number(counts.triples)),
        ("void:distinctSubjects", _number(counts.subjects)),
        ("void:classes", _number(len(counts.classes))),
        ("void:properties", _number(len(counts.properties))),
    ):
        yield _quad(dataset, name, value)
    yield from _partitions(dataset, "class", counts.classes, "void:entities")
    yield from _partitions(dataset, "property", counts.properties, "void:triples")


def _partitions(
    dataset: ox.NamedNode, kind: str, counts: Mapping[str, int], measure: str
) -> Iterator[ox.Quad]:
    for iri, number in sorted(counts.items()):
        partition = ox.BlankNode()
        yield _quad(dataset, f"void:{kind}Partition", partition)
        yield _quad(partition, f"void:{kind}", ox.NamedNode(iri))
        yield _quad(partition, measure, _number(number))


def _increase(counter: dict[str, int], term: object) -> None:
    if isinstance(term, ox.NamedNode):  # An anonymous class has no name to count under.
        counter[term.value] = counter.get(term.value, 0) + 1


def _quad(
    subject: ox.NamedNode | ox.BlankNode,
    name: str,
    value: ox.NamedNode | ox.BlankNode | ox.Literal,
) -> ox.Quad:
    return ox.Quad(subject, _term(name), value, ox.NamedNode(names.META_GRAPH))


def _term(name: str) -> ox.NamedNode:
    prefix, _, local = name.partition(":")
    return ox.NamedNode(names.PREFIXES[prefix] + local)


def _number(number: int) -> ox.Literal:
    return ox.Literal(number)
