"""The map: which pattern each region has, and where names and marks stand.

A pattern stands for one of those to whom regions are said to belong; where accounts differ, a
region has the patterns of all. A mark stands for an account of control: its shape tells
holding, gain or loss, its letter who. No colour stands for a side.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..sparql.term_view import local_path
from .place_accounts import BELONGING, CONTROL, PlaceAccount, PlaceAccounts
from .place_shapes import WIDTH, PlaceShape, PlaceShapes

PATTERN_NAMES = ("dots", "lines falling", "lines across", "lines rising")
MARK = 17
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LETTER_WIDTH = 7.2
_HIGH = 20
_MOST_MARKS = 6
_STEPS = [  # where to look for room, the nearest first
    (dx * far, dy * far)
    for far in (1, 2, 3, 5, 7)
    for dx, dy in ((0, 0), (0, -1), (0, 1), (1, 0), (-1, 0), (1, -1), (1, 1), (-1, -1), (-1, 1))
]

Box = tuple[float, float, float, float]


class DrawnRegion(NamedTuple):
    """A region with the numbers of its patterns."""

    shape: PlaceShape
    link: str
    patterns: list[int]
    is_disputed: bool
    title: str


class DrawnMark(NamedTuple):
    """An account of control: `kind` is its shape."""

    x: float
    kind: str
    letter: str
    is_denied: bool
    is_faint: bool
    title: str


class DrawnLabel(NamedTuple):
    """A name with its marks, and the place that it stands for."""

    shape: PlaceShape
    link: str
    x: float
    y: float
    width: float
    marks: list[DrawnMark]
    more: int  # accounts that have no room
    has_leader: bool


class TerritoryMap(NamedTuple):
    """All that is drawn, and what patterns and letters stand for."""

    width: int
    height: int
    regions: list[DrawnRegion]
    points: list[tuple[PlaceShape, str]]
    labels: list[DrawnLabel]
    patterns: list[tuple[int, str, str]]  # number, to whom, according to whom
    letters: list[tuple[str, str]]


def draw(
    shapes: PlaceShapes, told: PlaceAccounts, shown: list[PlaceAccount], day: str
) -> TerritoryMap:
    """Draw the accounts that are shown."""
    owners = _parties(told, (each for each in shown if _belongs(each)))
    numbers = {iri: index % len(PATTERN_NAMES) for index, iri in enumerate(owners)}
    control = [each for each in shown if each.kind == CONTROL]
    letters = dict(zip(_parties(told, control), _LETTERS, strict=False))
    disputed = disputed_places(told)
    regions = [
        _region(shape, told, [each for each in shown if each.place == shape.place], numbers)
        for shape in shapes.regions
    ]
    regions = [each._replace(is_disputed=each.shape.place in disputed) for each in regions]
    return TerritoryMap(
        WIDTH,
        shapes.height,
        sorted(regions, key=lambda each: each.is_disputed),  # their lines lie above
        [(shape, _link(shape.place)) for shape in shapes.points],
        list(_labels(shapes, told, shown, letters, day)),
        [(number, told.label(iri), _tellers(told, shown, iri)) for iri, number in numbers.items()],
        [(letter, told.label(iri)) for iri, letter in letters.items()],
    )


def disputed_places(told: PlaceAccounts) -> set[str]:
    """Find the places of which accounts of any day differ in to whom they belong."""
    owners: dict[str, set[str]] = {}
    for each in told.accounts:
        if _belongs(each):
            owners.setdefault(each.place, set()).add(each.party)
    return {place for place, found in owners.items() if len(found) > 1}


def _belongs(account: PlaceAccount) -> bool:
    return account.kind == BELONGING and not account.is_denied


def _parties(told: PlaceAccounts, accounts: Iterable[PlaceAccount]) -> list[str]:
    """List the parties in the order of their names, which favours none."""
    return sorted({each.party for each in accounts}, key=lambda iri: (told.label(iri), iri))


def _tellers(told: PlaceAccounts, shown: list[PlaceAccount], party: str) -> str:
    found = {told.label(each.claimant) for each in shown if _belongs(each) and each.party == party}
    return ", ".join(sorted(found))


def _region(
    shape: PlaceShape, told: PlaceAccounts, said: list[PlaceAccount], numbers: dict[str, int]
) -> DrawnRegion:
    owners = _parties(told, (each for each in said if _belongs(each)))
    accounts = [f"to {told.label(iri)} according to {_tellers(told, said, iri)}" for iri in owners]
    title = f"{shape.label}: said to belong {'; '.join(accounts)}" if accounts else shape.label
    patterns = sorted({numbers[iri] for iri in owners})
    return DrawnRegion(shape, _link(shape.place), patterns, False, title)


def _labels(
    shapes: PlaceShapes,
    told: PlaceAccounts,
    shown: list[PlaceAccount],
    letters: dict[str, str],
    day: str,
) -> Iterator[DrawnLabel]:
    """Place the names of all of which control is told, where none lies upon another."""
    taken: list[Box] = []
    for shape in (*shapes.points, *shapes.regions):  # points have the least room
        said = [each for each in shown if each.kind == CONTROL and each.place == shape.place]
        if not said:
            continue
        marks = _marks(told, said, letters, day)
        kept = marks[:_MOST_MARKS]
        more = len(marks) - len(kept)
        width = len(shape.label) * _LETTER_WIDTH + len(kept) * (MARK + 2) + (20 if more else 0) + 10
        x, y = _free(shape, width, shapes.height, taken)
        taken.append((x, y, x + width, y + _HIGH))
        start = x + len(shape.label) * _LETTER_WIDTH + 8 + MARK / 2
        kept = [
            mark._replace(x=round(start + index * (MARK + 2), 1)) for index, mark in enumerate(kept)
        ]
        is_away = not (x <= shape.x <= x + width and y - 8 <= shape.y <= y + _HIGH + 8)
        yield DrawnLabel(shape, _link(shape.place), x, y, width, kept, more, is_away)


def _free(shape: PlaceShape, width: float, height: int, taken: list[Box]) -> tuple[float, float]:
    """Find the nearest room beside or around a place."""
    is_region = bool(shape.outline)
    right = shape.x - width / 2 if is_region else shape.x + 6
    middle = shape.y - _HIGH / 2
    for dx, dy in _STEPS:
        left = right + dx * (width / 3 + 8) if is_region or dx >= 0 else shape.x - width + dx * 20
        x = min(max(left, 2), WIDTH - width - 2)
        y = min(max(middle + dy * (_HIGH + 3), 2), height - _HIGH - 2)
        if not any(_meet((x, y, x + width, y + _HIGH), box) for box in taken):
            return round(x, 1), round(y, 1)
    return round(min(max(right, 2), WIDTH - width - 2), 1), round(middle, 1)


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _marks(
    told: PlaceAccounts, said: list[PlaceAccount], letters: dict[str, str], day: str
) -> list[DrawnMark]:
    """Make one mark for accounts that say the same."""
    found: dict[tuple[str, str, bool, bool], list[str]] = {}
    for each in said:
        is_faint = each.on(day) != "day"
        key = (each.aspect, letters.get(each.party, "…"), each.is_denied, is_faint)
        title = f"{told.label(each.party)}: {each.aspect}, {each.extent}"
        denied = " (denied)" if each.is_denied else ""
        found.setdefault(key, []).append(
            f"{title}{denied}, according to {told.label(each.claimant)}"
        )
    return [DrawnMark(0, *key, "; ".join(titles)) for key, titles in sorted(found.items())]


def _link(iri: str) -> str:
    return local_path(iri) or ""
