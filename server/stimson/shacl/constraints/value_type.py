"""Constraints on the type of each value node (https://www.w3.org/TR/shacl/#core-components-value-type)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from ...rdf import Term
from ..literals import has_datatype
from ..model import Node
from ..vocabulary import component_iri, sh
from .base import EachValue, Judge, one_by_one
from .declared import one, values

if TYPE_CHECKING:
    from ...rdf import Index
    from ..run import Run


@dataclass(frozen=True, eq=False)
class Class(EachValue):
    """Each value node is a SHACL instance of a class."""

    cls: Term
    component = component_iri("Class")

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[Class]:
        """Read every sh:class."""
        return [cls(each) for each in values(shapes, shape, sh("class"))]

    def _judge(self, run: Run) -> Judge:
        instances = run.view.instances(self.cls)
        return lambda values: set(values) - instances

    def __str__(self) -> str:
        return f"The value is no instance of {self.cls}."


@dataclass(frozen=True, eq=False)
class Datatype(EachValue):
    """Each value node is a well-typed literal of a datatype."""

    datatype: Term
    component = component_iri("Datatype")

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[Datatype]:
        """Read sh:datatype."""
        return [cls(one(shapes, shape, sh("datatype")))]

    def _judge(self, run: Run) -> Judge:
        term = run.view.term
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
    def read(cls, shapes: Index, shape: Node) -> list[NodeKind]:
        """Read sh:nodeKind."""
        return [cls(one(shapes, shape, sh("nodeKind")))]

    def _judge(self, run: Run) -> Judge:
        term, kinds = run.view.term, _KINDS.get(self.kind, ())
        return one_by_one(lambda value: isinstance(term(value), kinds))

    def __str__(self) -> str:
        return f"The value is not of the node kind {self.kind}."
