"""Where in the files a triple stands, and findings that know it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Iterator
from functools import cached_property
from itertools import accumulate

import pyoxigraph as ox

from ... import processes
from ...findings import Finding, Severity
from ..dataset import Dataset, Document
from ..index import Index
from ..terms import Term, lexical, named
from .reader import TextPosition, TurtleTriples

_TYPE = named("rdf:type")


class SourceMap:
    """Makes findings that know their file and line; reads a file again only when asked."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._locators: dict[str, Locator] = {}

    def finding(
        self,
        rule: str,
        severity: Severity,
        message: str,
        focus: Term,
        path: ox.NamedNode | None = None,
        value: Term | None = None,
        *,
        component: str | None = None,
        path_text: str | None = None,
        document: Document | None = None,
    ) -> Finding:
        """Make a finding at the triple (focus, path, value), in `document` or where it stands.

        `path_text` writes a path that is more than one property.
        """
        document = document or self._document(focus, path, value)
        place = None if document is None else self._locator(document).find(focus, path, value)
        return Finding(
            rule=rule,
            severity=severity,
            message=message,
            file=None if document is None else document.path,
            line=None if place is None else place.line,
            column=None if place is None else place.column,
            focus=lexical(focus),
            path=path_text or (None if path is None else lexical(path)),
            value=None if value is None else lexical(value),
            component=component,
        )

    def _document(
        self, focus: Term, path: ox.NamedNode | None, value: Term | None
    ) -> Document | None:
        """Find the document that states the triple, else one that speaks of the focus."""
        speakers = self._subjects.get(focus) or self._mentions(focus)
        return min(
            speakers, key=lambda each: _distance(each.index, focus, path, value), default=None
        )

    @cached_property
    def _subjects(self) -> dict[object, list[Document]]:
        """The documents that speak of each term, in their order."""
        found: dict[object, list[Document]] = {}
        for document in self._dataset.of():
            for subject in {triple.subject for triple in document.triples}:
                found.setdefault(subject, []).append(document)
        return found

    def _mentions(self, focus: Term) -> list[Document]:
        """List the documents that hold a term of which none speaks, a literal for example."""
        return [each for each in self._dataset.of() if each.index.number(focus) is not None]

    def _locator(self, document: Document) -> Locator:
        if document.iri not in self._locators:
            processes.mark(str(document.path))  # should this be more than it can take
            self._locators[document.iri] = Locator(document.text, document.index)
            processes.mark("")
        return self._locators[document.iri]


def _distance(index: Index, focus: Term, path: ox.NamedNode | None, value: Term | None) -> int:
    """Tell how far a file that speaks of `focus` is from stating the triple."""
    if path is not None and value is not None and (focus, path, value) in index:
        return 0
    if path is not None and index.value(focus, path) is not None:
        return 1
    return 2 if index.value(focus, _TYPE) is not None else 3


class Locator:
    """The places of all triples of one Turtle text."""

    def __init__(self, text: str, index: Index) -> None:
        """Read `text`; `index` is what it means, and has names of its own for blank nodes."""
        self._index = index
        self._triples = TurtleTriples(text)
        self._lines = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
        self._numbers: dict[Term, list[int]] = {}  # of the triples of a subject
        for number, subject in enumerate(self._triples.subjects()):
            self._numbers.setdefault(subject, []).append(number)
        self._stated: dict[Term, dict[Term, dict[Term, int]]] = {}

    def find(
        self, subject: Term, predicate: ox.NamedNode | None = None, value: Term | None = None
    ) -> TextPosition | None:
        """Find a triple, else its subject and predicate, else its subject.

        What is no subject here is found where it is first a value.
        """
        known = self._known(subject)
        if known not in self._numbers:
            return self._position(self._first_value.get(known))
        values = self._values(known).get(predicate) if predicate is not None else None
        if values is None:
            return self._position(self._triples.triple(self._numbers[known][0]).subject_at)
        stated = None if value is None else values.get(self._known(value))
        return self._position(next(iter(values.values())) if stated is None else stated)

    def _known(self, term: Term) -> Term:
        """Give the name that a term has in the triples with places."""
        return self._blank_nodes.get(term, term) if isinstance(term, ox.BlankNode) else term

    def _values(self, subject: Term) -> dict[Term, dict[Term, int]]:
        """Map the properties of a subject to their values, and these to where they stand first."""
        if subject not in self._stated:
            found = self._stated[subject] = {}
            for number in self._numbers[subject]:
                triple = self._triples.triple(number)
                found.setdefault(triple.predicate, {}).setdefault(triple.value, triple.value_at)
        return self._stated[subject]

    def _position(self, offset: int | None) -> TextPosition | None:
        if offset is None:
            return None
        line = bisect_right(self._lines, offset)
        return TextPosition(line, offset - self._lines[line - 1] + 1)

    @cached_property
    def _first_value(self) -> dict[Term, int]:
        """Where each term is first a value."""
        found: dict[Term, int] = {}
        for value, offset in self._triples.values():
            found.setdefault(value, offset)
        return found

    @cached_property
    def _blank_nodes(self) -> dict[Term, Term]:
        """The names of blank nodes here, by those that they have in the index."""
        return _pair(self._index, Index(self._triples.plain()))


def _pair(one: Index, other: Index) -> dict[Term, Term]:
    """Map the blank nodes of one reading of a text to those of another.

    Each is told by what leads to it: it is the first, second … blank value of a property of
    a known node, as both readings keep the order of values. Those to which nothing leads are
    told by the order of their statements; in circles, one that has its like nowhere is known.
    """
    pairs: dict[Term, Term] = {}
    for each in _subjects(one):
        if isinstance(each, ox.NamedNode):
            _follow(one, other, each, each, pairs)
    for each, like in zip(_roots(one), _roots(other), strict=True):
        _follow(one, other, each, like, pairs)
    alike = _by_statements(other, set(pairs.values()))
    for said, nodes in _by_statements(one, pairs).items():
        if len(nodes) == 1:
            _follow(one, other, nodes[0], alike[said][0], pairs)
    return pairs


def _follow(one: Index, other: Index, node: Term, like: Term, pairs: dict[Term, Term]) -> None:
    """Pair two nodes, and all blank nodes to which they lead."""
    ahead = [(node, like)]
    while ahead:
        node, like = ahead.pop()
        if node in pairs:
            continue
        pairs[node] = like
        for predicate in one.predicates(node):
            values = _blank_values(one, node, predicate)
            ahead += zip(values, _blank_values(other, like, predicate), strict=True)


def _by_statements(index: Index, known: Container[Term]) -> dict[frozenset[object], list[Term]]:
    """Group the blank nodes that are not known by what is said of them."""
    found: dict[frozenset[object], list[Term]] = {}
    for node in _subjects(index):
        if node not in known:
            said = (
                (predicate, isinstance(value, ox.BlankNode) or value)
                for predicate in index.predicates(node)
                for value in index.objects(node, predicate)
            )
            found.setdefault(frozenset(said), []).append(node)
    return found


def _blank_values(index: Index, subject: Term, predicate: ox.NamedNode) -> list[Term]:
    return [each for each in index.objects(subject, predicate) if isinstance(each, ox.BlankNode)]


def _subjects(index: Index) -> Iterator[Term]:
    return (index.terms[number] for number in index.by_subject)


def _roots(index: Index) -> list[Term]:
    """List the blank nodes that are subjects and no values."""
    values = {index.terms[number] for of in index.by_predicate.values() for number in of}
    blank = (each for each in _subjects(index) if isinstance(each, ox.BlankNode))
    return [each for each in blank if each not in values]
