"""Find the words that somebody means in the text of a source.

What is kept is always what the source prints. Words that were typed with other quotation
marks, dashes, spaces or line breaks are recognised, and taken only if that is asked for.
"""

import difflib
import re
from collections.abc import Iterator
from itertools import pairwise

from ..errors import InvalidParameter
from .quotations import Quote, find_quotes, quote_at

_ALIKE = str.maketrans(
    {
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"'),
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4`", "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    }
)
_MARKS = (
    *(('"', '"'), ("'", "'"), ("\u201c", "\u201d"), ("\u201e", "\u201c\u201d")),
    *(("\u2018", "\u2019"), ("\u201a", "\u2018\u2019"), ("\u00ab", "\u00bb")),
)
_SPACE = re.compile(r"[\s\u200b\ufeff]+")
_SHOWN = 200  # characters of a passage that a message shows
_LONG = 200_000  # characters of a text in which the nearest passage is still looked for
_NEAR = 0.6  # what share of the letters must agree for a passage to be suggested


def without_marks(phrase: str) -> str:
    """Take off the quotation marks round a phrase: a quotation is what stands between them."""
    words = phrase.strip()
    for opening, closings in _MARKS:
        inner = words[1:-1]
        if words[:1] == opening and words[-1:] in closings and len(words) > 1:
            # Of two quotations with words between, the outer marks are no pair.
            return phrase if {opening, words[-1]} & set(inner) else inner
    return phrase


def find(text: str, phrase: str, nth: int | None = None, as_printed: bool = False) -> Quote:
    """Find the one place that is meant, or raise `InvalidParameter` that says what to do."""
    if not phrase.strip():
        raise InvalidParameter("The phrase is empty; give the words as the source prints them.")
    quotes = find_quotes(text, phrase)
    if not quotes:
        alike = list(_alike(text, phrase))
        if not (alike and as_printed):
            raise InvalidParameter(_advice(text, phrase, alike))
        quotes = alike
    return _choose(text, quotes, nth)


def _choose(text: str, quotes: list[Quote], nth: int | None) -> Quote:
    if nth is None and len(quotes) == 1:
        return quotes[0]
    if nth is not None and 1 <= nth <= len(quotes):
        return quotes[nth - 1]
    places = "".join(f"\n  {number}: {_place(text, each)}" for number, each in enumerate(quotes, 1))
    number = "one place" if len(quotes) == 1 else f"{len(quotes)} places"
    raise InvalidParameter(f"The words stand in {number}; choose with --nth:{places}")


def _advice(text: str, phrase: str, alike: list[Quote]) -> str:
    """Say what the source prints instead of a phrase that it does not hold."""
    if alike:
        return (
            "The source prints these words with other quotation marks, dashes, spaces or line "
            f"breaks:\n  {_shown(alike[0].exact)}\n"
            "Copy them from there, or add --as-printed to take them so."
        )
    advice = "The source does not hold these words; copy them letter by letter."
    near = _nearest(text, phrase) if len(text) <= _LONG else None
    return f"{advice} The nearest passage is:\n  {_shown(near)}" if near else advice


def _alike(text: str, phrase: str) -> Iterator[Quote]:
    """Find the places that differ from a phrase in signs and spaces only."""
    plain, offsets = _plain(text)
    wanted = _plain(phrase)[0].strip()
    for each in find_quotes(plain, wanted):
        yield quote_at(text, offsets[each.start], offsets[each.end - 1] + 1)


def _plain(text: str) -> tuple[str, list[int]]:
    """Write a text with plain signs and single spaces, and say where each character stood."""
    letters, offsets = [], []
    for first, second in pairwise([0, *_edges(text), len(text)]):
        piece = text[first:second]
        if _SPACE.fullmatch(piece):
            letters.append(" ")
            offsets.append(first)
        else:
            letters.append(piece.translate(_ALIKE))
            offsets.extend(range(first, second))
    return "".join(letters), offsets


def _edges(text: str) -> Iterator[int]:
    for match in _SPACE.finditer(text):
        yield from match.span()


def _nearest(text: str, phrase: str) -> str | None:
    """Find the passage that has most in common with a phrase, cut at whole words."""
    plain, offsets = _plain(text)
    wanted = _plain(phrase)[0].strip()
    matcher = difflib.SequenceMatcher(None, plain.lower(), wanted.lower(), autojunk=False)
    match = matcher.find_longest_match()
    start = max(0, match.a - match.b)
    end = min(len(plain), start + len(wanted))
    matcher.set_seq1(plain[start:end].lower())
    if start >= end or matcher.ratio() < _NEAR:
        return None
    start = plain.rfind(" ", 0, start + 1) + 1
    end = len(plain) if (space := plain.find(" ", end)) < 0 else space
    return text[offsets[start] : offsets[end - 1] + 1]


def _place(text: str, quote: Quote) -> str:
    line = text.count("\n", 0, quote.start) + 1
    return f"line {line}, {_shown(f'{quote.prefix}[{quote.exact}]{quote.suffix}')}"


def _shown(words: str) -> str:
    """Write words on one line, line breaks as they would be typed in Turtle."""
    cut = words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}\u2026"
    return cut.replace("\r", "\\r").replace("\n", "\\n")
