"""What is reconciled against: things, their names, their types and what is said of them.

The identifier of a thing is what follows the identifier space (`state/ukraine`); that of a type
or a property is its prefixed name (`st:State`, `skos:altLabel`). Clients may write others.
"""

from collections.abc import Container
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from .. import names
from .normalization import NormalizedName


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
