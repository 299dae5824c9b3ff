"""Tell a whole answer from a cut one, as far as is cheap.

Some engines send 200 first and find out later that they cannot go on: they end the body
early, in order, often with a sentence about it. JSON and XML have an end that is then missing.
The other formats are made of lines, of which the last would lack its end.
"""

import re
from typing import Protocol
from xml.parsers import expat

from ...errors import AnswerUnusable

_JSON = ("application/sparql-results+json", "application/json", "application/ld+json")
_XML = ("application/sparql-results+xml", "application/xml", "application/rdf+xml")
_LINES = ("text/csv", "text/tab-separated-values")
# QLever's words, after which there may be an end of line.
_SORRY = b"!!!!>># An error has occurred"
_TAIL = 4096
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_REST = re.compile(rb'(?:[^"\\]|\\.)*+"', re.DOTALL)
_SLASHES = re.compile(rb"\\*\Z")
_CUT = "The engine broke off in the middle of an answer: try again, or ask for less."


class Check(Protocol):
    """Look at an answer as it comes."""

    def feed(self, data: bytes) -> None:
        """Look at the next part."""

    def end(self) -> None:
        """Raise `AnswerUnusable` if that was not all."""


def check_of(media_type: str) -> Check:
    """Choose how answers of a media type are checked."""
    if media_type in _JSON:
        return _Json()
    if media_type in _XML:
        return _Xml()
    return _Lines(must_end=media_type in _LINES)


def is_self_contained(media_type: str) -> bool:
    """Tell whether an answer shows its own end, whatever brings it."""
    return media_type in _JSON or media_type in _XML


class _Json:
    """Count brackets outside strings: as many close as open, and nothing follows."""

    def __init__(self) -> None:
        self._depth = 0
        self._is_over = False
        self._in_string = False
        self._held = b""

    def feed(self, data: bytes) -> None:
        """Look at the next part."""
        data = self._held + data
        # A backslash belongs to what comes next.
        match = _SLASHES.search(data)
        self._held = b"\\" if match and len(match[0]) % 2 else b""
        data = data.removesuffix(self._held)
        if self._in_string:
            rest = _REST.match(data)
            if rest is None:
                return
            data = data[rest.end() :]
        outside, quote, _ = _STRING.sub(b"", data).partition(b'"')
        self._in_string = bool(quote)
        self._count(outside, has_string=bool(quote))

    def end(self) -> None:
        """Raise `AnswerUnusable` if that was not all."""
        if self._in_string or not self._is_over:
            raise AnswerUnusable(_CUT)

    def _count(self, outside: bytes, *, has_string: bool) -> None:
        text = outside.strip()
        if self._is_over and (text or has_string):
            raise AnswerUnusable(_CUT)
        opened, closed = text.count(b"{") + text.count(b"["), text.count(b"}") + text.count(b"]")
        self._depth += opened - closed
        if text and self._depth <= 0:
            if self._depth < 0 or text[-1:] not in b"}]":
                raise AnswerUnusable(_CUT)
            self._is_over = True


class _Xml:
    """Read it as XML, to its end."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._begin

    def feed(self, data: bytes) -> None:
        """Look at the next part."""
        self._parse(data, is_final=False)

    def end(self) -> None:
        """Raise `AnswerUnusable` if that was not all."""
        self._parse(b"", is_final=True)

    def _begin(self, name: str, _: object) -> None:
        """Look at the first element: a page may be in order, too."""
        self._parser.StartElementHandler = None
        if name.lower() == "html":
            raise AnswerUnusable("The query engine answered with a page.")

    def _parse(self, data: bytes, *, is_final: bool) -> None:
        try:
            self._parser.Parse(data, is_final)
        except expat.ExpatError as fault:
            raise AnswerUnusable(_CUT) from fault


class _Lines:
    """Look at how the last line ends."""

    def __init__(self, *, must_end: bool) -> None:
        self._must_end = must_end
        self._tail = b""

    def feed(self, data: bytes) -> None:
        """Look at the next part."""
        self._tail = (self._tail + data)[-_TAIL:]

    def end(self) -> None:
        """Raise `AnswerUnusable` if that was not all."""
        is_ended = self._tail.endswith(b"\n") if self._must_end else self._ends_a_statement()
        if _SORRY in self._tail or not is_ended:
            raise AnswerUnusable(_CUT)

    def _ends_a_statement(self) -> bool:
        """Tell whether Turtle ends as it may: after a dot, a graph, a prefix or a comment."""
        last = self._tail.rstrip().rpartition(b"\n")[2].lstrip()
        return not last or last.endswith((b".", b"}")) or last.startswith((b"#", b"PREFIX"))
