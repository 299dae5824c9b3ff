"""Bring a name into the forms in which it is compared.

`plain` forgives case, accents, apostrophes and punctuation; the skeleton forgives, beyond
these, what the ways of writing Cyrillic in Latin letters differ in (Haidai and Gaidai,
Zelensky and Zelenskyi, Zaporizhzhia and Zaporizhia). A name that was read in another
character set than it was written in is read anew first.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

import ftfy
from anyascii import anyascii

# Windows-1251 and KOI8-R text read as Western: ftfy mends UTF-8 that was misread, not these.
_MISREAD = (("cp1252", "cp1251"), ("latin-1", "cp1251"), ("latin-1", "koi8-r"))
_CYRILLIC_BLOCK = range(0x0400, 0x0530)
_MOSTLY = 0.9  # share of letters


def readings(text: str) -> tuple[str, ...]:
    """List what `text` may have been meant to be, itself first."""
    if text.isascii():
        return (text,)
    found = {text: None, ftfy.fix_encoding(text): None}
    for read, written in _MISREAD:
        if (mended := _reread(text, read, written)) is not None:
            found[mended] = None
            break
    return tuple(found)


def _reread(text: str, read: str, written: str) -> str | None:
    """Decode again, and keep the outcome only where it looks like a name in Cyrillic."""
    try:
        mended = text.encode(read).decode(written)
    except UnicodeError:
        return None
    letters = [letter for letter in mended if letter.isalpha()]
    cyrillic = [letter for letter in letters if ord(letter) in _CYRILLIC_BLOCK]
    # The vowels of one language read as another's letters give capitals inside words.
    is_cased = all(word[1:].islower() or word.isupper() for word in mended.split() if word[1:])
    return mended if letters and is_cased and len(cyrillic) >= _MOSTLY * len(letters) else None


# Ukrainian follows resolution 55 of the Cabinet of Ministers of Ukraine of 27 January 2010,
# Russian the BGN/PCGN system of 1947. The systems that differ from them in the same letters
# (BGN/PCGN 1965 for Ukrainian, the spellings of newspapers) come to the same once `skeleton`
# has merged what they write differently, which the tests show name by name. No kept library
# has the Ukrainian system; anyascii serves for every other script and for accents.
# A letter, and at once what it becomes. The order of the alphabet is that of each language.
_BOTH = "аa бb вv дd еe жzh зz кk лl мm нn оo пp рr сs тt уu фf хkh цts чch шsh щshch юyu яya ь ъ"  # noqa: RUF001
_UKRAINIAN = f"{_BOTH} гh ґg єye иy іi їyi йi"  # noqa: RUF001
_RUSSIAN = f"{_BOTH} гg ёyo иi йy ыy эe"  # noqa: RUF001
_NO_YO = f"{_RUSSIAN} ёe"  # as printed where the two dots are left out

_CYRILLIC = re.compile("[Ѐ-ӿ]")
_ONLY_UKRAINIAN = re.compile("[іїєґ]")
_ONLY_RUSSIAN = re.compile("[ыэёъ]")
_SOFTENED = re.compile("[ьъ](?=е)")  # noqa: RUF001 (a y is heard: Zaporozhye)


def romanise(text: str, language: str = "") -> tuple[str, ...]:
    """Write lower-case `text` in Latin letters, in each way its letters or `language` allow."""
    if not _CYRILLIC.search(text):
        return (_transliterate(text),)
    tables = _tables(text, language)
    softened = _SOFTENED.sub("й", text)
    ways = (_transliterate(softened.translate(_table(table))) for table in tables)
    return tuple(dict.fromkeys(ways))


def _tables(text: str, language: str) -> list[str]:
    russian = [_RUSSIAN, _NO_YO] if "ё" in text else [_RUSSIAN]
    if language == "uk" or _ONLY_UKRAINIAN.search(text):
        return [_UKRAINIAN]
    if language == "ru" or _ONLY_RUSSIAN.search(text):
        return russian
    return [_UKRAINIAN, *russian]


@cache
def _table(letters: str) -> dict[int, str]:
    return {ord(pair[0]): pair[1:] for pair in letters.split()}


def _transliterate(text: str) -> str:
    return text if text.isascii() else str(anyascii(text)).lower()


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
KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class NormalizedName:
    """One way of reading a name."""

    plain: str
    whole: str  # all words of the skeleton in order of the alphabet, kinds as kinds
    core: str  # the same without the words that say a kind
    words: frozenset[str]  # those of the core
    kinds: frozenset[str]
    numbers: tuple[str, ...]


@lru_cache(8192)
def normalize(text: str, language: str = "") -> tuple[NormalizedName, ...]:
    """Read a name of the graph, in each way in which it may be romanised."""
    return _normalize(text, language)


def normalize_input(text: str) -> tuple[NormalizedName, ...]:
    """Read a name that a client sends, also as it was before it was wrongly decoded.

    None is remembered: a name of a few characters may have normal forms of many kilobytes.
    """
    return tuple(
        dict.fromkeys(
            normalized for reading in readings(text) for normalized in _normalize(reading)
        )
    )


def plain(text: str) -> str:
    """Bring `text` into the form that forgives case, accents and punctuation."""
    return " ".join(unaccented(word) for word in split_words(text))


def _normalize(text: str, language: str = "") -> tuple[NormalizedName, ...]:
    words = split_words(text)[:_MOST_WORDS]
    if not words:
        return ()
    plain = " ".join(unaccented(word) for word in words)
    kinds = frozenset(KIND_OF[word] for word in words if word in KIND_OF)
    core = [word for word in words if word not in KIND_OF and word not in _STOP]
    if not core:  # it is nothing but such words
        core, kinds = words, frozenset()
    ways = dict.fromkeys(romanise(" ".join(core), language))
    return tuple(_of_words(plain, way, kinds) for way in ways)


def _of_words(plain: str, romanised: str, kinds: frozenset[str]) -> NormalizedName:
    words = [skeleton(word) for word in romanised.split()]
    core = " ".join(sorted(words))
    return NormalizedName(
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


def split_words(text: str) -> list[str]:
    """Part `text` into words of letters and digits, without case and apostrophes."""
    whole = _LOST.sub("", text.translate(_APOSTROPHES))
    composed = unicodedata.normalize("NFKC", whole).casefold()
    return _WORD.findall(composed.translate(_APOSTROPHES))


def unaccented(word: str) -> str:
    """Take the accents off a word."""
    if word.isascii():
        return word
    parts = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(p for p in parts if not unicodedata.combining(p)))
