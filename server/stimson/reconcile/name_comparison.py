"""How alike two names are, and how well a thing agrees with the values that a client gives.

Of two names, either the one is the other, or it only shares words with it.
"""

from dataclasses import dataclass

from rapidfuzz import fuzz

from .. import names
from .name_index import NameIndex
from .named_things import CODES, MAPPED, Thing, Value, known_as, local_id
from .normalization import NormalizedName, normalize, normalize_input
from .request_parser import GivenValue

SAME = 100.0  # but for case, accents and punctuation
ROMANISED = 98.0  # but for ways of romanising
_SPELT = 0.97  # share of the likeness that another spelling can reach
_OTHER_NUMBER = 60.0  # resolution 68/262 is not resolution 68/263
_OTHER_WORD = 75.0  # Sergei Shoigu is not Sergei Lavrov
_FOREIGN = 72  # of 100: less alike, and a word is another word
_LACKS, _BARE, _ADDS, _CONTRADICTS = 4.0, 8.0, 12.0, 20.0


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike, of 100; and whether it is the name as a whole, of the same kind of thing."""

    value: float
    is_same: bool = False  # equal, but for what `normalization` forgives
    is_whole: bool = False


NONE = Likeness(0.0)


def compare(
    asked: NormalizedName, name: NormalizedName, kinds: frozenset[str] = frozenset()
) -> Likeness:
    """Compare a name asked for with one of a thing that is of `kinds`."""
    if asked.plain == name.plain:
        return Likeness(SAME, True, True)
    if asked.whole == name.whole:
        return Likeness(ROMANISED, True, True)
    if asked.numbers != name.numbers and asked.numbers and name.numbers:
        return Likeness(min(_OTHER_NUMBER, _shared(asked, name)))
    spelt = _as_whole(asked, name, kinds)
    shared = _shared(asked, name)
    return spelt if spelt.value >= shared else Likeness(shared)


def _as_whole(asked: NormalizedName, name: NormalizedName, kinds: frozenset[str]) -> Likeness:
    """Compare as two spellings of one name."""
    value = _SPELT * fuzz.ratio(asked.core, name.core)
    if value > _OTHER_WORD and not _each_has_a_counterpart(asked, name):
        return Likeness(_OTHER_WORD)
    extra, missing = asked.kinds - name.kinds - kinds, name.kinds - asked.kinds
    if extra:
        return Likeness(value - (_CONTRADICTS if missing or kinds else _ADDS))
    if missing and not asked.kinds:  # Odesa for Odesa Oblast
        return Likeness(value - _BARE)
    return Likeness(value - _LACKS * len(missing), is_whole=True)


def _each_has_a_counterpart(asked: NormalizedName, name: NormalizedName) -> bool:
    """Tell whether every word of each name is a spelling of a word of the other."""
    return _has_counterparts(asked.words, name.words) and _has_counterparts(name.words, asked.words)


def _has_counterparts(words: frozenset[str], others: frozenset[str]) -> bool:
    return all(
        any(fuzz.ratio(word, other) >= _FOREIGN for other in others) for word in words - others
    )


def _shared(asked: NormalizedName, name: NormalizedName) -> float:
    """Compare by the words that both have, weighed by their length."""
    common = sum(map(len, asked.words & name.words))
    if not common:
        return 0.0
    of_asked = common / sum(map(len, asked.words))
    of_name = common / sum(map(len, name.words))
    if of_asked == 1:  # Peskov, of Dmitry Peskov
        return 60 + 25 * of_name
    if of_name == 1:  # Mr Volodymyr Zelensky
        return 60 + 30 * of_asked
    return 160 * of_asked * of_name / (of_asked + of_name)


CONFIRMS = 90.0
CONTRADICTS = 50.0
_EXACT = frozenset((*CODES, *MAPPED))  # one letter more or less is another thing
_DATE = names.expand("xsd:date")
_COMPARED = 20  # values of one property of one thing


class Evidence:
    """The properties of one query, read once and compared with many things."""

    def __init__(
        self, index: NameIndex, given: tuple[tuple[str, tuple[GivenValue, ...]], ...]
    ) -> None:
        self._index = index
        self._given = [
            (known, [(value, normalize_input(value.text)) for value in values])
            for pid, values in given
            if (known := known_as(pid, index.properties)) is not None
        ]

    def __bool__(self) -> bool:
        return bool(self._given)

    def owners(self) -> set[int]:
        """Find the things that have one of the values."""
        return {
            position
            for _, values in self._given
            for value, _ in values
            for text in (value.text, local_id(value.text))
            for position in self._index.with_value(text)
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

    def _agree(self, given: GivenValue, read: tuple[NormalizedName, ...], value: Value) -> float:
        wanted = given.text.strip().casefold()
        if wanted in _identities(value) or local_id(given.text) == value.id:
            return 100.0
        if given.is_id:
            return 0.0
        texts = [value.label] if value.kind == "uri" else [value.text]
        if value.id is not None and (position := self._index.position(value.id)) is not None:
            other = self._index.things[position].facts.get("rdfs:label", ())
            texts += [label.text for label in other]
        return max((_alike(read, text) for text in texts if text), default=0.0)


def _identities(value: Value) -> set[str]:
    """List what is not merely like a value but names it: its text, its IRI, the end of that."""
    text = value.text.casefold()
    if value.datatype == _DATE:  # a year or a month is a date as well
        return {text, text[:7], text[:4]}
    return {text, text.rpartition("/")[2]} if value.kind == "uri" else {text}


def _alike(read: tuple[NormalizedName, ...], text: str) -> float:
    """Compare by spelling, except that of numbers and codes each digit counts."""
    return max(
        (
            fuzz.ratio(one.whole, other.whole)
            for one in read
            for other in normalize(text)
            if one.numbers == other.numbers
        ),
        default=0.0,
    )
