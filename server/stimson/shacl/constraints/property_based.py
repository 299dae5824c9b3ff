"""Constraints on all value nodes of a focus node together.

These are the components on cardinality, property pairs and closed shapes, and sh:hasValue
(https://www.w3.org/TR/shacl/#core-components).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import pyoxigraph as ox

from ...rdf import Index, Term, named, values
from ...rdf.datatypes import family
from ..declarations import (
    RDF_TYPE,
    RDFS_RESOURCE,
    Node,
    UnsupportedShape,
    component_iri,
    one,
    property_,
    read_list,
    sh,
    truth,
    whole,
)
from ..shape_model import Check, Constraint, EachFocus, Evaluation, Find, Pairs, Violation

_NONE: dict[int, list[int]] = {}
_TEXTS = {named(name).value for name in ("xsd:string", "rdf:langString", "xsd:anyURI")}


@dataclass(frozen=True, eq=False)
class MinCount(Constraint):
    """There are at least so many value nodes."""

    count: int
    component = component_iri("MinCount")

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[Self]:
        """Read sh:minCount."""
        return [cls(whole(one(shapes, shape, sh("minCount")), shape))]

    def bind(self, evaluation: Evaluation) -> Check:
        """Count the value nodes."""

        def check(pairs: Pairs) -> Iterator[Violation]:
            return (Violation(focus) for focus, values in pairs if len(values) < self.count)

        return check

    def __str__(self) -> str:
        return f"There are fewer than {self.count} values."


@dataclass(frozen=True, eq=False)
class MaxCount(Constraint):
    """There are at most so many value nodes."""

    count: int
    component = component_iri("MaxCount")

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[Self]:
        """Read sh:maxCount."""
        return [cls(whole(one(shapes, shape, sh("maxCount")), shape))]

    def bind(self, evaluation: Evaluation) -> Check:
        """Count the value nodes."""

        def check(pairs: Pairs) -> Iterator[Violation]:
            return (Violation(focus) for focus, values in pairs if len(values) > self.count)

        return check

    def __str__(self) -> str:
        return f"There are more than {self.count} values."


@dataclass(frozen=True, eq=False)
class Pair(EachFocus):
    """The value nodes stand in a relation to the values of another property."""

    other: ox.NamedNode
    shape: Node
    parameter: ClassVar[ox.NamedNode]
    words: ClassVar[str]

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[Self]:
        """Read every property of this kind of pair."""
        found = shapes.objects(shape, cls.parameter)
        return [cls(property_(each, shape), shape) for each in found]

    def _find(self, evaluation: Evaluation) -> Find:
        other, by_subject = evaluation.data.number(self.other), evaluation.data.by_subject

        def find(focus: int, values: Sequence[int]) -> list[Violation]:
            found = self._compare(evaluation, values, by_subject.get(focus, _NONE).get(other, ()))
            return [Violation(focus, value) for value in found]

        return find

    def _compare(
        self, evaluation: Evaluation, values: Sequence[int], others: Sequence[int]
    ) -> list[int]:
        """List the values that are wrong, given those of both."""
        raise NotImplementedError

    def __str__(self) -> str:
        return f"The values are not {self.words} those of {self.other}."


class Equals(Pair):
    """Both have the same values."""

    component, parameter, words = component_iri("Equals"), sh("equals"), "the same as"

    def _compare(
        self, evaluation: Evaluation, values: Sequence[int], others: Sequence[int]
    ) -> list[int]:
        missing = [value for value in values if value not in others]
        surplus = [other for other in others if other not in values]
        return missing + surplus


class Disjoint(Pair):
    """They have no value in common."""

    component, parameter, words = component_iri("Disjoint"), sh("disjoint"), "all different from"

    def _compare(
        self, evaluation: Evaluation, values: Sequence[int], others: Sequence[int]
    ) -> list[int]:
        return [value for value in values if value in others]


class LessThan(Pair):
    """Each value comes before each of the others; there is a result for each pair."""

    component, parameter, words = component_iri("LessThan"), sh("lessThan"), "all less than"
    or_equal = False

    def _compare(
        self, evaluation: Evaluation, values: Sequence[int], others: Sequence[int]
    ) -> list[int]:
        term = evaluation.data.term
        pairs = [(value, other) for value in values for other in others]
        if any(isinstance(term(each), ox.BlankNode) for each in (*values, *(o for _, o in pairs))):
            raise UnsupportedShape(self.shape, "blank nodes cannot be compared")
        return [
            value for value, other in pairs if not _is_less(term(value), term(other), self.or_equal)
        ]


class LessThanOrEquals(LessThan):
    """No value comes after one of the others."""

    component, parameter = component_iri("LessThanOrEquals"), sh("lessThanOrEquals")
    words, or_equal = "all at most", True


def _is_less(one: Term, other: Term, or_equal: bool) -> bool:
    first, second = _text(one), _text(other)
    if first is not None and second is not None:
        return first <= second if or_equal else first < second
    if not isinstance(one, ox.Literal) or not isinstance(other, ox.Literal):
        return False
    return values.compare(one, other) in ((-1, 0) if or_equal else (-1,))


def _text(term: Term) -> str | None:
    """Give an IRI or a text, whatever its language: pySHACL compares all of these."""
    if isinstance(term, ox.NamedNode):
        return term.value
    is_text = isinstance(term, ox.Literal) and family(term.datatype.value) in _TEXTS
    return term.value if is_text else None


@dataclass(frozen=True, eq=False)
class Closed(EachFocus):
    """Value nodes have no properties but those that the shape speaks of or ignores."""

    allowed: frozenset[Term]
    holds: bool
    component = component_iri("Closed")

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[Self]:
        """Read sh:closed and sh:ignoredProperties."""
        holds = truth(one(shapes, shape, sh("closed")), shape)
        heads = shapes.objects(shape, sh("ignoredProperties"))
        ignored = {each for head in heads for each in read_list(shapes, head, shape)}
        members = shapes.objects(shape, sh("property"))
        spoken = {path for each in members for path in shapes.objects(each, sh("path"))}
        return [cls(frozenset(ignored | spoken), holds)]

    def _find(self, evaluation: Evaluation) -> Find:
        view = evaluation.data
        allowed = {view.number(term) for term in self.allowed}
        everything = (view.number(RDF_TYPE), view.number(RDFS_RESOURCE))

        def find(focus: int, values: Sequence[int]) -> list[Violation]:
            return [
                Violation(focus, each, _named(view.term(predicate)))
                for value in values
                for predicate, found in view.by_subject.get(value, _NONE).items()
                if predicate not in allowed
                for each in found
                if (predicate, each) != everything
            ]

        return find if self.holds else lambda focus, values: ()

    def __str__(self) -> str:
        return "The shape is closed and knows no such property."


def _named(term: Term) -> ox.NamedNode:
    assert isinstance(term, ox.NamedNode)  # predicates are
    return term


@dataclass(frozen=True, eq=False)
class HasValue(EachFocus):
    """A term is among the value nodes."""

    value: Term
    component = component_iri("HasValue")

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[Self]:
        """Read every sh:hasValue."""
        return [cls(each) for each in shapes.objects(shape, sh("hasValue"))]

    def _find(self, evaluation: Evaluation) -> Find:
        wanted = evaluation.data.number(self.value)
        return lambda focus, values: () if wanted in values else (Violation(focus),)

    def __str__(self) -> str:
        return f"The value {self.value} is missing."
