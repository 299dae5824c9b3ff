"""Scripts: letters that look alike are told apart, in every language.

A word that looks right and is typed in letters of two scripts is never found. Scripts are those
of Unicode; which one a language is written in, its tag says (BCP 47, https://www.rfc-editor.org/info/bcp47),
or `SCRIPTS` does. Of a language that is in neither, only mixed words are looked for.
"""

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from .wording import QUOTED

SCRIPTS = {
    "Arab": ("ar", "ckb", "fa", "ps", "sd", "ug", "ur"),
    "Armn": ("hy",),
    "Cyrl": (
        "ab",
        "ba",
        "be",
        "bg",
        "ce",
        "cv",
        "kk",
        "ky",
        "mk",
        "mn",
        "os",
        "ru",
        "tg",
        "tt",
        "uk",
    ),
    "Geor": ("ka",),
    "Grek": ("el",),
    "Hebr": ("he", "yi"),
    "Latn": (
        *("az", "ca", "cs", "cy", "da", "de", "en", "es", "et", "eu", "fi", "fr", "ga", "hr", "hu"),
        *("id", "is", "it", "lt", "lv", "ms", "nb", "nl", "nn", "no", "pl", "pt", "ro", "sk", "sl"),
        *("so", "sq", "sv", "sw", "tr", "vi"),
    ),
}
"""The script of languages that are written in one, by its code in ISO 15924."""
APOSTROPHES = {"be": "\u2019", "ru": "\u2019", "uk": "\u2019"}
"""The one apostrophe of a language, where it has several that look alike."""

_BY_LANGUAGE = {language: script for script, of in SCRIPTS.items() for language in of}
_BY_NAME = {  # how Unicode begins the names of letters
    "ARABIC": "Arab",
    "ARMENIAN": "Armn",
    "CYRILLIC": "Cyrl",
    "GEORGIAN": "Geor",
    "GREEK": "Grek",
    "HEBREW": "Hebr",
    "LATIN": "Latn",
}
_NAMES = {code: name.title() for name, code in _BY_NAME.items()}
_WORD = re.compile(r"[^\W\d_]+")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])['`\u00b4\u2018\u2019\u02bc\u2032](?=[^\W\d_])")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
# Latin letters that have their like in the script: a word of these alone may be meant in it.
_ALIKE = {
    "Cyrl": frozenset("aceijopsxyABCEHIJKMOPSTXY"),
    "Grek": frozenset("ovABEHIKMNOPTXYZ"),
}


class WritingFault(NamedTuple):
    """What is wrong with how a text is written: the rule, and what is to be said."""

    rule: str
    message: str


def writing_fault(text: str, tag: str) -> WritingFault | None:
    """Find the first thing that is wrong with the letters of a text in a language, if any is."""
    return _mixed(text) or _foreign(text, tag) or _apostrophe(text, tag)


def script_of(tag: str) -> str | None:
    """Name the script of a language tag, if it has one."""
    language, *others = tag.lower().split("-")
    named = (each.title() for each in others if len(each) == 4 and each.isalpha())
    return next((each for each in named if each in SCRIPTS), None) or (
        None
        if any(len(each) == 4 and each.isalpha() for each in others)
        else _BY_LANGUAGE.get(language)
    )


@cache
def _script(letter: str) -> str | None:
    return _BY_NAME.get(unicodedata.name(letter, "").partition(" ")[0])


def _scripts(word: str) -> list[str]:
    """List the scripts of a word, in the order of its letters."""
    return list(dict.fromkeys(found for letter in word if (found := _script(letter))))


def _mixed(text: str) -> WritingFault | None:
    for word in () if text.isascii() else _WORD.findall(text):
        if len(scripts := _scripts(word)) > 1:
            kinds = " and ".join(_NAMES[each] for each in scripts)
            message = (
                f"The word \u201c{word}\u201d mixes {kinds} letters. Type it anew on one keyboard: "
                "look-alike letters are hard to see."
            )
            return WritingFault("mixed-script", message)
    return None


def _foreign(text: str, tag: str) -> WritingFault | None:
    own = script_of(tag)
    if own is None or (own == "Latn" and text.isascii()):
        return None
    excused = [match.span() for form in (QUOTED, _BRACKETS) for match in form.finditer(text)]
    for match in _WORD.finditer(text):
        if _is_strange(match[0], own) and not any(
            start <= match.start() < end for start, end in excused
        ):
            message = (
                f"\u201c{match[0]}\u201d is not in the script of @{tag}. Transliterate it, put it "
                "between quotation marks or brackets if it is to stand so, or correct the tag."
            )
            return WritingFault("foreign-script", message)
    return None


def _is_strange(word: str, own: str) -> bool:
    """Tell whether a word is of another script; names in Latin letters stand in any text."""
    others = [each for each in _scripts(word) if each != own]
    if others != ["Latn"]:
        return bool(others)
    return not word.isupper() and set(word) <= _ALIKE.get(own, frozenset())


def _apostrophe(text: str, tag: str) -> WritingFault | None:
    wanted = APOSTROPHES.get(tag.lower().partition("-")[0])
    if wanted is None:
        return None
    for match in _APOSTROPHE.finditer(text):
        if match[0] != wanted:
            message = (
                f"The apostrophe of @{tag} is {wanted} (U+{ord(wanted):04X}), not {match[0]} "
                f"(U+{ord(match[0]):04X}); write it so."
            )
            return WritingFault("apostrophe", message)
    return None
