"""Rank the things a query may mean, say why, and decide whether one of them is it.

A score is of 100: the likeness of the names, weighed with how well each given property
agrees, and lowered where the thing is not of a type asked for. `match` is a decision of its
own: a high score is not enough where another thing goes by the same name.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..errors import ReconciliationTooLarge
from .lookups import cut
from .name_comparison import CONFIRMS, CONTRADICTS, NONE, SAME, Evidence, Likeness, compare
from .name_index import NameIndex
from .named_things import Name, NameSource, Thing, known_as
from .normalization import NormalizedName, normalize_input
from .request_parser import ReconciliationQuery

MATCHES = 90.0  # least score of a match
NEAR = 5.0  # so close to the best, a thing spelt otherwise may as well be meant
_LEAST = 40.0  # less is not worth showing
_WEIGHED = 40  # things whose properties are looked at
_OF_NAME = 3.0  # as much as three properties
_OFF_TYPE = 0.7
_UNSURE = (NameSource.PART, NameSource.DESCRIPTION)


@dataclass(slots=True)
class Candidate:
    """One thing a query may mean."""

    thing: Thing
    likeness: Likeness
    source: NameSource | None = (
        None  # of the name that is most alike; None for a code or identifier
    )
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
            found["name_printed"] = self.source in (NameSource.PRINTED, *_UNSURE)
            found["code"] = self.source is None
        found["type"] = self.is_of_type
        return found | {
            f"property_{pid}": round(value, 1) for pid, value in self.properties.items()
        }


def reconcile(index: NameIndex, query: ReconciliationQuery) -> list[Candidate]:
    """List the things a query may mean, best first."""
    asked = normalize_input(query.text)
    evidence = Evidence(index, query.properties)
    found = _by_name(index, query.text, asked)
    if evidence:
        for position in evidence.owners():
            found.setdefault(position, Candidate(index.things[position], NONE))
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


def _by_name(
    index: NameIndex, text: str, asked: tuple[NormalizedName, ...]
) -> dict[int, Candidate]:
    """Find the things whose name or code is like the text."""
    found: dict[int, Candidate] = {}
    for normalized in asked:
        for position, near in index.near(normalized).items():
            candidate = _best(index.things[position], normalized, near)
            known = found.get(position)
            if known is None or candidate.likeness.value > known.likeness.value:
                found[position] = candidate
    exact = set(index.with_code(text))
    if (own := index.position(text)) is not None:
        exact.add(own)
    for position in exact:
        found[position] = Candidate(index.things[position], Likeness(SAME, True, True))
    return found


def _best(thing: Thing, asked: NormalizedName, near: list[Name]) -> Candidate:
    """Choose the name of a thing that is most like the one asked for."""
    best = Candidate(thing, NONE, NameSource.LABEL)
    for name in near:
        likeness = compare(asked, name.normalized, thing.kinds)
        if name.source is NameSource.DESCRIPTION and not likeness.is_same:
            continue  # "the army" is like many things
        value = likeness.value * name.source.value / 100
        if value > best.likeness.value:
            best.likeness = Likeness(value, likeness.is_same, likeness.is_whole)
            best.source = name.source
        best.is_bare |= asked.core == name.normalized.core and asked.kinds <= name.normalized.kinds
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


def _ranked(
    found: list[Candidate], asked: tuple[NormalizedName, ...], query: ReconciliationQuery
) -> list[Candidate]:
    is_hard = bool(query.types) and query.strict != "should"
    kept = [one for one in found if one.score >= _LEAST and (one.is_of_type or not is_hard)]
    kept.sort(key=lambda one: (-one.score, one.thing.id))
    if kept:
        best = kept[0]
        best.is_match = _is_sure(best, query) and not any(
            _is_rival(best, other, asked) for other in kept[1:]
        )
    return kept[: query.limit]


def _is_sure(best: Candidate, query: ReconciliationQuery) -> bool:
    """Tell whether the best is good enough if there is no other."""
    if best.score < MATCHES or not best.is_of_type or best.is_contradicted:
        return False
    if not query.text.strip():
        return len(best.properties) == len(query.properties) and best.is_confirmed
    return best.likeness.is_whole and best.source not in _UNSURE


def _is_rival(best: Candidate, other: Candidate, asked: tuple[NormalizedName, ...]) -> bool:
    """Tell whether the other may as well be meant."""
    if not other.is_of_type or (best.is_confirmed and not other.is_confirmed):
        return False
    if best.source is None:  # a code or an identifier
        return other.source is None and other.likeness.is_same
    if other.likeness.is_same:
        return True
    is_kinded = any(normalized.kinds for normalized in asked)
    if other.is_bare:
        # Crimea is in the name of a republic, too; the Republic of Korea is no other republic.
        return not is_kinded or not best.likeness.is_same or best.source is NameSource.SHORTENED
    return not best.likeness.is_same and other.score >= best.score - NEAR


SECONDS = 5.0  # of processor time for one batch; ordinary ones take a twentieth of that


def answer_batch(
    index: NameIndex, batch: Mapping[str, ReconciliationQuery], seconds: float = SECONDS
) -> dict[str, dict[str, object]]:
    """Answer every query of a batch, each on its own."""
    end = time.thread_time() + seconds
    found: dict[str, dict[str, object]] = {}
    for key, query in batch.items():
        if time.thread_time() > end:
            raise ReconciliationTooLarge(
                f"This batch takes more than {seconds:g} seconds: send fewer queries at once."
            )
        found[key] = {"result": [_show(index, each) for each in reconcile(index, query)]}
    return found


def _show(index: NameIndex, candidate: Candidate) -> dict[str, object]:
    thing = candidate.thing
    return {
        "id": thing.id,
        "name": thing.label,
        "description": cut(thing.description),
        "type": [{"id": each, "name": index.types[each].label} for each in thing.types],
        "score": candidate.score,
        "features": [{"id": id, "value": value} for id, value in candidate.features.items()],
        "match": candidate.is_match,
    }
