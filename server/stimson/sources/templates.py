"""Templates: which properties a source, statement, stance or act is written with.

One table per kind of thing. Each row is a property, the option of `stimson new` that
gives it, and what a gap asks for where the option is not used.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pyoxigraph as ox

from ..rdf import named
from ..rdf.turtle.blocks import NamedTerm, NamedValues
from .gaps import gap
from .library import term

Shape = Literal["name", "concept", "class", "english", "printed", "code"]
Given = Mapping[str, Sequence[str]]  # what was typed for each option
_BARE: dict[Shape, str] = {"concept": "stv", "class": "st"}


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for the values of a property; `asked` says what belongs there, in a few words.

    Where a value is `needed` and not given, a gap takes its place.
    """

    option: str
    property: str
    shape: Shape
    asked: str
    needed: bool = True
    many: bool = False

    def read(self, text: str, language: str) -> NamedTerm:
        """Read a value that somebody typed; words of the source are in `language`."""
        match self.shape:
            case "english":
                return ox.Literal(text, language="en")
            case "printed":
                return ox.Literal(text, language=language)
            case "code":
                return ox.Literal(text)
        return term(text, _BARE.get(self.shape, ""))

    def values(self, given: Given, language: str) -> Sequence[NamedTerm]:
        """Take what was given, else a gap where something is needed."""
        values = [self.read(text, language) for text in given.get(self.option, ()) if text.strip()]
        return values or ([gap(self.asked)] if self.needed else [])


SOURCE = (
    Slot("label", "rdfs:label", "english", "publisher and subject, in English"),
    Slot("title", "dcterms:title", "printed", "headline as printed"),
    Slot("publisher", "dcterms:publisher", "name", "who published it", many=True),
    Slot("author", "dcterms:creator", "name", "who wrote it", needed=False, many=True),
    Slot("language", "dcterms:language", "code", "language of the text, such as en"),
    Slot("damage", "st:damage", "concept", "how the text is spoilt", needed=False, many=True),
)

STATEMENT = (
    Slot("label", "rdfs:label", "english", "who says what, in a few words"),
    Slot("speaker", "st:speaker", "name", "who spoke"),
    Slot("for", "st:onBehalfOf", "name", "on whose behalf", needed=False, many=True),
    Slot("capacity", "st:capacity", "printed", "in which capacity, as printed", needed=False),
    Slot("relayed-by", "st:relayedBy", "name", "who passed it on", needed=False, many=True),
    Slot("manner", "st:manner", "concept", "how it is given: direct, indirect, mixed or narrated"),
    Slot("medium", "st:medium", "concept", "by which medium, such as speech"),
    Slot("act", "st:speechAct", "concept", "which speech act, such as denial", many=True),
    Slot("gist", "st:gist", "english", "what was said, in one sentence of your own"),
)

STANCE = (
    Slot("label", "rdfs:label", "english", "whose position on what, in a few words"),
    Slot("holder", "st:holder", "name", "whose position it is"),
    Slot("on", "st:stanceObject", "name", "which act or change it is on"),
    Slot("position", "st:position", "concept", "which position, such as non-recognition"),
    Slot("evidence", "st:evidence", "name", "what shows it: a statement, act or vote", many=True),
)

ACT = (
    Slot("kind", "rdf:type", "class", "its class, such as Treaty", needed=False),
    Slot("label", "rdfs:label", "english", "neutral name of the act"),
    Slot("process", "st:partOfProcess", "name", "course of acts it is part of", needed=False),
    Slot("issuer", "st:issuedBy", "name", "who issued it", many=True),
)

STAGE = (
    Slot("stage-label", "rdfs:label", "english", "stage and act, in a few words"),
    Slot("stage", "st:stageKind", "concept", "which stage, such as signature"),
    Slot("taken-by", "st:takenBy", "name", "who took that stage", many=True),
    Slot("outcome", "st:outcome", "concept", "what came of that stage"),
)


def fill(slots: Sequence[Slot], given: Given, language: str = "en") -> Iterator[NamedValues]:
    """Write the properties of a template; words of the source are in `language`."""
    for slot in slots:
        yield slot.property, slot.values(given, language)


def of_class(name: str) -> NamedValues:
    """Write the class of a thing."""
    return "rdf:type", [named(name)]
