"""Words that take a side: the files that list them, and where a text uses one.

A file of words is TOML, a table for each:

    [word.annexation]
    reason = "It says as a fact that the territory passed to another state."
    suggestion = "purported annexation"
    forms = { en = ["annexation*", "annexed"] }          # in which languages, and how written
    unless = { en = ["purported ... annexation*"] }      # … but not within these words

    [negations]
    en = ["no", "not", "*n't"]

Forms are whole words, whatever their case. ``*`` stands for the rest of a word, ``...`` for up
to three words between two others; a space is a hyphen, too, and any apostrophe is any other.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from ..project import Key, TomlFile, read_toml

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TAG = re.compile(r"[a-z]{2,8}")
_APOSTROPHES = "'\u2019\u02bc"
_BETWEEN = r"(?:[\s-]+\w+){0,3}?[\s-]+"  # no comma: what follows is another matter
# Straight and round single marks are apostrophes, too: as quotation marks they stand at the
# edges of words.
QUOTED = re.compile(
    r'"[^"]*"'
    "|\u201c[^\u201d]*\u201d"
    "|\u201e[^\u201c\u201d]*[\u201c\u201d]"
    "|\u00ab[^\u00bb]*\u00bb"
    r"|(?<!\w)['\u2018](?=\S)(?:[^'\u2019]|(?<=\w)['\u2019](?=\w))*['\u2019](?!\w)"
    "|`[^`]*`"
)
# An address, the path of a file, a name with its prefix: nobody's wording.
_ADDRESS = re.compile(r"\S*(?:://|\w\.\w\S*/)\S*|\S+/\S+\.[a-z]{2,5}\b|\b[a-z]+:[\w-]+")


class Use(NamedTuple):
    """A word that takes a side, as a text has it, and from where to where."""

    word: "SidedWord"
    found: str
    start: int


@dataclass(frozen=True)
class SidedWord:
    """A word that takes a side: why, what to write in its stead, and its forms by language."""

    slug: str
    reason: str
    suggestion: str
    forms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unless: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def _patterns(self) -> Mapping[str, tuple[re.Pattern[str], re.Pattern[str] | None]]:
        return {
            language: (
                pattern(forms),
                pattern(self.unless[language]) if self.unless.get(language) else None,
            )
            for language, forms in self.forms.items()
            if forms
        }

    def first_use(self, text: str, language: str, exempt: Iterable[range]) -> Use | None:
        """Find the first use in a text that is not within what is exempt."""
        if language not in self._patterns:
            return None
        forms, unless = self._patterns[language]
        free = [*exempt, *(() if unless is None else _spans(unless, text))]
        for match in forms.finditer(text):
            if not any(match.start() in span for span in free):
                return Use(self, match[0], match.start())
        return None


@dataclass(frozen=True)
class WordList:
    """All words that a project lists, and what makes a sentence negative, by language."""

    words: tuple[SidedWord, ...]
    negations: Mapping[str, tuple[str, ...]]

    @cached_property
    def _any(self) -> Mapping[str, re.Pattern[str]]:
        """All forms of a language at once: most texts hold none."""
        forms: dict[str, list[str]] = {}
        for word in self.words:
            for language, of in word.forms.items():
                forms.setdefault(language, []).extend(of)
        return {language: pattern(of) for language, of in forms.items() if of}

    @cached_property
    def _negative(self) -> Mapping[str, re.Pattern[str]]:
        return {language: pattern(forms) for language, forms in self.negations.items() if forms}

    def uses(self, text: str, language: str) -> Iterator[Use]:
        """Find each word that a text uses as its own; words in quotation marks are others'."""
        tag = language.lower().partition("-")[0]
        if tag not in self._any or not self._any[tag].search(text):
            return
        exempt = [*_spans(QUOTED, text), *_spans(_ADDRESS, text)]
        for word in self.words:
            if use := word.first_use(text, tag, exempt):
                yield use

    def lacks_negation(self, text: str, language: str) -> bool:
        """Tell whether a text has no word that denies, in a language for which some are listed."""
        negative = self._negative.get(language.lower().partition("-")[0])
        return negative is not None and not negative.search(text)


def pattern(forms: Iterable[str]) -> re.Pattern[str]:
    """Make the expression that finds any of some forms, as whole words."""
    alternatives = "|".join(map(_expression, forms))
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE)


def _expression(form: str) -> str:
    """Write one form as a regular expression, in which nothing can be repeated without end."""
    written, between = "", ""
    for part in form.split():
        if part == "...":
            between = _BETWEEN
            continue
        written += between + "".join(map(_character, part))
        between = r"[\s-]+"
    return written


def _character(sign: str) -> str:
    if sign == "*":
        return rf"[\w{_APOSTROPHES}]*"
    if sign in _APOSTROPHES:
        return f"[{_APOSTROPHES}]"
    return r"[\s-]" if sign == "-" else re.escape(sign)


def _spans(expression: re.Pattern[str], text: str) -> Iterator[range]:
    return (range(*match.span()) for match in expression.finditer(text))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _are_forms(value: Any) -> bool:
    return isinstance(value, dict) and all(
        _TAG.fullmatch(tag) and isinstance(forms, list) and all(map(_is_form, forms))
        for tag, forms in value.items()
    )


def _is_form(value: Any) -> bool:
    return _is_text(value) and all(part == "..." or part.strip("*.") for part in value.split())


def _is_table(value: Any) -> bool:
    return isinstance(value, dict)


_FORMS = "a table: for a language such as en, a list of words"
TABLES = (
    Key("word", "tables, each begun by [word.some-name]", _is_table, "", "The words."),
    Key("negations", _FORMS, _are_forms, "none", "What makes a sentence negative."),
)
WORD = (
    Key("reason", "a sentence", _is_text, "", "Whose side it takes, and how."),
    Key("suggestion", "a sentence", _is_text, "", "What to write in its stead."),
    Key("forms", _FORMS, _are_forms, "", "How it is written; none switches an entry off."),
    Key("unless", _FORMS, _are_forms, "none", "Wider words within which it takes no side."),
)


def read_words(files: Iterable[Path]) -> WordList:
    """Read files of words, or raise `InvalidFile`; of two entries of one name the later counts."""
    words: dict[str, SidedWord] = {}
    negations: dict[str, tuple[str, ...]] = {}
    for path in files:
        toml = read_toml(path)
        toml.check(toml.content, TABLES)
        for slug, entry in toml.content.get("word", {}).items():
            words[slug] = _word(toml, slug, entry)
        negations |= _by_language(toml.content.get("negations", {}))
    return WordList(tuple(words[slug] for slug in sorted(words)), negations)


def _word(toml: TomlFile, slug: str, entry: Any) -> SidedWord:
    at = ("word", slug)
    if not _SLUG.fullmatch(slug):
        raise toml.fault(f"`{slug}` is no name; use small letters, digits and hyphens", *at)
    toml.check(entry, WORD, *at)
    if missing := [key for key in ("reason", "suggestion", "forms") if key not in entry]:
        raise toml.fault(f"`word.{slug}` lacks {', '.join(missing)}", *at)
    reason, suggestion = (" ".join(entry[key].split()) for key in ("reason", "suggestion"))
    forms, unless = (_by_language(entry.get(key, {})) for key in ("forms", "unless"))
    return SidedWord(slug, reason, suggestion, forms, unless)


def _by_language(table: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {language: tuple(forms) for language, forms in table.items()}
