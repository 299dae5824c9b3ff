"""Logical constraints (https://www.w3.org/TR/shacl/#core-components-logical)."""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import pyoxigraph as ox

from ..lists import read_list
from ..model import Node, Unhandled
from ..vocabulary import component_iri, sh
from .base import EachValue, Judge
from .declared import node, values

if TYPE_CHECKING:
    from ...rdf import Index
    from ..run import Run


@dataclass(frozen=True, eq=False)
class Not(EachValue):
    """No value node conforms to a shape."""

    shape: Node
    component = component_iri("Not")

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[Not]:
        """Read every sh:not."""
        return [cls(node(each, shape)) for each in values(shapes, shape, sh("not"))]

    @property
    def needs(self) -> tuple[Node, ...]:
        """The shapes it refers to."""
        return (self.shape,)

    def _judge(self, run: Run) -> Judge:
        return lambda values: set(values) - run.failing(self.shape, values)

    def __str__(self) -> str:
        return f"The value conforms to {self.shape}, which it must not."


@dataclass(frozen=True, eq=False)
class Listed(EachValue):
    """Each value node conforms to the right number of the shapes of a list."""

    shapes: tuple[Node, ...]
    parameter: ClassVar[ox.NamedNode]
    words: ClassVar[str]

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[Self]:
        """Read every list of this kind."""
        found = []
        for head in values(shapes, shape, cls.parameter):
            members = [node(each, shape) for each in read_list(shapes, head, shape)]
            if not members:
                raise Unhandled(shape, "a list of shapes is empty")
            found.append(cls(tuple(members)))
        return found

    @property
    def needs(self) -> tuple[Node, ...]:
        """The shapes it refers to."""
        return self.shapes

    def _judge(self, run: Run) -> Judge:
        return lambda values: self._pick(
            values, [run.failing(each, values) for each in self.shapes]
        )

    def _pick(self, values: Collection[int], failing: Sequence[Set[int]]) -> Set[int]:
        """Pick the values that are wrong, given those that fail each shape."""
        raise NotImplementedError

    def __str__(self) -> str:
        names = ", ".join(str(each) for each in self.shapes)
        return f"The value does not conform to {self.words} of the shapes {names}."


class And(Listed):
    """To all of them."""

    component, parameter, words = component_iri("And"), sh("and"), "each"

    def _pick(self, values: Collection[int], failing: Sequence[Set[int]]) -> Set[int]:
        return set().union(*failing)


class Or(Listed):
    """To at least one of them."""

    component, parameter, words = component_iri("Or"), sh("or"), "any"

    def _pick(self, values: Collection[int], failing: Sequence[Set[int]]) -> Set[int]:
        return set(values).intersection(*failing)


class Xone(Listed):
    """To exactly one of them; one that is listed twice counts twice."""

    component, parameter, words = component_iri("Xone"), sh("xone"), "exactly one"

    def _pick(self, values: Collection[int], failing: Sequence[Set[int]]) -> Set[int]:
        return {value for value in values if sum(value not in each for each in failing) != 1}
