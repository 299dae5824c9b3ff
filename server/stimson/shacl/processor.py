"""Validate data against shapes: plan, share out, collect."""

from collections.abc import Collection, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from .. import processes
from ..rdf import Index, Term
from .data_graph import DataGraph
from .declarations import UnsupportedShape
from .evaluation import ShapeEvaluation
from .focus_nodes import find_focus
from .known_terms import Node
from .plan import WorkItem, make_plan, share
from .shape_model import Failure, Shape, ValidationReport, ValidationResult
from .shapes_graph import read_shapes

SHARE = 0.2  # of the time that is left, for one shape
MANY = 60_000  # triples from which on it pays to share the work among processes


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
        return ValidationReport(
            [one for one in found.results if _is_among(one, among)], found.failures
        )
    plan, data_graph = make_plan(parsed), DataGraph(data)
    nodes = None if among is None else {data_graph.number(term) for term in among}
    work = [
        _item(shape, find_focus(shape.targets, data_graph, nodes), applied)
        for shape, applied in plan.own
    ]
    done = _apply(
        ShapeEvaluation(data_graph, parsed, shapes), [item for item in work if item.focus]
    )
    again = [parsed.by_node[node] for node in done.left]
    rest = _leave(data, shapes, list(_left([*plan.left, *again], data_graph, nodes)))
    own = [each for node, found in done.results.items() if node not in done.left for each in found]
    return ValidationReport(own + rest.results, [*plan.failures, *done.failures, *rest.failures])


def preload() -> None:
    """Import what is imported only when it is needed, before files can no longer be read."""
    from . import reference  # it imports rdflib and pySHACL

    reference.preload()


def _is_among(result: ValidationResult, among: Collection[Term] | None) -> bool:
    return among is None or result.focus in among


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


def _apply(evaluation: ShapeEvaluation, work: Sequence[WorkItem]) -> _Share:
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
    evaluation: ShapeEvaluation, item: WorkItem
) -> tuple[list[ValidationResult] | None, list[Failure]]:
    """Apply a shape to some nodes; None for results where it is pySHACL's after all."""
    try:
        found = list(evaluation.results(item.shape, item.focus))
    except UnsupportedShape:
        return None, list(evaluation.failures)
    return found, list(evaluation.failures)
