"""Rank the things a query may mean, say why, and decide whether one of them is it.

A score is of 100: the likeness of the names, weighed with how well each given property
agrees, and lowered where the thing is not of a type asked for. `match` is a decision of its
own: a high score is not enough where another thing goes by the same name.
"""

from dataclasses import dataclass, field

from .compare import NONE, SAME, Likeness, compare
from .evidence import CONFIRMS, CONTRADICTS, Evidence
from .ids import known_as
from .index import Index
from .model import Name, Origin, Thing
from .normalization import Form, readings_of
from .query import Query

MATCHES = 90.0  # least score of a match
NEAR = 5.0  # so close to the best, a thing spelt otherwise may as well be meant
_LEAST = 40.0  # less is not worth showing
_WEIGHED = 40  # things whose properties are looked at
_OF_NAME = 3.0  # as much as three properties
_OFF_TYPE = 0.7
_UNSURE = (Origin.PART, Origin.DESCRIPTION)


@dataclass(slots=True)
class Candidate:
    """One thing a query may mean."""

    thing: Thing
    likeness: Likeness
    origin: Origin | None = None  # of the name that is most alike; None for a code or identifier
    is_bare: bool = False  # it goes by this name once words such as "oblast" are left out
    is_of_type: bool = True
    properties: dict[str, float] = field(default_factory=dict)
    score: float = 0.0
    is_match: bool = False

    @property
    def is_confirmed(self) -> bool:
        """Tell whether some property says so and none says otherwise."""
        values = self.properties.values()
        return any(value >= CONFIRMS for value in values) and not self.is_contradicted

    @property
    def is_contradicted(self) -> bool:
        """Tell whether some property says otherwise."""
        return any(value < CONTRADICTS for value in self.properties.values())

    @property
    def features(self) -> dict[str, float | bool]:
        """Say what the score was made of."""
        found: dict[str, float | bool] = {}
        if self.likeness is not NONE:
            found["name"] = round(self.likeness.value, 1)
            found["name_same"] = self.likeness.is_same
            found["name_printed"] = self.origin in (Origin.PRINTED, *_UNSURE)
            found["code"] = self.origin is None
        found["type"] = self.is_of_type
        return found | {
            f"property_{pid}": round(value, 1) for pid, value in self.properties.items()
        }


def reconcile(index: Index, query: Query) -> list[Candidate]:
    """List the things a query may mean, best first."""
    asked = readings_of(query.text)
    evidence = Evidence(index, query.properties)
    found = _by_name(index, query.text, asked)
    if evidence:
        for place in evidence.owners():
            found.setdefault(place, Candidate(index.things[place], NONE))
    wanted = tuple(known_as(each, index.types) or each for each in query.types)
    for candidate in found.values():
        candidate.is_of_type = _is_of_type(candidate.thing, wanted, query.strict)
    likeliest = sorted(found.values(), key=_by_likeness)[:_WEIGHED]
    for candidate in likeliest:
        candidate.properties = evidence.compare(candidate.thing)
        candidate.score = _score(candidate, bool(query.text.strip()), len(query.properties))
    return _ranked(likeliest, asked, query)


def _by_likeness(candidate: Candidate) -> tuple[bool, float, str]:
    return not candidate.is_of_type, -candidate.likeness.value, candidate.thing.id


def _by_name(index: Index, text: str, asked: tuple[Form, ...]) -> dict[int, Candidate]:
    """Find the things whose name or code is like the text."""
    found: dict[int, Candidate] = {}
    for form in asked:
        for place, near in index.near(form).items():
            candidate = _best(index.things[place], form, near)
            known = found.get(place)
            if known is None or candidate.likeness.value > known.likeness.value:
                found[place] = candidate
    exact = set(index.with_code(text))
    if (own := index.place(text)) is not None:
        exact.add(own)
    for place in exact:
        found[place] = Candidate(index.things[place], Likeness(SAME, True, True))
    return found


def _best(thing: Thing, asked: Form, near: list[Name]) -> Candidate:
    """Choose the name of a thing that is most like the one asked for."""
    best = Candidate(thing, NONE, Origin.LABEL)
    for name in near:
        likeness = compare(asked, name.form, thing.kinds)
        if name.origin is Origin.DESCRIPTION and not likeness.is_same:
            continue  # "the army" is like many things
        value = likeness.value * name.origin.value / 100
        if value > best.likeness.value:
            best.likeness = Likeness(value, likeness.is_same, likeness.is_whole)
            best.origin = name.origin
        best.is_bare |= asked.core == name.form.core and asked.kinds <= name.form.kinds
    return best


def _is_of_type(thing: Thing, wanted: tuple[str, ...], strict: str) -> bool:
    if not wanted:
        return True
    if strict == "all":
        return all(each in thing.types for each in wanted)
    return any(each in thing.types for each in wanted)


def _score(candidate: Candidate, is_named: bool, asked_properties: int) -> float:
    """Weigh the name with the properties; what the graph does not say counts neither way."""
    agreeing = sum(candidate.properties.values())
    if is_named:
        weight = _OF_NAME + len(candidate.properties)
        value = (_OF_NAME * candidate.likeness.value + agreeing) / weight
    else:
        value = agreeing / asked_properties
    return round(value if candidate.is_of_type else value * _OFF_TYPE, 2)


def _ranked(found: list[Candidate], asked: tuple[Form, ...], query: Query) -> list[Candidate]:
    is_hard = bool(query.types) and query.strict != "should"
    kept = [one for one in found if one.score >= _LEAST and (one.is_of_type or not is_hard)]
    kept.sort(key=lambda one: (-one.score, one.thing.id))
    if kept:
        best = kept[0]
        best.is_match = _is_sure(best, query) and not any(
            _is_rival(best, other, asked) for other in kept[1:]
        )
    return kept[: query.limit]


def _is_sure(best: Candidate, query: Query) -> bool:
    """Tell whether the best is good enough if there is no other."""
    if best.score < MATCHES or not best.is_of_type or best.is_contradicted:
        return False
    if not query.text.strip():
        return len(best.properties) == len(query.properties) and best.is_confirmed
    return best.likeness.is_whole and best.origin not in _UNSURE


def _is_rival(best: Candidate, other: Candidate, asked: tuple[Form, ...]) -> bool:
    """Tell whether the other may as well be meant."""
    if not other.is_of_type or (best.is_confirmed and not other.is_confirmed):
        return False
    if best.origin is None:  # a code or an identifier
        return other.origin is None and other.likeness.is_same
    if other.likeness.is_same:
        return True
    is_kinded = any(form.kinds for form in asked)
    if other.is_bare:
        # Crimea is in the name of a republic, too; the Republic of Korea is no other republic.
        return not is_kinded or not best.likeness.is_same or best.origin is Origin.SHORTENED
    return not best.likeness.is_same and other.score >= best.score - NEAR
