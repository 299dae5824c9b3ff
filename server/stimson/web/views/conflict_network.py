"""Who contradicts whom, as a picture: the sides on a circle, lines between those in conflict."""

from collections import Counter
from collections.abc import Callable
from math import cos, pi, sin
from typing import NamedTuple

_WIDTH, _RADIUS, _HIGH = 980, 210, 620
_MOST = 40  # sides: more are not told apart
_BROADEST = 9.0
_LONGEST = 42  # letters of a name


class Side(NamedTuple):
    """One who makes claims, or for whom they are made."""

    x: float
    y: float
    text_x: float
    anchor: str
    name: str
    link: str
    title: str


class Edge(NamedTuple):
    """The conflicts between two."""

    path: str
    width: float
    title: str


class ConflictNetwork(NamedTuple):
    """All that is drawn."""

    width: int
    height: int
    sides: list[Side]
    edges: list[Edge]
    left_out: int  # sides that have no room


def draw(
    counted: Counter[tuple[str, str]], name: Callable[[str], str], link: Callable[[str], str]
) -> ConflictNetwork:
    """Place the sides in the order of their names, which favours none."""
    often: Counter[str] = Counter()
    for (one, other), number in counted.items():
        for iri in {one, other}:
            often[iri] += number
    kept = sorted((iri for iri, _ in often.most_common(_MOST)), key=lambda iri: (name(iri), iri))
    angles = {iri: 2 * pi * index / len(kept) - pi / 2 for index, iri in enumerate(kept)}
    most = max(counted.values(), default=1)
    edges = [
        Edge(
            _path(angles[one], angles[other]),
            round(1 + (_BROADEST - 1) * number / most, 1),
            f"{name(one)} and {name(other)}: {number}",
        )
        for (one, other), number in sorted(counted.items())
        if one in angles and other in angles
    ]
    sides = [_side(angle, name(iri), link(iri), often[iri]) for iri, angle in angles.items()]
    return ConflictNetwork(_WIDTH, _HIGH if kept else 0, sides, edges, len(often) - len(kept))


def _side(angle: float, name: str, link: str, number: int) -> Side:
    x, y = _at(angle, 1)
    is_right = cos(angle) >= 0
    return Side(
        x,
        y,
        round(_at(angle, 1)[0] + (12 if is_right else -12), 1),
        "start" if is_right else "end",
        name if len(name) <= _LONGEST else f"{name[:_LONGEST]}…",
        link,
        f"{name}: in {number} conflicts",
    )


def _path(one: float, other: float) -> str:
    """Draw a line that bends towards the middle; a loop for conflicts within one side."""
    (x, y), (to_x, to_y) = _at(one, 1), _at(other, 1)
    if one == other:
        (ax, ay), (bx, by) = _at(one - 0.12, 0.8), _at(one + 0.12, 0.8)
        return f"M{x} {y}C{ax} {ay} {bx} {by} {x} {y}"
    return f"M{x} {y}Q{_WIDTH / 2} {_HIGH / 2} {to_x} {to_y}"


def _at(angle: float, far: float) -> tuple[float, float]:
    across = _RADIUS * far * cos(angle)
    down = (_HIGH / 2 - 30) * far * sin(angle)
    return round(_WIDTH / 2 + across, 1), round(_HIGH / 2 + down, 1)
