"""Where in the files a triple stands, and findings that know it."""

from __future__ import annotations

import warnings
from functools import cached_property
from typing import TYPE_CHECKING

import pyoxigraph as ox

from ... import names, processes
from ...findings import Finding, Severity
from .. import Dataset, Document, Index, Term, named
from .glimpse import Glimpse

if TYPE_CHECKING:
    from .parser import Locator
    from .position import Position

__all__ = ["Places", "brief", "shown", "written"]

MANY = 100_000  # triples of one file, from which on only its subjects are sought

_LONGEST = 200  # characters of a literal in a sentence
_TYPE = named("rdf:type")


class Places:
    """Makes findings that know their file and line; reads a file again only when asked."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._locators: dict[str, Locator | Glimpse] = {}

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
        place = None if document is None else self._find(document, focus, path, value)
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

    def _find(
        self, document: Document, focus: Term, path: ox.NamedNode | None, value: Term | None
    ) -> Position | None:
        with warnings.catch_warnings():
            # rdflib warns of each ill-typed value that it meets; other checks report these.
            warnings.simplefilter("ignore")
            return self._locator(document).find(focus, path, value)

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

    def _locator(self, document: Document) -> Locator | Glimpse:
        if document.iri not in self._locators:
            processes.mark(str(document.path))  # should this be more than it can take
            self._locators[document.iri] = _make_locator(document)
            processes.mark("")
        return self._locators[document.iri]


def _make_locator(document: Document) -> Locator | Glimpse:
    if len(document.triples) > MANY:
        return Glimpse(document.text)
    from .parser import Locator

    return Locator(document.text, document.index)


def _distance(index: Index, focus: Term, path: ox.NamedNode | None, value: Term | None) -> int:
    """Tell how far a file that speaks of `focus` is from stating the triple."""
    if path is not None and value is not None and (focus, path, value) in index:
        return 0
    if path is not None and index.value(focus, path) is not None:
        return 1
    return 2 if index.value(focus, _TYPE) is not None else 3


def written(term: Term) -> str:
    """Write a term as findings do: an IRI bare, a literal as in Turtle, a blank node ``_:x``."""
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def shown(term: Term) -> str:
    """Write a term for a sentence: an IRI with its prefix if one fits, the start of a long text."""
    if isinstance(term, ox.NamedNode):
        return names.shorten(term.value)
    text = str(_brief(term) if isinstance(term, ox.Literal) else term)
    if isinstance(term, ox.Literal) and text.endswith(">"):
        return f"{text.rpartition('^^')[0]}^^{names.shorten(term.datatype.value)}"
    return text


def brief(text: str) -> str:
    """Leave so much of a long text that a sentence around it can be read."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _brief(literal: ox.Literal) -> ox.Literal:
    if literal.language is not None:
        return ox.Literal(brief(literal.value), language=literal.language)
    return ox.Literal(brief(literal.value), datatype=literal.datatype)
