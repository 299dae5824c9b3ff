"""Class expressions, and axioms about classes: what OWL 2 RL admits on each side of them."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pyoxigraph as ox

from ...rdf import Index, Statement, Term, display
from . import owl_terms as owl

_CURE = "say it in another way, or leave it to the shapes"


class ProfileFault(NamedTuple):
    """A triple, and what is wrong with it in one sentence."""

    at: Statement
    message: str


class Expressions:
    """The classes and datatypes of an ontology, named or described."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def is_datatype(self, term: Term) -> bool:
        """Tell whether a term is a datatype, or describes one."""
        if term in owl.DATATYPES or self._is(term, owl.DATATYPE):
            return True
        return isinstance(term, ox.NamedNode) and term.value.startswith(owl.XSD)

    def faults(
        self, term: Term, position: owl.Position, at: Statement, above: tuple[Term, ...] = ()
    ) -> Iterator[ProfileFault]:
        """Find what may not stand in a position; `at` is the triple that puts it there."""
        if isinstance(term, ox.Literal):
            yield ProfileFault(at, f"A literal cannot be {owl.PLACES[position]}; name a class.")
        elif isinstance(term, ox.NamedNode):
            yield from self._named(term, position, at)
        elif term in above:
            yield ProfileFault(
                at, "This expression contains itself; write it out without a circle."
            )
        else:
            yield from self.described(term, position, at, above)

    def described(
        self, node: Term, position: owl.Position, at: Statement, above: tuple[Term, ...] = ()
    ) -> Iterator[ProfileFault]:
        """Find what is wrong with a node that describes a class."""
        parts = [
            (node, path, value)
            for path in owl.CONSTRUCTORS
            for value in self._index.objects(node, path)
        ]
        if not parts:
            yield ProfileFault(
                at, "This blank node describes no class; give it a restriction or a list."
            )
        if len(parts) > 1:
            words = " and ".join(owl.CONSTRUCTORS[path] for _, path, _ in parts)
            yield ProfileFault(parts[1], f"One expression cannot be {words}; make two of it.")
        for part in parts:
            if part[1] not in owl.ALLOWED[position]:
                words = f"{owl.CONSTRUCTORS[part[1]]} ({display(part[1])})"
                problem = f"In OWL 2 RL, {words} cannot be {owl.PLACES[position]}"
                yield ProfileFault(part, f"{problem}; {_CURE}.")
            else:
                yield from self._inner(part, position, (*above, node))

    def members(self, at: Statement) -> tuple[list[Term], list[ProfileFault]]:
        """Read the list that is the object of a triple, and what is wrong with it."""
        items: list[Term] = []
        seen: set[Term] = set()
        head = at[2]
        while head != owl.NIL:
            first = self._index.objects(head, owl.FIRST)
            rest = self._index.objects(head, owl.REST)
            if head in seen or len(first) != 1 or len(rest) != 1:
                return items, [ProfileFault(at, "This list is broken; write it as ( … ).")]
            seen.add(head)
            items.append(first[0])
            head = rest[0]
        return items, []

    def _named(
        self, term: ox.NamedNode, position: owl.Position, at: Statement
    ) -> Iterator[ProfileFault]:
        if position == "data":
            if term not in owl.DATATYPES and not self._index.objects(term, owl.EQUIVALENT):
                yield ProfileFault(
                    at, f"{display(term)} is no datatype of OWL 2 RL; choose one that is."
                )
        elif term == owl.THING:
            place = owl.PLACES[position]
            yield ProfileFault(at, f"In OWL 2 RL, owl:Thing cannot be {place}; leave this out.")
        elif self.is_datatype(term):
            yield ProfileFault(at, f"{display(term)} is a datatype, but a class must stand here.")
        elif self._index.is_subject(term) and not any(self._is(term, each) for each in owl.CLASSES):
            used = f"{display(term)} is used as a class"
            yield ProfileFault(at, f"{used}; declare it: `a owl:Class`.")

    def _inner(
        self, part: Statement, position: owl.Position, above: tuple[Term, ...]
    ) -> Iterator[ProfileFault]:
        """Look into an expression that may stand where it does."""
        node, path, value = part
        if path in owl.SETS:
            items, broken = self.members(part)
            yield from broken
            for item in items:
                yield from self.faults(item, position, part, above)
        elif path == owl.ONE_OF:
            yield from self.members(part)[1]
        elif path == owl.COMPLEMENT:
            yield from self.faults(value, "sub", part, above)
        elif not self._index.objects(node, owl.ON_PROPERTY):
            yield ProfileFault(part, "This restriction names no property; add owl:onProperty.")
        elif path in (owl.SOME, owl.ALL):
            inner: owl.Position = "sub" if path == owl.SOME else "super"
            yield from self._filler(value, inner, part, above)
        elif path in owl.MAXIMA:
            yield from self._maximum(part, above)

    def _filler(
        self, value: Term, position: owl.Position, at: Statement, above: tuple[Term, ...]
    ) -> Iterator[ProfileFault]:
        if position == "sub" and value == owl.THING:
            return
        yield from self.faults(value, "data" if self.is_datatype(value) else position, at, above)

    def _maximum(self, part: Statement, above: tuple[Term, ...]) -> Iterator[ProfileFault]:
        node, path, value = part
        if not isinstance(value, ox.Literal) or value.value.lstrip("+0") not in ("", "1"):
            yield ProfileFault(
                part, f"In OWL 2 RL, {display(path)} is 0 or 1; leave others to the shapes."
            )
        for inner in (owl.ON_CLASS, owl.ON_DATA_RANGE):
            for filler in self._index.objects(node, inner):
                yield from self._filler(filler, "sub", (node, inner, filler), above)

    def _is(self, term: Term, kind: ox.NamedNode) -> bool:
        return (term, owl.TYPE, kind) in self._index


_Reader = Callable[["_Axioms", Statement], Iterator[ProfileFault]]


def class_faults(index: Index) -> Iterator[ProfileFault]:
    """Find class axioms and assertions that are not within OWL 2 RL."""
    axioms = _Axioms(index)
    for triple in index:
        for term, position in zip(triple[::2], _SIDES.get(triple[1], ()), strict=False):
            yield from axioms.faults(term, position, triple)
        if (reader := _READERS.get(triple[1])) is not None:
            yield from reader(axioms, triple)
        elif triple[1] in owl.CONSTRUCTORS and isinstance(triple[0], ox.NamedNode):
            yield from axioms.definition(triple)


class _Axioms(Expressions):
    def definition(self, at: Statement) -> Iterator[ProfileFault]:
        """Read a class that has both a name and a description: the two are equivalent."""
        is_data = self.is_datatype(at[0])
        yield from self.described(at[0], "data" if is_data else "equivalent", at)

    def equivalent(self, at: Statement) -> Iterator[ProfileFault]:
        """Read ``x owl:equivalentClass y``; between datatypes it is a definition."""
        if self.is_datatype(at[0]):
            yield from self.faults(at[2], "data", at)
            return
        yield from self.faults(at[0], "equivalent", at)
        yield from self.faults(at[2], "equivalent", at)

    def disjoint_members(self, at: Statement) -> Iterator[ProfileFault]:
        """Read the members of an ``owl:AllDisjointClasses``; other lists hold no classes."""
        items, broken = self.members(at)
        yield from broken
        if (at[0], owl.TYPE, owl.ALL_DISJOINT) in self._index:
            for item in items:
                yield from self.faults(item, "sub", at)

    def disjoint_union(self, at: Statement) -> Iterator[ProfileFault]:
        """Read ``x owl:disjointUnionOf (…)``, which OWL 2 RL has not."""
        problem = "OWL 2 RL has no owl:disjointUnionOf"
        yield ProfileFault(at, f"{problem}; state rdfs:subClassOf and owl:AllDisjointClasses.")

    def domain(self, at: Statement) -> Iterator[ProfileFault]:
        """Read ``p rdfs:domain x``; of an annotation property it is no axiom on classes."""
        if not self._is_annotation(at[0]):
            yield from self.faults(at[2], "super", at)

    def range(self, at: Statement) -> Iterator[ProfileFault]:
        """Read ``p rdfs:range x``."""
        if self._is_annotation(at[0]):
            return
        kinds = self._index.objects(at[0], owl.TYPE)
        is_data = owl.KINDS["datatype property"] in kinds
        if not is_data and owl.KINDS["object property"] not in kinds:
            is_data = self.is_datatype(at[2])
        yield from self.faults(at[2], "data" if is_data else "super", at)

    def assertion(self, at: Statement) -> Iterator[ProfileFault]:
        """Read ``x a y``, where y is described or says nothing."""
        if at[2] == owl.THING or isinstance(at[2], ox.BlankNode):
            yield from self.faults(at[2], "super", at)

    def _is_annotation(self, term: Term) -> bool:
        return (term, owl.TYPE, owl.KINDS["annotation property"]) in self._index


# Which classes stand on the two sides of an axiom, where no more is to be said of it.
_SIDES: dict[ox.NamedNode, tuple[owl.Position, ...]] = {
    owl.SUB_CLASS: ("sub", "super"),
    owl.DISJOINT: ("sub", "sub"),
    owl.HAS_KEY: ("sub",),
}
_READERS: dict[ox.NamedNode, _Reader] = {
    owl.EQUIVALENT: _Axioms.equivalent,
    owl.MEMBERS: _Axioms.disjoint_members,
    owl.DISJOINT_UNION: _Axioms.disjoint_union,
    owl.DOMAIN: _Axioms.domain,
    owl.RANGE: _Axioms.range,
    owl.TYPE: _Axioms.assertion,
}
