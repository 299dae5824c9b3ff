"""Who applies which shape, the engine or pySHACL, and how the work is shared among processes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .declarations import UnsupportedShape
from .known_terms import Node
from .shape_model import Failure, Shape, ShapesGraph

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
