"""The kinds that results are sorted by, what people look for first."""

from difflib import get_close_matches
from typing import NamedTuple

from .. import names
from ..errors import InvalidSearch


class ThingKind(NamedTuple):
    """A kind of thing: its name in addresses, and what several of it are called."""

    name: str
    label: str
    is_minor: bool = False  # a record rather than a thing: never before the others


KINDS = (
    ThingKind("state", "states"),
    ThingKind("person", "persons"),
    ThingKind("organization", "organizations"),
    ThingKind("territory", "territories"),
    ThingKind("place", "places"),
    ThingKind("act", "acts"),
    ThingKind("stance", "stances"),
    ThingKind("event", "events"),
    ThingKind("query", "saved questions"),
    ThingKind("statement", "statements"),
    ThingKind("quotation", "quotations"),
    ThingKind("claim", "claims"),
    ThingKind("conflict", "pairs of claims"),
    ThingKind("source", "sources"),
    ThingKind("post", "posts"),
    ThingKind("thing", "other things"),
    ThingKind("term", "terms of the vocabulary", True),
    ThingKind("stage", "stages of acts", True),
    ThingKind("step", "steps of stances", True),
    ThingKind("hypothesis", "hypotheses", True),
    ThingKind("membership", "memberships and tenures", True),
    ThingKind("placement", "placements", True),
    ThingKind("citation", "citations", True),
    ThingKind("vote", "votes", True),
    ThingKind("mention", "names as printed", True),
    ThingKind("selector", "selectors of words", True),
    ThingKind("record", "other records", True),
)
NUMBERS = {kind.name: number for number, kind in enumerate(KINDS)}
QUERY_KIND = NUMBERS["query"]
_SAME = {"tenure": "membership"}
_STAGE = f"{names.ST}ActStage"


def kind_of(iri: str, classes: set[str]) -> int:
    """Tell the kind of a thing, by its address and its classes."""
    if iri.startswith(names.ID):
        name = iri.removeprefix(names.ID).partition("/")[0]
        if _STAGE in classes:
            name = "stage"
        return NUMBERS.get(_SAME.get(name, name), NUMBERS["record"])
    is_term = iri.startswith((names.ONTOLOGY, names.STV, names.RULE))
    return NUMBERS["term" if is_term else "thing"]


def read_kind(name: str) -> str:
    """Read the name of a kind, or raise `InvalidSearch`."""
    if name and name not in NUMBERS:
        by_label = {kind.label: kind.name for kind in KINDS} | {each: each for each in NUMBERS}
        near = get_close_matches(name.lower()[:40], by_label, 1)
        meant = f" Did you mean {by_label[near[0]]}?" if near else ""
        known = ", ".join(NUMBERS)
        raise InvalidSearch(f"There is no kind {name[:40]!r}.{meant} The kinds are {known}.")
    return name
