"""The claims of a snapshot, read once: who makes them, of what, in which words, against which."""

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from ... import names
from ..sparql.labels import label
from ..sparql.quads import solutions
from ..sparql.site import site

_ST = names.ST
_MOST = 50_000  # claims
_OF = (
    *("about", "claimedEvent", "controlledPlace", "claimedPlace", "assesses", "characterizes"),
    *("placed", "identified"),
)


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """One claim, as it was made in one statement."""

    claim: str
    label: str
    statement: str
    speaker: str
    behalf: str
    source: str
    start: str  # bounds of when it was said
    end: str
    things: frozenset[str]
    words: tuple[str, ...]

    @property
    def tellers(self) -> tuple[str, str, str]:
        """Who makes it, for whom, and where it was read."""
        return self.speaker, self.behalf, self.source

    @property
    def side(self) -> str:
        """Who stands for it: the one for whom it is said, else who says it."""
        return self.behalf or self.speaker


@dataclass(frozen=True, slots=True)
class ConflictRecord:
    """Two claims that cannot both hold, and why."""

    conflict: str
    one: str
    other: str
    kind: str
    reason: str


@dataclass(slots=True)
class ClaimBook:
    """All claims by their IRI, the conflicts between them, and labels."""

    claims: dict[str, ClaimRecord]
    conflicts: list[ConflictRecord]
    labels: dict[str, str]

    def label(self, iri: str) -> str:
        """Name a thing."""
        return self.labels.get(iri) or names.shorten(iri)

    @property
    def tellers(self) -> dict[str, str]:
        """All who make claims, for whom they do, and where these were read."""
        found = {iri for each in self.claims.values() for iri in each.tellers if iri}
        return {iri: self.label(iri) for iri in found}

    @property
    def things(self) -> dict[str, str]:
        """All of which there are claims."""
        found = {iri for each in self.claims.values() for iri in each.things}
        return {iri: self.label(iri) for iri in found}


def claim_book() -> ClaimBook:
    """Find the claims of the snapshot that is served."""
    return _read(site().snapshot.name)


@lru_cache(maxsize=2)  # while one snapshot follows the other
def _read(_: str) -> ClaimBook:
    rows = _rows(_CLAIMS, _CLAIM_KEYS)
    things, words = _lists(_THINGS, "claim", "thing"), _lists(_WORDS, "statement", "words")
    against = _rows(_CONFLICTS, _CONFLICT_KEYS)
    named = {row[key] for row in rows for key in ("claim", "speaker", "behalf", "source")}
    named |= {thing for found in things.values() for thing in found}
    named |= {row["kind"] for row in against}
    labels = label(named - {""})
    claims: dict[str, ClaimRecord] = {}
    for row in rows:
        made = ClaimRecord(
            claim=row["claim"],
            label=labels.get(row["claim"]) or names.shorten(row["claim"]),
            statement=row["statement"],
            speaker=row["speaker"],
            behalf=row["behalf"],
            source=row["source"],
            start=row["start"],
            end=row["end"],
            things=frozenset(things.get(row["claim"], ())),
            words=tuple(words.get(row["statement"], ())),
        )
        claims.setdefault(row["claim"], made)
    return ClaimBook(claims, _conflicts(against, claims, labels), labels)


def _conflicts(
    rows: list[dict[str, str]], claims: dict[str, ClaimRecord], labels: dict[str, str]
) -> list[ConflictRecord]:
    found: dict[str, ConflictRecord] = {}
    for row in rows:
        if row["one"] in claims and row["other"] in claims:
            kind = labels.get(row["kind"], "")
            made = ConflictRecord(row["conflict"], row["one"], row["other"], kind, row["reason"])
            found.setdefault(row["conflict"], made)
    return list(found.values())


def _rows(text: str, keys: tuple[str, ...]) -> list[dict[str, str]]:
    return [{key: row[key].value if row[key] else "" for key in keys} for row in solutions(text)]


def _lists(text: str, key: str, value: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in _rows(text, (key, value)):
        if row[value] not in found[row[key]]:
            found[row[key]].append(row[value])
    return found


_CLAIM_KEYS = ("claim", "statement", "speaker", "behalf", "source", "start", "end")
_CLAIMS = f"""SELECT {" ".join(f"?{key}" for key in _CLAIM_KEYS)} WHERE {{
  ?claim <{_ST}claimedIn> ?statement .
  ?statement <{_ST}speaker> ?speaker .
  OPTIONAL {{ ?statement <{_ST}onBehalfOf> ?behalf }}
  OPTIONAL {{ ?statement <{_ST}readIn> ?source }}
  OPTIONAL {{ ?statement <{_ST}notBefore> ?start }}
  OPTIONAL {{ ?statement <{_ST}notAfter> ?end }}
}} ORDER BY ?claim LIMIT {_MOST}"""
_THINGS = f"""SELECT DISTINCT ?claim ?thing WHERE {{
  ?claim <{_ST}claimedIn> ?statement ; {"|".join(f"<{_ST}{name}>" for name in _OF)} ?thing .
  FILTER(isIRI(?thing))
}} ORDER BY ?claim ?thing"""
_OA = names.PREFIXES["oa"]
_WORDS = f"""SELECT DISTINCT ?statement ?words WHERE {{
  ?statement <{_ST}quotes> ?quotation .
  ?quotation <{_OA}hasSelector> ?selector .
  ?selector <{_OA}exact> ?words .
}} ORDER BY ?statement ?quotation"""
_CONFLICT_KEYS = ("conflict", "one", "other", "kind", "reason")
_CONFLICTS = f"""SELECT DISTINCT {" ".join(f"?{key}" for key in _CONFLICT_KEYS)} WHERE {{
  ?conflict a <{_ST}Conflict> ; <{_ST}between> ?one , ?other .
  FILTER(STR(?one) < STR(?other))
  OPTIONAL {{ ?conflict <{_ST}conflictKind> ?kind }}
  OPTIONAL {{ ?conflict <{_ST}reason> ?reason FILTER(LANG(?reason) = "en") }}
}} ORDER BY ?conflict"""
