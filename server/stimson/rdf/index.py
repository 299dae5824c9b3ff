"""Triples, looked up by subject or by predicate and object.

Every term has a number, in order of appearance: Python compares and hashes numbers
faster than terms. Lexical forms are kept as they were written.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Any

import pyoxigraph as ox

from .terms import Statement, Term, named

_Table = dict[int, dict[int, list[int]]]
_NONE: dict[int, list[int]] = {}
_FIRST, _REST = named("rdf:first"), named("rdf:rest")


class Index:
    """A set of triples; quads may be given, too, if all are in one graph.

    `terms` maps numbers to terms. `by_subject` maps a subject to its predicates and these
    to their objects; `by_predicate` maps a predicate to its objects and these to their
    subjects. Each triple stands once, in order of appearance; all three are for reading.
    """

    def __init__(self, triples: Iterable[ox.Triple | ox.Quad]) -> None:
        self.by_subject: _Table = {}
        self.by_predicate: _Table = {}
        self.terms: list[Term] = []
        self._numbers: dict[Term, int] = {}
        self._length = 0
        self.add(triples)

    def add(self, triples: Iterable[ox.Triple | ox.Quad]) -> None:
        """Take in more triples; whoever reads while this goes on may miss some."""
        numbers, by_subject, by_predicate = self._numbers, self.by_subject, self.by_predicate
        number: Callable[[Any, int], int] = numbers.setdefault
        unique = dict.fromkeys(triples)
        if self._length:
            unique = {each: None for each in unique if tuple(each)[:3] not in self}
        # Every triple comes by here, so names are local and calls are few.
        for triple in unique:
            subject = number(triple.subject, len(numbers))
            predicate = number(triple.predicate, len(numbers))
            value = number(triple.object, len(numbers))
            by_subject.setdefault(subject, {}).setdefault(predicate, []).append(value)
            by_predicate.setdefault(predicate, {}).setdefault(value, []).append(subject)
        self.terms += islice(numbers, len(self.terms), None)
        self._length += len(unique)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Statement]:
        terms = self.terms
        for subject, properties in self.by_subject.items():
            for predicate, values in properties.items():
                for value in values:
                    yield terms[subject], terms[predicate], terms[value]  # type: ignore[misc]

    def __contains__(self, triple: Statement) -> bool:
        subject, predicate, value = triple
        return self._numbers.get(value, -1) in self._find(self.by_subject, subject, predicate)

    def number(self, term: Term) -> int | None:
        """Give the number of a term; None if no triple holds it."""
        return self._numbers.get(term)

    def objects(self, subject: Term, predicate: ox.NamedNode) -> list[Term]:
        """List the values of a property of a subject."""
        found = self._find(self.by_subject, subject, predicate)
        return [self.terms[number] for number in found]

    def subjects(self, predicate: ox.NamedNode, value: Term) -> list[Term]:
        """List the subjects that have a value of a property."""
        found = self._find(self.by_predicate, predicate, value)
        return [self.terms[number] for number in found]

    def subjects_with(self, predicate: ox.NamedNode) -> list[Term]:
        """List the subjects that have a property, each once."""
        values = self.by_predicate.get(self._numbers.get(predicate, -1), _NONE).values()
        return [self.terms[number] for number in dict.fromkeys(chain.from_iterable(values))]

    def predicates(self, subject: Term) -> list[ox.NamedNode]:
        """List the properties of a subject."""
        found = self.by_subject.get(self._numbers.get(subject, -1), _NONE)
        return [self.terms[number] for number in found]  # type: ignore[misc]

    def value(self, subject: Term, predicate: ox.NamedNode) -> Term | None:
        """Give the first value of a property of a subject; None if there is none."""
        return next(iter(self.objects(subject, predicate)), None)

    def is_subject(self, subject: Term) -> bool:
        """Tell whether a term is the subject of a triple."""
        return self._numbers.get(subject, -1) in self.by_subject

    def items(self, head: Term) -> list[Term]:
        """List the members of an RDF list, up to where it ends, breaks off or turns back."""
        found, seen = [], set()
        node: Term | None = head
        while node is not None and node not in seen:
            seen.add(node)
            found += self.objects(node, _FIRST)[:1]
            node = self.value(node, _REST)
        return found

    def _find(self, table: _Table, first: Term, second: Term) -> list[int]:
        one, two = self._numbers.get(first, -1), self._numbers.get(second, -1)
        return table.get(one, _NONE).get(two, [])
