"""The stance matrix as a picture: where each mark stands, and by which letters it is told apart.

Colours name no side. A square is a position on recognition, a circle another attitude; filled
is the holder's own, hollow is derived. The letters say which position it is, so that nothing
is told by colour alone.
"""

from typing import NamedTuple

from .stance_matrix import CellEntry, StanceMatrix

_LETTERS = {
    "recognition": "R",
    "recognition de jure": "Rj",
    "recognition de facto": "Rf",
    "conditional recognition": "Rc",
    "non-recognition": "N",
    "no position": "0",
    "rejection": "J",
    "condemnation": "C",
    "claim of sovereignty": "S",
    "support for the change": "+",
    "support for recovery": "V",
    "intention of control": "I",
    "reservation": "!",
    "unclear": "?",
}
SIDE = 20  # of a mark
_ROW, _HEAD, _NAMES, _LINE = 26, 190, 262, 22
_BESIDE = 200  # for the name of the last column, which leans to the right
_LONGEST = 34  # letters of a name


class Mark(NamedTuple):
    """One stance in the picture."""

    x: int
    y: int
    letters: str
    entry: CellEntry
    title: str


class Line(NamedTuple):
    """A name beside a row or above a column."""

    x: int
    y: int
    text: str
    title: str
    link: str


class StancePicture(NamedTuple):
    """All that is drawn."""

    width: int
    height: int
    marks: list[Mark]
    rows: list[Line]
    columns: list[Line]
    titles: list[Line]
    bands: list[int]
    legend: list[tuple[str, str, str]]  # letters, position, axis


def draw(matrix: StanceMatrix) -> StancePicture:
    """Place the marks."""
    widths = _widths(matrix)
    starts = [_NAMES + sum(widths[:index]) for index in range(len(widths))]
    columns = [
        Line(start + width // 2, _HEAD - 10, _cut(column.label), column.label, column.link)
        for start, width, column in zip(starts, widths, matrix.columns, strict=True)
    ]
    picture = StancePicture(0, 0, [], [], columns, [], [], _legend(matrix))
    y = _HEAD
    for group in matrix.groups:
        picture.titles.append(Line(0, y + 16, group.title, group.title, ""))
        y += _LINE
        for row in group.rows:
            picture.bands.append(y)
            middle = y + _ROW // 2
            picture.rows.append(Line(_NAMES - 10, middle, _cut(row.label), row.label, row.link))
            for start, width, cell in zip(starts, widths, row.cells, strict=True):
                picture.marks.extend(_marks(row.label, start, width, middle, cell))
            y += _ROW
        y += 6
    width = _NAMES + sum(widths) + _BESIDE
    return picture._replace(width=width, height=y + 6)


def _marks(holder: str, start: int, width: int, middle: int, cell: list[CellEntry]) -> list[Mark]:
    left = start + (width - len(cell) * (SIDE + 3)) // 2 + SIDE // 2
    return [
        Mark(
            left + index * (SIDE + 3),
            middle,
            _LETTERS.get(entry.position, entry.position[:2]),
            entry,
            f"{holder}: {entry.position}, "
            f"{f'derived from {entry.groups}' if entry.groups else 'own'}"
            f"{', perhaps' if entry.is_perhaps else ''}",
        )
        for index, entry in enumerate(cell)
    ]


def _widths(matrix: StanceMatrix) -> list[int]:
    rows = [row for group in matrix.groups for row in group.rows]
    return [
        max(44, max((len(row.cells[index]) for row in rows), default=1) * (SIDE + 3) + 10)
        for index in range(len(matrix.columns))
    ]


def _legend(matrix: StanceMatrix) -> list[tuple[str, str, str]]:
    cells = (cell for group in matrix.groups for row in group.rows for cell in row.cells)
    found = {(entry.position, entry.record.axis) for cell in cells for entry in cell}
    ordered = sorted(found, key=lambda each: (each[1] != "recognition", each[0]))
    return [(_LETTERS.get(position, position[:2]), position, axis) for position, axis in ordered]


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
