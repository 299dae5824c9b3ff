"""How well the properties of a thing agree with the values a client gives."""

from rapidfuzz import fuzz

from .. import names
from .ids import known_as, local_id
from .index import Index
from .model import Thing, Value
from .name_source import CODES, MAPPED
from .normalization import Form, forms, readings_of
from .query import Given

CONFIRMS = 90.0
CONTRADICTS = 50.0
_EXACT = frozenset((*CODES, *MAPPED))  # one letter more or less is another thing
_DATE = names.expand("xsd:date")
_COMPARED = 20  # values of one property of one thing


class Evidence:
    """The properties of one query, read once and compared with many things."""

    def __init__(self, index: Index, given: tuple[tuple[str, tuple[Given, ...]], ...]) -> None:
        self._index = index
        self._given = [
            (known, [(value, readings_of(value.text)) for value in values])
            for pid, values in given
            if (known := known_as(pid, index.properties)) is not None
        ]

    def __bool__(self) -> bool:
        return bool(self._given)

    def owners(self) -> set[int]:
        """Find the things that have one of the values."""
        return {
            place
            for _, values in self._given
            for value, _ in values
            for text in (value.text, local_id(value.text))
            for place in self._index.with_value(text)
        }

    def compare(self, thing: Thing) -> dict[str, float]:
        """Say for each property that the thing has how well it agrees, of 100."""
        found: dict[str, float] = {}
        for pid, values in self._given:
            own = thing.facts.get(pid, ())[:_COMPARED]
            if own and values:
                best = max(
                    self._agree(given, () if pid in _EXACT else read, value)
                    for given, read in values
                    for value in own
                )
                found[pid] = max(best, found.get(pid, 0.0))
        return found

    def _agree(self, given: Given, read: tuple[Form, ...], value: Value) -> float:
        wanted = given.text.strip().casefold()
        if wanted in _identities(value) or local_id(given.text) == value.id:
            return 100.0
        if given.is_id:
            return 0.0
        texts = [value.label] if value.kind == "uri" else [value.text]
        if value.id is not None and (place := self._index.place(value.id)) is not None:
            other = self._index.things[place].facts.get("rdfs:label", ())
            texts += [label.text for label in other]
        return max((_alike(read, text) for text in texts if text), default=0.0)


def _identities(value: Value) -> set[str]:
    """List what is not merely like a value but names it: its text, its IRI, the end of that."""
    text = value.text.casefold()
    if value.datatype == _DATE:  # a year or a month is a date as well
        return {text, text[:7], text[:4]}
    return {text, text.rpartition("/")[2]} if value.kind == "uri" else {text}


def _alike(read: tuple[Form, ...], text: str) -> float:
    """Compare by spelling, except that of numbers and codes each digit counts."""
    return max(
        (
            fuzz.ratio(one.whole, other.whole)
            for one in read
            for other in forms(text)
            if one.numbers == other.numbers
        ),
        default=0.0,
    )
