"""The forms in which words and names are written into the index, and looked for there.

Each word is kept without case, accents and apostrophes, in one of the spellings that English
has for some. Names have besides a skeleton, which is the same in every script and way of
romanising (Lyman, Лиман, Liman), and words such as "oblast" stand there for what they mean.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from ..errors import InvalidSearch
from ..reconcile.normalization import (
    KIND_OF,
    normalize,
    plain,
    romanise,
    skeleton,
    split_words,
    unaccented,
)

LENGTH = 1000  # characters of a search
_MOST_WORDS = 64  # of a search
_NAME_WORDS = 40
_SENTENCE = 12  # words; more are no name
_BEGINNING = 3  # letters from which a word stands for all that begin with it
_LAST_BEGINNING = 2  # of the last word, which may not be finished
_SKELETON_BEGINNING = 4
_STOP = frozenset({"a", "an", "and", "in", "of", "the", "to"})
_SPELLINGS = (  # the gists are in British English, many quotations in American
    (re.compile(r"(?<=\w{3})is(?=(?:e[sdr]?|ing|ations?|able)$)"), "iz"),
    (re.compile(r"(?<=\w{3})our(?=(?:s|ed|ing)?$)"), "or"),
    (re.compile(r"(?<=\w{3})ence(?=s?$)"), "ense"),
    (re.compile(r"(?<=\w{3})tre(?=s?$)"), "ter"),
)
_ENDINGS = (  # a word is looked for without these, as the beginning of words
    (re.compile(r"(?<=\w{4}iz)(?:e[sdr]?|ing)$"), ""),
    (re.compile(r"(?<=\w{4})ies$"), ""),
    (re.compile(r"(?<=\w{3}[^sui])s$"), ""),
)
# The index folds case: a capital of a skeleton, which stands for two letters, is written as two.
_CAPITALS = {ord(letter): f"{letter.lower()}0" for letter in "ZXCST"}
_KIND = "kind0"


@dataclass(frozen=True, slots=True)
class SearchWord:
    """One word of a search, in the forms that are looked for."""

    text: str  # as it is compared, whole
    stem: str
    is_beginning: bool  # the stem stands for all words that begin with it
    skeletons: tuple[str, ...]
    is_skeleton_beginning: bool

    def meets(self, token: str) -> bool:
        """Tell whether a word of a text is this one."""
        return token == self.text or (self.is_beginning and token.startswith(self.stem))

    def resembles(self, skeletons: set[str]) -> bool:
        """Tell whether a word of a name that has these skeletons is a spelling of this one."""
        return any(
            other.startswith(own) if self.is_skeleton_beginning else other == own
            for own in self.skeletons
            for other in skeletons
        )


def tokens(text: str) -> list[str]:
    """Write the words of a text as they are compared."""
    return [_token(word) for word in split_words(text)]


def name_tokens(name: str, language: str = "") -> set[str]:
    """Write the skeletons of the words of a name, in each way of romanising, and their kinds."""
    words = split_words(name)[:_NAME_WORDS]
    found = {token for way in _sounding(words, language) for token in way.split()}
    return found | {f"{_KIND}{KIND_OF[word]}" for word in words if word in KIND_OF}


def whole_forms(name: str, language: str = "") -> set[str]:
    """Write a name as a whole: as it is spelt, as it sounds, and whatever the order of its words.

    The first letter parts these ways, so that one is never taken for another. Sentences have
    the first form only.
    """
    words = split_words(name)[:_NAME_WORDS]
    if not words:
        return set()
    spelt = f"p {' '.join(map(unaccented, words))}"
    if len(words) > _SENTENCE:
        return {spelt}
    sounding = {f"s {way}" for way in _sounding(words, language)}
    return {spelt, *sounding, *(f"w {each.whole}" for each in normalize(name, language))}


def beginning_forms(text: str) -> set[str]:
    """Write what names may begin with: the text as it is spelt, and as it sounds."""
    return {form for form in whole_forms(text) if form[0] in "ps"}


def code_form(code: str) -> set[str]:
    """Write a code as a whole; it is spelt in one way only."""
    return {f"p {spelt}"} if (spelt := plain(code)) else set()


def read_search(text: str) -> tuple[SearchWord, ...]:
    """Read the words of a search, each once, or raise `InvalidSearch`."""
    if len(text) > LENGTH:
        raise InvalidSearch(f"A search may have {LENGTH} characters; this has {len(text):,}.")
    words = list(dict.fromkeys(split_words(text)))
    words = [word for word in words if word not in _STOP] or words
    if len(words) > _MOST_WORDS:
        raise InvalidSearch(f"A search may have {_MOST_WORDS} different words: leave some out.")
    return tuple(_read(word, word == words[-1] != words[0]) for word in words)


def _read(word: str, is_last: bool) -> SearchWord:
    token = _token(word)
    stem = token
    for pattern, shorter in _ENDINGS:
        stem = pattern.sub(shorter, stem)
    least = _LAST_BEGINNING if is_last else _BEGINNING
    skeletons = _sounding([word], "")
    if word in KIND_OF:
        skeletons.add(f"{_KIND}{KIND_OF[word]}")
    least_skeleton = _LAST_BEGINNING if is_last else _SKELETON_BEGINNING
    return SearchWord(
        token,
        stem,
        len(stem) >= least and not token.isdecimal(),
        tuple(sorted(skeletons)),
        all(len(each) >= least_skeleton for each in skeletons) and not token.isdecimal(),
    )


def _sounding(words: Iterable[str], language: str) -> set[str]:
    """Write words as they sound, in each way of romanising."""
    ways = romanise(" ".join(words), language)
    return {" ".join(map(_sound, way.split())) for way in ways} - {""}


@lru_cache(1 << 16)
def _sound(word: str) -> str:
    return skeleton(word).translate(_CAPITALS)


@lru_cache(1 << 16)
def _token(word: str) -> str:
    """Take accents off a word, and write it in the spelling that is kept of several."""
    token = unaccented(word)
    if token.isascii():
        for pattern, spelling in _SPELLINGS:
            token = pattern.sub(spelling, token)
    return token
