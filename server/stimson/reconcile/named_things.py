"""What is reconciled against: things, their names, their types and what is said of them.

Names are those that the graph states, and those that sources print.

The identifier of a thing is what follows the identifier space (`state/ukraine`); that of a type
or a property is its prefixed name (`st:State`, `skos:altLabel`). Clients may write others.
"""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

from .. import names
from .normalization import NormalizedName, normalize


def local_id(id: str) -> str:
    """Write the identifier of a thing, given that, its IRI or its prefixed name."""
    return names.expand(id.strip()).removeprefix(names.ID)


@lru_cache(4096)
def short(iri: str) -> str:
    """Write the identifier of a type or a property of the graph, given its IRI."""
    return _short(iri)


def known_as(id: str, known: Container[str]) -> str | None:
    """Find a type or property by its identifier, its IRI, or its name in our ontology alone."""
    id = id.strip()
    return next((each for each in (id, _short(id), f"st:{id}") if each in known), None)


def _short(iri: str) -> str:
    return names.shorten(iri).removeprefix("<").removesuffix(">")


class NameSource(Enum):
    """Where a name comes from, and how much it says (of 100) that somebody uses it."""

    LABEL = 100
    ALTERNATIVE = 99
    SHORTENED = 97  # a label without what it adds to tell things apart
    PRINTED = 98  # a source spells the name so
    PART = 88  # a source prints a part of the name: a surname alone, a region without that word
    DESCRIPTION = 70  # a source calls it so, as in "the enemy", or Moscow for Russia


class Value(NamedTuple):
    """One value of a property: a text with its language, or an IRI with its label."""

    text: str
    kind: str  # uri, literal
    language: str = ""
    datatype: str = ""
    id: str | None = None  # where the value is itself a thing of the graph
    label: str = ""  # of what is not


@dataclass(frozen=True, slots=True)
class Name:
    """A name of a thing, in one of its readings."""

    owner: int  # place of the thing in the index
    source: NameSource
    normalized: NormalizedName


@dataclass(slots=True)
class Thing:
    """One thing of the graph."""

    id: str
    label: str
    description: str = ""
    types: tuple[str, ...] = ()  # the narrowest first
    kinds: frozenset[str] = frozenset()  # what a word in its name could say of it
    facts: dict[str, list[Value]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Type:
    """A class of things."""

    id: str
    label: str
    description: str
    broader: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class ThingProperty:
    """A property of things, and how many of each type have it."""

    id: str
    label: str
    description: str
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything known, before it is indexed."""

    things: tuple[Thing, ...]
    names: tuple[Name, ...]
    codes: dict[str, frozenset[int]]  # as written: capitals tell NO from no
    types: dict[str, Type]
    properties: dict[str, ThingProperty]


_STATED = {
    "rdfs:label": NameSource.LABEL,
    "skos:prefLabel": NameSource.LABEL,
    "st:officialName": NameSource.LABEL,
    "skos:altLabel": NameSource.ALTERNATIVE,
    "dcterms:title": NameSource.ALTERNATIVE,
}
_PRINTED = "st:nameAsPrinted"
CODES = (
    "dcterms:identifier",
    "st:iso3166Alpha2",
    "st:iso3166Alpha3",
    "st:iso31662Code",
    "st:katottgCode",
    "st:m49Code",
    "st:geonamesId",
)
MAPPED = ("skos:exactMatch", "schema:sameAs")
_RESOLUTION = re.compile(r"([AS])/RES/(.+)")
_BODIES = {"A": "General Assembly", "S": "Security Council"}
_QUALIFIER = re.compile(r"\s*(?:\(|,? as ).*", re.DOTALL)
_PATRONYMIC = re.compile(r"\w(?:ович|евич|йович|івна|овна|евна)$", re.IGNORECASE)
_PERSON = "st:Person"
_KINDS = {"st:Settlement": "settlement", "st:Watercourse": "river"}
_ALIKE = 80  # of 100: two spellings of one name
_MOSTLY = 0.6  # share of the letters
_SMALL = frozenset({"a", "and", "for", "in", "of", "on", "the"})


def names_of(position: int, thing: Thing) -> list[Name]:
    """List the names of the thing that stands at `position` in the index."""
    thing.kinds = frozenset(kind for each, kind in _KINDS.items() if each in thing.types)
    found: dict[NormalizedName, NameSource] = {}
    for text, source, language in _stated(thing):
        for normalized in normalize(text, language):
            found.setdefault(normalized, source)
    stated = list(found)
    for value in thing.facts.get(_PRINTED, ()):
        for normalized in normalize(value.text, value.language):
            found.setdefault(normalized, _source_of(value.text, normalized, stated))
    return [Name(position, source, normalized) for normalized, source in found.items()]


def codes_of(thing: Thing) -> set[str]:
    """List the codes of a thing, identifiers elsewhere included."""
    codes = {value.text for pid in CODES for value in thing.facts.get(pid, ())}
    return codes | {_last(value) for pid in MAPPED for value in thing.facts.get(pid, ())}


def _last(value: Value) -> str:
    return value.text.rpartition("/")[2]


def _stated(thing: Thing) -> Iterator[tuple[str, NameSource, str]]:
    """Go through what the graph calls a thing; what is derived from that comes last."""
    stated = [
        (value.text, source, value.language)
        for pid, source in _STATED.items()
        for value in thing.facts.get(pid, ())
        if value.kind == "literal"
    ]
    yield from stated
    for text, _, language in stated:
        yield _QUALIFIER.sub("", text), NameSource.SHORTENED, language
        if _PERSON in thing.types:
            yield _without_patronymic(text), NameSource.SHORTENED, language
    for value in thing.facts.get(CODES[0], ()):
        yield from ((text, NameSource.ALTERNATIVE, "en") for text in _resolution(value.text))


def _resolution(symbol: str) -> tuple[str, ...]:
    """Write the symbol of a document of the United Nations as texts write it."""
    if (found := _RESOLUTION.fullmatch(symbol)) is None:
        return ()
    return (f"resolution {found[2]}", f"{_BODIES[found[1]]} resolution {found[2]}")


def _without_patronymic(name: str) -> str:
    words = name.split()
    kept = [word for word in words if not _PATRONYMIC.search(word)]
    return " ".join(kept) if len(words) == 3 and len(kept) == 2 else name


def _source_of(text: str, normalized: NormalizedName, stated: list[NormalizedName]) -> NameSource:
    """Tell a spelling of the name from a part of it, and both from a description."""
    if any(fuzz.ratio(normalized.core, other.core) >= _ALIKE for other in stated):
        return (
            NameSource.PRINTED
            if any(normalized.kinds == other.kinds for other in stated)
            else NameSource.PART
        )
    if any(other.words <= normalized.words for other in stated) or _is_acronym(text, stated):
        return NameSource.PRINTED
    if any(normalized.words <= other.words for other in stated):
        return NameSource.PART
    if any(_is_reworded(normalized, other) for other in stated):
        return NameSource.PRINTED
    return NameSource.DESCRIPTION


def _is_reworded(normalized: NormalizedName, other: NormalizedName) -> bool:
    """Tell whether most of a printed name is in a stated one: the UK Ministry of Defence."""
    common = normalized.words & other.words
    length = sum(map(len, normalized.words))
    return len(common) > 1 and sum(map(len, common)) >= _MOSTLY * length


def _is_acronym(text: str, stated: list[NormalizedName]) -> bool:
    """Tell whether `text` is made of the first letters of a stated name."""
    letters = text.strip().removeprefix("the ").removeprefix("The ")
    if not letters.isupper() or not letters.isalpha():
        return False
    initials = {
        "".join(word[0] for word in other.plain.split() if word not in _SMALL) for other in stated
    }
    return letters.casefold() in initials
