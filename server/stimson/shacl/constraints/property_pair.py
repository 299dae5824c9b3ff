"""Constraints on pairs of properties (https://www.w3.org/TR/shacl/#core-components-property-pairs)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import pyoxigraph as ox

from ..literals import is_less
from ..model import Node, Unhandled, Violation
from ..vocabulary import component_iri, sh
from .base import EachFocus
from .declared import property_, values

if TYPE_CHECKING:
    from ...rdf import Index
    from ..run import Run

_NONE: dict[int, list[int]] = {}


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
        found = values(shapes, shape, cls.parameter)
        return [cls(property_(each, shape), shape) for each in found]

    def _find(self, run: Run) -> Callable[[int, Sequence[int]], Sequence[Violation]]:
        other, by_subject = run.view.number(self.other), run.view.by_subject

        def find(focus: int, values: Sequence[int]) -> list[Violation]:
            found = self._compare(run, values, by_subject.get(focus, _NONE).get(other, ()))
            return [Violation(focus, value) for value in found]

        return find

    def _compare(self, run: Run, values: Sequence[int], others: Sequence[int]) -> list[int]:
        """List the values that are wrong, given those of both."""
        raise NotImplementedError

    def __str__(self) -> str:
        return f"The values are not {self.words} those of {self.other}."


class Equals(Pair):
    """Both have the same values."""

    component, parameter, words = component_iri("Equals"), sh("equals"), "the same as"

    def _compare(self, run: Run, values: Sequence[int], others: Sequence[int]) -> list[int]:
        missing = [value for value in values if value not in others]
        surplus = [other for other in others if other not in values]
        return missing + surplus


class Disjoint(Pair):
    """They have no value in common."""

    component, parameter, words = component_iri("Disjoint"), sh("disjoint"), "all different from"

    def _compare(self, run: Run, values: Sequence[int], others: Sequence[int]) -> list[int]:
        return [value for value in values if value in others]


class LessThan(Pair):
    """Each value comes before each of the others; there is a result for each pair."""

    component, parameter, words = component_iri("LessThan"), sh("lessThan"), "all less than"
    or_equal = False

    def _compare(self, run: Run, values: Sequence[int], others: Sequence[int]) -> list[int]:
        term = run.view.term
        pairs = [(value, other) for value in values for other in others]
        if any(isinstance(term(each), ox.BlankNode) for each in (*values, *(o for _, o in pairs))):
            raise Unhandled(self.shape, "blank nodes cannot be compared")
        return [
            value for value, other in pairs if not is_less(term(value), term(other), self.or_equal)
        ]


class LessThanOrEquals(LessThan):
    """No value comes after one of the others."""

    component, parameter = component_iri("LessThanOrEquals"), sh("lessThanOrEquals")
    words, or_equal = "all at most", True
