"""Where in a Turtle file a triple stands.

pyoxigraph gives no positions for triples, so a file in which something was found is
read once more by rdflib's own parser, which notes where each object begins.
"""

from collections.abc import MutableSequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF, XSD
from rdflib.plugins.parsers.notation3 import BadSyntax, RDFSink, SinkParser
from rdflib.term import Node

from . import names
from .dataset import Dataset, Document, read_text
from .findings import Finding, Severity

_Key = tuple[str, ...]


class Position(NamedTuple):
    """A place in a file; both count from 1, columns in characters."""

    line: int
    column: int


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

    def __init__(self, text: str, graph: Graph) -> None:
        """Read `text`; `graph` is what it means, and knows the parents of blank nodes."""
        self._text = text.removeprefix("\ufeff")
        self._graph = graph
        self._entries = _read(self._text)

    def find(
        self, subject: Node, predicate: Node | None = None, value: Node | None = None
    ) -> Position | None:
        """Find a triple, else its subject and predicate, else its subject."""
        seen: set[Node] = set()
        while subject not in seen:
            seen.add(subject)
            if (offset := self._offset(subject, predicate, value)) is not None:
                return self._position(offset)
            parent = next(self._graph.subject_predicates(subject), None)
            if not isinstance(subject, BNode) or parent is None:
                return None
            (subject, predicate), value = parent, subject
        return None

    def _offset(self, subject: Node, predicate: Node | None, value: Node | None) -> int | None:
        own = [entry for entry in self._entries if entry.subject == _key(subject)]
        if predicate is not None:
            own = [entry for entry in own if entry.predicate == _key(predicate)] or own
        exact = [entry for entry in own if _states(entry, predicate, value)]
        if isinstance(subject, BNode):
            # All blank nodes share one key here: only a triple that occurs once is certain.
            return exact[0].value_at if len(exact) == 1 else None
        if exact:
            return exact[0].value_at
        if own and predicate is not None and own[0].predicate == _key(predicate):
            return own[0].value_at
        return min((entry.subject_at for entry in own), default=None)

    def _position(self, offset: int) -> Position:
        before = self._text[:offset]
        return Position(before.count("\n") + 1, offset - before.rfind("\n"))


def _states(entry: _Entry, predicate: Node | None, value: Node | None) -> bool:
    if predicate is None or value is None:
        return False
    return entry.predicate == _key(predicate) and entry.value == _key(value)


def _key(term: Node) -> _Key:
    """Name a term in a way in which two readings of one file agree."""
    if isinstance(term, BNode):
        return ("blank",)
    if not isinstance(term, Literal):
        return ("iri", str(term))
    datatype = "" if term.datatype in (None, XSD.string) else str(term.datatype)
    # rdflib's parser writes 007 as 7 while it reads; values agree where forms do not.
    form = str(term.value) if datatype and term.value is not None else str(term)
    return ("literal", form, datatype, (term.language or "").lower())


def _read(text: str) -> list[_Entry]:
    tracer = _Tracer(RDFSink(Graph(bind_namespaces="none")), baseURI="urn:x-base:", turtle=True)
    try:
        tracer.loadBuf(text)
    except BadSyntax:
        # The file did parse, with pyoxigraph; where rdflib is stricter, the places of
        # the triples before that point are known and the others are not.
        return tracer.entries
    return tracer.entries


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

    def makeStatement(self, quadruple: tuple[Any, ...]) -> None:
        """Pair a triple with its offset: the parser states a list's objects in their order."""
        super().makeStatement(quadruple)
        terms = (self._store.normalise(None, term) for term in quadruple[1:])
        predicate, subject, value = (_key(term) for term in terms)
        value_at = self._closed.pop(0)
        self.entries.append(_Entry(subject, predicate, value, self._statement_at, value_at))


class Places:
    """Makes findings that know their file and line; reads a file again only when asked."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._locators: dict[str, Locator] = {}

    def finding(
        self,
        rule: str,
        severity: Severity,
        message: str,
        focus: Node,
        path: Node | None = None,
        value: Node | None = None,
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
            focus=written(focus),
            path=path_text or (None if path is None else written(path)),
            value=None if value is None else written(value),
            component=component,
        )

    def _document(self, focus: Node, path: Node | None, value: Node | None) -> Document | None:
        """Find the document that states the triple, else one that speaks of the focus."""
        patterns = [(focus, path, value), (focus, path, None), (focus, RDF.type, None)]
        for pattern in [*patterns, (focus, None, None)]:
            for document in self._dataset.documents.values():
                if pattern in document.graph:
                    return document
        return None

    def _locator(self, document: Document) -> Locator:
        if document.iri not in self._locators:
            self._locators[document.iri] = Locator(read_text(document.path), document.graph)
        return self._locators[document.iri]


def written(term: Node) -> str:
    """Write a term as findings do: an IRI bare, a literal as in Turtle, a blank node ``_:x``."""
    return str(term) if isinstance(term, URIRef) else term.n3()


def shown(term: Node) -> str:
    """Write a term for a sentence: an IRI with its prefix where one fits."""
    return names.shorten(str(term)) if isinstance(term, URIRef) else term.n3()
