"""Faults of actors, places, events and acts, planted into the files of their kind."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from .expected import KNOWN, Finding, contradiction, rule, shape
from .turtle import File, Pair, date, label, string, text


def _posts(file: File) -> Iterator[Finding]:
    none, two = "post:faulty-min-count", "post:faulty-max-count"
    file.add(none, "st:Post", label("post in no body"))
    yield shape(file, none, "Post-postIn", "minCount")
    bodies = ("st:postIn", ["organization:body-0001", "organization:body-0002"])
    file.add(two, "st:Post", label("post in two bodies"), bodies)
    yield shape(file, two, "Post-postIn", "maxCount")
    yield contradiction(str(file.path), two)


def _states(file: File) -> Iterator[Finding]:
    focus = "state:faulty-pattern"
    file.add(focus, "st:State", label("state of x"), ("st:iso3166Alpha3", string("x1")))
    yield shape(file, focus, "State-iso3166Alpha3", "pattern")
    focus = "state:faulty-unique-lang"
    file.add(focus, "st:State", ("rdfs:label", [text("one name"), text("another name")]))
    yield shape(file, focus, "Labelled-label", "uniqueLang")
    focus = "state:faulty-datatype"
    file.add(focus, "st:State", ("rdfs:label", [text("state of none"), string("in no language")]))
    yield shape(file, focus, "Labelled-label", "datatype")
    focus = "state:faulty-qualified-min-count"
    file.add(focus, "st:State", ("rdfs:label", text("без англійської", "uk")))
    yield shape(file, focus, "Labelled-label-en", "qualifiedMinCount", "QualifiedMinCount")
    focus = "state:faulty-normal-form"
    accent = "e\u0301"  # two code points that look like one
    file.add(focus, "st:State", label("accent"), ("skos:editorialNote", text(accent)))
    yield rule(file, focus, "unnormalised")


def _memberships(file: File) -> Iterator[Finding]:
    parts: list[Pair] = [("st:member", "state:state-001"), ("st:memberOf", "organization:group-01")]
    early, late, wordy = (
        f"membership:faulty-{name}" for name in ("min-inclusive", "max-inclusive", "max-length")
    )
    since = ("st:since", date("1450-01-01"))
    file.add(early, "st:Membership", label("too early"), *parts, since)
    yield shape(file, early, "Lasting-since", "minInclusive")
    until = ("st:until", date("2150-01-01"))
    file.add(late, "st:Membership", label("too late"), *parts, until)
    yield shape(file, late, "Lasting-until", "maxInclusive")
    words = ("st:citedWords", text("word " * 61))
    source = ("dcterms:source", "citation:work-001")
    file.add(wordy, "st:Membership", label("too long"), *parts, words, source)
    yield shape(file, wordy, "CitedWords-citedWords", "maxLength")


def _places(file: File) -> Iterator[Finding]:
    focus = "place:faulty-qualified-max-count"
    file.add(focus, "st:Settlement , st:Facility", label("both at once"))
    yield shape(file, focus, "Place-one-kind", "qualifiedMaxCount", "QualifiedMaxCount")
    yield contradiction(str(file.path), focus)
    focus = "place:faulty-neutrality"
    inside = ("st:locatedIn", "state:state-001")
    file.add(focus, "st:Settlement", label("inside a state"), inside)
    yield shape(file, focus, "Place", "sparql", "SPARQL")
    yield shape(file, focus, "Place-locatedIn", "class")
    yield contradiction("actors/states.ttl", "state:state-001")
    warning = shape(file, focus, "Settlement-locatedIn", "or")
    yield replace(warning, severity="warning")


def _placements(file: File) -> Iterator[Finding]:
    focus = "placement:faulty-or"
    file.add(
        focus,
        "st:Placement",
        label("placed in a person"),
        ("st:placed", "territory:region-001"),
        ("st:placedIn", "person:speaker-0001"),
        ("st:accordingTo", "state:state-001"),
        ("dcterms:source", text("a list")),
    )
    yield shape(file, focus, "Placement-placedIn", "or")


def _events(file: File) -> Iterator[Finding]:
    kind = ("st:eventKind", "stv:attack")
    focus = "event:faulty-class"
    done = ("st:doneBy", "territory:region-001")
    file.add(focus, "st:Event", label("done by a region"), kind, done)
    yield shape(file, focus, "Event-doneBy", "class")
    yield contradiction("territories/regions.ttl", "territory:region-001")
    focus = "event:faulty-in"
    file.add(focus, "st:Event", label("of a foreign scheme"), ("st:eventKind", "stv:affirmed"))
    yield shape(file, focus, "Event-eventKind-scheme", "in")
    focus = "event:faulty-less-than-or-equals"
    order: list[Pair] = [
        ("st:notBefore", date("2015-05-03")),
        *(pair for pair in KNOWN if pair[0] != "st:notBefore"),
    ]
    file.add(focus, "st:Event", label("ends before it begins"), kind, *order)
    yield shape(file, focus, "Dated-notBefore", "lessThanOrEquals")
    focus = "event:faulty-has-value"
    # The basis would have to be stv:unknown, as nothing bounds the date.
    file.add(focus, "st:Event", label("without bounds"), kind, *KNOWN[2:])
    yield shape(file, focus, "KnownDate", "hasValue", "Or")
    focus = "event:faulty-literal"
    never = ("dcterms:issued", date("2014-02-30"))
    file.add(focus, "st:Event", label("on no day"), kind, never)
    yield rule(file, focus, "literal")
    focus = "event:faulty-form"
    number = ("dcterms:extent", "007")
    file.add(focus, "st:Event", label("of an odd number"), kind, number)
    yield rule(file, focus, "non-canonical")


def _resolutions(file: File) -> Iterator[Finding]:
    parts: list[Pair] = [("st:issuedBy", "organization:assembly")]
    focus = "act:faulty-totals"
    totals: list[Pair] = [
        (f"st:total{choice}", "1") for choice in ("InFavour", "Against", "Abstaining")
    ]
    file.add(focus, "st:Resolution", label("miscounted"), *parts, *totals)
    vote: list[Pair] = [
        ("st:voter", "state:state-001"),
        ("st:votedOn", focus),
        ("st:choice", "stv:against"),
    ]
    file.add("vote:faulty-totals", "st:Vote", *vote)
    yield shape(file, focus, "CountedAct", "sparql", "SPARQL")
    focus = "act:faulty-order"
    file.add(focus, "st:Treaty", label("ratified before it was signed"), *parts)
    for stage, year in (("ratification", 2014), ("signature", 2016)):
        when = date(f"{year}-01-01")
        bounds: list[Pair] = [("st:notBefore", when), ("st:notAfter", when), *KNOWN[2:]]
        _stage(file, focus, stage, *bounds, ("st:takenBy", "organization:assembly"))
    yield shape(file, focus, "Treaty", "sparql", "SPARQL")
    _stage(file, "act:resolution-001", "voting", *KNOWN)
    warning = shape(file, "act:resolution-001-voting", "ActStage-taker", "minCount")
    yield replace(warning, severity="warning")


def _citations(file: File) -> Iterator[Finding]:
    focus = "citation:faulty-datatype"
    title = ("dcterms:bibliographicCitation", text("page 2"))
    file.add(focus, "st:Citation", label("no plain string"), title)
    yield shape(file, focus, "Citation-bibliographicCitation", "datatype")


def _stage(file: File, of: str, stage: str, *pairs: Pair) -> None:
    file.add(
        f"{of}-{stage}",
        "st:ActStage",
        label(f"{stage} of {of}"),
        ("st:stageOf", of),
        ("st:stageKind", f"stv:{stage}"),
        ("st:outcome", "stv:completed"),
        *pairs,
    )


PLANTS: dict[str, Callable[[File], Iterator[Finding]]] = {
    "actors/posts.ttl": _posts,
    "actors/states.ttl": _states,
    "actors/memberships.ttl": _memberships,
    "territories/settlements.ttl": _places,
    "territories/placements.ttl": _placements,
    "events/events.ttl": _events,
    "acts/resolutions.ttl": _resolutions,
    "sources/citations.ttl": _citations,
}
