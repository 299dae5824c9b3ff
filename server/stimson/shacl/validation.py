"""Validate data against shapes: plan, share out, collect."""

from collections.abc import Collection, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from .. import processes
from ..rdf import Index, Term
from .model import Fault, Node, Outcome, Result, Shape, Unhandled
from .parse import read_shapes
from .plan import make_plan
from .run import Run
from .share import Piece, share
from .targets import find_focus
from .view import View

SHARE = 0.2  # of the time that is left, for one shape
MANY = 60_000  # triples from which on it pays to share the work among processes


class _Share(NamedTuple):
    """What came of some work: results by shape, and the shapes that are pySHACL's after all."""

    results: dict[Node, list[Result]]
    faults: dict[Fault, None]
    left: dict[Node, None]

    def add(self, shape: Node, results: list[Result] | None, faults: list[Fault]) -> None:
        """Take in what came of a shape and some of its focus nodes."""
        self.faults.update(dict.fromkeys(faults))
        if results is None:
            self.left[shape] = None
        else:
            self.results.setdefault(shape, []).extend(results)


def validate(data: Index, shapes: Index, among: Collection[Term] | None = None) -> Outcome:
    """Validate data against shapes (https://www.w3.org/TR/shacl/#validation).

    Where `among` is given, no other nodes are checked for their own sake; save for those
    of a target that only pySHACL can find.
    """
    parsed = read_shapes(shapes)
    if parsed.unhandled is not None:
        # What rules add may be anywhere, so all is checked before the others are left out.
        found = _leave(data, shapes, [(None, None)])
        return Outcome([one for one in found.results if _is_among(one, among)], found.faults)
    plan, view = make_plan(parsed), View(data)
    nodes = None if among is None else {view.number(term) for term in among}
    work = [
        _piece(shape, find_focus(shape.targets, view, nodes), applied)
        for shape, applied in plan.own
    ]
    done = _apply(Run(view, parsed, shapes), [piece for piece in work if piece.focus])
    again = [parsed.by_node[node] for node in done.left]
    rest = _leave(data, shapes, list(_left([*plan.left, *again], view, nodes)))
    own = [each for node, found in done.results.items() if node not in done.left for each in found]
    return Outcome(own + rest.results, [*plan.faults, *done.faults, *rest.faults])


def preload() -> None:
    """Import what is imported only when it is needed, before files can no longer be read."""
    from . import reference  # it imports rdflib and pySHACL

    reference.preload()


def _is_among(result: Result, among: Collection[Term] | None) -> bool:
    return among is None or result.focus in among


def _left(
    shapes: Sequence[Shape], view: View, nodes: Collection[int] | None
) -> Iterator[tuple[Node, Sequence[Term] | None]]:
    """List what is left to pySHACL, with the nodes that it is to look at, if not all."""
    for shape in shapes:
        focus = find_focus(shape.targets, view, nodes)
        # pySHACL does not look at a shape without focus nodes either.
        if shape.targets.is_custom or (focus and nodes is None):
            yield shape.node, None
        elif focus:
            yield shape.node, [view.term(node) for node in focus]


def _leave(
    data: Index, shapes: Index, left: Sequence[tuple[Node | None, Sequence[Term] | None]]
) -> Outcome:
    """Have pySHACL apply what is left to it; no shape stands for all of them."""
    if not left:
        return Outcome([], [])
    from .reference import Reference  # importing rdflib and pySHACL takes a while

    reference = Reference(data, shapes)
    tasks = [partial(reference.apply, shape, focus) for shape, focus in left]
    (outcomes,) = processes.run([tasks], SHARE)
    found = [
        Outcome([], [Fault(shape, each.problem, is_cut=True)])
        if isinstance(each, processes.Cut)
        else each
        for (shape, _), each in zip(left, outcomes, strict=True)
    ]
    results = [result for outcome in found for result in outcome.results]
    return Outcome(results, [fault for outcome in found for fault in outcome.faults])


def _piece(shape: Shape, focus: Sequence[int], applied: Sequence[Shape]) -> Piece:
    asks = any(constraint.asks for each in applied for constraint in each.constraints)
    return Piece(shape, focus, len(applied), asks)


def _apply(run: Run, work: Sequence[Piece]) -> _Share:
    """Apply shapes in processes: in one, or in several where that pays."""
    triples, number = len(run.view.index), processes.processors()
    shares = [list(work)] if triples < MANY or number < 2 else share(work, number, triples)
    lanes = [[partial(_apply_piece, run, piece) for piece in each] for each in shares]
    done = _Share({}, {}, {})
    for pieces, outcomes in zip(shares, processes.run(lanes, SHARE), strict=True):
        for piece, outcome in zip(pieces, outcomes, strict=True):
            if isinstance(outcome, processes.Cut):
                at = run.shape_at(outcome.mark) or piece.shape.node
                done.faults[Fault(at, outcome.problem, is_cut=True)] = None
            else:
                done.add(piece.shape.node, *outcome)
    return done


def _apply_piece(run: Run, piece: Piece) -> tuple[list[Result] | None, list[Fault]]:
    """Apply a shape to some nodes; None for results where it is pySHACL's after all."""
    try:
        found = list(run.results(piece.shape, piece.focus))
    except Unhandled:
        return None, list(run.faults)
    return found, list(run.faults)
