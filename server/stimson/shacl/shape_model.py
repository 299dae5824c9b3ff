"""Shapes and constraints, how they are applied to data, and the results that come out.

https://www.w3.org/TR/shacl/#validation
"""

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

import pyoxigraph as ox

from .. import processes
from ..rdf import Index, Term
from .constraint_query import QueryRunner
from .data_graph import DataGraph, Targets
from .declarations import InvalidConstraint, Node, UnsupportedShape, sh
from .property_paths import Follow, Path, follower

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
Test = Callable[[int], bool]
Judge = Callable[[Collection[int]], Set[int]]
Find = Callable[[int, Sequence[int]], Sequence[Violation]]  # at one focus node


class Constraint:
    """A constraint as a shape declares it: a component with its parameters."""

    component: ClassVar[ox.NamedNode]
    asks: ClassVar[bool] = False  # queries of the data

    @property
    def needs(self) -> tuple[Node, ...]:
        """The shapes it refers to."""
        return ()

    def bind(self, evaluation: "Evaluation") -> Check:
        """Make what lists the violations among focus nodes."""
        raise NotImplementedError

    def __str__(self) -> str:
        """Say what is wrong, where the shape does not."""
        raise NotImplementedError


class EachValue(Constraint):
    """A constraint that each value node meets or not, whatever the focus node."""

    @abstractmethod
    def _judge(self, evaluation: "Evaluation") -> Judge:
        """Make what picks, of some value nodes, those that break the constraint."""

    def bind(self, evaluation: "Evaluation") -> Check:
        """Judge each value once, however many nodes have it."""
        judge = self._judge(evaluation)

        def check(pairs: Pairs) -> Iterator[Violation]:
            wrong = judge(dict.fromkeys(value for _, values in pairs for value in values))
            if not wrong:
                return iter(())
            return (
                Violation(focus, value)
                for focus, values in pairs
                for value in values
                if value in wrong
            )

        return check


def one_by_one(test: Test) -> Judge:
    """Judge values by a test for one, each once in a run."""
    known: dict[int, bool] = {}

    def judge(values: Collection[int]) -> Set[int]:
        for value in values:
            if value not in known:
                known[value] = test(value)
        return {value for value in values if not known[value]}

    return judge


class EachFocus(Constraint):
    """A constraint on all value nodes of a focus node together."""

    @abstractmethod
    def _find(self, evaluation: "Evaluation") -> Find:
        """Make what lists the violations at one focus node."""

    def bind(self, evaluation: "Evaluation") -> Check:
        """Look at one focus node after the other."""
        find = self._find(evaluation)

        def check(pairs: Pairs) -> Iterator[Violation]:
            for focus, values in pairs:
                yield from find(focus, values)

        return check


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


class Evaluation:
    """The shapes of one validation, applied: what is worked out once is kept."""

    def __init__(self, data: DataGraph, shapes: ShapesGraph, graph: Index) -> None:
        self.data, self.queries = data, QueryRunner(data, graph)
        self.failures: dict[Failure, None] = {}
        self._shapes = shapes.by_node
        self._marks = {node: str(number) for number, node in enumerate(shapes.by_node)}
        self._at: Node | None = None
        self._checks: dict[Node, list[tuple[Constraint, Check]]] = {}
        self._followers: dict[Node, Follow] = {}
        self._conforming: dict[Node, dict[int, bool]] = {}

    def results(self, shape: Shape, focus: Sequence[int]) -> Iterator[ValidationResult]:
        """List the results of a shape, a nested property shape's among them."""
        with self._marked(shape):
            pairs = self._pairs(shape, focus)
            own = [
                self._result(shape, constraint, violation)
                for constraint, check in self._bound(shape)
                for violation in check(pairs)
            ]
        yield from own
        inner = [value for _, values in pairs for value in values] if shape.properties else []
        if inner:
            for member in shape.properties:
                yield from self.results(self._shapes[member], inner)

    def failing(self, node: Node, values: Collection[int]) -> Set[int]:
        """Pick the nodes that do not conform to a shape."""
        known = self._conforming.setdefault(node, {})
        if new := [value for value in dict.fromkeys(values) if value not in known]:
            wrong = self._find_failing(self._shapes[node], new)
            known |= {value: value not in wrong for value in new}
        return {value for value in values if not known[value]}

    def report(self, shape: Node, problem: str) -> None:
        """Report that part of a shape was not applied to the end."""
        self.failures[Failure(shape, problem, is_incomplete=True)] = None

    def shape_at(self, mark: str) -> Node | None:
        """Find the shape that a process was at."""
        return list(self._shapes)[int(mark)] if mark else None

    @contextmanager
    def _marked(self, shape: Shape) -> Iterator[None]:
        """Let it be known, meanwhile, which shape is applied."""
        before, self._at = self._at, shape.node
        processes.mark(self._marks[shape.node])
        try:
            yield
        finally:
            self._at = before
            processes.mark("" if before is None else self._marks[before])

    def _find_failing(self, shape: Shape, focus: Sequence[int]) -> set[int]:
        with self._marked(shape):
            pairs, wrong = self._pairs(shape, focus), set[int]()
            for _, check in self._bound(shape):
                wrong.update(violation.focus for violation in check(pairs))
        for member in shape.properties:
            failing = self.failing(member, [value for _, values in pairs for value in values])
            wrong.update(node for node, values in pairs if not failing.isdisjoint(values))
        return wrong

    def _pairs(self, shape: Shape, focus: Sequence[int]) -> Pairs:
        if shape.node not in self._followers:
            self._followers[shape.node] = follower(shape.path, self.data)
        follow = self._followers[shape.node]
        return [(node, follow(node)) for node in focus]

    def _bound(self, shape: Shape) -> list[tuple[Constraint, Check]]:
        if shape.node not in self._checks:
            self._checks[shape.node] = [(each, each.bind(self)) for each in shape.constraints]
        return self._checks[shape.node]

    def _result(self, shape: Shape, constraint: Constraint, found: Violation) -> ValidationResult:
        term = self.data.term
        return ValidationResult(
            focus=term(found.focus),
            path=found.path or shape.path_node,
            value=None if found.value is None else term(found.value),
            component=found.component or constraint.component,
            source_shape=shape.node,
            severity=shape.severity,
            messages=found.messages or shape.messages or (ox.Literal(str(constraint)),),
            source_constraint=found.source,
        )
