"""What a dataset says of itself: VoID, counted and not claimed.

https://www.w3.org/TR/void/. All counts are those of the distinct triples in the asserted
and inferred graphs taken as one; this description is not counted. Class by class it says
which properties there are and where they lead (partitions by datatype are those of
http://ldf.fi/void-ext#), which is what query editors complete names from.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

import pyoxigraph as ox

from .. import __version__, names

_PREFIXES = names.PREFIXES | {
    "dcat": "http://www.w3.org/ns/dcat#",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "void-ext": "http://ldf.fi/void-ext#",
}
_RDF_TYPE = ox.NamedNode(f"{names.PREFIXES['rdf']}type")
_LICENCE = ox.NamedNode("https://creativecommons.org/licenses/by/4.0/")
_TITLE = "Stimson: who says whose land it is, in which words, and who disagrees"


@dataclass(slots=True)
class Counts:
    """How much there is of what; `classes` counts entities, all else triples.

    The last three count by the class of the subject: with the property; with the property
    and the class of the object; with the property and the datatype of the literal.
    """

    graphs: Counter[str] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)
    properties: Counter[str] = field(default_factory=Counter)
    triples: int = 0
    subjects: int = 0
    objects: int = 0
    by_class: Counter[tuple[str, str]] = field(default_factory=Counter)
    by_object: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    by_datatype: Counter[tuple[str, str, str]] = field(default_factory=Counter)


def count(quads: Iterable[ox.Quad]) -> Counts:
    """Count quads by graph, and the triples in them by class and property."""
    quads = list(quads)
    triples = {quad.triple for quad in quads}
    counts = Counts(
        _named(quad.graph_name for quad in quads),
        _named(triple.object for triple in triples if triple.predicate == _RDF_TYPE),
        _named(triple.predicate for triple in triples),
        len(triples),
        len({triple.subject for triple in triples}),
        len({triple.object for triple in triples}),
    )
    _count_by_class(counts, triples)
    return counts


def _count_by_class(counts: Counts, triples: set[ox.Triple]) -> None:
    classes: dict[object, list[str]] = defaultdict(list)
    for triple in triples:
        if triple.predicate == _RDF_TYPE and isinstance(triple.object, ox.NamedNode):
            classes[triple.subject].append(triple.object.value)
    for triple in triples:
        name, end = triple.predicate.value, triple.object
        for kind in classes.get(triple.subject, ()):
            counts.by_class[kind, name] += 1
            if isinstance(end, ox.Literal):
                counts.by_datatype[kind, name, end.datatype.value] += 1
                continue
            for other in classes.get(end, ()):
                counts.by_object[kind, name, other] += 1


def describe(counts: Counts) -> Iterator[ox.Quad]:
    """Describe the dataset in the graph that is kept for it."""
    dataset = ox.NamedNode(names.DATASET)
    for name, value in (
        ("rdf:type", _term("void:Dataset")),
        ("rdf:type", _term("dcat:Dataset")),
        ("dcterms:title", ox.Literal(_TITLE, language="en")),
        ("dcterms:license", _LICENCE),
        ("owl:versionInfo", ox.Literal(__version__)),
        ("dcat:version", ox.Literal(__version__)),
        ("void:uriSpace", ox.Literal(names.ID)),
        ("void:vocabulary", ox.NamedNode(names.ST)),
        ("void:triples", _number(counts.triples)),
        ("void:distinctSubjects", _number(counts.subjects)),
        ("void:distinctObjects", _number(counts.objects)),
        ("void:classes", _number(len(counts.classes))),
        ("void:properties", _number(len(counts.properties))),
    ):
        yield _quad(dataset, name, value)
    yield from _partitions(dataset, "class", counts.classes, "void:entities")
    yield from _partitions(dataset, "property", counts.properties, "void:triples")
    yield from _partitions_of_classes(dataset, counts)
    yield from _for_editors(dataset)


def _partitions(
    whole: ox.NamedNode, kind: str, counts: Mapping[str, int], measure: str = "void:triples"
) -> Iterator[ox.Quad]:
    space = "void-ext" if kind == "datatype" else "void"
    for iri, number in sorted(counts.items()):
        part = _part(whole, kind, iri)
        yield _quad(whole, f"{space}:{kind}Partition", part)
        yield _quad(part, f"{space}:{kind}", ox.NamedNode(iri))
        yield _quad(part, measure, _number(number))


def _partitions_of_classes(dataset: ox.NamedNode, counts: Counts) -> Iterator[ox.Quad]:
    properties: dict[str, dict[str, int]] = defaultdict(dict)
    for (kind, name), number in counts.by_class.items():
        properties[kind][name] = number
    for kind, found in sorted(properties.items()):
        yield from _partitions(_part(dataset, "class", kind), "property", found)
    for ends, way in ((counts.by_object, "class"), (counts.by_datatype, "datatype")):
        for (kind, name, end), number in sorted(ends.items()):
            whole = _part(_part(dataset, "class", kind), "property", name)
            yield from _partitions(whole, way, {end: number})


def _for_editors(dataset: ox.NamedNode) -> Iterator[ox.Quad]:
    """Say where editors look: the SIB editor asks which graph a description is that of."""
    everything = ox.NamedNode(f"{names.DATASET}#all")
    yield _quad(everything, "sd:graph", dataset)
    yield _quad(everything, "rdfs:label", ox.Literal("All graphs taken as one", language="en"))
    for prefix, iri in sorted(names.PREFIXES.items()):
        one = _part(dataset, "prefix", prefix)
        yield _quad(dataset, "sh:declare", one)
        yield _quad(one, "sh:prefix", ox.Literal(prefix))
        yield _quad(one, "sh:namespace", ox.Literal(iri, datatype=_term("xsd:anyURI")))


def _part(whole: ox.NamedNode, kind: str, name: str) -> ox.NamedNode:
    """Name a part by its path: thousands of blank nodes would be slow to label canonically."""
    short = names.shorten(name).strip("<>") if ":" in name else name
    joint = ";" if "#" in whole.value else "#"
    return ox.NamedNode(f"{whole.value}{joint}{kind}={quote(short, safe=':/')}")


def _named(terms: Iterable[object]) -> Counter[str]:
    """Count terms by their names; an anonymous class has none."""
    return Counter(term.value for term in terms if isinstance(term, ox.NamedNode))


def _quad(
    subject: ox.NamedNode,
    name: str,
    value: ox.NamedNode | ox.Literal,
) -> ox.Quad:
    return ox.Quad(subject, _term(name), value, ox.NamedNode(names.META_GRAPH))


def _term(name: str) -> ox.NamedNode:
    prefix, _, local = name.partition(":")
    return ox.NamedNode(_PREFIXES[prefix] + local)


def _number(number: int) -> ox.Literal:
    return ox.Literal(number)
