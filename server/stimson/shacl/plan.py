"""Who applies which shape: the engine, or pySHACL."""

from collections.abc import Sequence
from dataclasses import dataclass

from .model import Fault, Node, Shape, Shapes, Unhandled

_MOST_NESTED = 15  # shapes within shapes, the outermost included; pySHACL refuses more


@dataclass(frozen=True, slots=True)
class Plan:
    """The shapes with targets, by who applies them, and what nobody can apply."""

    own: tuple[tuple[Shape, Sequence[Shape]], ...]  # each with all shapes that it applies
    left: tuple[Shape, ...]
    faults: tuple[Fault, ...]


def make_plan(shapes: Shapes) -> Plan:
    """Sort the shapes with targets by what they and the shapes they refer to ask for."""
    own, left = list[tuple[Shape, Sequence[Shape]]](), list[Shape]()
    faults: dict[Fault, None] = {}
    for shape in shapes.by_node.values():
        if shape.targets:
            reached = _reach(shapes, shape)
            slips = [slip for each in reached for slip in each.unusable]
            faults |= {Fault(slip.node, slip.reason): None for slip in slips}
            if all(each.unhandled is None for each in reached) and _is_shallow(shapes, shape):
                own.append((shape, reached))
            elif not slips:  # else pySHACL would only say so again
                left.append(shape)
    return Plan(tuple(own), tuple(left), tuple(faults))


def _reach(shapes: Shapes, start: Shape) -> list[Shape]:
    """List a shape and all that it refers to, at once or through others."""
    found = {start.node: start}
    waiting = [start]
    while waiting:
        for node in waiting.pop().needs:
            if node not in found:
                found[node] = shapes.by_node[node]
                waiting.append(found[node])
    return list(found.values())


def _is_shallow(shapes: Shapes, shape: Shape) -> bool:
    """Tell whether a shape neither contains itself nor is nested too deeply for pySHACL."""
    try:
        return _depth(shapes, shape.node, {}, set()) <= _MOST_NESTED
    except Unhandled:
        return False


def _depth(shapes: Shapes, node: Node, known: dict[Node, int], above: set[Node]) -> int:
    if node in above or len(above) >= _MOST_NESTED:
        raise Unhandled(node, "it contains itself, or is nested too deeply")
    if node not in known:
        inner = (_depth(shapes, each, known, above | {node}) for each in shapes.by_node[node].needs)
        known[node] = 1 + max(inner, default=0)
    return known[node]
