"""``/stances``: who holds which position on what, as a matrix, at a day.

The table comes first; ``/stances.csv``, ``/stances.json`` and ``/stances.svg`` hold the same.
"""

from collections.abc import Iterator

from flask import Blueprint, Response, render_template

from ..sparql.site import base_url
from . import inputs, responses
from .stance_matrix import StanceFilter, StanceMatrix, arrange
from .stance_picture import draw
from .stance_records import AXES, KINDS, StanceBook, StanceRecord, stance_book

blueprint = Blueprint("stances", __name__, template_folder="templates")
_PATH = "/stances"
_PARAMETERS = ("on", "group", "kind", "axis", "position", "basis")
_BASES = {"own": "own stances only", "derived": "stances derived from a group's only"}
_COLUMNS = {
    "holder": "whose stance it is",
    "holder_iri": "its IRI",
    "object": "what the stance is on",
    "object_iri": "its IRI",
    "object_kind": "process, act, entity, territory, event",
    "position": "the position taken",
    "position_iri": "its IRI",
    "axis": "recognition: a position on recognition; attitude: another one",
    "basis": "own, or derived from the stance of a group to which the holder belonged",
    "derived_from": "the groups; empty for own stances",
    "first_possible": "first day on which it can have been shown; empty where that is open",
    "held_since": "day by which it is shown to be held",
    "held_until": "day until which it is known to be held; empty where no end is recorded",
    "on_the_day": "held, or perhaps (shown on a day between bounds that enclose this one)",
    "stance_iri": "the stance, which leads to its evidence",
}


@blueprint.get(_PATH)
@blueprint.get(f"{_PATH}.<any(csv, json, svg):ending>")
def stances(ending: str = "") -> Response:
    """Answer with the matrix."""
    inputs.refuse_others(_PARAMETERS)
    book = stance_book()
    wanted = _read_filter(book)
    given = {name: inputs.short(getattr(wanted, name)) for name in _PARAMETERS}
    found = arrange(book, wanted)
    rows = (_row(book, record, wanted.on) for record in found.records)
    return responses.answer(
        _PATH,
        ending,
        inputs.address(_PATH, given),
        {
            "text/html": lambda: _page(book, wanted, found, given),
            "text/csv": lambda: responses.as_csv(_COLUMNS, rows),
            responses.JSON: lambda: responses.as_json(_about(given), rows),
            responses.SVG: lambda: _picture(found, wanted, given),
        },
    )


def _read_filter(book: StanceBook) -> StanceFilter:
    return StanceFilter(
        on=inputs.read_day("on"),
        group=inputs.read_thing("group", _groups(book), "group whose members are recorded"),
        kind=inputs.read_word("kind", KINDS),
        axis=inputs.read_word("axis", AXES),
        position=inputs.read_thing("position", _positions(book), "position of a stance"),
        basis=inputs.read_word("basis", _BASES),
    )


def _page(
    book: StanceBook, wanted: StanceFilter, found: StanceMatrix, given: dict[str, str]
) -> str:
    days = book.days
    return render_template(
        "stances.html",
        matrix=found,
        picture=draw(found),
        wanted=wanted,
        day=inputs.written(wanted.on),
        group=book.label(wanted.group) if wanted.group else "",
        as_of=_as_of(book, wanted.group),
        before=max((day for day in days if day < wanted.on), default=""),
        after=min((day for day in days if day > wanted.on), default="") if wanted.on else "",
        last=days[-1] if days else "",
        at=lambda **changed: inputs.address(_PATH, given, **changed),
        form={
            "group": inputs.options(_groups(book), wanted.group),
            "kind": inputs.word_options(KINDS, wanted.kind),
            "axis": inputs.word_options(AXES, wanted.axis),
            "position": inputs.options(_positions(book), wanted.position),
            "basis": inputs.word_options(_BASES, wanted.basis),
        },
        downloads=[
            (ending.upper(), inputs.address(f"{_PATH}.{ending}", given))
            for ending in responses.ENDINGS
        ],
        written=inputs.written,
    )


def _picture(found: StanceMatrix, wanted: StanceFilter, given: dict[str, str]) -> Response:
    picture = draw(found)
    letters = [f"{letter} {position}" for letter, position, _ in picture.legend]
    caption = [
        *(" · ".join(letters[index : index + 6]) for index in range(0, len(letters), 6)),
        "squares: positions on recognition; circles: other attitudes; hollow: derived from a group",
        "dashed: perhaps already; where there is no mark, no stance is recorded",
        responses.origin(inputs.address(_PATH, given)),
    ]
    return responses.as_picture(
        "stances.svg", picture=picture, day=inputs.written(wanted.on), caption=caption
    )


def _about(given: dict[str, str]) -> dict[str, object]:
    return {
        "title": "Stances",
        "address": f"{base_url()}{inputs.address(_PATH, given)}",
        "chosen": {name: value for name, value in given.items() if value},
        "columns": _COLUMNS,
        "note": "That no stance is listed means that none is recorded, not that there is none.",
    }


def _row(book: StanceBook, record: StanceRecord, day: str) -> dict[str, str]:
    return {
        "holder": book.label(record.holder),
        "holder_iri": record.holder,
        "object": book.label(record.object),
        "object_iri": record.object,
        "object_kind": record.object_kind,
        "position": book.label(record.position),
        "position_iri": record.position,
        "axis": record.axis,
        "basis": "derived" if record.groups else "own",
        "derived_from": "; ".join(sorted(book.label(group) for group in record.groups)),
        "first_possible": record.first,
        "held_since": record.since,
        "held_until": record.until,
        "on_the_day": record.on(day) if day else "",
        "stance_iri": record.stance,
    }


def _groups(book: StanceBook) -> dict[str, str]:
    return {iri: book.label(iri) for iri in book.members}


def _positions(book: StanceBook) -> dict[str, str]:
    return {record.position: book.label(record.position) for record in book.stances}


def _as_of(book: StanceBook, group: str) -> list[str]:
    """Find the days for which alone the members of a group are recorded."""
    members = book.members.get(group, [])
    days: Iterator[str] = (each.as_of for each in members if each.as_of and not each.since)
    return sorted({inputs.written(day) for day in days})
