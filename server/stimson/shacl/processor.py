"""Validate data against shapes: plan, share out, collect.

The plan says who applies which shape, the engine or pySHACL; what the engine applies is shared
among processes.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

from .. import processes
from ..rdf import Index, Term
from .data_graph import DataGraph, find_focus
from .declarations import Node, UnsupportedShape
from .shape_model import (
    Evaluation,
    Failure,
    Shape,
    ShapesGraph,
    ValidationReport,
    ValidationResult,
)
from .shapes_graph import read_shapes

SHARE = 0.2  # of the time that is left, for one shape
MANY = 60_000  # triples from which on it pays to share the work among processes
_PIECES = 4  # for each process, so that big shapes can be split
_LOADING = 1  # what a triple costs on the average that may be loaded, in checks of a node
_MOST_NESTED = 15  # shapes within shapes, the outermost included; pySHACL refuses more


@dataclass(frozen=True, slots=True)
class Plan:
    """The shapes with targets, by who applies them, and what nobody can apply."""

    own: tuple[tuple[Shape, Sequence[Shape]], ...]  # each with all shapes that it applies
    left: tuple[Shape, ...]
    failures: tuple[Failure, ...]


def make_plan(shapes: ShapesGraph) -> Plan:
    """Sort the shapes with targets by what they and the shapes they refer to ask for."""
    own, left = list[tuple[Shape, Sequence[Shape]]](), list[Shape]()
    failures: dict[Failure, None] = {}
    for shape in shapes.by_node.values():
        if shape.targets:
            reached = _reach(shapes, shape)
            slips = [slip for each in reached for slip in each.invalid]
            failures |= {Failure(slip.node, slip.reason): None for slip in slips}
            if all(each.unsupported is None for each in reached) and _is_shallow(shapes, shape):
                own.append((shape, reached))
            elif not slips:  # else pySHACL would only say so again
                left.append(shape)
    return Plan(tuple(own), tuple(left), tuple(failures))


def _reach(shapes: ShapesGraph, start: Shape) -> list[Shape]:
    """List a shape and all that it refers to, at once or through others."""
    found = {start.node: start}
    waiting = [start]
    while waiting:
        for node in waiting.pop().needs:
            if node not in found:
                found[node] = shapes.by_node[node]
                waiting.append(found[node])
    return list(found.values())


def _is_shallow(shapes: ShapesGraph, shape: Shape) -> bool:
    """Tell whether a shape neither contains itself nor is nested too deeply for pySHACL."""
    try:
        return _depth(shapes, shape.node, {}, set()) <= _MOST_NESTED
    except UnsupportedShape:
        return False


def _depth(shapes: ShapesGraph, node: Node, known: dict[Node, int], above: set[Node]) -> int:
    if node in above or len(above) >= _MOST_NESTED:
        raise UnsupportedShape(node, "it contains itself, or is nested too deeply")
    if node not in known:
        inner = (_depth(shapes, each, known, above | {node}) for each in shapes.by_node[node].needs)
        known[node] = 1 + max(inner, default=0)
    return known[node]


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A shape with some of its focus nodes; `size` is the number of shapes for each of them.

    A shape that `asks` queries needs the data loaded into a store.
    """

    shape: Shape
    focus: Sequence[int]
    size: int
    asks: bool

    @property
    def weight(self) -> int:
        """How much work it is, in checks of a node."""
        return len(self.focus) * self.size


def share(work: Sequence[WorkItem], number: int, triples: int) -> list[list[WorkItem]]:
    """Make up to `number` shares of some work, of much the same weight.

    All that asks queries is in one share, so that the data are loaded there only.
    """
    shares: list[list[WorkItem]] = [[] for _ in range(number)]
    weights = [0.0] * number
    shares[0] = [piece for piece in work if piece.asks]
    if shares[0]:
        weights[0] = _LOADING * triples + sum(piece.weight for piece in shares[0])
    rest = [piece for piece in work if not piece.asks]
    most = (weights[0] + sum(piece.weight for piece in rest)) / (number * _PIECES)
    pieces = [part for piece in rest for part in _split(piece, most)]
    for piece in sorted(pieces, key=lambda each: -each.weight):
        lightest = weights.index(min(weights))
        shares[lightest].append(piece)
        weights[lightest] += piece.weight
    return [each for each in shares if each]


def _split(piece: WorkItem, most: float) -> Iterator[WorkItem]:
    """Split the focus nodes of a shape, so that no part weighs more than `most`."""
    step = max(1, int(most / piece.size))
    for start in range(0, len(piece.focus), step):
        yield replace(piece, focus=piece.focus[start : start + step])


class _Share(NamedTuple):
    """What came of some work: results by shape, and the shapes that are pySHACL's after all."""

    results: dict[Node, list[ValidationResult]]
    failures: dict[Failure, None]
    left: dict[Node, None]

    def add(
        self, shape: Node, results: list[ValidationResult] | None, failures: list[Failure]
    ) -> None:
        """Take in what came of a shape and some of its focus nodes."""
        self.failures.update(dict.fromkeys(failures))
        if results is None:
            self.left[shape] = None
        else:
            self.results.setdefault(shape, []).extend(results)


def validate(data: Index, shapes: Index, among: Collection[Term] | None = None) -> ValidationReport:
    """Validate data against shapes (https://www.w3.org/TR/shacl/#validation).

    Where `among` is given, no other nodes are checked for their own sake; save for those
    of a target that only pySHACL can find.
    """
    parsed = read_shapes(shapes)
    if parsed.unsupported is not None:
        # What rules add may be anywhere, so all is checked before the others are left out.
        found = _leave(data, shapes, [(None, None)])
        results = [one for one in found.results if among is None or one.focus in among]
        return ValidationReport(results, found.failures)
    plan, data_graph = make_plan(parsed), DataGraph(data)
    nodes = None if among is None else {data_graph.number(term) for term in among}
    work = [
        _item(shape, find_focus(shape.targets, data_graph, nodes), applied)
        for shape, applied in plan.own
    ]
    done = _apply(Evaluation(data_graph, parsed, shapes), [item for item in work if item.focus])
    again = [parsed.by_node[node] for node in done.left]
    rest = _leave(data, shapes, list(_left([*plan.left, *again], data_graph, nodes)))
    own = [each for node, found in done.results.items() if node not in done.left for each in found]
    return ValidationReport(own + rest.results, [*plan.failures, *done.failures, *rest.failures])


def _left(
    shapes: Sequence[Shape], data_graph: DataGraph, nodes: Collection[int] | None
) -> Iterator[tuple[Node, Sequence[Term] | None]]:
    """List what is left to pySHACL, with the nodes that it is to look at, if not all."""
    for shape in shapes:
        focus = find_focus(shape.targets, data_graph, nodes)
        # pySHACL does not look at a shape without focus nodes either.
        if shape.targets.is_custom or (focus and nodes is None):
            yield shape.node, None
        elif focus:
            yield shape.node, [data_graph.term(node) for node in focus]


def _leave(
    data: Index, shapes: Index, left: Sequence[tuple[Node | None, Sequence[Term] | None]]
) -> ValidationReport:
    """Have pySHACL apply what is left to it; no shape stands for all of them."""
    if not left:
        return ValidationReport([], [])
    from .reference import Reference  # importing rdflib and pySHACL takes a while

    reference = Reference(data, shapes)
    tasks = [partial(reference.apply, shape, focus) for shape, focus in left]
    (outcomes,) = processes.run([tasks], SHARE)
    found = [
        ValidationReport([], [Failure(shape, each.problem, is_incomplete=True)])
        if isinstance(each, processes.Cut)
        else each
        for (shape, _), each in zip(left, outcomes, strict=True)
    ]
    results = [result for outcome in found for result in outcome.results]
    return ValidationReport(results, [failure for outcome in found for failure in outcome.failures])


def _item(shape: Shape, focus: Sequence[int], applied: Sequence[Shape]) -> WorkItem:
    asks = any(constraint.asks for each in applied for constraint in each.constraints)
    return WorkItem(shape, focus, len(applied), asks)


def _apply(evaluation: Evaluation, work: Sequence[WorkItem]) -> _Share:
    """Apply shapes in processes: in one, or in several where that pays."""
    triples, number = len(evaluation.data.index), processes.processors()
    shares = [list(work)] if triples < MANY or number < 2 else share(work, number, triples)
    lanes = [[partial(_apply_item, evaluation, item) for item in each] for each in shares]
    done = _Share({}, {}, {})
    for items, outcomes in zip(shares, processes.run(lanes, SHARE), strict=True):
        for item, outcome in zip(items, outcomes, strict=True):
            if isinstance(outcome, processes.Cut):
                at = evaluation.shape_at(outcome.mark) or item.shape.node
                done.failures[Failure(at, outcome.problem, is_incomplete=True)] = None
            else:
                done.add(item.shape.node, *outcome)
    return done


def _apply_item(
    evaluation: Evaluation, item: WorkItem
) -> tuple[list[ValidationResult] | None, list[Failure]]:
    """Apply a shape to some nodes; None for results where it is pySHACL's after all."""
    try:
        found = list(evaluation.results(item.shape, item.focus))
    except UnsupportedShape:
        return None, list(evaluation.failures)
    return found, list(evaluation.failures)
