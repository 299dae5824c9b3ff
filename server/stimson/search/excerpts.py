"""Where in the texts of a thing the words of a search stand."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .search_results import FoundThing
from .searched_things import Role, SearchedText
from .word_forms import SearchWord, name_tokens, tokens

_LENGTH = 220  # characters of an excerpt
_BEFORE = 60  # of them, before the first word that was found
_WORD = re.compile(r"[^\W_]+(?:['’ʼ`´‘][^\W_]+)*")  # noqa: RUF001
_EXACT, _SPELT = 2, 1  # a word as it was written, or in another spelling
_IN_NAMES = (Role.NAME, Role.PRINTED)


class ExcerptPart(NamedTuple):
    """A piece of a text, and whether it is what was looked for."""

    text: str
    is_match: bool


@dataclass(frozen=True, slots=True)
class SearchExcerpt:
    """A text that has words of a search, or the part of it that has them."""

    label: str  # of the property, in words; "" for the title
    language: str
    parts: tuple[ExcerptPart, ...]

    @property
    def text(self) -> str:
        """The text without marks."""
        return "".join(part.text for part in self.parts)


def mark_title(thing: FoundThing, words: Sequence[SearchWord]) -> SearchExcerpt:
    """Mark the words of a search in the title of a thing."""
    title = SearchedText(Role.NAME, "", thing.language, thing.title)
    spans = [(start, end) for start, end, *_ in _matches(title, words)]
    return SearchExcerpt("", thing.language, _cut(thing.title, spans, 0, len(thing.title)))


def excerpt(thing: FoundThing, words: Sequence[SearchWord]) -> SearchExcerpt | None:
    """Choose the text that shows best why a thing was found; None if the title says it all."""
    title = _score(_matches(SearchedText(Role.NAME, "", thing.language, thing.title), words))
    best, best_score = None, 0
    for text in thing.texts:
        if " ".join(text.text.split()) in thing.title:
            continue
        found = list(_matches(text, words))
        score = _score(found)
        # A second name tells nothing where the first is what was looked for; words do.
        if score > best_score and (score > title or text.role in (Role.WORDS, Role.NOTE)):
            best, best_score = (text, found), score
    if best is None:
        return None
    text, found = best
    start, end = _window(text.text, found[0][0])
    spans = [(first, last) for first, last, *_ in found if start <= first and last <= end]
    return SearchExcerpt(text.property, text.language, _cut(text.text, spans, start, end))


Match = tuple[int, int, SearchWord, int]  # where it begins and ends, the word, how well it fits


def _matches(text: SearchedText, words: Sequence[SearchWord]) -> Iterator[Match]:
    for place in _WORD.finditer(text.text):
        own = tokens(place[0])
        sounds = name_tokens(place[0], text.language) if text.role in _IN_NAMES else set()
        for word in words:
            if any(map(word.meets, own)):
                yield (*place.span(), word, _EXACT)
                break
            if sounds and word.resembles(sounds):
                yield (*place.span(), word, _SPELT)
                break


def _score(found: Iterator[Match] | list[Match]) -> int:
    """Say how many of the words are there, and how alike."""
    best: dict[SearchWord, int] = {}
    for _, _, word, fit in found:
        best[word] = max(fit, best.get(word, 0))
    return sum(best.values())


def _window(text: str, first: int) -> tuple[int, int]:
    """Choose a part around the first word found, from a space to a space."""
    if len(text) <= _LENGTH:
        return 0, len(text)
    start = 0 if first <= _BEFORE else text.find(" ", first - _BEFORE, first) + 1 or first
    end = min(len(text), start + _LENGTH)
    if end < len(text):
        end = max(text.rfind(" ", first, end), min(first + _LENGTH // 2, end))
    return start, end


def _cut(
    text: str, spans: Sequence[tuple[int, int]], start: int, end: int
) -> tuple[ExcerptPart, ...]:
    """Part a text into what was found and what stands between."""
    parts = [ExcerptPart("… ", False)] if start else []
    here = start
    for first, last in spans:
        parts += [ExcerptPart(text[here:first], False), ExcerptPart(text[first:last], True)]
        here = last
    parts.append(ExcerptPart(text[here:end], False))
    if end < len(text):
        parts.append(ExcerptPart(" …", False))
    return tuple(part for part in parts if part.text)
