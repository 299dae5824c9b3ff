"""Claims of every kind, and conflicts between those that are about one thing."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from .acts import ACTS, act
from .dates import dated
from .turtle import File, Pair, label, text
from .world import DAYS, World, day, event, process, settlement, skewed, state, terms, territory

# Kind of claim, kind of conflict with another of its kind; common ones first.
KINDS = {
    "Occurrence": "conflict-of-occurrence",
    "Control": "conflict-of-control",
    "Figure": "conflict-of-figure",
    "Assessment": "conflict-of-wording",
    "Intention": "conflict-of-intention",
    "Legality": "conflict-of-legality",
    "Sovereignty": "conflict-of-sovereignty",
    "Causal": "conflict-of-scope",
    "Characterization": "conflict-of-characterization",
    "Location": "conflict-of-location",
    "Naming": "conflict-of-wording",
    "Expectation": "conflict-of-occurrence",
    "Support": "conflict-of-agency",
    "Identity": "conflict-of-agency",
}
_NAMES = tuple(KINDS)
_POLARITIES = terms("affirmed affirmed affirmed denied")
_VERIFICATIONS = terms("verification-unstated unverified verified hedged disputed corroborated")
_EXTENTS = terms("partial extent-unstated complete none")
_ASPECTS = terms("holding gain loss")
_ASSESSMENTS = terms("unlawful lawful illegitimate void valid irreversible")
_QUALITIES = terms("staged difficult important uncertain")
_BOUNDS = ("exactly", "at-least", "more-than", "up-to", "about", "range", "indefinite")
_UNITS = ("persons", "vehicles", "houses", "ballots", "settlements")
_MEMORY = 20  # claims of a kind that a later one may contradict
_CONFLICTS = 0.12


@dataclass(frozen=True)
class Claim:
    """A claim that was written, and the thing it is about."""

    name: str
    kind: str
    thing: str


@dataclass
class Claims:
    """Writes claims, and remembers a few to contradict."""

    world: World
    recent: dict[str, deque[Claim]] = field(
        default_factory=lambda: {kind: deque(maxlen=_MEMORY) for kind in KINDS}
    )

    def write(self, chance: Random, file: File, name: str, statement: str, side: str) -> None:
        """Write a claim made in a statement for a side; now and then it contradicts another."""
        kind = _NAMES[skewed(chance, len(_NAMES))]
        known = self.recent[kind]
        other = chance.choice(known) if known and chance.random() < _CONFLICTS else None
        thing = other.thing if other else self._thing(chance, kind)
        file.add(
            f"claim:{name}",
            f"st:{kind}Claim",
            label(f"{kind} claim {name}"),
            ("st:claimedIn", statement),
            ("st:polarity", chance.choice(_POLARITIES)),
            ("st:verification", _VERIFICATIONS[skewed(chance, len(_VERIFICATIONS))]),
            *_content(chance, kind, thing, side, self.world),
        )
        claim = Claim(f"claim:{name}", kind, thing)
        if other:
            _write_conflict(chance, file, name, other, claim)
        known.append(claim)

    def _thing(self, chance: Random, kind: str) -> str:
        """Choose what a claim is about."""
        world = self.world
        match kind:
            case "Control" if chance.random() < 0.3:
                return territory(skewed(chance, world.territories))
            case "Control":
                return settlement(skewed(chance, world.settlements))
            case "Location":
                return settlement(skewed(chance, world.settlements))
            case "Sovereignty":
                return territory(skewed(chance, world.territories))
            case "Legality":
                return act(skewed(chance, world.processes), chance.randrange(ACTS))
            case "Assessment" | "Intention" if chance.random() < 0.5:
                return process(skewed(chance, world.processes))
        return event(skewed(chance, world.events))


def _content(chance: Random, kind: str, thing: str, side: str, world: World) -> Iterator[Pair]:
    """Say what a claim asserts, as its kind demands."""
    match kind:
        case "Control":
            yield "st:controlledPlace", thing
            yield "st:controller", side
            yield "st:controlAspect", _ASPECTS[skewed(chance, len(_ASPECTS))]
            yield "st:extent", _EXTENTS[skewed(chance, len(_EXTENTS))]
            yield from dated(chance, day(chance.randrange(DAYS)))
        case "Sovereignty":
            yield "st:claimedPlace", thing
            yield "st:sovereigntyKind", "stv:sole-sovereign"
            yield "st:claimedSovereign", side
        case "Legality":
            yield "st:assesses", thing
            yield "st:assessment", _ASSESSMENTS[skewed(chance, len(_ASSESSMENTS))]
        case "Figure":
            yield "st:about", thing
            yield from _figure(chance)
        case "Occurrence":
            yield "st:claimedEvent", thing
        case "Characterization":
            yield "st:characterizes", thing
            yield "st:characterization", _QUALITIES[skewed(chance, len(_QUALITIES))]
            yield "st:wordsAsPrinted", text("a few words")
        case "Location":
            yield "st:placed", thing
            yield "st:placedIn", territory(skewed(chance, world.territories))
            yield "st:spatialRelation", "stv:within"
            yield "st:locationBasis", "stv:explicit"
        case "Naming":
            yield "st:named", thing
            yield "st:nameGiven", text("a name")
        case "Support":
            yield "st:supporter", state(skewed(chance, world.states))
            yield "st:supported", thing
            yield "st:supportKind", "stv:support-unstated"
        case "Identity":
            yield "st:identified", side
            yield "st:identifiedAs", thing
        case "Intention":
            yield "st:intendingActor", state(skewed(chance, world.states))
            yield "st:about", thing
        case "Assessment" | "Expectation":
            yield "st:about", thing
        case "Causal":
            yield "st:cause", process(skewed(chance, world.processes))
            yield "st:effect", thing


def _figure(chance: Random) -> Iterator[Pair]:
    bound, unit, number = chance.choice(_BOUNDS), chance.choice(_UNITS), chance.randint(2, 900)
    yield "st:unit", text(unit)
    yield "st:bound", f"stv:{bound}"
    yield "st:figureAsPrinted", text(f"{bound.replace('-', ' ')} {number} {unit}")
    if bound in ("exactly", "at-least", "more-than", "about", "range"):
        yield "st:lowest", str(number)
    if bound in ("exactly", "up-to", "about"):
        yield "st:highest", str(number)
    elif bound == "range":
        yield "st:highest", f"{2 * number}.5"


def _write_conflict(chance: Random, file: File, name: str, one: Claim, other: Claim) -> None:
    file.add(
        f"conflict:{name}",
        "st:ApparentConflict" if chance.random() < 0.1 else "st:Conflict",
        label(f"Conflict {name}"),
        ("st:between", [one.name, other.name]),
        ("st:conflictKind", f"stv:{KINDS[one.kind]}"),
        ("st:reason", text("Both are about the same thing and cannot both be true.")),
    )
