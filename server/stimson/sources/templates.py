"""Templates: which properties a source, statement, stance or act is written with.

One table per kind of thing. Each row is a property, the option of `stimson new` that
gives it, and what a gap asks for where the option is not used. A gap stands where a value
belongs and says in its name what is asked for: ``st:speaker gap:who-spoke``. It is a term,
so the file parses, and it is nobody's name, so `stimson validate` finds it (rule ``gap``).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Day
from typing import Literal, get_args

import pyoxigraph as ox

from .. import names
from ..errors import InvalidParameter
from ..rdf import named
from ..rdf.turtle.edit import NamedTerm, NamedValues, date
from .library import term

Written = Literal["name", "concept", "class", "english", "printed", "code"]
Basis = Literal["explicit", "inferred", "external", "unknown"]
BASES: tuple[Basis, ...] = get_args(Basis)
Given = Mapping[str, Sequence[str]]  # what was typed for each option
_BARE: dict[Written, str] = {"concept": "stv", "class": "st"}


@dataclass(frozen=True, slots=True)
class Field:
    """A place for the values of a property; `asked` says what belongs there, in a few words.

    Where a value is `needed` and not given, a gap takes its place.
    """

    option: str
    property: str
    written: Written
    asked: str
    needed: bool = True
    many: bool = False

    def read(self, text: str, language: str) -> NamedTerm:
        """Read a value that somebody typed; words of the source are in `language`."""
        match self.written:
            case "english":
                return ox.Literal(text, language="en")
            case "printed":
                return ox.Literal(text, language=language)
            case "code":
                return ox.Literal(text)
        return term(text, _BARE.get(self.written, ""))

    def values(self, given: Given, language: str) -> Sequence[NamedTerm]:
        """Take what was given, else a gap where something is needed."""
        values = [self.read(text, language) for text in given.get(self.option, ()) if text.strip()]
        return values or ([gap(self.asked)] if self.needed else [])


SOURCE = (
    Field("label", "rdfs:label", "english", "publisher and subject, in English"),
    Field("title", "dcterms:title", "printed", "headline as printed"),
    Field("publisher", "dcterms:publisher", "name", "who published it", many=True),
    Field("author", "dcterms:creator", "name", "who wrote it", needed=False, many=True),
    Field("language", "dcterms:language", "code", "language of the text, such as en"),
    Field("damage", "st:damage", "concept", "how the text is spoilt", needed=False, many=True),
)

STATEMENT = (
    Field("label", "rdfs:label", "english", "who says what, in a few words"),
    Field("speaker", "st:speaker", "name", "who spoke"),
    Field("for", "st:onBehalfOf", "name", "on whose behalf", needed=False, many=True),
    Field("capacity", "st:capacity", "printed", "in which capacity, as printed", needed=False),
    Field("relayed-by", "st:relayedBy", "name", "who passed it on", needed=False, many=True),
    Field("manner", "st:manner", "concept", "how it is given: direct, indirect, mixed or narrated"),
    Field("medium", "st:medium", "concept", "by which medium, such as speech"),
    Field("act", "st:speechAct", "concept", "which speech act, such as denial", many=True),
    Field("gist", "st:gist", "english", "what was said, in one sentence of your own"),
)

STANCE = (
    Field("label", "rdfs:label", "english", "whose position on what, in a few words"),
    Field("holder", "st:holder", "name", "whose position it is"),
    Field("on", "st:stanceObject", "name", "which act or change it is on"),
    Field("position", "st:position", "concept", "which position, such as non-recognition"),
    Field("evidence", "st:evidence", "name", "what shows it: a statement, act or vote", many=True),
)

ACT = (
    Field("kind", "rdf:type", "class", "its class, such as Treaty", needed=False),
    Field("label", "rdfs:label", "english", "neutral name of the act"),
    Field("process", "st:partOfProcess", "name", "course of acts it is part of", needed=False),
    Field("issuer", "st:issuedBy", "name", "who issued it", many=True),
)

STAGE = (
    Field("stage-label", "rdfs:label", "english", "stage and act, in a few words"),
    Field("stage", "st:stageKind", "concept", "which stage, such as signature"),
    Field("taken-by", "st:takenBy", "name", "who took that stage", many=True),
    Field("outcome", "st:outcome", "concept", "what came of that stage"),
)


def fill(wanted: Sequence[Field], given: Given, language: str = "en") -> Iterator[NamedValues]:
    """Write the properties of a template; words of the source are in `language`."""
    for field in wanted:
        yield field.property, field.values(given, language)


def of_class(name: str) -> NamedValues:
    """Write the class of a thing."""
    return "rdf:type", [named(name)]


def gap(asked: str) -> ox.NamedNode:
    """Mark the place of something that is still to be said: ``gap("who spoke")``.

    What follows a comma or colon explains the question, and is no part of its name.
    """
    question = re.split("[,:]", asked)[0].lower()
    return ox.NamedNode(f"{names.GAP}{re.sub('[^a-z0-9]+', '-', question)}")


@dataclass(frozen=True, slots=True)
class Dating:
    """What a contributor says of a date; what is not said becomes a gap."""

    first: str | None = None
    last: str | None = None
    basis: Basis = "explicit"
    printed: str | None = None
    note: str | None = None

    def properties(self, language: str) -> tuple[NamedValues, ...]:
        """Write the date as properties; the source is in `language`."""
        basis: NamedValues = ("st:dateBasis", [named(f"stv:{self.basis}")])
        if self.basis == "unknown":
            return (basis, *self._reasons(language))
        first, last = _day(self.first), _day(self.last or self.first)
        if first and last and first.value > last.value:
            raise InvalidParameter(f"{first.value} comes after {last.value}; exchange the two.")
        return (
            ("st:notBefore", [first or gap("first day that it can be")]),
            ("st:notAfter", [last or gap("last day that it can be")]),
            basis,
            *self._reasons(language),
        )

    def _reasons(self, language: str) -> tuple[NamedValues, ...]:
        """Give the words of the source, and the reasoning, where the basis demands them."""
        printed = ox.Literal(self.printed, language=language) if self.printed else None
        note = ox.Literal(self.note, language="en") if self.note else None
        asked = gap("date as printed"), gap("how the date was found")
        printed_or_gap = printed or (asked[0] if self.basis == "explicit" else None)
        note_or_gap = note or (asked[1] if self.basis in ("inferred", "external") else None)
        return (
            ("st:dateAsPrinted", [printed_or_gap] if printed_or_gap else []),
            ("st:dateNote", [note_or_gap] if note_or_gap else []),
        )


def _day(text: str | None) -> ox.Literal | None:
    if text is None:
        return None
    try:
        return date(Day.fromisoformat(text).isoformat())
    except ValueError as fault:
        raise InvalidParameter(f"{text!r} is no day; write it as 2022-09-30.") from fault
