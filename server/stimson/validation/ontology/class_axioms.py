"""Axioms about classes: what stands on each side of them."""

from collections.abc import Callable, Iterator

import pyoxigraph as ox

from ...rdf import Index, Statement, Term
from . import owl_terms as owl
from .expressions import Expressions, ProfileFault

_Reader = Callable[["_Axioms", Statement], Iterator[ProfileFault]]


def class_faults(index: Index) -> Iterator[ProfileFault]:
    """Find class axioms and assertions that are not within OWL 2 RL."""
    axioms = _Axioms(index)
    for triple in index:
        if (reader := _READERS.get(triple[1])) is not None:
            yield from reader(axioms, triple)
        elif triple[1] in owl.CONSTRUCTORS and isinstance(triple[0], ox.NamedNode):
            yield from axioms.definition(triple)


class _Axioms:
    def __init__(self, index: Index) -> None:
        self._index = index
        self._expressions = Expressions(index)

    def definition(self, at: Statement) -> Iterator[ProfileFault]:
        """Read a class that has both a name and a description: the two are equivalent."""
        is_data = self._expressions.is_datatype(at[0])
        yield from self._expressions.described(at[0], "data" if is_data else "equivalent", at)

    def subclass(self, at: Statement) -> Iterator[ProfileFault]:
        """Read ``x rdfs:subClassOf y``."""
        yield from self._expressions.faults(at[0], "sub", at)
        yield from self._expressions.faults(at[2], "super", at)

    def equivalent(self, at: Statement) -> Iterator[ProfileFault]:
        """Read ``x owl:equivalentClass y``; between datatypes it is a definition."""
        if self._expressions.is_datatype(at[0]):
            yield from self._expressions.faults(at[2], "data", at)
            return
        yield from self._expressions.faults(at[0], "equivalent", at)
        yield from self._expressions.faults(at[2], "equivalent", at)

    def disjoint(self, at: Statement) -> Iterator[ProfileFault]:
        """Read ``x owl:disjointWith y``."""
        yield from self._expressions.faults(at[0], "sub", at)
        yield from self._expressions.faults(at[2], "sub", at)

    def members(self, at: Statement) -> Iterator[ProfileFault]:
        """Read the members of an ``owl:AllDisjointClasses``; other lists hold no classes."""
        items, broken = self._expressions.members(at)
        yield from broken
        if (at[0], owl.TYPE, owl.ALL_DISJOINT) in self._index:
            for item in items:
                yield from self._expressions.faults(item, "sub", at)

    def disjoint_union(self, at: Statement) -> Iterator[ProfileFault]:
        """Read ``x owl:disjointUnionOf (…)``, which OWL 2 RL has not."""
        problem = "OWL 2 RL has no owl:disjointUnionOf"
        yield ProfileFault(at, f"{problem}; state rdfs:subClassOf and owl:AllDisjointClasses.")

    def key(self, at: Statement) -> Iterator[ProfileFault]:
        """Read ``x owl:hasKey (…)``."""
        yield from self._expressions.faults(at[0], "sub", at)

    def domain(self, at: Statement) -> Iterator[ProfileFault]:
        """Read ``p rdfs:domain x``; of an annotation property it is no axiom on classes."""
        if not self._is_annotation(at[0]):
            yield from self._expressions.faults(at[2], "super", at)

    def range(self, at: Statement) -> Iterator[ProfileFault]:
        """Read ``p rdfs:range x``."""
        if self._is_annotation(at[0]):
            return
        kinds = self._index.objects(at[0], owl.TYPE)
        is_data = owl.KINDS["datatype property"] in kinds
        if not is_data and owl.KINDS["object property"] not in kinds:
            is_data = self._expressions.is_datatype(at[2])
        yield from self._expressions.faults(at[2], "data" if is_data else "super", at)

    def assertion(self, at: Statement) -> Iterator[ProfileFault]:
        """Read ``x a y``, where y is described or says nothing."""
        if at[2] == owl.THING or isinstance(at[2], ox.BlankNode):
            yield from self._expressions.faults(at[2], "super", at)

    def _is_annotation(self, term: Term) -> bool:
        return (term, owl.TYPE, owl.KINDS["annotation property"]) in self._index


_READERS: dict[ox.NamedNode, _Reader] = {
    owl.SUB_CLASS: _Axioms.subclass,
    owl.EQUIVALENT: _Axioms.equivalent,
    owl.DISJOINT: _Axioms.disjoint,
    owl.MEMBERS: _Axioms.members,
    owl.DISJOINT_UNION: _Axioms.disjoint_union,
    owl.HAS_KEY: _Axioms.key,
    owl.DOMAIN: _Axioms.domain,
    owl.RANGE: _Axioms.range,
    owl.TYPE: _Axioms.assertion,
}
