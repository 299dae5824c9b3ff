"""What our data say of a thing, as it is compared with its item."""

from collections.abc import Iterator

import pyoxigraph as ox

from ... import names
from ...rdf import Index, Term, named
from .. import MappingSet, Record

LABEL, LOCATED = named("rdfs:label"), named("st:locatedIn")
_TYPE, _BELOW = named("rdf:type"), named("rdfs:subClassOf")
_ITEMS = names.PREFIXES["wd"]
# Things of these classes are called by their names; others by what they are.
_NAMED = (
    *("State", "Person", "Organization", "Group", "Territory"),
    *("Settlement", "WaterBody", "Watercourse", "Area"),
)
_NAMED_CLASSES = {f"{names.ST}{local}" for local in _NAMED}


def item(record: Record) -> str:
    """Give the identifier of the item that a mapping leads to; nothing, if it leads elsewhere."""
    iri = record.object
    return iri.removeprefix(_ITEMS) if iri.startswith(f"{_ITEMS}Q") else ""


def same(sets: list[MappingSet]) -> list[tuple[str, str]]:
    """List each thing with the item that is exactly it, both by their names."""
    records = (record for found in sets for record in found.records)
    return [(each.subject, id_) for each in records if each.is_exact and (id_ := item(each))]


def classes(index: Index, thing: str) -> set[str]:
    """List the classes of a thing, and those above them."""
    waiting = index.objects(ox.NamedNode(thing), _TYPE)
    found: set[Term] = set()
    while waiting:
        kind = waiting.pop()
        if kind not in found:
            found.add(kind)
            waiting += index.objects(kind, _BELOW)
    return {kind.value for kind in found}


def is_named(index: Index, thing: str) -> bool:
    """Tell whether the labels of a thing are its names."""
    types = {kind.value for kind in index.objects(ox.NamedNode(thing), _TYPE)}
    return not types.isdisjoint(_NAMED_CLASSES)


def labels(index: Index, thing: str) -> Iterator[ox.Literal]:
    """List the labels of a thing."""
    for label in index.objects(ox.NamedNode(thing), LABEL):
        if isinstance(label, ox.Literal) and label.language:
            yield label
