"""``/map``: what is said of territories at a day, and according to whom.

To whom they are said to belong, and who is said to control them. ``/map.csv``, ``/map.json`` and
``/map.svg`` hold the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, render_template

from ..sparql.site import base_url
from ..sparql.term_view import local_path
from . import inputs, responses
from .map_drawing import PATTERN_NAMES, disputed_places, draw
from .place_accounts import (
    BELONGING,
    CONTROL,
    STANDINGS,
    PlaceAccount,
    PlaceAccounts,
    place_accounts,
)
from .place_shapes import PlaceShapes, place_shapes

blueprint = Blueprint("territory_map", __name__, template_folder="templates")
_PATH = "/map"
_PARAMETERS = ("on", "according", "show")
_ROWS = 80  # of the table, on a page
_LINE = 150  # letters of one line of a caption
_SHOWN = {CONTROL: "who controls it", BELONGING: "to whom it belongs"}
_COLUMNS = {
    "place": "the place",
    "place_iri": "its IRI",
    "kind": "belonging: to whom it is said to belong; control: who is said to control it",
    "party": "to whom, or who",
    "party_iri": "its IRI",
    "aspect": "of control: holding, gain, loss; of belonging: in which way",
    "extent": "how much of it",
    "denied": "yes, if the account denies it",
    "from": "first day of the time told of; empty where that is open",
    "to": "last day of it",
    "time_of": "claim: it is that of the claim; statement: that of the saying, for want of one",
    "standing": f"to the day asked for: {', '.join(STANDINGS)}",
    "according_to": "whose account it is",
    "according_to_iri": "its IRI",
    "on_behalf_of": "for whom that one speaks",
    "read_in": "the source",
    "account_iri": "the claim or placement, which leads to the words",
    "is_drawn": "yes, if the place has a geometry here",
}


@dataclass(frozen=True, slots=True)
class MapChoice:
    """Which accounts are shown; what is empty leaves all."""

    on: str
    according: str
    show: str

    def admits(self, account: PlaceAccount) -> bool:
        """Tell whether an account is shown; one without a date is not, where a day is asked for."""
        standing = account.on(self.on)
        return (
            bool(standing)
            and not (self.on and standing == "undated")
            and self.show in ("", account.kind)
            and (not self.according or self.according in account.tellers)
        )


@blueprint.get(_PATH)
@blueprint.get(f"{_PATH}.<any(csv, json, svg):ending>")
def territory_map(ending: str = "") -> Response:
    """Answer with the map."""
    inputs.refuse_others((*_PARAMETERS, "page"))
    told, shapes = place_accounts(), place_shapes()
    choice = MapChoice(
        inputs.read_day("on"),
        inputs.read_thing("according", told.tellers, "account of a place"),
        inputs.read_word("show", _SHOWN),
    )
    given = {name: inputs.short(getattr(choice, name)) for name in _PARAMETERS}
    shown = sorted(filter(choice.admits, told.accounts), key=lambda each: _order(told, each))
    last = max(-(-len(shown) // _ROWS), 1)
    number = inputs.read_page(last)
    numbered = {**given, "page": str(number) if number > 1 else ""}
    drawn = {each.place for each in (*shapes.regions, *shapes.points)}
    rows = (_row(told, each, choice.on, drawn) for each in shown)
    return responses.answer(
        _PATH,
        ending,
        inputs.address(_PATH, numbered),
        {
            "text/html": lambda: _page(told, shapes, shown, choice, given, (number, last)),
            "text/csv": lambda: responses.as_csv(_COLUMNS, rows),
            responses.JSON: lambda: responses.as_json(_about(given), rows),
            responses.SVG: lambda: _picture(told, shapes, shown, choice, given),
        },
    )


def _page(
    told: PlaceAccounts,
    shapes: PlaceShapes,
    shown: list[PlaceAccount],
    choice: MapChoice,
    given: dict[str, str],
    page: tuple[int, int],
) -> str:
    number, here = page[0], inputs.address(_PATH, given)
    undated = [each for each in told.accounts if each.on("") == "undated"]
    drawn = {each.place for each in (*shapes.regions, *shapes.points)}
    days = told.days
    return render_template(
        "map.html",
        drawing=draw(shapes, told, shown, choice.on),
        title=_title(told, choice),
        shown=shown[_ROWS * (number - 1) : _ROWS * number],
        count=len(shown),
        number=number,
        last_page=page[1],
        here=f"{here}{'&' if '?' in here else '?'}",
        choice=choice,
        told=told,
        day=inputs.written(choice.on),
        undated=len(undated) if choice.on else 0,
        is_drawn=drawn.__contains__,
        disputed=disputed_places(told),
        lines=[(local_path(iri) or iri, label) for iri, label in shapes.sources()],
        notes=_notes(shapes),
        before=max((day for day in days if day < choice.on), default=""),
        after=min((day for day in days if day > choice.on), default="") if choice.on else "",
        last=days[-1] if days else "",
        at=lambda **changed: inputs.address(_PATH, given, **changed),
        form={
            "according": inputs.options(told.tellers, choice.according),
            "show": inputs.word_options(_SHOWN, choice.show),
        },
        downloads=[
            (ending.upper(), inputs.address(f"{_PATH}.{ending}", given))
            for ending in responses.ENDINGS
        ],
        standings=STANDINGS,
        written=inputs.written,
        link=lambda iri: local_path(iri) or "",
    )


def _notes(shapes: PlaceShapes) -> list[str]:
    """List what the sources of outlines say; of a few regions, with their names."""
    found: dict[str, list[str]] = {}
    for shape in shapes.regions:
        if shape.note:
            found.setdefault(shape.note, []).append(shape.label)
    few = len(shapes.regions) // 4
    return [
        f"{', '.join(labels)}: {note}" if len(labels) <= few else note
        for note, labels in sorted(found.items())
    ]


def _title(told: PlaceAccounts, choice: MapChoice) -> str:
    when = f"On {inputs.written(choice.on)}" if choice.on else "At any time"
    whom = f"according to {told.label(choice.according)}" if choice.according else "by all accounts"
    return f"{when}, {whom}"


def _picture(
    told: PlaceAccounts,
    shapes: PlaceShapes,
    shown: list[PlaceAccount],
    choice: MapChoice,
    given: dict[str, str],
) -> Response:
    drawing = draw(shapes, told, shown, choice.on)
    letters = " · ".join(f"{letter} {party}" for letter, party in drawing.letters)
    caption = [
        f"{_title(told, choice)}. Dashed outline: accounts differ. No line is a front line.",
        *(
            f"{PATTERN_NAMES[number]}: said to belong to {party} by {_cut(tellers)}"
            for number, party, tellers in drawing.patterns
        ),
        "square: is said to hold it; triangle up: to gain it; down: to lose it; dashed: denied;"
        " hollow: told of another time, or perhaps of that day",
        *([_cut(letters)] if letters else []),
        responses.origin(inputs.address(_PATH, given)),
    ]
    return responses.as_picture(
        "map.svg", drawing=drawing, title=_title(told, choice), caption=caption
    )


def _cut(text: str) -> str:
    return text if len(text) <= _LINE else f"{text[:_LINE]}…"


def _about(given: dict[str, str]) -> Mapping[str, object]:
    return {
        "title": "What is said of places",
        "address": f"{base_url()}{inputs.address(_PATH, given)}",
        "chosen": {name: value for name, value in given.items() if value},
        "columns": _COLUMNS,
        "note": "Each row is somebody's account. That none is listed means that none is recorded.",
    }


def _order(told: PlaceAccounts, each: PlaceAccount) -> tuple[str, ...]:
    return told.label(each.place).casefold(), each.kind, each.start, each.end, each.account


def _row(told: PlaceAccounts, each: PlaceAccount, day: str, drawn: set[str]) -> dict[str, str]:
    return {
        "place": told.label(each.place),
        "place_iri": each.place,
        "kind": each.kind,
        "party": told.label(each.party),
        "party_iri": each.party,
        "aspect": each.aspect,
        "extent": each.extent,
        "denied": "yes" if each.is_denied else "no",
        "from": each.start,
        "to": each.end,
        "time_of": "claim" if each.is_told else "statement" if each.start or each.end else "",
        "standing": each.on(day) if day else "",
        "according_to": told.label(each.claimant),
        "according_to_iri": each.claimant,
        "on_behalf_of": told.label(each.behalf) if each.behalf else "",
        "read_in": told.label(each.source) if each.source else "",
        "account_iri": each.account,
        "is_drawn": "yes" if each.place in drawn else "no",
    }
