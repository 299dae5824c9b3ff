"""What a search gives: things with their texts, numbers by kind, and what may be meant."""

import sqlite3
from dataclasses import dataclass
from typing import NamedTuple

from .. import names
from .searched_things import Role, SearchedText
from .thing_kinds import KINDS, ThingKind
from .word_forms import SearchWord

KIND_BITS = 32  # of the number of a thing: what is above them is its kind


@dataclass(frozen=True, slots=True)
class FoundThing:
    """One thing that was found, with its texts, for excerpts."""

    iri: str
    kind: ThingKind
    title: str
    language: str
    type: str
    texts: tuple[SearchedText, ...]  # their properties by label


class KindCount(NamedTuple):
    """How many things of a kind are found."""

    kind: ThingKind
    number: int


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search comes to: one page of the things, the numbers of all, and what may be meant."""

    words: tuple[SearchWord, ...]
    total: int  # of the kind that was asked for
    counts: tuple[KindCount, ...] = ()
    things: tuple[FoundThing, ...] = ()
    meant: tuple[str, ...] = ()
    alone: tuple[tuple[str, int], ...] = ()  # each word, and what has it


def read_thing(index: sqlite3.Connection, id: int) -> FoundThing:
    """Read a thing by its number."""
    row = index.execute("SELECT iri, title, language, type FROM thing WHERE id = ?", (id,))
    iri, title, language, type = row.fetchone()
    pieces = index.execute(
        "SELECT role, label, language, text FROM piece LEFT JOIN property"
        " ON property = number WHERE thing = ? ORDER BY position",
        (id,),
    )
    texts = tuple(
        SearchedText(Role(role), label or "identifier", language, text)
        for role, label, language, text in pieces
    )
    return FoundThing(iri, KINDS[id >> KIND_BITS], title, language, type, texts)


def find_by_iri(index: sqlite3.Connection, text: str, kind: str) -> SearchResult | None:
    """Find the thing that has this IRI or prefixed name, if it is of the kind asked for."""
    iri = names.expand(text.strip())
    row = index.execute("SELECT id FROM thing WHERE iri = ?", (_text(iri),)).fetchone()
    if row is None:
        return None
    thing = read_thing(index, row[0])
    is_asked = kind in ("", thing.kind.name)
    return SearchResult((), int(is_asked), (KindCount(thing.kind, 1),), (thing,) * is_asked)


def _text(text: str) -> str:
    """Leave out what is no character, but half of one."""
    return text.encode("utf-8", "ignore").decode()
