"""Stances as a matrix: a row for each holder, a column for each object, in a cell the stances."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from ..sparql.term_view import local_path
from .stance_records import HOLDERS, KINDS, StanceBook, StanceRecord

_NOBODY = "Others"


@dataclass(frozen=True, slots=True)
class StanceFilter:
    """Which stances are shown; what is empty leaves all."""

    on: str = ""
    group: str = ""
    kind: str = ""
    axis: str = ""
    position: str = ""
    basis: str = ""  # own, derived

    def admits(self, record: StanceRecord) -> bool:
        """Tell whether a stance is shown, whoever holds it."""
        return (
            self.kind in ("", record.object_kind)
            and self.axis in ("", record.axis)
            and self.position in ("", record.position)
            and self.basis in ("", "derived" if record.groups else "own")
            and bool(record.on(self.on))
        )


class CellEntry(NamedTuple):
    """One stance in a cell."""

    record: StanceRecord
    position: str
    groups: str  # the names of those it is derived from; none, if it is the holder's own
    link: str
    is_perhaps: bool


class MatrixRow(NamedTuple):
    """One holder, with a cell for each object."""

    label: str
    link: str
    cells: list[list[CellEntry]]


class RowGroup(NamedTuple):
    """The holders of one kind."""

    title: str
    rows: list[MatrixRow]


class Column(NamedTuple):
    """One object."""

    label: str
    link: str
    kind: str


@dataclass(slots=True)
class StanceMatrix:
    """What is shown: the columns, and the rows by kind of holder."""

    columns: list[Column]
    groups: list[RowGroup]
    records: list[StanceRecord]
    silent: int  # rows that have no stance

    @property
    def rows(self) -> int:
        """How many holders there are."""
        return sum(len(group.rows) for group in self.groups)

    def count(self, *, own: bool) -> int:
        """Count the stances that are the holder's own, or those that are derived."""
        return sum((not record.groups) == own for record in self.records)

    def positions(self) -> dict[str, str]:
        """The positions that occur, each with its axis."""
        return {each.position: each.axis for each in self.records}


def arrange(book: StanceBook, wanted: StanceFilter) -> StanceMatrix:
    """Put the stances that are wanted into rows and columns."""
    holders = group_of(book, wanted.group, wanted.on) if wanted.group else None
    shown = [
        record
        for record in book.stances
        if wanted.admits(record) and (holders is None or record.holder in holders)
    ]
    cells: dict[tuple[str, str], list[StanceRecord]] = defaultdict(list)
    kinds = {record.object: record.object_kind for record in shown}
    for record in shown:
        cells[record.holder, record.object].append(record)
    often = Counter(record.object for record in shown)
    objects = sorted(
        kinds, key=lambda iri: (_rank(KINDS, kinds[iri]), -often[iri], _order(book, iri))
    )
    by_kind: dict[str, list[MatrixRow]] = defaultdict(list)
    everybody = {record.holder for record in shown} | (holders or set())
    for iri in sorted(everybody, key=lambda iri: _order(book, iri)):
        row = [_entries(book, cells[iri, each], wanted.on) for each in objects]
        by_kind[book.holder_kinds.get(iri, "")].append(MatrixRow(book.label(iri), _link(iri), row))
    groups = [
        RowGroup(HOLDERS.get(kind, _NOBODY), by_kind[kind])
        for kind in sorted(by_kind, key=lambda kind: _rank(HOLDERS, kind))
    ]
    columns = [Column(book.label(iri), _link(iri), kinds[iri]) for iri in objects]
    silent = len(everybody - {record.holder for record in shown})
    return StanceMatrix(columns, groups, shown, silent)


def group_of(book: StanceBook, group: str, day: str) -> set[str]:
    """Find a group and its members: all that are not known to have been outside on a day."""
    members = book.members.get(group, [])
    return {group} | {each.member for each in members if not each.excludes(day)}


def _entries(book: StanceBook, records: list[StanceRecord], day: str) -> list[CellEntry]:
    found = [
        CellEntry(
            record,
            book.label(record.position),
            ", ".join(sorted(book.label(group) for group in record.groups)),
            _link(record.stance),
            record.on(day) == "perhaps",
        )
        for record in records
    ]
    return sorted(found, key=lambda each: (bool(each.groups), each.record.since, each.position))


def _link(iri: str) -> str:
    return local_path(iri) or ""


def _order(book: StanceBook, iri: str) -> tuple[str, str]:
    return book.label(iri).casefold(), iri


def _rank(order: dict[str, str], kind: str) -> int:
    keys = list(order)
    return keys.index(kind) if kind in keys else len(keys)
