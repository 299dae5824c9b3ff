"""Results of SELECT queries as tables for people: titled columns, linked names, sorted, in pages.

A query that selects a thing as `?act` and its name as `?actName` gets one column for both: the
name, which leads to the thing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .term_view import TermView, view_iri, view_result_term

Binding = Mapping[str, dict[str, Any]]
ROWS = 1000  # of a page without numbers; the downloads hold all
_NAME = "Name"


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """A column: the variable shown, that of the thing it is the name of, and a title in words."""

    variable: str
    thing: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class ResultTable:
    """Rows of a result, ready to be printed; `count` is that of all rows."""

    columns: list[ResultColumn]
    rows: list[list[TermView | None]]
    count: int


def make_table(
    content: Mapping[str, Any],
    titles: Mapping[str, str] | None = None,
    order: str = "",
    first: int = 0,
    most: int = ROWS,
    name: Callable[[set[str]], Mapping[str, str]] = lambda iris: {},
) -> ResultTable:
    """Make a table of SPARQL JSON results.

    `order` is a variable to sort by, with a minus sign before it for the other direction;
    `first` and `most` choose the rows; `name` finds labels for the IRIs in them.
    """
    variables: list[str] = content["head"]["vars"]
    bindings: list[Binding] = content["results"]["bindings"]
    columns = list(_columns(variables, titles or {}))
    if order.removeprefix("-") in variables:
        bindings = _sorted(bindings, order)
    shown = bindings[first : first + most]
    labels = name({term["value"] for row in shown for term in row.values() if _is_iri(term)})
    rows = [[_view(each, row, labels) for each in columns] for row in shown]
    return ResultTable(columns, rows, len(bindings))


def _columns(variables: list[str], titles: Mapping[str, str]) -> Iterable[ResultColumn]:
    for name in variables:
        if name + _NAME in variables:
            continue  # shown by its name
        thing = name.removesuffix(_NAME)
        title = titles.get(name, "")
        yield ResultColumn(name, thing if thing != name and thing in variables else "", title)


def _is_iri(term: Mapping[str, Any]) -> bool:
    return bool(term["type"] == "uri")


def _view(column: ResultColumn, row: Binding, labels: Mapping[str, str]) -> TermView | None:
    term, thing = row.get(column.variable), row.get(column.thing)
    if thing is not None and thing["type"] == "uri":
        return view_iri(thing["value"], term["value"] if term else None)
    return view_result_term(term, labels) if term else None


def _sorted(bindings: list[Binding], order: str) -> list[Binding]:
    name = order.removeprefix("-")
    with_value = [row for row in bindings if name in row]
    without = [row for row in bindings if name not in row]
    ordered = sorted(with_value, key=lambda row: _key(row[name]), reverse=order.startswith("-"))
    return [*ordered, *without]


def _key(term: Mapping[str, Any]) -> tuple[int, float, str]:
    """Sort numbers by their value, and before all else."""
    text = str(term["value"])
    try:
        return 0, float(text), ""
    except ValueError:
        return 1, 0.0, text.casefold()
