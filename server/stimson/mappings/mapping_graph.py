"""Mappings as RDF, and back.

A mapping is a node with its values, in the form that the SSSOM schema gives it; unlike
there, it has a name, so that it can be cited. If it is not negated, it is a plain triple,
too; a negated one is never written as such.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from urllib.parse import quote

import pyoxigraph as ox

from .. import names
from ..rdf import Index, Statement, Term, named
from . import GRAPH, NOT, MappingRow, MappingSet, Values
from . import sssom_slots as slots
from .sssom_tsv import BUILT_IN, shorten

_TYPE = named("rdf:type")
_SET, _ROW = named("sssom:MappingSet"), named("owl:Axiom")
_HOLDS = named("sssom:mappings")
_DECLARES, _PREFIX, _SPACE = named("sh:declare"), named("sh:prefix"), named("sh:namespace")
_SUBSET = named("void:subset")
_DATATYPES = {
    slots.DATE: named("xsd:date"),
    slots.NUMBER: named("xsd:double"),
    slots.TEXT: named("xsd:string"),
}
WIKIDATA = ox.NamedNode(f"{names.DATASET}#wikidata")
_WIKIDATA_ITEMS = names.PREFIXES["wd"]
_CC0 = ox.NamedNode("https://creativecommons.org/publicdomain/zero/1.0/")


def to_quads(sets: Iterable[MappingSet]) -> Iterator[ox.Quad]:
    """Write sets of mappings as the graph that is kept for them."""
    graph = ox.NamedNode(GRAPH)
    for found in sets:
        for subject, predicate, value in _describe_set(found):
            yield ox.Quad(subject, predicate, value, graph)  # type: ignore[arg-type]
        for row in found.rows:
            for subject, predicate, value in _describe(found, row):
                yield ox.Quad(subject, predicate, value, graph)  # type: ignore[arg-type]


def node(found: MappingSet, row: MappingRow) -> ox.NamedNode:
    """Name a mapping within its set, by what it says."""
    prefixes = {**BUILT_IN, **found.prefixes}
    parts = [row.subject, row.predicate, row.object]
    words = [*(shorten(part, prefixes) for part in parts), *([NOT] if row.negated else [])]
    return ox.NamedNode(f"{found.iri}#{quote(';'.join(words), safe=':;/')}")


def from_index(index: Index) -> list[MappingSet]:
    """Read the sets of mappings that a graph holds, in alphabetical order."""
    found = sorted(index.subjects(_TYPE, _SET), key=str)
    return [_read_set(index, each) for each in found if isinstance(each, ox.NamedNode)]


def linksets(sets: Iterable[MappingSet]) -> Iterator[ox.Quad]:
    """Describe the plain triples to Wikidata as VoID linksets, for the description of the data."""
    numbers: dict[str, int] = {}
    for found in sets:
        for row in found.rows:
            if not row.negated and row.object.startswith(_WIKIDATA_ITEMS):
                numbers[row.predicate] = numbers.get(row.predicate, 0) + 1
    if not numbers:
        return
    meta = ox.NamedNode(names.META_GRAPH)
    for subject, predicate, value in _linksets(numbers):
        yield ox.Quad(subject, predicate, value, meta)  # type: ignore[arg-type]


def _linksets(numbers: dict[str, int]) -> Iterator[Statement]:
    whole = ox.NamedNode(names.DATASET)
    yield WIKIDATA, _TYPE, named("void:Dataset")
    yield WIKIDATA, named("dcterms:title"), ox.Literal("Wikidata", language="en")
    yield WIKIDATA, named("void:uriSpace"), ox.Literal(_WIKIDATA_ITEMS)
    yield WIKIDATA, named("dcterms:license"), _CC0
    for predicate, number in sorted(numbers.items()):
        part = ox.NamedNode(f"{names.DATASET}#linkset={quote(names.shorten(predicate), safe=':')}")
        yield whole, _SUBSET, part
        yield part, _TYPE, named("void:Linkset")
        yield part, named("void:subjectsTarget"), whole
        yield part, named("void:objectsTarget"), WIKIDATA
        yield part, named("void:linkPredicate"), ox.NamedNode(predicate)
        yield part, named("void:triples"), ox.Literal(number)


def _describe_set(found: MappingSet) -> Iterator[Statement]:
    subject = ox.NamedNode(found.iri)
    yield subject, _TYPE, _SET
    yield from _values(subject, slots.SET, found.values, without=("mapping_set_id",))
    for prefix, space in sorted(found.prefixes.items()):
        declaration = ox.NamedNode(f"{found.iri}#prefix={quote(prefix)}")
        yield subject, _DECLARES, declaration
        yield declaration, _PREFIX, ox.Literal(prefix)
        yield declaration, _SPACE, ox.Literal(space, datatype=named("xsd:anyURI"))


def _describe(found: MappingSet, row: MappingRow) -> Iterator[Statement]:
    subject = node(found, row)
    yield ox.NamedNode(found.iri), _HOLDS, subject
    yield subject, _TYPE, _ROW
    yield from _values(subject, slots.ROW, row.values)
    if not row.negated:
        subject, predicate, value = (ox.NamedNode(iri) for iri in row.key[:3])
        yield subject, predicate, value


def _values(
    subject: ox.NamedNode,
    known: Mapping[str, slots.SssomSlot],
    values: Values,
    without: Collection[str] = (),
) -> Iterator[Statement]:
    for name, texts in values.items():
        if name not in without:
            slot = known[name]
            for text in texts:
                yield subject, ox.NamedNode(slot.iri), _term(slot.kind, text)


def _term(kind: str, text: str) -> Term:
    if kind in (slots.ID, slots.ADDRESS):
        return ox.NamedNode(text)
    if kind == slots.MODIFIER:
        return ox.NamedNode(slots.NEGATED)
    return ox.Literal(text, datatype=_DATATYPES[kind])


def _read_set(index: Index, subject: ox.NamedNode) -> MappingSet:
    values = {"mapping_set_id": (subject.value,), **_read(index, subject, slots.SET)}
    rows = [MappingRow(_read(index, each, slots.ROW)) for each in index.objects(subject, _HOLDS)]
    declared = index.objects(subject, _DECLARES)
    prefixes = {_text(index, each, _PREFIX): _text(index, each, _SPACE) for each in declared}
    return MappingSet(values, prefixes, tuple(sorted(rows, key=lambda each: each.key)))


def _read(index: Index, subject: Term, known: Mapping[str, slots.SssomSlot]) -> Values:
    found = {}
    for name, slot in known.items():
        values = index.objects(subject, ox.NamedNode(slot.iri))
        texts = [NOT if slot.kind == slots.MODIFIER else value.value for value in values]
        if texts:
            found[name] = tuple(sorted(texts))
    return found


def _text(index: Index, subject: Term, predicate: ox.NamedNode) -> str:
    value = index.value(subject, predicate)
    return "" if value is None else value.value
