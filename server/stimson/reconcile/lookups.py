"""Complete what a user types, and hand out the values of properties of things reconciled."""

import re
from collections.abc import Iterable, Mapping

from .. import names
from .name_index import NameIndex
from .named_things import ThingProperty, Type, Value, known_as, local_id
from .normalization import plain
from .request_parser import DataExtension, WantedProperty

PAGE = 20  # suggestions at a time
_DESCRIBED = 160  # characters

Suggestion = dict[str, object]


def suggest_things(index: NameIndex, prefix: str, cursor: int) -> list[Suggestion]:
    """Suggest things by a name, a word of a name, a code or an identifier."""
    return [
        {
            "id": thing.id,
            "name": thing.label,
            "description": cut(thing.description),
            "notable": [{"id": each, "name": index.types[each].label} for each in thing.types],
        }
        for thing in index.starting(prefix)[cursor : cursor + PAGE]
    ]


def suggest_types(index: NameIndex, prefix: str, cursor: int) -> list[Suggestion]:
    """Suggest types by a word of their label or by their identifier."""
    found = _starting(prefix, index.types)
    return [show_type(index, each) for each in found][cursor : cursor + PAGE]


def suggest_properties(index: NameIndex, prefix: str, cursor: int) -> list[Suggestion]:
    """Suggest properties by a word of their label or by their identifier."""
    return [
        {"id": each, "name": one.label, "description": cut(one.description)}
        for each in _starting(prefix, index.properties)[cursor : cursor + PAGE]
        for one in (index.properties[each],)
    ]


def propose(index: NameIndex, type: str, limit: int | None) -> list[Suggestion]:
    """Propose the properties of things of a type, the commonest first; of any without one."""
    known = known_as(type, index.types)
    counts = {
        each.id: each.counts.get(known, 0) if known else sum(each.counts.values())
        for each in index.properties.values()
        if known or not type
    }
    ranked = sorted((id for id, count in counts.items() if count), key=lambda id: (-counts[id], id))
    return [{"id": id, "name": index.properties[id].label} for id in ranked[:limit]]


def show_type(index: NameIndex, id: str) -> Suggestion:
    """Write a type with what is directly above it."""
    found = index.types[id]
    broader = [{"id": each, "name": index.types[each].label} for each in found.broader]
    return {"id": id, "name": found.label, "description": found.description, "broader": broader}


def cut(text: str) -> str:
    """Shorten a description to a line."""
    return text if len(text) <= _DESCRIBED else f"{text[: _DESCRIBED - 1].rstrip()}…"


def _starting(prefix: str, known: Mapping[str, Type | ThingProperty]) -> list[str]:
    """List what has a label or an identifier in which a word starts like this."""
    start = plain(prefix)
    first = known_as(prefix, known)
    found = [] if first is None else [first]
    return found + [
        id
        for id, one in sorted(known.items(), key=lambda item: (item[1].label, item[0]))
        if id != first and _starts(start, (one.label, id.partition(":")[2]))
    ]


def _starts(start: str, texts: Iterable[str]) -> bool:
    return any(f" {plain(text)}".find(f" {start}") >= 0 for text in texts)


SETTINGS = (
    {
        "name": "limit",
        "label": "Values",
        "type": "number",
        "default": 0,
        "help_text": "How many values at most; 0 for all of them",
    },
    {
        "name": "language",
        "label": "Language",
        "type": "select",
        "default": "",
        "help_text": "Texts in this language only",
        "choices": [
            {"value": "", "name": "any"},
            {"value": "en", "name": "English"},
            {"value": "uk", "name": "Ukrainian"},
            {"value": "ru", "name": "Russian"},
        ],
    },
)
_XSD = names.PREFIXES["xsd"]
_DATE = re.compile(r"-?\d{4,}-\d\d-\d\d")
_DATETIME = re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?")
_INTEGER = re.compile(r"[+-]?\d{1,15}")  # what every reader of JSON reads exactly
_FLOAT = re.compile(r"[+-]?\d{0,15}\.?\d{1,15}(?:[eE][+-]?\d{1,2})?")
_INTEGERS = tuple(f"{_XSD}{kind}" for kind in ("integer", "nonNegativeInteger", "int", "long"))
_FLOATS = tuple(f"{_XSD}{kind}" for kind in ("decimal", "double", "float"))
_MOST = 100  # values in one cell

Cell = dict[str, object]


def extend(index: NameIndex, asked: DataExtension) -> dict[str, object]:
    """Answer a data extension query; of what is not known, cells are empty."""
    return {
        "meta": [_describe(index, wanted) for wanted in asked.properties],
        "rows": {id: _row(index, id, asked.properties) for id in asked.ids},
    }


def _describe(index: NameIndex, wanted: WantedProperty) -> Cell:
    known = known_as(wanted.id, index.properties)
    return {"id": wanted.id, "name": index.properties[known].label if known else wanted.id}


def _row(
    index: NameIndex, id: str, properties: tuple[WantedProperty, ...]
) -> dict[str, list[Cell]]:
    position = index.position(local_id(id))
    facts = {} if position is None else index.things[position].facts
    return {
        wanted.id: _cells(facts.get(known_as(wanted.id, index.properties) or "", []), wanted)
        for wanted in properties
    }


def _cells(values: list[Value], wanted: WantedProperty) -> list[Cell]:
    kept = [
        value for value in values if not wanted.language or value.language in ("", wanted.language)
    ]
    return [_cell(value) for value in kept[: min(wanted.limit or _MOST, _MOST)]]


def _cell(value: Value) -> Cell:
    """Write a value: a thing, a number, a date or a text."""
    if value.id is not None:
        return {"id": value.id, "name": value.label or value.id}
    if value.kind == "uri":  # a concept by its label; what lies elsewhere by its address
        return {"str": value.label or value.text}
    if value.datatype in _INTEGERS and _INTEGER.fullmatch(value.text):
        return {"int": int(value.text)}
    if value.datatype in _FLOATS and _FLOAT.fullmatch(value.text):
        return {"float": float(value.text)}
    if value.datatype == f"{_XSD}date" and _DATE.fullmatch(value.text):
        # The protocol has no date without a time; clients read this one as the day it is.
        return {"date": f"{value.text}T00:00:00Z"}
    if value.datatype == f"{_XSD}dateTime" and _DATETIME.fullmatch(value.text):
        return {"date": value.text}
    return {"str": value.text}
