"""How alike two names are, and whether the one is the other or only shares words with it."""

from dataclasses import dataclass

from rapidfuzz import fuzz

from .normalization import Form

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
    is_same: bool = False  # equal, but for what `fold` forgives
    is_whole: bool = False


NONE = Likeness(0.0)


def compare(asked: Form, name: Form, kinds: frozenset[str] = frozenset()) -> Likeness:
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


def _as_whole(asked: Form, name: Form, kinds: frozenset[str]) -> Likeness:
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


def _each_has_a_counterpart(asked: Form, name: Form) -> bool:
    """Tell whether every word of each name is a spelling of a word of the other."""
    return _has_counterparts(asked.words, name.words) and _has_counterparts(name.words, asked.words)


def _has_counterparts(words: frozenset[str], others: frozenset[str]) -> bool:
    return all(
        any(fuzz.ratio(word, other) >= _FOREIGN for other in others) for word in words - others
    )


def _shared(asked: Form, name: Form) -> float:
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
