"""Check a response of a remote engine: is it whole, and has it too many rows?

Some engines send 200 first and find out later that they cannot go on: they end the body
early, in order, often with a sentence about it. JSON and XML have an end that is then missing.
The other formats are made of lines, of which the last would lack its end.
"""

import io
import re
from collections.abc import Iterable, Iterator
from typing import Protocol
from xml.parsers import expat

import pyoxigraph

from ...errors import AnswerUnusable, TooManyRows
from ..formats import GRAPHS, RESULTS
from ..spool import ChunkFile

_JSON = ("application/sparql-results+json", "application/json", "application/ld+json")
_XML = ("application/sparql-results+xml", "application/xml", "application/rdf+xml")
_LINES = ("text/csv", "text/tab-separated-values")
_STATEMENT_LINES = ("application/n-triples", "application/n-quads")
# QLever's words, after which there may be an end of line.
_QLEVER_ERROR = b"!!!!>># An error has occurred"
_TAIL = 4096
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_REST_OF_STRING = re.compile(rb'(?:[^"\\]|\\.)*+"', re.DOTALL)
_SLASHES = re.compile(rb"\\*\Z")
_BROKEN_OFF = "The engine broke off in the middle of an answer: try again, or ask for less."


class EndCheck(Protocol):
    """Look at an answer as it comes."""

    def feed(self, data: bytes) -> None:
        """Look at the next part."""

    def end(self) -> None:
        """Raise `AnswerUnusable` if that was not all."""


def end_check(media_type: str) -> EndCheck:
    """Choose how answers of a media type are checked."""
    if media_type in _JSON:
        return _JsonEnd()
    if media_type in _XML:
        return _XmlEnd()
    return _LastLine(must_end=media_type in _LINES)


def is_self_contained(media_type: str) -> bool:
    """Tell whether an answer shows its own end, whatever brings it."""
    return media_type in _JSON or media_type in _XML


class _JsonEnd:
    """Count brackets outside strings: as many close as open, and nothing follows."""

    def __init__(self) -> None:
        self._depth = 0
        self._is_over = False
        self._in_string = False
        self._held = b""

    def feed(self, data: bytes) -> None:
        data = self._held + data
        # A backslash belongs to what comes next.
        match = _SLASHES.search(data)
        self._held = b"\\" if match and len(match[0]) % 2 else b""
        data = data.removesuffix(self._held)
        if self._in_string:
            rest = _REST_OF_STRING.match(data)
            if rest is None:
                return
            data = data[rest.end() :]
        outside, quote, _ = _STRING.sub(b"", data).partition(b'"')
        self._in_string = bool(quote)
        self._count(outside, has_string=bool(quote))

    def end(self) -> None:
        if self._in_string or not self._is_over:
            raise AnswerUnusable(_BROKEN_OFF)

    def _count(self, outside: bytes, *, has_string: bool) -> None:
        text = outside.strip()
        if self._is_over and (text or has_string):
            raise AnswerUnusable(_BROKEN_OFF)
        opened, closed = text.count(b"{") + text.count(b"["), text.count(b"}") + text.count(b"]")
        self._depth += opened - closed
        if text and self._depth <= 0:
            if self._depth < 0 or text[-1:] not in b"}]":
                raise AnswerUnusable(_BROKEN_OFF)
            self._is_over = True


class _XmlEnd:
    """Read it as XML, to its end."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._begin

    def feed(self, data: bytes) -> None:
        self._parse(data, is_final=False)

    def end(self) -> None:
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
            raise AnswerUnusable(_BROKEN_OFF) from fault


class _LastLine:
    """Look at how the last line ends."""

    def __init__(self, *, must_end: bool) -> None:
        self._must_end = must_end
        self._tail = b""

    def feed(self, data: bytes) -> None:
        self._tail = (self._tail + data)[-_TAIL:]

    def end(self) -> None:
        is_ended = self._tail.endswith(b"\n") if self._must_end else self._ends_a_statement()
        if _QLEVER_ERROR in self._tail or not is_ended:
            raise AnswerUnusable(_BROKEN_OFF)

    def _ends_a_statement(self) -> bool:
        """Tell whether Turtle ends as it may: after a dot, a graph, a prefix or a comment."""
        last = self._tail.rstrip().rpartition(b"\n")[2].lstrip()
        return not last or last.endswith((b".", b"}")) or last.startswith((b"#", b"PREFIX"))


def refuse_many_rows(chunks: Iterator[bytes], media_type: str, rows: int) -> None:
    """Raise `TooManyRows` if an answer has more than `rows`."""
    for number, _ in enumerate(_rows(chunks, media_type), 1):
        if number > rows:
            raise TooManyRows(f"The result has more than {rows} rows: use LIMIT and OFFSET.")


def _rows(chunks: Iterator[bytes], media_type: str) -> Iterable[object]:
    if media_type == "text/csv":
        return _body(_unquoted_lines(chunks))
    if media_type == "text/tab-separated-values":
        return _body(_lines(chunks))
    if media_type in _STATEMENT_LINES:
        return _lines(chunks)
    return _parsed(io.BufferedReader(ChunkFile(chunks)), media_type)


def _parsed(file: io.BufferedReader, media_type: str) -> Iterator[object]:
    try:
        if (form := GRAPHS.get(media_type)) is not None:
            yield from pyoxigraph.parse(file, form)
            return
        found = pyoxigraph.parse_query_results(file, RESULTS[media_type])
        if isinstance(found, pyoxigraph.QuerySolutions):
            yield from found
    except SyntaxError as fault:
        raise AnswerUnusable(f"The engine's answer is not what it says it is: {fault}.") from fault


def _lines(chunks: Iterator[bytes]) -> Iterator[None]:
    for chunk in chunks:
        for _ in range(chunk.count(b"\n")):
            yield None


def _unquoted_lines(chunks: Iterator[bytes]) -> Iterator[None]:
    """Find the ends of lines that no quotation marks enclose; two in a row cancel out."""
    inside = 0
    for chunk in chunks:
        parts = chunk.split(b'"')
        yield from _lines(iter(parts[inside::2]))
        inside = (inside + len(parts) - 1) % 2


def _body(lines: Iterator[None]) -> Iterator[None]:
    next(lines, None)  # the names of the columns
    return lines
