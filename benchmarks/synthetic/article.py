"""The text of a synthetic source, made in memory so that every position in it is right."""

import hashlib
from dataclasses import dataclass
from random import Random

CONTEXT = 32  # characters kept before and after quoted words
_MEANINGLESS = (
    "about after all ambassador and answer archive ballot because before border bridge bulletin "
    "chamber chart council county delegate district document draft each early election evening "
    "ferry few figure first harbour hearing hill island item kept ledger letter list long map "
    "measure meeting morning neither north note number old page paper plain quarter register "
    "report river road room same second session several shall shore signed south still table text "
    "that their there town under until valley vote was west were which whole will winter year"
)
_WORDS = _MEANINGLESS.split()


@dataclass(frozen=True)
class Span:
    """A stretch of a text, its end excluded."""

    start: int
    end: int


@dataclass(frozen=True)
class Quote:
    """Words with what stands around them."""

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
        """The SHA-256 of prefix, words and suffix."""
        return hashlib.sha256((self.prefix + self.exact + self.suffix).encode()).hexdigest()


def phrase(chance: Random, least: int, most: int) -> str:
    """Make up words that mean nothing."""
    return " ".join(chance.choices(_WORDS, k=chance.randint(least, most)))


class Article:
    """A text that grows sentence by sentence, and then is quoted from."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._text = ""

    def write(self, words: str) -> Span:
        """Add words, and tell where they stand."""
        self._parts.append(words)
        start, self._length = self._length, self._length + len(words)
        return Span(start, self._length)

    @property
    def text(self) -> str:
        """The whole text as it is now."""
        if len(self._text) != self._length:
            self._text = "".join(self._parts)
        return self._text

    @property
    def sha256(self) -> str:
        """The hash of the text as a file."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def quote(self, span: Span) -> Quote:
        """Take words out of the text, with what stands around them."""
        before, after = max(0, span.start - CONTEXT), span.end + CONTEXT
        exact = self.text[span.start : span.end]
        return Quote(exact, self.text[before : span.start], self.text[span.end : after], span.start)
