"""Templates: which properties a source, a statement, a claim and so on is written with.

One table per kind of thing. Each row is a property, the option of `stimson new` that
gives it, and what a gap asks for where the option is not used. A gap stands where a value
belongs and says in its name what is asked for: ``st:speaker gap:who-spoke``. It is a term,
so the file parses, and it is nobody's name, so `stimson validate` finds it (rule ``gap``).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date as Day
from typing import Literal, get_args

import pyoxigraph as ox

from .. import names
from ..errors import InvalidParameter
from ..rdf import named
from ..rdf.turtle.edit import NamedTerm, NamedValues, date, number
from .library import term

Written = Literal["name", "concept", "class", "english", "printed", "code", "number"]
Basis = Literal["explicit", "inferred", "external", "unknown"]
BASES: tuple[Basis, ...] = get_args(Basis)
NONE = "none"  # what stands for a day that nothing gives
Given = Mapping[str, Sequence[str]]  # what was typed for each option
_NUMBER = re.compile(r"-?\d+(\.\d*[1-9])?")
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
            case "number":
                return _number(text)
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
    Field("of", "st:recognitionOf", "concept", "what is recognised or not", needed=False),
    Field("in-favour-of", "st:inFavourOf", "name", "in whose favour", needed=False, many=True),
)

STEP = (
    Field("step-label", "rdfs:label", "english", "whose step and how, in a few words"),
    Field("step", "st:stepKind", "concept", "which step, such as taken"),
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


CLAIM = (
    Field("label", "rdfs:label", "english", "what is claimed, and by whom in brackets"),
    Field("statement", "st:claimedIn", "name", "which statement claims it"),
    Field("polarity", "st:polarity", "concept", "affirmed or denied"),
    Field("verification", "st:verification", "concept", "what the source says of verification"),
    Field("checked-by", "st:checkedBy", "name", "who checked it", needed=False, many=True),
    Field("corroborates", "st:corroborates", "name", "which claim it backs", False, many=True),
)

_ABOUT = Field("about", "st:about", "name", "what it is about", needed=False, many=True)
_WHAT = Field("about", "st:about", "name", "what it is about", many=True)
CLAIMS: Mapping[str, tuple[str, tuple[Field, ...]]] = {
    "control": (
        "st:ControlClaim",
        (
            Field("place", "st:controlledPlace", "name", "which place"),
            Field("by", "st:controller", "name", "who holds, gains or loses it", many=True),
            Field("aspect", "st:controlAspect", "concept", "holding, gain or loss"),
            Field("extent", "st:extent", "concept", "how much of the place, such as complete"),
            _ABOUT,
        ),
    ),
    "sovereignty": (
        "st:SovereigntyClaim",
        (
            Field("place", "st:claimedPlace", "name", "which place", many=True),
            Field("kind", "st:sovereigntyKind", "concept", "how many sovereigns, if any"),
            Field("sovereign", "st:claimedSovereign", "name", "to whom it belongs", False, True),
            _ABOUT,
        ),
    ),
    "legality": (
        "st:LegalityClaim",
        (
            Field("on", "st:assesses", "name", "which act or course of acts", many=True),
            Field("assessment", "st:assessment", "concept", "which judgement, such as void"),
            _ABOUT,
        ),
    ),
    "figure": (
        "st:FigureClaim",
        (
            Field("printed", "st:figureAsPrinted", "printed", "number as printed"),
            Field("unit", "st:unit", "english", "what the number counts"),
            Field("bound", "st:bound", "concept", "how exact the number is"),
            Field("lowest", "st:lowest", "number", "smallest number it allows", needed=False),
            Field("highest", "st:highest", "number", "greatest number it allows", needed=False),
            _ABOUT,
        ),
    ),
    "occurrence": (
        "st:OccurrenceClaim",
        (
            Field("event", "st:claimedEvent", "name", "which event, act or stage", many=True),
            Field("agent", "st:claimedAgent", "name", "who is said to have done it", False, True),
            _ABOUT,
        ),
    ),
    "intention": (
        "st:IntentionClaim",
        (Field("actor", "st:intendingActor", "name", "who means to do it"), _ABOUT),
    ),
    "causal": (
        "st:CausalClaim",
        (
            Field("cause", "st:cause", "name", "what brought it about", many=True),
            Field("effect", "st:effect", "name", "what was brought about", many=True),
            _ABOUT,
        ),
    ),
    "characterization": (
        "st:CharacterizationClaim",
        (
            Field("of", "st:characterizes", "name", "what is characterized", many=True),
            Field("as", "st:characterization", "concept", "which quality or nature"),
            Field("words", "st:wordsAsPrinted", "printed", "words that say so, as printed"),
            _ABOUT,
        ),
    ),
    "naming": (
        "st:NamingClaim",
        (
            Field("of", "st:named", "name", "what is named", many=True),
            Field("name", "st:nameGiven", "printed", "name that it is given, as printed"),
            _ABOUT,
        ),
    ),
    "location": (
        "st:LocationClaim",
        (
            Field("place", "st:placed", "name", "which place"),
            Field("in", "st:placedIn", "name", "in or beside which place"),
            Field("relation", "st:spatialRelation", "concept", "how the two lie, such as within"),
            Field("basis", "st:locationBasis", "concept", "explicit or inferred"),
            _ABOUT,
        ),
    ),
    "identity": (
        "st:IdentityClaim",
        (
            Field("of", "st:identified", "name", "who or what is identified", many=True),
            Field("as", "st:identifiedAs", "name", "as whom or what", many=True),
            _ABOUT,
        ),
    ),
    "support": (
        "st:SupportClaim",
        (
            Field("by", "st:supporter", "name", "who backs or opposes", many=True),
            Field("of", "st:supported", "name", "who or what is backed or opposed", many=True),
            Field("kind", "st:supportKind", "concept", "in what it consists"),
            _ABOUT,
        ),
    ),
    "expectation": ("st:ExpectationClaim", (_WHAT,)),
    "assessment": ("st:AssessmentClaim", (_WHAT,)),
}
"""The kinds of claim: the class, and the properties beside those of every claim."""

_SOURCES = Field("source", "dcterms:source", "name", "where it is written", False, many=True)
_NOTE = Field("note", "skos:editorialNote", "english", "note of the curators", needed=False)
_PLACE = "which kind of place, such as Settlement or Region"
_ACTOR = "which kind of actor, such as Person or Organization"


@dataclass(frozen=True, slots=True)
class Template:
    """How a thing of some kind is written, and what a contributor is told of it.

    Without a `type` of its own, its class is what is given for ``kind``; `spaces` say by what
    kind of name it then goes, if not by `space`.
    """

    summary: str
    example: str
    space: str
    fields: tuple[Field, ...]
    type: str | None = None
    spaces: Mapping[str, str] = field(default_factory=dict)
    dated: bool = False

    @property
    def is_classed(self) -> bool:
        """Tell whether its class can be given."""
        return any(each.property == "rdf:type" for each in self.fields)


THINGS: Mapping[str, Template] = {
    "event": Template(
        "Describe an event: what happened, or is said to have happened.",
        "harbour-closure-2031 --to data/events/example.ttl --kind destruction",
        "event",
        (
            Field("label", "rdfs:label", "english", "neutral name of the event"),
            Field("kind", "st:eventKind", "concept", "which kind of event"),
            Field("place", "st:eventPlace", "name", "where it took place", False, many=True),
            Field(
                "done-by", "st:doneBy", "name", "who did it, if nobody disputes that", False, True
            ),
            Field("done-to", "st:doneTo", "name", "to whom it was done", needed=False, many=True),
            Field("counterpart", "st:counterpart", "name", "same event, other side", False, True),
            _NOTE,
        ),
        type="st:Event",
        dated=True,
    ),
    "place": Template(
        "Describe a place; it lies in a region or an area, never in a state.",
        "exampleton --to data/territories/example.ttl --kind Settlement",
        "place",
        (
            Field("kind", "rdf:type", "class", _PLACE),
            Field("label", "rdfs:label", "english", "name of the place in English"),
            Field("in", "st:locatedIn", "name", "region or area it lies in", False, many=True),
            _SOURCES,
            _NOTE,
        ),
        spaces={"Region": "territory"},
    ),
    "actor": Template(
        "Describe an actor: a person, a state, an organization, a group, a contested entity.",
        "harbour-union --to data/actors/example.ttl --kind Organization",
        "organization",
        (
            Field("kind", "rdf:type", "class", _ACTOR),
            Field("label", "rdfs:label", "english", "name of the actor in English"),
            Field("official-name", "st:officialName", "english", "official name", needed=False),
            _SOURCES,
            _NOTE,
        ),
        spaces={"Person": "person", "State": "state"},
    ),
    "conflict": Template(
        "Describe a conflict of two claims, or with --kind ApparentConflict what only seems one.",
        "harbour-line --to data/conflicts/example.ttl --one claim:a --other claim:b",
        "conflict",
        (
            Field("kind", "rdf:type", "class", "Conflict or ApparentConflict", needed=False),
            Field("label", "rdfs:label", "english", "the one, or the other, in a few words"),
            Field("one", "st:between", "name", "one claim"),
            Field("other", "st:between", "name", "the other claim"),
            Field("on", "st:conflictKind", "concept", "what they disagree on"),
            Field("reason", "st:reason", "english", "why both cannot hold, or can"),
        ),
        type="st:Conflict",
    ),
    "process": Template(
        "Describe a course of acts that is meant to change the status of a territory.",
        "new-line-2031 --to data/acts/example.ttl --territory territory:example",
        "act",
        (
            Field("label", "rdfs:label", "english", "neutral name of the course of acts"),
            Field("effect", "st:purportedEffect", "concept", "what it is meant to do", many=True),
            Field("territory", "st:purportedTerritory", "name", "which territory", many=True),
            Field("taken-from", "st:purportedFrom", "name", "from whom", False, many=True),
            Field("given-to", "st:purportedTo", "name", "to whom", needed=False, many=True),
            _SOURCES,
            _NOTE,
        ),
        type="st:TerritorialProcess",
    ),
    "norm": Template(
        "Describe a norm that stances and acts invoke: an article, a paragraph, a doctrine.",
        "example-treaty-article-2 --to data/acts/example.ttl --in act:example-treaty-2031",
        "norm",
        (
            Field("label", "rdfs:label", "english", "name of the norm"),
            Field("in", "st:normIn", "name", "act that lays it down", needed=False, many=True),
            Field("source", "dcterms:source", "name", "where it is written", many=True),
            _NOTE,
        ),
        type="st:Norm",
    ),
}
"""What is described by itself, without a source in hand."""


def fill(wanted: Sequence[Field], given: Given, language: str = "en") -> Iterator[NamedValues]:
    """Write the properties of a template; words of the source are in `language`."""
    found: dict[str, list[NamedTerm]] = {}
    for each in wanted:
        found.setdefault(each.property, []).extend(each.values(given, language))
    yield from found.items()


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
    """What a contributor says of a date; what is not said becomes a gap.

    Without a basis, and with nothing said, there is no date; with something said it is explicit.
    The day ``none`` is one that nothing gives.
    """

    first: str | None = None
    last: str | None = None
    basis: Basis | None = "explicit"
    printed: str | None = None
    note: str | None = None

    def properties(self, language: str) -> tuple[NamedValues, ...]:
        """Write the date as properties; the source is in `language`."""
        if self.basis is None:
            said = any((self.first, self.last, self.printed, self.note))
            return replace(self, basis="explicit").properties(language) if said else ()
        basis: NamedValues = ("st:dateBasis", [named(f"stv:{self.basis}")])
        if self.basis == "unknown":
            return (basis, *self._reasons(language))
        return (*self._bounds(), basis, *self._reasons(language))

    def _bounds(self) -> tuple[NamedValues, ...]:
        """Write the first and the last day, or that nothing gives one of them."""
        open_first, open_last = self.first == NONE, self.last == NONE
        if open_first and open_last:
            raise InvalidParameter("A date without both days is none; choose the basis unknown.")
        first = None if open_first else _day(self.first)
        known = self.last or (None if open_first else self.first)
        last = None if open_last else _day(known)
        if first and last and first.value > last.value:
            raise InvalidParameter(f"{first.value} comes after {last.value}; exchange the two.")
        missing = [named("stv:no-lower-bound")] * open_first
        missing += [named("stv:no-upper-bound")] * open_last
        return (
            ("st:notBefore", [] if open_first else [first or gap("first day that it can be")]),
            ("st:notAfter", [] if open_last else [last or gap("last day that it can be")]),
            ("st:missingBound", missing),
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


def _number(text: str) -> ox.Literal:
    if not _NUMBER.fullmatch(text):
        raise InvalidParameter(f"{text!r} is no number; write it as 60 or 12.5.")
    return number(text)


def _day(text: str | None) -> ox.Literal | None:
    if text is None:
        return None
    try:
        return date(Day.fromisoformat(text).isoformat())
    except ValueError as fault:
        raise InvalidParameter(f"{text!r} is no day; write it as 2022-09-30.") from fault
