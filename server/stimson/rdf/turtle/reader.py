"""Read Turtle with positions: its tokens, the places of its triples, and how deep it nests.

pyoxigraph parses our files and tells no positions, and no parser at hand keeps comments.
So the text is cut into tokens here, and brackets and punctuation say which of them make a
triple; what a token means is always asked of pyoxigraph. Made for texts that pyoxigraph
has accepted (https://www.w3.org/TR/turtle/#sec-grammar); other texts give other tokens.
"""

from __future__ import annotations

import mmap
import re
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from ...errors import InvalidFile
from ..terms import NAME_MORE, NAME_START, Term, named

DEEPEST = 100  # triple terms in triple terms; pyoxigraph has no bound for them, and crashes

_COMMENT = r"\#[^\r\n]*+"
_STRING = r"""
    \"{3} (?: [^\"\\]++ | \\. | \"{1,2}(?!\") )*+ \"{3}
  | '{3} (?: [^'\\]++ | \\. | '{1,2}(?!') )*+ '{3}
  | \" (?: [^\"\\\r\n]++ | \\. )*+ \" | ' (?: [^'\\\r\n]++ | \\. )*+ '"""
_IRI = r"< (?: [^<>\"{}|^`\\\x00-\x20]++ | \\. )*+ >"
_LOCAL = rf"[{NAME_MORE}:%]++ | \\. | \.++(?=[{NAME_MORE}:%\\])"
_TOKEN = re.compile(
    rf"""
    (?P<number> [+-]?+ (?: \d*+\.\d++ | \d++ (?: \.(?=[eE][+-]?\d) )?+ ) (?: [eE][+-]?+\d++ )?+ )
  | (?P<mark> [;,.\[\]()] )
  | (?P<blank> _: (?: [{NAME_MORE}]++ | \.++(?=[{NAME_MORE}]) )++ )
  | (?P<name> (?: [{NAME_START}] (?: [{NAME_MORE}]++ | \.++(?=[{NAME_MORE}]) )*+ )?+ :
              (?: (?= [{NAME_START}:%\\\d] ) (?: {_LOCAL} )++ )?+ )
  | (?P<iri> {_IRI} )
  | (?P<string> {_STRING} )
  | (?P<word> [A-Za-z]++ )
  | (?P<at> @[A-Za-z0-9-]++ )
  | (?P<type> \^\^ )
  | (?P<comment> {_COMMENT} )
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,  # numbers have the digits 0 to 9 alone
)
# In bytes, of N-Triples, N-Quads and TriG too: what may hold brackets that are none, and those.
_BRACKETS = re.compile(
    rf"{_COMMENT} | \\. | {_STRING} | {_IRI} | (?P<open> << ) | (?P<close> >> )".encode(),
    re.VERBOSE | re.DOTALL,
)
# How many tokens follow the first one; where that has an @, the last is a full stop.
_DIRECTIVES = {"prefix": 2, "base": 1, "version": 1, "@prefix": 3, "@base": 2, "@version": 2}
_RDF = [named(f"rdf:{name}") for name in ("type", "first", "rest", "nil")]
_TYPE, _FIRST, _REST, _NIL = range(len(_RDF))


class TextPosition(NamedTuple):
    """A place in a text; both count from 1, columns in characters."""

    line: int
    column: int


class TurtleToken(NamedTuple):
    """A part of a text: `kind` is the name of a group of the pattern."""

    kind: str
    text: str
    start: int
    end: int


class WrittenTriple(NamedTuple):
    """A triple, and the offsets of its subject and of its object in the text."""

    subject: Term
    predicate: Term
    value: Term
    subject_at: int
    value_at: int
    value_end: int


_WIDTH = len(WrittenTriple._fields)


def tokens(text: str) -> Iterator[TurtleToken]:
    """Cut a text into its tokens, comments included."""
    for match in _TOKEN.finditer(text):
        assert match.lastgroup is not None  # every alternative is a group
        yield TurtleToken(match.lastgroup, match[0], match.start(), match.end())


def position_at(text: str, offset: int) -> TextPosition:
    """Give the position of a character."""
    return TextPosition(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


def comments(text: str) -> list[TurtleToken]:
    """List the comments of a text."""
    return [token for token in tokens(text) if token.kind == "comment"]


class TurtleTriples:
    """The triples of a text, as often as it states them, those within brackets first.

    Blank nodes have names of this reading alone. Numbers are kept, and triples are made when
    they are asked for: a file may state millions.
    """

    def __init__(self, text: str) -> None:
        self._terms, self._rows = _Reading(text).result()

    def __len__(self) -> int:
        return len(self._rows) // _WIDTH

    def __iter__(self) -> Iterator[WrittenTriple]:
        return map(self.triple, range(len(self)))

    def triple(self, number: int) -> WrittenTriple:
        """Make one of the triples, counted from 0."""
        at = number * _WIDTH
        subject, predicate, value, *offsets = self._rows[at : at + _WIDTH]
        terms = self._terms
        return WrittenTriple(terms[subject], terms[predicate], terms[value], *offsets)

    def subjects(self) -> Iterator[Term]:
        """List the subject of each triple."""
        return (self._terms[number] for number in self._rows[::_WIDTH])

    def values(self) -> Iterator[tuple[Term, int]]:
        """List the object of each triple, and its offset."""
        numbers, offsets = self._rows[2::_WIDTH], self._rows[4::_WIDTH]
        return zip((self._terms[number] for number in numbers), offsets, strict=True)

    def plain(self) -> Iterator[ox.Triple]:
        """List the triples without their places."""
        return (ox.Triple(*each[:3]) for each in self)  # type: ignore[arg-type]  # no literals


def check_depth(path: Path, content: bytes | mmap.mmap) -> None:
    """Raise `InvalidFile` where triple terms are nested more than `DEEPEST` times."""
    if not _may_be_deep(content):
        return
    depth = 0
    for match in _BRACKETS.finditer(content):
        depth += (match.lastgroup == "open") - (match.lastgroup == "close")
        if depth > DEEPEST:
            before = content[: match.start()].decode("utf-8", "replace")
            problem = f"triple terms are nested more than {DEEPEST} times here; nest them less"
            raise InvalidFile(path, problem, *position_at(before, len(before)))


def check_file_depth(path: Path) -> None:
    """Do so for a file, without reading it into memory."""
    if path.stat().st_size:  # nothing cannot be mapped
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as all_:
            check_depth(path, all_)


def _may_be_deep(content: bytes | mmap.mmap) -> bool:
    """Tell in little time that most files have few brackets, if any."""
    at = -1
    for _ in range(DEEPEST + 1):
        at = content.find(b"<<", at + 1)
        if at < 0:
            return False
    return True


def _parts(text: str) -> Iterator[tuple[str, int, int]]:
    """List kind and offsets of all tokens but comments; a literal with its datatype is one."""
    begin = stop = -1  # of a string that may have a language or a datatype behind it
    typed = is_version = False
    for match in _TOKEN.finditer(text):
        kind, start, end = match.lastgroup or "", *match.span()
        if kind == "comment":
            continue
        if begin >= 0:
            if kind == "type":
                typed = True
                continue
            is_whole = typed or (kind == "at" and not is_version)
            yield "string", begin, end if is_whole else stop
            begin, typed, is_version = -1, False, False
            if is_whole:
                continue
        if kind == "string":
            begin, stop = start, end
        else:
            is_version = kind in ("word", "at") and match[0].lower().lstrip("@") == "version"
            yield kind, start, end


@dataclass(slots=True)
class _Level:
    """A statement, bracket or list that is being read; terms are numbers."""

    start: int = 0
    subject: int | None = None  # of a list, its last node so far
    predicate: int | None = None
    is_list: bool = False
    head: int | None = None  # of a list, its first node


class _Reading:
    """One walk along the tokens of a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._terms: list[Term | None] = [*_RDF]  # None is a term that pyoxigraph is asked for
        self._questions: list[str] = []
        self._numbers: dict[str, int] = {}  # of what was asked for since the last directive
        self._labels: dict[str, int] = {}
        self._rows = array("q")
        self._levels = [_Level()]
        self._directive, self._left = 0, 0  # where one begins, how many tokens it still has

    def result(self) -> tuple[list[Term], array[int]]:
        """Read the text: its terms, and the rows of numbers and offsets."""
        take: dict[str, Callable[[int, int], None]] = {"mark": self._mark, "blank": self._blank}
        for kind, start, end in _parts(self._text):
            if self._left:
                self._declare(end)
            else:
                take.get(kind, self._term)(start, end)
        # One statement for each term, so that the answers come in the order of the questions.
        quads = ox.parse("\n".join(self._questions), format=ox.RdfFormat.TURTLE)
        return [next(quads).object if term is None else term for term in self._terms], self._rows

    def _declare(self, end: int) -> None:
        """Take a token of a directive; from the last on, it is in force."""
        self._left -= 1
        if not self._left:
            self._questions.append(self._text[self._directive : end])
            self._numbers.clear()

    def _term(self, start: int, end: int) -> None:
        """Take an IRI or a literal, the word ``a``, or the first word of a directive."""
        text = self._text[start:end]
        if text == "a":
            self._take(_TYPE, start, end)
        elif left := _DIRECTIVES.get(text.lower()):
            self._directive, self._left = start, left
        else:
            number = self._numbers.get(text)
            if number is None:
                number = self._numbers[text] = self._new(None)
                self._questions.append(f"<a:> <a:> {text} .")
            self._take(number, start, end)

    def _blank(self, start: int, end: int) -> None:
        label = self._text[start:end]
        if label not in self._labels:
            self._labels[label] = self._new(ox.BlankNode())
        self._take(self._labels[label], start, end)

    def _mark(self, start: int, end: int) -> None:
        level = self._levels[-1]
        match self._text[start]:
            case ".":
                self._levels = [_Level()]
            case ";":
                level.predicate = None
            case "[":
                self._levels.append(_Level(start, self._new(ox.BlankNode())))
            case "(":
                self._levels.append(_Level(start, is_list=True))
            case "]":
                self._levels.pop()
                assert level.subject is not None  # it was made when the bracket was opened
                self._take(level.subject, level.start, end)
            case ")":
                self._levels.pop()
                if level.subject is not None:
                    self._rows.extend((level.subject, _REST, _NIL, level.start, start, end))
                self._take(_NIL if level.head is None else level.head, level.start, end)

    def _take(self, term: int, start: int, end: int) -> None:
        """Take a term as what it is where it stands: subject, predicate, object or member."""
        level = self._levels[-1]
        if level.is_list:
            node = self._new(ox.BlankNode())
            if level.subject is None:
                level.head = node
            else:
                self._rows.extend((level.subject, _REST, node, level.start, start, end))
            self._rows.extend((node, _FIRST, term, start, start, end))
            level.subject = node
        elif level.subject is None:
            level.start, level.subject = start, term
        elif level.predicate is None:
            level.predicate = term
        else:
            self._rows.extend((level.subject, level.predicate, term, level.start, start, end))

    def _new(self, term: Term | None) -> int:
        self._terms.append(term)
        return len(self._terms) - 1
