"""Triples, looked up by subject or by predicate and object.

Every term has a number, in order of appearance: Python compares and hashes numbers
faster than terms. Lexical forms are kept as they were written.
"""

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

Term = ox.NamedNode | ox.BlankNode | ox.Literal
_NONE: dict[int, list[int]] = {}


class Index:
    """A set of triples.

    `terms` maps numbers to terms. `by_subject` maps a subject to its predicates and these
    to their objects; `by_predicate` maps a predicate to its objects and these to their
    subjects. Each triple stands once, in order of appearance; all three are for reading.
    """

    def __init__(self, triples: Iterable[ox.Triple | ox.Quad]) -> None:
        self.by_subject: dict[int, dict[int, list[int]]] = {}
        self.by_predicate: dict[int, dict[int, list[int]]] = {}
        self._numbers: dict[Term, int] = {}
        number, seen = self._number, set()
        for triple in triples:
            key = (number(triple.subject), number(triple.predicate), number(triple.object))
            if key not in seen:
                seen.add(key)
                subject, predicate, value = key
                self.by_subject.setdefault(subject, {}).setdefault(predicate, []).append(value)
                self.by_predicate.setdefault(predicate, {}).setdefault(value, []).append(subject)
        self.terms: list[Term] = list(self._numbers)
        self._length = len(seen)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[tuple[Term, ox.NamedNode, Term]]:
        terms = self.terms
        for subject, properties in self.by_subject.items():
            for predicate, values in properties.items():
                for value in values:
                    yield terms[subject], terms[predicate], terms[value]  # type: ignore[misc]

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

    def value(self, subject: Term, predicate: ox.NamedNode) -> Term | None:
        """Give the first value of a property of a subject; None if there is none."""
        return next(iter(self.objects(subject, predicate)), None)

    def _number(self, term: Term) -> int:
        return self._numbers.setdefault(term, len(self._numbers))

    def _find(self, table: dict[int, dict[int, list[int]]], first: Term, second: Term) -> list[int]:
        one, two = self._numbers.get(first, -1), self._numbers.get(second, -1)
        return table.get(one, _NONE).get(two, [])
