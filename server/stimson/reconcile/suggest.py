"""Complete what a user types: things, types and properties."""

from collections.abc import Iterable, Mapping

from .name_index import NameIndex
from .named_things import ThingProperty, Type, known_as
from .normalization import plain

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
