"""Which things the ontology keeps apart."""

from itertools import combinations

import pyoxigraph as ox

from ..rdf import Index, Term, named

_TYPE, _BELOW = named("rdf:type"), named("rdfs:subClassOf")
_DISJOINT, _MEMBERS = named("owl:disjointWith"), named("owl:members")
_ALL_DISJOINT = named("owl:AllDisjointClasses")


class Disjointness:
    """Tells whether two things are of classes that share nothing, by what the ontology says."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._pairs = set(_pairs(index))

    def between(self, one: str, other: str) -> tuple[str, str] | None:
        """Name the disjoint classes to which two things belong; None if there are none."""
        theirs = sorted(self._classes(other), key=str)
        for mine in sorted(self._classes(one), key=str):
            for kind in theirs:
                if frozenset((mine, kind)) in self._pairs:
                    return mine.value, kind.value
        return None

    def _classes(self, iri: str) -> set[Term]:
        """Collect the classes of a thing, and those above them."""
        waiting = self._index.objects(ox.NamedNode(iri), _TYPE)
        found: set[Term] = set()
        while waiting:
            kind = waiting.pop()
            if kind not in found:
                found.add(kind)
                waiting += self._index.objects(kind, _BELOW)
        return found


def _pairs(index: Index) -> list[frozenset[Term]]:
    found = [
        frozenset((kind, other))
        for kind in index.subjects_with(_DISJOINT)
        for other in index.objects(kind, _DISJOINT)
    ]
    for axiom in index.subjects(_TYPE, _ALL_DISJOINT):
        for members in index.objects(axiom, _MEMBERS):
            found += (frozenset(pair) for pair in combinations(index.items(members), 2))
    return found
