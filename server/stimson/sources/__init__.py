"""Quotations: exact words of a source, and the proof that they are exact.

A passage is a stretch of a source's text, counted in Unicode code points from 0, its end
excluded. A quotation is a passage with its words, up to 32 characters on either side
(https://www.w3.org/TR/annotation-model/#text-quote-selector), and a seal: the SHA-256
of prefix, words and suffix in one. The seal finds a letter changed later in any clone
of the project, without the text of the source, which is never stored in it.
"""

import hashlib
from dataclasses import dataclass

CONTEXT = 32  # characters kept before and after the words


@dataclass(frozen=True, slots=True)
class Quote:
    """Words with what stands around them, and where they begin."""

    exact: str
    prefix: str
    suffix: str
    start: int

    @property
    def end(self) -> int:
        """The position behind the last character."""
        return self.start + len(self.exact)

    @property
    def seal(self) -> str:
        """The hash that `st:passageSha256` must hold."""
        return seal(self.prefix, self.exact, self.suffix)


def seal(prefix: str, exact: str, suffix: str) -> str:
    """Hash a passage with its surroundings."""
    return hashlib.sha256((prefix + exact + suffix).encode("utf-8")).hexdigest()


def find_quotes(text: str, phrase: str) -> list[Quote]:
    """Find every place at which `phrase` stands in `text`, letter by letter."""
    quotes, start = [], text.find(phrase)
    while phrase and start >= 0:
        end = start + len(phrase)
        before, after = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
        quotes.append(Quote(phrase, before, after, start))
        start = text.find(phrase, start + 1)
    return quotes
