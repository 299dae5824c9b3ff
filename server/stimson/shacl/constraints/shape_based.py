"""Constraints that refer to another shape (https://www.w3.org/TR/shacl/#core-components-shape).

``sh:property`` is no class here: its results are those of the property shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..model import Check, Constraint, Node, Pairs, Unhandled, Violation
from ..vocabulary import component_iri, sh
from .base import EachValue, Judge
from .declared import at_most_one, node, truth, whole
from .declared import values as declared

if TYPE_CHECKING:
    from ...rdf import Index
    from ..run import Run


@dataclass(frozen=True, eq=False)
class ConformsTo(EachValue):
    """Each value node conforms to a node shape."""

    shape: Node
    component = component_iri("Node")

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[ConformsTo]:
        """Read every sh:node."""
        found = [node(each, shape) for each in declared(shapes, shape, sh("node"))]
        if any(shapes.objects(each, sh("path")) for each in found):
            raise Unhandled(shape, "sh:node points to a property shape")
        return [cls(each) for each in found]

    @property
    def needs(self) -> tuple[Node, ...]:
        """The shapes it refers to."""
        return (self.shape,)

    def _judge(self, run: Run) -> Judge:
        return lambda values: run.failing(self.shape, values)

    def __str__(self) -> str:
        return f"The value does not conform to {self.shape}."


@dataclass(frozen=True, eq=False)
class Qualified(Constraint):
    """So many value nodes conform to a shape, and to none of its siblings.

    `siblings` is empty unless the shapes are said to be disjoint.
    """

    shape: Node
    minimum: int | None
    maximum: int | None
    siblings: tuple[Node, ...]
    component = component_iri("QualifiedValueShape")
    too_few, too_many = component_iri("QualifiedMinCount"), component_iri("QualifiedMaxCount")

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[Qualified]:
        """Read every sh:qualifiedValueShape, with the numbers they share."""
        least, most = (_count(shapes, shape, name) for name in ("Min", "Max"))
        found = [node(each, shape) for each in declared(shapes, shape, sh("qualifiedValueShape"))]
        if not found or (least is None and most is None):
            raise Unhandled(shape, "a qualified constraint lacks its shape or its number")
        disjoint = at_most_one(shapes, shape, sh("qualifiedValueShapesDisjoint"))
        apart = disjoint is not None and truth(disjoint, shape)
        others = _siblings(shapes, shape) if apart else []
        return [
            cls(each, least, most, tuple(other for other in others if other != each))
            for each in found
        ]

    @property
    def needs(self) -> tuple[Node, ...]:
        """The shapes it refers to."""
        return (self.shape, *self.siblings)

    def bind(self, run: Run) -> Check:
        """Count the value nodes that conform."""

        def check(pairs: Pairs) -> Iterator[Violation]:
            every = {value for _, values in pairs for value in values}
            counted = every - run.failing(self.shape, every)
            for sibling in self.siblings:
                counted &= run.failing(sibling, counted)
            for focus, values in pairs:
                number = sum(value in counted for value in values)
                if self.maximum is not None and number > self.maximum:
                    yield Violation(focus, component=self.too_many)
                if self.minimum is not None and number < self.minimum:
                    yield Violation(focus, component=self.too_few)

        return check

    def __str__(self) -> str:
        limits = [("at least", self.minimum), ("at most", self.maximum)]
        wanted = " and ".join(f"{words} {number}" for words, number in limits if number is not None)
        return f"Of the values, {wanted} must conform to {self.shape}."


def _count(shapes: Index, shape: Node, name: str) -> int | None:
    value = at_most_one(shapes, shape, sh(f"qualified{name}Count"))
    return None if value is None else whole(value, shape)


def _siblings(shapes: Index, shape: Node) -> list[Node]:
    """List the qualified value shapes of the property shapes beside `shape`, and its own."""
    parents = shapes.subjects(sh("property"), shape)
    beside = (each for parent in parents for each in shapes.objects(parent, sh("property")))
    found = (each for one in beside for each in shapes.objects(one, sh("qualifiedValueShape")))
    return list(dict.fromkeys(node(each, shape) for each in found))
