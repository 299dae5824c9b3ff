"""``/chronology``: acts, statements and events in the order of time, with their uncertainty.

A page has a picture and a table of the same things; ``/chronology.csv`` and ``/chronology.json``
hold all pages, ``/chronology.svg`` the picture of one.
"""

from collections.abc import Mapping

from flask import Blueprint, Response, render_template

from ...errors import InvalidParameter
from ..sparql.site import base_url
from ..sparql.term_view import local_path
from . import inputs, responses
from .chronology_picture import draw
from .chronology_records import KINDS, Chronology, TimedRecord, chronology_of_snapshot

blueprint = Blueprint("chronology", __name__, template_folder="templates")
_PATH = "/chronology"
_PARAMETERS = ("from", "to", "kind", "process", "actor", "page")
_ROWS = 60  # on a page
_COLUMNS = {
    "label": "what it is",
    "iri": "its IRI",
    "kind": "act (a stage of one), statement, event",
    "not_before": "first day on which it can have been; empty where that is open",
    "not_after": "last such day; empty where that is open",
    "basis": "on what the time rests",
    "as_printed": "the words of the source that give it",
    "actors": "who did or said it, or for whom",
    "processes": "the courses of acts that it belongs to, or is about",
}


@blueprint.get(_PATH)
@blueprint.get(f"{_PATH}.<any(csv, json, svg):ending>")
def chronology(ending: str = "") -> Response:
    """Answer with what has a time."""
    inputs.refuse_others(_PARAMETERS)
    whole = chronology_of_snapshot()
    given, found = _choose(whole)
    last = max(-(-len(found) // _ROWS), 1)
    number = inputs.read_page(last)
    shown = found[_ROWS * (number - 1) : _ROWS * number]
    numbered = {**given, "page": str(number) if number > 1 else ""}
    rows = (_row(whole, each) for each in found)
    return responses.answer(
        _PATH,
        ending,
        inputs.address(_PATH, numbered),
        {
            "text/html": lambda: _page(whole, found, shown, given, number, last),
            "text/csv": lambda: responses.as_csv(_COLUMNS, rows),
            responses.JSON: lambda: responses.as_json(_about(given), rows),
            responses.SVG: lambda: _picture(shown, numbered),
        },
    )


def _choose(whole: Chronology) -> tuple[dict[str, str], list[TimedRecord]]:
    """Find what the address asks for, and what it says in the one way of writing it."""
    first, last = inputs.read_day("from"), inputs.read_day("to")
    if first and last and first > last:
        raise InvalidParameter(f"from={first} is after to={last}: exchange them.")
    kind = inputs.read_word("kind", KINDS)
    process = inputs.read_thing("process", whole.processes, "st:TerritorialProcess with a time")
    actor = inputs.read_thing("actor", whole.actors, "actor of what has a time")
    found = [
        each
        for each in whole.records
        if kind in ("", each.kind)
        and (not process or process in each.processes)
        and (not actor or actor in each.actors)
        and each.may_be_within(first, last)
    ]
    given = {
        "from": first,
        "to": last,
        "kind": kind,
        "process": inputs.short(process),
        "actor": inputs.short(actor),
    }
    return given, found


def _page(
    whole: Chronology,
    found: list[TimedRecord],
    shown: list[TimedRecord],
    given: dict[str, str],
    number: int,
    last: int,
) -> str:
    when = {each.iri: inputs.between(each.start, each.end) for each in shown}
    here = inputs.address(_PATH, given)
    return render_template(
        "chronology.html",
        count=len(found),
        shown=shown,
        when=when,
        picture=draw(shown, when),
        kinds=KINDS,
        given=given,
        title=_title(whole, given),
        number=number,
        last=last,
        here=f"{here}{'&' if '?' in here else '?'}",
        form={
            "kind": inputs.word_options(KINDS, given["kind"]),
            "process": _options(whole.processes, given["process"]),
            "actor": _options(whole.actors, given["actor"]),
        },
        actors=lambda each: sorted((whole.actors[iri], local_path(iri)) for iri in each.actors),
        link=lambda iri: local_path(iri) or "",
        downloads=[
            *((each.upper(), inputs.address(f"{_PATH}.{each}", given)) for each in ("csv", "json")),
            ("SVG", inputs.address(f"{_PATH}.svg", given, page=str(number) if number > 1 else "")),
        ],
    )


def _options(labels: Mapping[str, str], chosen: str) -> list[inputs.Option]:
    return [
        each._replace(is_chosen=each.value == chosen and bool(chosen))
        for each in inputs.options(labels, "")
    ]


def _title(whole: Chronology, given: Mapping[str, str]) -> str:
    """Say in words what was chosen."""
    parts = [KINDS[given["kind"]] if given["kind"] else "acts, statements and events"]
    for name, word, labels in (("actor", "by", whole.actors), ("process", "on", whole.processes)):
        chosen = [text for iri, text in labels.items() if inputs.short(iri) == given[name]]
        parts += [f"{word} {text}" for text in chosen]
    parts += [f"{word} {inputs.written(given[word])}" for word in ("from", "to") if given[word]]
    return " ".join(parts)


def _picture(shown: list[TimedRecord], given: Mapping[str, str]) -> Response:
    caption = [
        "diamond: act; circle: statement; square: event; between strokes: some time between these"
        " days; arrow: no bound known",
        responses.origin(inputs.address(_PATH, given)),
    ]
    when = {each.iri: inputs.between(each.start, each.end) for each in shown}
    return responses.as_picture("chronology.svg", picture=draw(shown, when), caption=caption)


def _about(given: Mapping[str, str]) -> Mapping[str, object]:
    return {
        "title": "Chronology",
        "address": f"{base_url()}{inputs.address(_PATH, given)}",
        "chosen": {name: value for name, value in given.items() if value},
        "columns": _COLUMNS,
        "note": "A time lies between its bounds; it may have been on any day of them.",
    }


def _row(whole: Chronology, each: TimedRecord) -> dict[str, str]:
    return {
        "label": each.label,
        "iri": each.iri,
        "kind": each.kind,
        "not_before": each.start,
        "not_after": each.end,
        "basis": each.basis,
        "as_printed": each.printed,
        "actors": "; ".join(sorted(whole.actors[iri] for iri in each.actors)),
        "processes": "; ".join(sorted(whole.processes[iri] for iri in each.processes)),
    }
