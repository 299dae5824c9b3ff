"""The stances of a snapshot, read once: who holds which on what, from when to when."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache

from ... import names
from ..sparql.quads import solutions
from ..sparql.site import site

_ST, _STV = names.ST, names.STV
AXES = {"recognition": "positions on recognition", "attitude": "other attitudes"}
_SCHEMES = {f"{_STV}positions": "recognition", f"{_STV}attitudes": "attitude"}
KINDS = {  # of what stances are on
    "process": "processes",
    "act": "acts",
    "entity": "entities whose status is disputed",
    "territory": "territories and places",
    "event": "events",
}
_OBJECTS = {
    "TerritorialProcess": "process",
    "ActStage": "act",
    "Act": "act",
    "ContestedEntity": "entity",
    "Place": "territory",
    "Event": "event",
}
HOLDERS = {
    "State": "States",
    "ContestedEntity": "Entities whose status is disputed",
    "Group": "Groups",
    "Organization": "Organizations",
    "Person": "Persons",
    "UnidentifiedActor": "Those whom a source leaves unnamed",
}
_MOST = 20_000  # stances that one table can be made of


@dataclass(slots=True)
class StanceRecord:
    """One stance, with the names of all it joins."""

    stance: str
    holder: str
    object: str
    position: str
    axis: str
    holder_kind: str
    object_kind: str
    first: str  # the first day on which it can have been shown
    since: str  # the day by which it is shown to be held
    until: str
    groups: list[str] = field(default_factory=list)  # it is derived from stances of these

    def on(self, day: str) -> str:
        """Say how the stance stands on a day: `held`, `perhaps`, or nothing."""
        if not day:
            return "held"
        if self.until and day > self.until:
            return ""
        if self.since and day >= self.since:
            return "held"
        return "perhaps" if self.first and day >= self.first else ""


@dataclass(frozen=True, slots=True)
class Membership:
    """Who belongs to a group, and for which time that is known."""

    member: str
    since: str
    until: str
    as_of: str

    def excludes(self, day: str) -> bool:
        """Tell whether somebody is known not to have belonged on a day."""
        return bool(day) and (day < self.since or (bool(self.until) and day > self.until))


@dataclass(slots=True)
class StanceBook:
    """All stances, the labels of what they join, and the members of groups."""

    stances: list[StanceRecord]
    labels: dict[str, str]
    members: dict[str, list[Membership]]
    holder_kinds: dict[str, str]

    def label(self, iri: str) -> str:
        """Name a thing."""
        return self.labels.get(iri) or names.shorten(iri)

    @property
    def days(self) -> list[str]:
        """The days on which a stance begins to be shown or ends, in order."""
        ends = {day for each in self.stances for day in (each.since, each.until) if day}
        return sorted(ends)


def stance_book() -> StanceBook:
    """Find the stances of the snapshot that is served."""
    return _read(site().snapshot.name)


@lru_cache(maxsize=2)  # while one snapshot follows the other
def _read(_: str) -> StanceBook:
    members, kinds = _members(), _holder_kinds()
    stances = _stances(kinds, _first_days())
    return StanceBook(stances, _labels(), members, kinds)


def _stances(kinds: dict[str, str], first: dict[str, str]) -> list[StanceRecord]:
    objects = " ".join(f"<{_ST}{kind}>" for kind in _OBJECTS)
    found: dict[str, StanceRecord] = {}
    for row in solutions(f"""SELECT * WHERE {{
  ?stance a <{_ST}Stance> ; <{_ST}holder> ?holder ; <{_ST}stanceObject> ?object ;
    <{_ST}position> ?position .
  OPTIONAL {{ ?position <{names.PREFIXES["skos"]}inScheme> ?scheme }}
  OPTIONAL {{ ?stance <{_ST}heldSince> ?since }}
  OPTIONAL {{ ?stance <{_ST}heldUntil> ?until }}
  OPTIONAL {{ ?stance <{_ST}derivedFromStance>/<{_ST}holder> ?group }}
  OPTIONAL {{ VALUES ?kind {{ {objects} }} ?object a ?kind }}
}} LIMIT {_MOST}"""):
        text = {name: row[name].value if row[name] else "" for name in _ROW}
        kind = _OBJECTS.get(text["kind"].removeprefix(_ST), "")
        record = StanceRecord(
            stance=text["stance"],
            holder=text["holder"],
            object=text["object"],
            position=text["position"],
            axis=_SCHEMES.get(text["scheme"], "attitude"),
            holder_kind=kinds.get(text["holder"], ""),
            object_kind=kind,
            first=first.get(text["stance"], ""),
            since=text["since"],
            until=text["until"],
        )
        record = found.setdefault(text["stance"], record)
        if list(KINDS).index(kind or "event") < list(KINDS).index(record.object_kind or "event"):
            record.object_kind = kind
        if text["group"] and text["group"] not in record.groups:
            record.groups.append(text["group"])
    return list(found.values())


_ROW = ("stance", "holder", "object", "position", "scheme", "since", "until", "group", "kind")


def _first_days() -> dict[str, str]:
    """Find the first day on which a step can have shown each stance; not where that is open."""
    found: dict[str, str] = {}
    shown = ", ".join(f"<{_STV}{kind}>" for kind in ("taken", "confirmed", "observed"))
    for row in solutions(f"""SELECT ?stance (MIN(?day) AS ?first) WHERE {{
  ?step <{_ST}stepOf> ?stance ; <{_ST}stepKind> ?kind ; <{_ST}notBefore> ?day .
  FILTER(?kind IN ({shown}))
}} GROUP BY ?stance"""):
        found[row["stance"].value] = row["first"].value
    return found


def _members() -> dict[str, list[Membership]]:
    found: dict[str, list[Membership]] = defaultdict(list)
    for row in solutions(f"""SELECT ?group ?member ?since ?until ?asOf WHERE {{
  ?membership <{_ST}memberOf> ?group ; <{_ST}member> ?member .
  OPTIONAL {{ ?membership <{_ST}since> ?since }}
  OPTIONAL {{ ?membership <{_ST}until> ?until }}
  OPTIONAL {{ ?membership <{_ST}asOf> ?asOf }}
  OPTIONAL {{ ?membership <{_ST}capacityOfMember> ?capacity }}
  FILTER(!BOUND(?capacity) || ?capacity != <{_STV}observer>)
}}"""):
        days = (row[name].value if row[name] else "" for name in ("since", "until", "asOf"))
        found[row["group"].value].append(Membership(row["member"].value, *days))
    return dict(found)


def _holder_kinds() -> dict[str, str]:
    kinds = " ".join(f"<{_ST}{kind}>" for kind in HOLDERS)
    found: dict[str, set[str]] = defaultdict(set)
    for row in solutions(f"""SELECT ?holder ?kind WHERE {{
  VALUES ?kind {{ {kinds} }} ?holder a ?kind
}}"""):
        found[row["holder"].value].add(row["kind"].value.removeprefix(_ST))
    return {iri: _kind(of) for iri, of in found.items()}


def _kind(found: set[str]) -> str:
    """Choose the kind that says most: one may be a group and an organization, too."""
    if "UnidentifiedActor" in found:
        return "UnidentifiedActor"
    return next(kind for kind in HOLDERS if kind in found)


def _labels() -> dict[str, str]:
    """Read the labels of all that holds, or is the object of, a stance, and of members."""
    joins = "|".join(f"<{_ST}{name}>" for name in ("holder", "stanceObject", "position"))
    of_members = "|".join(f"<{_ST}{name}>" for name in ("memberOf", "member"))
    found: dict[str, str] = {}
    for row in solutions(f"""SELECT DISTINCT ?thing ?label WHERE {{
  {{ SELECT DISTINCT ?thing WHERE {{
    {{ ?stance {joins} ?thing }} UNION {{ ?membership {of_members} ?thing }}
  }} }}
  ?thing <{names.PREFIXES["rdfs"]}label> ?label
  FILTER(LANG(?label) IN ("en", ""))
}}"""):
        found.setdefault(row["thing"].value, row["label"].value)
    return found
