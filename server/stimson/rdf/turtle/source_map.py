"""Where in the files a triple stands, and findings that know it."""

from functools import cached_property

import pyoxigraph as ox

from ... import processes
from ...findings import Finding, Severity
from ..dataset import Dataset, Document
from ..index import Index
from ..terms import Term, lexical, named
from .locator import Locator

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
