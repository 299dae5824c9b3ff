"""Constraints on the type and the range of each value node, and sh:in.

https://www.w3.org/TR/shacl/#core-components-value-type, https://www.w3.org/TR/shacl/#core-components-range
"""

from dataclasses import dataclass
from typing import ClassVar, Self

import pyoxigraph as ox

from ...rdf import Index, Term, named, values
from ...rdf.datatypes import is_valid
from ..declarations import Node, component_iri, literal, one, read_list, sh
from ..shape_model import EachValue, Evaluation, Judge, one_by_one

_TEXTS = (named("xsd:string"), named("rdf:langString"))
_RDFS_LITERAL, _RDFS_DATATYPE = named("rdfs:Literal"), named("rdfs:Datatype")


@dataclass(frozen=True, eq=False)
class Class(EachValue):
    """Each value node is a SHACL instance of a class."""

    cls: Term
    component = component_iri("Class")

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[Self]:
        """Read every sh:class."""
        return [cls(each) for each in shapes.objects(shape, sh("class"))]

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
        return one_by_one(lambda value: self._has_datatype(evaluation.data.term(value)))

    def _has_datatype(self, term: Term) -> bool:
        if not isinstance(term, ox.Literal):
            return False
        if self.datatype == _RDFS_LITERAL:
            return True
        if term.datatype != self.datatype:
            # As pySHACL has it: a class of datatypes is that of all but plain text.
            return self.datatype == _RDFS_DATATYPE and term.datatype not in _TEXTS
        return is_valid(term.value, term.datatype.value)

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
        found = shapes.objects(shape, cls.parameter)
        return [cls(literal(each, shape), shape) for each in found]

    def _judge(self, evaluation: Evaluation) -> Judge:
        term = evaluation.data.term

        def test(value: int) -> bool:
            literal = term(value)
            if not isinstance(literal, ox.Literal):
                return False
            return values.compare(literal, self.bound) in self.signs

        return one_by_one(test)

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
