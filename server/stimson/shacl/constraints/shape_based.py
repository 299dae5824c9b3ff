"""Constraints that refer to other shapes: logical and shape-based ones.

https://www.w3.org/TR/shacl/#core-components-logical, https://www.w3.org/TR/shacl/#core-components-shape.
``sh:property`` is no class here: its results are those of the property shape.
"""

from collections.abc import Collection, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import ClassVar, Self

import pyoxigraph as ox

from ...rdf import Index
from ..declarations import (
    Node,
    UnsupportedShape,
    at_most_one,
    component_iri,
    node,
    read_list,
    sh,
    truth,
    whole,
)
from ..shape_model import Check, Constraint, EachValue, Evaluation, Judge, Pairs, Violation


@dataclass(frozen=True, eq=False)
class ConformsTo(EachValue):
    """Each value node conforms to a node shape."""

    shape: Node
    component = component_iri("Node")

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[Self]:
        """Read every sh:node."""
        found = [node(each, shape) for each in shapes.objects(shape, sh("node"))]
        if any(shapes.objects(each, sh("path")) for each in found):
            raise UnsupportedShape(shape, "sh:node points to a property shape")
        return [cls(each) for each in found]

    @property
    def needs(self) -> tuple[Node, ...]:
        """The shapes it refers to."""
        return (self.shape,)

    def _judge(self, evaluation: Evaluation) -> Judge:
        return lambda values: evaluation.failing(self.shape, values)

    def __str__(self) -> str:
        return f"The value does not conform to {self.shape}."


class Not(ConformsTo):
    """No value node conforms to a shape."""

    component = component_iri("Not")

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[Self]:
        """Read every sh:not."""
        return [cls(node(each, shape)) for each in shapes.objects(shape, sh("not"))]

    def _judge(self, evaluation: Evaluation) -> Judge:
        return lambda values: set(values) - evaluation.failing(self.shape, values)

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
        for head in shapes.objects(shape, cls.parameter):
            members = [node(each, shape) for each in read_list(shapes, head, shape)]
            if not members:
                raise UnsupportedShape(shape, "a list of shapes is empty")
            found.append(cls(tuple(members)))
        return found

    @property
    def needs(self) -> tuple[Node, ...]:
        """The shapes it refers to."""
        return self.shapes

    def _judge(self, evaluation: Evaluation) -> Judge:
        return lambda values: self._pick(
            values, [evaluation.failing(each, values) for each in self.shapes]
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
    def read(cls, shapes: Index, shape: Node) -> list[Self]:
        """Read every sh:qualifiedValueShape, with the numbers they share."""
        least, most = (_count(shapes, shape, name) for name in ("Min", "Max"))
        found = [node(each, shape) for each in shapes.objects(shape, sh("qualifiedValueShape"))]
        if not found or (least is None and most is None):
            raise UnsupportedShape(shape, "a qualified constraint lacks its shape or its number")
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

    def bind(self, evaluation: Evaluation) -> Check:
        """Count the value nodes that conform."""

        def check(pairs: Pairs) -> Iterator[Violation]:
            every = {value for _, values in pairs for value in values}
            counted = every - evaluation.failing(self.shape, every)
            for sibling in self.siblings:
                counted &= evaluation.failing(sibling, counted)
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
