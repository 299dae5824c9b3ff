"""Sections of the page about a thing: what a reader looks for, by the kind of the thing.

Each is a SPARQL file in ``sections/`` whose header says for things of which classes it is, how
it is laid out (a table, facts, or words in their place) and what its columns mean. ``?this`` is
the thing. A section without rows is left out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import json

from ... import names
from ...engine import Request
from ...queries import read_header
from ..sparql.negotiation import JSON
from ..sparql.site import site
from ..sparql.tables import ResultColumn, ResultTable, make_table
from ..sparql.term_view import TermView

FOLDER = Path(__file__).parent / "sections"
ROWS = 60  # of a table on the page of a thing, unless it says otherwise
_KEYS = ("title", "kinds", "layout", "order", "columns")
_LAYOUTS = ("table", "facts", "words", "sides")  # the last: each row beside the others
_MARK = "WHERE {\n"


@dataclass(frozen=True, slots=True)
class Section:
    """A section as written: `kinds` are IRIs of classes."""

    name: str
    title: str
    kinds: frozenset[str]
    layout: str
    order: int
    columns: dict[str, str]
    note: str
    sparql: str
    rows: int = ROWS

    def about(self, iri: str, rows: int) -> str:
        """Write the query for one thing."""
        head, _, body = self.sparql.partition(_MARK)
        return f"{head}{_MARK}  VALUES ?this {{ <{iri}> }}\n{body}\nLIMIT {rows}"


@dataclass(frozen=True, slots=True)
class Fact:
    """What is said of a thing in one respect."""

    title: str
    values: list[TermView]


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section ready to be printed: a table, facts, or rows of words in their place."""

    section: Section
    table: ResultTable
    facts: list[Fact]
    is_cut: bool


def collect(iri: str, types: Iterable[str]) -> list[SectionView]:
    """Ask for all sections about a thing of these classes that have something to say."""
    kinds = frozenset(types)
    wanted = (each for each in read_sections() if each.kinds & kinds)
    return [view for each in wanted if (view := _view(each, iri)) is not None]


@cache
def read_sections() -> tuple[Section, ...]:
    """Read the sections, in the order of the page."""
    found = (_read(path) for path in FOLDER.glob("*.rq"))
    return tuple(sorted(found, key=lambda each: (each.order, each.name)))


def _read(path: Path) -> Section:
    header, text = read_header(path, _KEYS, ("note", "rows"))
    assert header["layout"] in _LAYOUTS, path
    assert all(isinstance(title, str) for title in header["columns"].values()), path
    assert _MARK in text, path
    lines = (line for line in text.splitlines() if not line.startswith("#+"))
    return Section(
        name=path.stem,
        title=header["title"],
        kinds=frozenset(names.expand(kind) for kind in header["kinds"]),
        layout=header["layout"],
        order=header["order"],
        columns=header["columns"],
        note=header.get("note", ""),
        sparql="\n".join(lines).strip(),
        rows=header.get("rows", ROWS),
    )


def _view(section: Section, iri: str) -> SectionView | None:
    content = _ask(section.about(iri, section.rows + 1))
    if not any(content["results"]["bindings"]):
        return None
    table = make_table(content, section.columns, most=section.rows)
    table = _without_empty(table) if section.layout == "table" else table
    facts = list(_facts(table)) if section.layout == "facts" else []
    if section.layout == "facts" and not facts:
        return None
    return SectionView(section, table, facts, table.count > section.rows)


def _without_empty(table: ResultTable) -> ResultTable:
    """Leave out the columns that have a value in no row."""
    kept = [n for n in range(len(table.columns)) if any(row[n] for row in table.rows)]
    rows = [[row[n] for n in kept] for row in table.rows]
    return ResultTable([table.columns[n] for n in kept], rows, table.count)


def _facts(table: ResultTable) -> Iterator[Fact]:
    """Gather the values of each column; what is in several rows is said once."""
    for number, column in enumerate(table.columns):
        views = dict.fromkeys(row[number] for row in table.rows)
        values = [view for view in views if view is not None]
        if values:
            yield Fact(_title(column), values)


def _title(column: ResultColumn) -> str:
    return column.title or column.variable


def _ask(text: str) -> Mapping[str, Any]:
    is_union = site().config.is_union
    asked = Request(text, base_iri=names.BASE, solutions=JSON, is_union=is_union)
    with site().engine.answer(asked) as answer:
        content: dict[str, Any] = json.loads(b"".join(answer.chunks))
        return content
