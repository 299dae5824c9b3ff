"""Other constraints (https://www.w3.org/TR/shacl/#core-components-others)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from ...rdf import Term
from ..lists import read_list
from ..model import Node, Violation
from ..vocabulary import RDF_TYPE, RDFS_RESOURCE, component_iri, sh
from .base import EachFocus, EachValue, Judge
from .declared import one, truth, values

if TYPE_CHECKING:
    from ...rdf import Index
    from ..run import Run

_NONE: dict[int, list[int]] = {}


@dataclass(frozen=True, eq=False)
class Closed(EachFocus):
    """Value nodes have no properties but those that the shape speaks of or ignores."""

    allowed: frozenset[Term]
    holds: bool
    component = component_iri("Closed")

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[Closed]:
        """Read sh:closed and sh:ignoredProperties."""
        holds = truth(one(shapes, shape, sh("closed")), shape)
        heads = values(shapes, shape, sh("ignoredProperties"))
        ignored = {each for head in heads for each in read_list(shapes, head, shape)}
        members = values(shapes, shape, sh("property"))
        spoken = {path for each in members for path in shapes.objects(each, sh("path"))}
        return [cls(frozenset(ignored | spoken), holds)]

    def _find(self, run: Run) -> Callable[[int, Sequence[int]], Sequence[Violation]]:
        view = run.view
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
    def read(cls, shapes: Index, shape: Node) -> list[HasValue]:
        """Read every sh:hasValue."""
        return [cls(each) for each in values(shapes, shape, sh("hasValue"))]

    def _find(self, run: Run) -> Callable[[int, Sequence[int]], Sequence[Violation]]:
        wanted = run.view.number(self.value)
        return lambda focus, values: () if wanted in values else (Violation(focus),)

    def __str__(self) -> str:
        return f"The value {self.value} is missing."


@dataclass(frozen=True, eq=False)
class In(EachValue):
    """Each value node is a member of a list."""

    members: tuple[Term, ...]
    component = component_iri("In")

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[In]:
        """Read sh:in."""
        return [cls(tuple(read_list(shapes, one(shapes, shape, sh("in")), shape)))]

    def _judge(self, run: Run) -> Judge:
        members = {run.view.number(each) for each in self.members}
        return lambda values: set(values) - members

    def __str__(self) -> str:
        return f"The value is none of {', '.join(str(each) for each in self.members)}."
