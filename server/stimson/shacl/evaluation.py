"""Apply shapes to data (https://www.w3.org/TR/shacl/#validation)."""

from collections.abc import Collection, Iterator, Sequence, Set
from contextlib import contextmanager

import pyoxigraph as ox

from .. import processes
from ..rdf import Index
from .data_graph import DataGraph
from .known_terms import Node
from .property_paths import Follow, follower
from .shape_model import (
    Check,
    Constraint,
    Evaluation,
    Failure,
    Pairs,
    Shape,
    ShapesGraph,
    ValidationResult,
    Violation,
)
from .sparql_constraints.runner import QueryRunner


class ShapeEvaluation(Evaluation):
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
