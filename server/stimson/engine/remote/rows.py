"""Count the rows or triples of an answer, where there is a limit to them."""

import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pyoxigraph

from ...errors import AnswerUnusable, TooManyRows
from ..formats import GRAPHS, RESULTS

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_LINES = ("application/n-triples", "application/n-quads")


def refuse_many(chunks: Iterator[bytes], media_type: str, rows: int) -> None:
    """Raise `TooManyRows` if an answer has more than `rows`."""
    for number, _ in enumerate(_rows(chunks, media_type), 1):
        if number > rows:
            raise TooManyRows(f"The result has more than {rows} rows: use LIMIT and OFFSET.")


def _rows(chunks: Iterator[bytes], media_type: str) -> Iterable[object]:
    if media_type == "text/csv":
        return _body(_unquoted_lines(chunks))
    if media_type == "text/tab-separated-values":
        return _body(_lines(chunks))
    if media_type in _LINES:
        return _lines(chunks)
    return _parsed(io.BufferedReader(_Reader(chunks)), media_type)


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


class _Reader(io.RawIOBase):
    """Chunks as a file."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        data = self._rest or next(self._chunks, b"")
        part, self._rest = data[: len(view)], data[len(view) :]
        view[: len(part)] = part
        return len(part)
