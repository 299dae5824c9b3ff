"""The home page: what this is, five questions with their first rows, how much there is."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from flask import Blueprint, json, render_template

from ... import names
from ...engine import Request
from ...errors import QueryError
from ...queries import SavedQuery
from ..sparql.labels import label
from ..sparql.negotiation import JSON
from ..sparql.site import site
from ..sparql.tables import ResultTable, make_table
from ..sparql.term_view import TermView, is_iri, view_iri

blueprint = Blueprint("home", __name__)
# The questions that show best what the graph is for; where one is missing, the next of all.
_LEADING = {  # and the columns that are shown; without any, the first
    "stances-with-words-and-sources": ("holderName", "objectName", "notAfter", "words"),
    "recaptured-in-purportedly-annexed-regions": (),
    "contradictions-across-sources": ("oneSide", "oneClaim", "otherSide", "otherClaim"),
    "votes-that-changed": (),
    "accounts-of-one-step": ("sourceName", "toldBy", "account", "notAfter"),
}
_FEW, _FIRST, _COLUMNS = 5, 3, 4  # questions; rows of each, and columns
_TOLD = {  # what a reader looks for first, in the plural
    "Statement": "statements",
    "Quotation": "exact quotations",
    "Claim": "claims",
    "Conflict": "conflicts of claims",
    "Act": "acts and resolutions",
    "Vote": "votes of states",
    "Place": "places",
    "Source": "sources read whole",
}
_STANCE, _DERIVED = f"{names.ST}Stance", f"{names.ST}DerivedStance"


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A saved query, with the first rows of its answer; None where it takes too long."""

    saved: SavedQuery
    table: ResultTable | None


@blueprint.get("/")
def home() -> str:
    """Say what this is and how much of it there is."""
    snapshot = site().snapshot
    return render_template(
        "home.html",
        manifest=snapshot.manifest,
        numbers=_numbers(snapshot.manifest["classes"]),
        questions=[_show(saved) for saved in _leading()],
        total=len(site().queries),
        is_ours=site().is_ours,
    )


def _leading() -> list[SavedQuery]:
    known = site().queries
    names_in_turn = dict.fromkeys([*(name for name in _LEADING if name in known), *known])
    return [known[name] for name in islice(names_in_turn, _FEW)]


def _show(saved: SavedQuery) -> ShownQuestion:
    try:
        return ShownQuestion(saved, _first_rows(site().snapshot.name, saved.name))
    except QueryError:  # there is too much else to do, or too much in this graph
        return ShownQuestion(saved, None)


@lru_cache(2 * _FEW)  # while one snapshot follows the other
def _first_rows(_: str, name: str) -> ResultTable:
    saved = site().queries[name]
    defaults = {each.name: each.default for each in saved.parameters}
    asked = Request(saved.bind(defaults), base_iri=names.BASE, solutions=JSON, boolean=JSON)
    with site().engine.answer(asked) as answer:
        content = json.loads(b"".join(answer.chunks))
    table = make_table(content, saved.columns, most=_FIRST)
    wanted = _LEADING.get(name) or [each.variable for each in table.columns[:_COLUMNS]]
    kept = [n for n, column in enumerate(table.columns) if column.variable in wanted]
    rows = [[row[n] for n in kept] for row in table.rows]
    return ResultTable([table.columns[n] for n in kept], rows, table.count)


def _numbers(counts: dict[str, int]) -> list[tuple[TermView, int]]:
    """Count what a reader looks for first; of a graph of another kind its largest classes."""
    told = [
        (view_iri(f"{names.ST}{name}", plural), counts[f"{names.ST}{name}"])
        for name, plural in _TOLD.items()
        if f"{names.ST}{name}" in counts
    ]
    return [*told[:3], *_stances(counts), *told[3:]] if len(told) > 1 else _largest(counts)


def _stances(counts: dict[str, int]) -> list[tuple[TermView, int]]:
    """Count stances of their own, and those that only follow from a group's."""
    derived = counts.get(_DERIVED, 0)
    own = counts.get(_STANCE, 0) - derived
    found = ((_STANCE, "stances of their own", own), (_DERIVED, "stances as members", derived))
    return [(view_iri(iri, title), count) for iri, title, count in found if count]


def _largest(counts: dict[str, int]) -> list[tuple[TermView, int]]:
    ours = [iri for iri in counts if iri.startswith(names.ST) and is_iri(iri)]
    chosen = sorted(ours, key=lambda iri: (-counts[iri], iri))[: len(_TOLD)]
    labels = label(chosen)
    return [(view_iri(iri, labels.get(iri)), counts[iri]) for iri in chosen]
