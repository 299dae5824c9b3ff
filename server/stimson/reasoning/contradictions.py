"""Contradictions: what cannot be true together, in ontology and data."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from ..errors import InvalidData
from ..rdf import Statement, display, named
from ..rdf.datatypes import can_be, is_known
from . import rules
from .closure import Closure

_SHOWN = 5  # contradictions named in a message
_TYPE, _SUBCLASS = named("rdf:type"), named("rdfs:subClassOf")


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Triples that hold, asserted or inferred, and cannot be true together.

    `kind` is one of ``disjoint`` (a thing in two classes that share nobody),
    ``empty-class`` (a class below two such classes), ``range`` (a value that is outside the
    range of its property) and ``functional`` (two values of a property that has one at most).
    `sentence` has no full stop.
    """

    kind: str
    sentence: str
    triples: tuple[Statement, ...]


def contradictions(closure: Closure) -> list[Contradiction]:
    """Find all contradictions, in a stable order."""
    return [each for find in (_disjoint, _empty, _range, _functional) for each in find(closure)]


def refuse_contradictions(closure: Closure) -> None:
    """Raise `InvalidData` that names the first contradictions, if there are any."""
    found = [each.sentence for each in contradictions(closure)]
    if found:
        more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        raise InvalidData(
            f"Ontology and data contradict each other: {'; '.join(found[:_SHOWN])}{more}."
        )


def _disjoint(closure: Closure) -> Iterator[Contradiction]:
    """Find who is in two classes that share nobody."""
    apart: dict[Any, set[Any]] = {}
    for row in closure.select(rules.DISJOINT):
        apart.setdefault(row["c"], set()).add(row["d"])
    named = set(apart).union(*apart.values())
    classes: dict[Any, set[Any]] = {}
    for quad in closure.store.quads_for_pattern(None, _TYPE, None, None):
        if quad.object in named:
            classes.setdefault(quad.subject, set()).add(quad.object)
    found = [
        (x, c, d) for x, own in classes.items() for c in own for d in own & apart.get(c, set())
    ]
    for x, c, d in sorted(found, key=str):
        sentence = f"{display(x)} is both {display(c)} and {display(d)}"
        yield Contradiction("disjoint", sentence, ((x, _TYPE, c), (x, _TYPE, d)))


def _empty(closure: Closure) -> Iterator[Contradiction]:
    for row in closure.select(rules.BELOW_BOTH):
        x, c, d = row["x"], row["c"], row["d"]
        sentence = (
            f"{display(x)} has nothing in it, for {display(c)} and {display(d)} share nothing"
        )
        above = tuple((x, _SUBCLASS, each) for each in (c, d) if each != x)
        yield Contradiction("empty-class", sentence, above)


def _range(closure: Closure) -> Iterator[Contradiction]:
    """Find values outside a range; of the ranges of a property, the first is named."""
    seen: set[Statement] = set()
    misfits = [row for row in closure.select(rules.DATATYPES) if not _fits(row["y"], row["c"])]
    for row in [*closure.select(rules.LITERALS), *misfits]:
        triple = (row["x"], row["p"], row["y"])
        if triple not in seen:
            seen.add(triple)
            value = f"{display(row['y'])}, a value of {display(row['p'])}"
            sentence = f"{value}, is no {display(row['c'])}"
            yield Contradiction("range", sentence, (triple,))


def _functional(closure: Closure) -> Iterator[Contradiction]:
    """Find two values of a functional property: two names are never of one thing here."""
    for row in closure.select(rules.TWO_VALUES):
        x, p, y, z = (row[name] for name in "xpyz")
        if str(y) > str(z):  # the same two were found the other way round
            continue
        sentence = f"{display(x)} has two values of {display(p)}, {display(y)} and {display(z)}"
        yield Contradiction("functional", sentence, ((x, p, y), (x, p, z)))


def _fits(value: Any, datatype: Any) -> bool:
    if not is_known(datatype.value):
        return True
    if not isinstance(value, ox.Literal):
        return False
    return can_be(value.value, value.datatype.value, datatype.value)
