"""Constraints on the type and the range of each value node, and sh:in.

https://www.w3.org/TR/shacl/#core-components-value-type, https://www.w3.org/TR/shacl/#core-components-range
"""

from dataclasses import dataclass
from typing import ClassVar, Self

import pyoxigraph as ox

from ...rdf import Index, Term
from ..declarations import literal, one, read_list, values
from ..known_terms import Node, component_iri, sh
from ..literals import compare, has_datatype
from ..shape_model import Evaluation
from .base import EachValue, Judge, one_by_one


@dataclass(frozen=True, eq=False)
class Class(EachValue):
    """Each value node is a SHACL instance of a class."""

    cls: Term
    component = component_iri("Class")

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[Self]:
        """Read every sh:class."""
        return [cls(each) for each in values(shapes, shape, sh("class"))]

    def _judge(self, evaluation: Evaluation) -> Judge:
        instances = evaluation.data.instances(self.cls)
        return lambda values: set(values) - instances

    def __str__(self) -> str:
        return f"The value is no instance of {self.cls}."


@dataclass(frozen=True, eq=False)
class Datatype(EachValue):
    """Each value node is a well-typed literal of a datatype."""

    datatype: Term
    component = component_iri("Datatype")

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[Self]:
        """Read sh:datatype."""
        return [cls(one(shapes, shape, sh("datatype")))]

    def _judge(self, evaluation: Evaluation) -> Judge:
        term = evaluation.data.term
        return one_by_one(lambda value: has_datatype(term(value), self.datatype))

    def __str__(self) -> str:
        return f"The value is no literal of the datatype {self.datatype}."


_KINDS: dict[Term, tuple[type, ...]] = {
    sh("IRI"): (ox.NamedNode,),
    sh("BlankNode"): (ox.BlankNode,),
    sh("Literal"): (ox.Literal,),
    sh("BlankNodeOrIRI"): (ox.BlankNode, ox.NamedNode),
    sh("BlankNodeOrLiteral"): (ox.BlankNode, ox.Literal),
    sh("IRIOrLiteral"): (ox.NamedNode, ox.Literal),
}


@dataclass(frozen=True, eq=False)
class NodeKind(EachValue):
    """Each value node is an IRI, a blank node or a literal, as asked for."""

    kind: Term
    component = component_iri("NodeKind")

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[Self]:
        """Read sh:nodeKind."""
        return [cls(one(shapes, shape, sh("nodeKind")))]

    def _judge(self, evaluation: Evaluation) -> Judge:
        term, kinds = evaluation.data.term, _KINDS.get(self.kind, ())
        return one_by_one(lambda value: isinstance(term(value), kinds))

    def __str__(self) -> str:
        return f"The value is not of the node kind {self.kind}."


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

    def _judge(self, evaluation: Evaluation) -> Judge:
        term = evaluation.data.term
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


@dataclass(frozen=True, eq=False)
class In(EachValue):
    """Each value node is a member of a list."""

    members: tuple[Term, ...]
    component = component_iri("In")

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[Self]:
        """Read sh:in."""
        return [cls(tuple(read_list(shapes, one(shapes, shape, sh("in")), shape)))]

    def _judge(self, evaluation: Evaluation) -> Judge:
        members = {evaluation.data.number(each) for each in self.members}
        return lambda values: set(values) - members

    def __str__(self) -> str:
        return f"The value is none of {', '.join(str(each) for each in self.members)}."
