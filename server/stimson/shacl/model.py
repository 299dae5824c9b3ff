"""What the engine is made of: shapes that were read, and results that come out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import pyoxigraph as ox

from ..rdf import Term
from .vocabulary import sh

if TYPE_CHECKING:
    from .paths import Path
    from .run import Run

Node = ox.NamedNode | ox.BlankNode
_VIOLATION = sh("Violation")


@dataclass(frozen=True, slots=True)
class Result:
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
class Fault:
    """Why a shape, or all of them, could not be applied; `shape` is where the slip stands.

    `is_cut` tells that it was applied, but not to the end: it took too much time or memory.
    """

    shape: Node | None
    problem: str
    is_cut: bool = False


class Outcome(NamedTuple):
    """What a validation found, and what it could not do."""

    results: list[Result]
    faults: list[Fault]


class Unhandled(Exception):
    """The engine leaves a shape to pySHACL; `node` is where the reason stands."""

    def __init__(self, node: Node, reason: str) -> None:
        self.node, self.reason = node, reason
        super().__init__(reason)


class Unusable(Unhandled):
    """Nobody can apply a shape, pySHACL neither; `node` is where the slip stands."""


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


class Constraint:
    """A constraint as a shape declares it."""

    component: ClassVar[ox.NamedNode]
    asks: ClassVar[bool] = False  # queries of the data

    @property
    def needs(self) -> tuple[Node, ...]:
        """The shapes it refers to."""
        return ()

    def bind(self, run: Run) -> Check:
        """Make what lists the violations among focus nodes."""
        raise NotImplementedError

    def __str__(self) -> str:
        """Say what is wrong, where the shape does not."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Targets:
    """What a shape is about (https://www.w3.org/TR/shacl/#targets)."""

    nodes: tuple[Term, ...] = ()
    classes: tuple[Term, ...] = ()
    subjects_of: tuple[Term, ...] = ()
    objects_of: tuple[Term, ...] = ()
    is_custom: bool = False  # sh:target, which pySHACL alone understands

    def __bool__(self) -> bool:
        plain = self.nodes or self.classes or self.subjects_of or self.objects_of
        return self.is_custom or bool(plain)


@dataclass(frozen=True, eq=False, slots=True)
class Shape:
    """A shape that was read; a property shape has a `path`.

    `unhandled` says why only pySHACL can apply it; `unusable` what nobody can apply, and
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
    unhandled: Unhandled | None = None
    unusable: tuple[Unusable, ...] = ()

    @property
    def needs(self) -> tuple[Node, ...]:
        """The shapes it refers to."""
        return (*self.properties, *(need for each in self.constraints for need in each.needs))


@dataclass(frozen=True, slots=True)
class Shapes:
    """All shapes of a graph; `unhandled` says why only pySHACL can apply any of them."""

    by_node: Mapping[Node, Shape]
    unhandled: Unhandled | None = None
