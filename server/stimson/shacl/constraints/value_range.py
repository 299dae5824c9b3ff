"""Constraints on the range of each value node (https://www.w3.org/TR/shacl/#core-components-range)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import pyoxigraph as ox

from ..literals import compare
from ..model import Node
from ..vocabulary import component_iri, sh
from .base import EachValue, Judge, one_by_one
from .declared import literal, values

if TYPE_CHECKING:
    from ...rdf import Index
    from ..run import Run


@dataclass(frozen=True, eq=False)
class Bound(EachValue):
    """Each value node is a literal that stands so to a bound."""

    bound: ox.Literal
    shape: Node
    parameter: ClassVar[ox.NamedNode]
    words: ClassVar[str]
    signs: ClassVar[tuple[int, ...]]  # of comparisons that are right

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[Self]:
        """Read every bound of this kind."""
        found = values(shapes, shape, cls.parameter)
        return [cls(literal(each, shape), shape) for each in found]

    def _judge(self, run: Run) -> Judge:
        term = run.view.term
        return one_by_one(lambda value: compare(term(value), self.bound) in self.signs)

    def __str__(self) -> str:
        return f"The value is not {self.words} {self.bound.value}."


class MinExclusive(Bound):
    """Above the bound."""

    component, parameter = component_iri("MinExclusive"), sh("minExclusive")
    words, signs = "greater than", (1,)


class MinInclusive(Bound):
    """The bound or above."""

    component, parameter = component_iri("MinInclusive"), sh("minInclusive")
    words, signs = "at least", (0, 1)


class MaxExclusive(Bound):
    """Below the bound."""

    component, parameter = component_iri("MaxExclusive"), sh("maxExclusive")
    words, signs = "less than", (-1,)


class MaxInclusive(Bound):
    """The bound or below."""

    component, parameter = component_iri("MaxInclusive"), sh("maxInclusive")
    words, signs = "at most", (-1, 0)
