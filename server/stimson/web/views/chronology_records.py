"""What has a time, read once for a snapshot: stages of acts, statements, and events."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from ... import names
from ..sparql.labels import label
from ..sparql.quads import solutions
from ..sparql.site import site

_ST = names.ST
KINDS = {"act": "stages of acts", "statement": "statements", "event": "events"}
_CLASSES = {"ActStage": "act", "Statement": "statement", "Event": "event"}
_MOST = 50_000  # of each kind


@dataclass(frozen=True, slots=True)
class TimedRecord:
    """One thing with the bounds of its time; an empty bound is open."""

    iri: str
    kind: str
    label: str
    start: str
    end: str
    basis: str
    printed: str  # the words of the source that give the time
    actors: frozenset[str]
    processes: frozenset[str]

    def may_be_within(self, first: str, last: str) -> bool:
        """Tell whether it may have been between two days; what has no bound at all may not."""
        if not first and not last:
            return True
        is_after = bool(self.end and first) and self.end < first
        is_before = bool(self.start and last) and self.start > last
        return bool(self.start or self.end) and not is_after and not is_before

    @property
    def order(self) -> tuple[bool, str, str, str]:
        """Where it stands: by the last day on which it can have been, else by the first."""
        day = self.end or self.start
        return not day, day, self.start, self.iri


@dataclass(slots=True)
class Chronology:
    """All that has a time, in order, and the labels of those who took part."""

    records: list[TimedRecord]
    actors: dict[str, str]
    processes: dict[str, str]


def chronology_of_snapshot() -> Chronology:
    """Find what has a time in the snapshot that is served."""
    return _read(site().snapshot.name)


def ordinal(day: str) -> int | None:
    """Number a day; nothing for what is no day of our calendar."""
    try:
        return date.fromisoformat(day[:10]).toordinal()
    except ValueError:
        return None


@lru_cache(maxsize=2)  # while one snapshot follows the other
def _read(_: str) -> Chronology:
    rows = {
        name: [
            {key: row[key].value if row[key] else "" for key in _KEYS}
            for row in solutions(_timed(name))
        ]
        for name in _CLASSES
    }
    actors, processes = _pairs(_ACTORS), _processes()
    things = {row[key] for found in rows.values() for row in found for key in ("thing", "basis")}
    labels = label({*things, *_values(actors), *_values(processes)} - {""})
    records: dict[str, TimedRecord] = {}
    for name, found in rows.items():
        for row in found:
            iri = row["thing"]
            known = [row[key] if ordinal(row[key]) else "" for key in ("start", "end")]
            record = TimedRecord(
                iri=iri,
                kind=_CLASSES[name],
                label=labels.get(iri) or names.shorten(iri),
                start=known[0],
                end=known[1],
                basis=labels.get(row["basis"], ""),
                printed=row["printed"],
                actors=frozenset(actors.get(iri, ())),
                processes=frozenset(processes.get(iri, ())),
            )
            records.setdefault(iri, record)
    in_order = sorted(records.values(), key=lambda each: each.order)
    taking_part = {iri for each in in_order for iri in each.actors}
    within = {iri for each in in_order for iri in each.processes}
    return Chronology(in_order, _labelled(taking_part, labels), _labelled(within, labels))


def _labelled(iris: set[str], labels: dict[str, str]) -> dict[str, str]:
    return {iri: labels.get(iri) or names.shorten(iri) for iri in iris}


def _pairs(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in solutions(text):
        found[row["thing"].value].add(row["other"].value)
    return found


def _processes() -> dict[str, set[str]]:
    """Find the processes that things belong to, or that are spoken of in them."""
    parts = _pairs(_PARTS)
    found = {
        iri: {process for other in others for process in parts.get(other, ())}
        for iri, others in _pairs(_CONCERNED).items()
    }
    return {iri: processes for iri, processes in found.items() if processes}


def _values(pairs: dict[str, set[str]]) -> set[str]:
    return {iri for found in pairs.values() for iri in found}


_KEYS = ("thing", "start", "end", "basis", "printed")


def _timed(name: str) -> str:
    return f"""SELECT ?thing ?start ?end ?basis ?printed WHERE {{
  ?thing a <{_ST}{name}> .
  OPTIONAL {{ ?thing <{_ST}notBefore> ?start }}
  OPTIONAL {{ ?thing <{_ST}notAfter> ?end }}
  OPTIONAL {{ ?thing <{_ST}dateBasis> ?basis }}
  OPTIONAL {{ ?thing <{_ST}dateAsPrinted> ?printed }}
}} LIMIT {_MOST}"""


_DOING = "|".join(f"<{_ST}{name}>" for name in ("speaker", "onBehalfOf", "takenBy", "doneBy"))
_ACTORS = f"""SELECT DISTINCT ?thing ?other WHERE {{
  {{ ?thing {_DOING} ?other }}
  UNION {{ ?thing <{_ST}stageOf> ?act . ?act <{_ST}issuedBy> ?other }}
}}"""
_CONCERNED = f"""SELECT DISTINCT ?thing ?other WHERE {{
  {{ ?thing <{_ST}stageOf> ?other }}
  UNION {{ ?claim <{_ST}claimedIn> ?thing ; <{_ST}about> ?other }}
  UNION {{ ?claim <{_ST}claimedEvent> ?thing ; <{_ST}about> ?other }}
}}"""
_PARTS = f"""SELECT ?thing ?other WHERE {{
  {{ ?thing <{_ST}partOfProcess> ?other }}
  UNION {{ ?thing a <{_ST}TerritorialProcess> BIND(?thing AS ?other) }}
}}"""
