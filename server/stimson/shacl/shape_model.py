"""Shapes that were read, what their constraints ask of the engine, and results that come out."""

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple, Protocol

import pyoxigraph as ox

from ..rdf import Term
from .data_graph import DataGraph
from .declarations import InvalidConstraint, UnsupportedShape
from .focus_nodes import Targets
from .known_terms import Node, sh
from .property_paths import Path
from .sparql_constraints.runner import QueryRunner

_VIOLATION = sh("Violation")


@dataclass(frozen=True, slots=True)
class ValidationResult:
    """One validation result (https://www.w3.org/TR/shacl/#results-validation-result).

    `path` is a term of the shapes graph, where a blank node begins a path of several
    steps; a property of the data for a closed shape.
    """

    focus: Term
    path: Node | None
    value: Term | None
    component: ox.NamedNode
    source_shape: Node
    severity: Term
    messages: tuple[ox.Literal, ...]
    source_constraint: Term | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a shape, or all of them, could not be applied; `shape` is where the slip stands.

    `is_incomplete` tells that it was applied, but not to the end: it took too much time or memory.
    """

    shape: Node | None
    problem: str
    is_incomplete: bool = False


class ValidationReport(NamedTuple):
    """What a validation found, and what it could not do."""

    results: list[ValidationResult]
    failures: list[Failure]


class Violation(NamedTuple):
    """What breaks a constraint at a focus node; fields that are None go without saying."""

    focus: int
    value: int | None = None
    path: Node | None = None
    component: ox.NamedNode | None = None
    messages: tuple[ox.Literal, ...] | None = None
    source: Term | None = None


Pairs = Sequence[tuple[int, Sequence[int]]]  # focus nodes, each with its value nodes
Check = Callable[[Pairs], Iterable[Violation]]


class Evaluation(Protocol):
    """What a constraint may ask of the engine while shapes are applied."""

    data: DataGraph
    queries: QueryRunner

    @abstractmethod
    def failing(self, node: Node, values: Collection[int]) -> Set[int]:
        """Pick the nodes that do not conform to a shape."""

    @abstractmethod
    def report(self, shape: Node, problem: str) -> None:
        """Report that part of a shape was not applied to the end."""


class Constraint:
    """A constraint as a shape declares it: a component with its parameters."""

    component: ClassVar[ox.NamedNode]
    asks: ClassVar[bool] = False  # queries of the data

    @property
    def needs(self) -> tuple[Node, ...]:
        """The shapes it refers to."""
        return ()

    def bind(self, evaluation: Evaluation) -> Check:
        """Make what lists the violations among focus nodes."""
        raise NotImplementedError

    def __str__(self) -> str:
        """Say what is wrong, where the shape does not."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False, slots=True)
class Shape:
    """A shape that was read; a property shape has a `path`.

    `unsupported` says why only pySHACL can apply it; `invalid` what nobody can apply, and
    what was therefore left out.
    """

    node: Node
    path: Path | None = None
    path_node: Node | None = None
    severity: Term = _VIOLATION
    messages: tuple[ox.Literal, ...] = ()
    targets: Targets = field(default_factory=Targets)
    constraints: tuple[Constraint, ...] = ()
    properties: tuple[Node, ...] = ()
    unsupported: UnsupportedShape | None = None
    invalid: tuple[InvalidConstraint, ...] = ()

    @property
    def needs(self) -> tuple[Node, ...]:
        """The shapes it refers to."""
        return (*self.properties, *(need for each in self.constraints for need in each.needs))


@dataclass(frozen=True, slots=True)
class ShapesGraph:
    """All shapes of a graph; `unsupported` says why only pySHACL can apply any of them."""

    by_node: Mapping[Node, Shape]
    unsupported: UnsupportedShape | None = None
