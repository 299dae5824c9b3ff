"""The places of the triples of one Turtle text.

pyoxigraph gives no positions for triples, so a file in which something was found is
read once more by rdflib's own parser, which notes where each object begins.
"""

import re
from bisect import bisect_right
from collections.abc import MutableSequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal
from rdflib.namespace import XSD
from rdflib.plugins.parsers.notation3 import BadSyntax, RDFSink, SinkParser
from rdflib.term import Node, URIRef

from .. import Index, Term
from ..rdflib_bridge import to_node
from .position import Position

_Key = tuple[str, ...]
_LONG_INTEGER = re.compile(r"[+-]?[0-9]{4300,}(?![0-9.eE])")
_QUOTES = '"""\''


@dataclass(frozen=True, slots=True)
class _Entry:
    """One triple as the file writes it, with the offsets of its subject and its object."""

    subject: _Key
    predicate: _Key
    value: _Key
    subject_at: int
    value_at: int


class Locator:
    """The places of all triples of one Turtle text."""

    def __init__(self, text: str, index: Index) -> None:
        """Read `text`; `index` is what it means, and knows the parents of blank nodes."""
        self._text = text = text.removeprefix("\ufeff")
        self._index = index
        self._lines = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
        self._by_subject: dict[_Key, list[_Entry]] = {}
        self._by_value: dict[_Key, list[_Entry]] = {}
        for entry in _read(text):
            self._by_subject.setdefault(entry.subject, []).append(entry)
            self._by_value.setdefault(entry.value, []).append(entry)

    def find(
        self,
        subject: Term,
        predicate: ox.NamedNode | None = None,
        value: Term | None = None,
    ) -> Position | None:
        """Find a triple, else its subject and predicate, else its subject.

        What is no subject here is found where it is first a value.
        """
        if not self._index.speaks_of(subject):
            return self._mention(subject)
        seen: set[Term] = set()
        while subject not in seen:
            seen.add(subject)
            if (offset := self._offset(subject, predicate, value)) is not None:
                return self._position(offset)
            parent = self._parent(subject)
            if not isinstance(subject, ox.BlankNode) or parent is None:
                return None
            (subject, predicate), value = parent, subject
        return None

    def _offset(
        self, subject: Term, predicate: ox.NamedNode | None, value: Term | None
    ) -> int | None:
        own = stated = self._by_subject.get(_key(to_node(subject)), [])
        if predicate is not None:
            sought = _key(to_node(predicate))
            stated = [entry for entry in own if entry.predicate == sought]
        exact = []
        if predicate is not None and value is not None:
            sought = _key(to_node(value))
            exact = [entry for entry in stated if entry.value == sought]
            # Of 7 and 07, which have one key, the one that is spelt so.
            exact.sort(key=lambda entry: not self._spells(entry.value_at, value))
        if isinstance(subject, ox.BlankNode):
            # All blank nodes share one key here: only a triple that occurs once is certain.
            return exact[0].value_at if len(exact) == 1 else None
        if exact or (stated and predicate is not None):
            return (exact or stated)[0].value_at
        return min((entry.subject_at for entry in own), default=None)

    def _spells(self, offset: int, term: Term) -> bool:
        if not isinstance(term, ox.Literal):
            return True
        length = len(term.value) + 3
        return self._text[offset : offset + length].lstrip(_QUOTES).startswith(term.value)

    def _mention(self, term: Term) -> Position | None:
        """Find what is only a value; blank nodes cannot be told apart."""
        found = [] if isinstance(term, ox.BlankNode) else self._by_value.get(_key(to_node(term)))
        return self._position(found[0].value_at) if found else None

    def _parent(self, node: Term) -> tuple[Term, ox.NamedNode] | None:
        """Find a subject and a property that have a node as value."""
        number, terms = self._index.number(node), self._index.terms
        for predicate, values in self._index.by_predicate.items():
            if number in values:
                property_ = terms[predicate]
                assert isinstance(property_, ox.NamedNode)  # the syntax allows nothing else
                return terms[values[number][0]], property_
        return None

    def _position(self, offset: int) -> Position:
        line = bisect_right(self._lines, offset)
        return Position(line, offset - self._lines[line - 1] + 1)


def _key(term: Node) -> _Key:
    """Name a term in a way in which two readings of one file agree."""
    if isinstance(term, BNode):
        return ("blank",)
    if not isinstance(term, Literal):
        return ("iri", str(term))
    datatype = "" if term.datatype in (None, XSD.string) else str(term.datatype)
    return ("literal", _form(term), datatype, (term.language or "").lower())


def _form(literal: Literal) -> str:
    """Write the value of a literal: rdflib's parser makes 7 of 007, and values agree."""
    if literal.datatype in (None, XSD.string) or literal.value is None:
        return str(literal)
    try:
        return str(literal.value)
    except (ValueError, ArithmeticError):  # it has more digits than Python writes
        return str(literal)


def _read(text: str) -> list[_Entry]:
    tracer = _Tracer(_Sink(Graph(bind_namespaces="none")), baseURI="urn:x-base:", turtle=True)
    try:
        tracer.loadBuf(text)
    except (BadSyntax, RecursionError, ValueError, ArithmeticError):
        # The file did parse, with pyoxigraph; where rdflib is stricter, or runs out of its
        # stack, the places of the triples before that point are known and the others are not.
        return tracer.entries
    return tracer.entries


class _Sink(RDFSink):
    """Takes literals as they are written; to write them anew, rdflib fails at some durations."""

    def newLiteral(self, s: str, dt: URIRef | None, lang: str | None) -> Literal:
        """Make the literal that stands in the text."""
        return Literal(s, datatype=dt or None, lang=None if dt else lang, normalize=False)


class _Tracer(SinkParser):
    """rdflib's Turtle parser, which also notes where subjects and objects begin."""

    def __init__(self, store: RDFSink, baseURI: str, turtle: bool) -> None:
        super().__init__(store, baseURI=baseURI, turtle=turtle)
        self.entries: list[_Entry] = []
        self._statement_at = 0
        self._lists: list[list[int]] = []  # offsets of the objects of each open object list
        self._closed: list[int] = []  # those of the list that was closed last

    def statement(self, argstr: str, i: int) -> int:
        """Note where a top-level subject begins."""
        self._statement_at = self.skipSpace(argstr, i)
        return super().statement(argstr, i)

    def objectList(self, argstr: str, i: int, res: MutableSequence[Any]) -> int:
        """Collect the offsets of one object list; lists nest in blank nodes."""
        self._lists.append([])
        end = super().objectList(argstr, i, res)
        self._closed = self._lists.pop()
        return end

    def object(self, argstr: str, i: int, res: MutableSequence[Any]) -> int:
        """Note where an object begins; the subject comes this way too, outside any list."""
        if self._lists:
            self._lists[-1].append(self.skipSpace(argstr, i))
        return super().object(argstr, i, res)

    def nodeOrLiteral(self, argstr: str, i: int, res: MutableSequence[Any]) -> int:
        """Read a number that has more digits than Python reads, and leave all else."""
        match = _LONG_INTEGER.match(argstr, self.skipSpace(argstr, i))
        if match is None:
            return super().nodeOrLiteral(argstr, i, res)
        res.append(Literal(match[0], datatype=XSD.integer, normalize=False))
        return match.end()

    def makeStatement(self, quadruple: tuple[Any, ...]) -> None:
        """Pair a triple with its offset: the parser states a list's objects in their order.

        Nobody will ask for the graph, so it is not made.
        """
        terms = (self._store.normalise(None, term) for term in quadruple[1:])
        predicate, subject, value = (_key(term) for term in terms)
        value_at = self._closed.pop(0)
        self.entries.append(_Entry(subject, predicate, value, self._statement_at, value_at))
