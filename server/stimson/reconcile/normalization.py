"""Bring a name into the form in which it is compared.

Two forms: `plain` forgives case, accents, apostrophes and punctuation; the skeleton
forgives, beyond these, what the ways of writing Cyrillic in Latin letters differ in
(Haidai and Gaidai, Zelensky and Zelenskyi, Zaporizhzhia and Zaporizhia).
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from .encoding import readings
from .romanise import romanise

_APOSTROPHES = dict.fromkeys(map(ord, "'`\u00b4\u02b9\u02bb\u02bc\u02c8\u2018\u2019\u2032\ufffd"))
_LOST = re.compile(r"(?<=\w)\?(?=\w)")  # a letter that some program could not write
_WORD = re.compile(r"[^\W_]+")
_DIGRAPHS = (("zh", "Z"), ("kh", "X"), ("ch", "C"), ("sh", "S"), ("ts", "T"), ("tz", "T"))
_LETTERS = str.maketrans({"h": "g", "y": "i", "j": "i", "w": "v", "x": "ks"})
_REPEATED = re.compile(r"([^\d])\1+")
_GLIDE = re.compile(r"(?:\b|(?<=[aeou]))i(?=e)")  # Yenakiieve, Nikolayev
_STOP = frozenset({"the", "of"})
_MOST_WORDS = 40

# Words that say what kind of thing a name is of, in the languages of the labels.
_KINDS = {
    "region": "oblast oblasts region province область області области обл",
    "republic": "republic республіка республика",
    "peoples": "peoples народна народная народно",
    "democratic": "democratic демократична демократическая",
    "autonomous": "autonomous автономна автономная",
    "settlement": "city town village settlement місто село селище смт город посёлок поселок пгт",
    "river": "river річка река",
    "peninsula": "peninsula півострів полуостров",
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class Form:
    """One way of reading a name."""

    plain: str
    whole: str  # all words of the skeleton in order of the alphabet, kinds as kinds
    core: str  # the same without the words that say a kind
    words: frozenset[str]  # those of the core
    kinds: frozenset[str]
    numbers: tuple[str, ...]


@lru_cache(8192)
def forms(text: str, language: str = "") -> tuple[Form, ...]:
    """Read a name of the graph, in each way in which it may be romanised."""
    return _forms(text, language)


def readings_of(text: str) -> tuple[Form, ...]:
    """Read a stranger's name, also as it was before its characters were spoilt.

    None is remembered: a name of a few characters may have forms of many kilobytes.
    """
    return tuple(dict.fromkeys(form for reading in readings(text) for form in _forms(reading)))


def plain(text: str) -> str:
    """Bring `text` into the form that forgives case, accents and punctuation."""
    return " ".join(_unaccented(word) for word in _words(text))


def _forms(text: str, language: str = "") -> tuple[Form, ...]:
    words = _words(text)[:_MOST_WORDS]
    if not words:
        return ()
    plain = " ".join(_unaccented(word) for word in words)
    kinds = frozenset(_KIND_OF[word] for word in words if word in _KIND_OF)
    core = [word for word in words if word not in _KIND_OF and word not in _STOP]
    if not core:  # it is nothing but such words
        core, kinds = words, frozenset()
    ways = dict.fromkeys(romanise(" ".join(core), language))
    return tuple(_form(plain, way, kinds) for way in ways)


def _form(plain: str, romanised: str, kinds: frozenset[str]) -> Form:
    words = [skeleton(word) for word in romanised.split()]
    core = " ".join(sorted(words))
    return Form(
        plain=plain,
        whole=" ".join([core, *sorted(kinds)]),
        core=core,
        words=frozenset(words),
        kinds=kinds,
        numbers=tuple(re.findall(r"\d+", plain)),
    )


def skeleton(word: str) -> str:
    """Merge the letters of a Latin word that ways of romanising confuse."""
    for pair, letter in _DIGRAPHS:
        word = word.replace(pair, letter)
    word = _REPEATED.sub(r"\1", word.translate(_LETTERS))
    return _GLIDE.sub("", word) or word


def _words(text: str) -> list[str]:
    whole = _LOST.sub("", text.translate(_APOSTROPHES))
    composed = unicodedata.normalize("NFKC", whole).casefold()
    return _WORD.findall(composed.translate(_APOSTROPHES))


def _unaccented(word: str) -> str:
    if word.isascii():
        return word
    parts = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(p for p in parts if not unicodedata.combining(p)))
