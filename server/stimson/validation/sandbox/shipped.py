"""What is shipped, read and indexed once, and a submission taken in among it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from ... import names, paths
from ...project import Project
from ...rdf import Dataset, Document, Index, named, read_dataset
from ..catalogue import catalogue

_SERVED = ("ontology", "data")  # looked into as one
_ALONE = ("ontology", "shapes")
_LOOKED_INTO = (_SERVED, *((part,) for part in _ALONE))
_TYPE, _ANYTHING = named("rdf:type"), named("rdfs:Resource")


@dataclass(frozen=True)
class _Indexed(Dataset):
    """Documents to be checked, and indexes of more than these."""

    indexes: Mapping[frozenset[str], Index]

    def index(self, *parts: str) -> Index:
        """Give the index of some parts, the shipped files included."""
        return self.indexes[frozenset(parts)]


class Shipped:
    """Ontology, shapes and data as they are shipped."""

    def __init__(self) -> None:
        self.project = Project(root=paths.ASSETS)
        self._dataset = read_dataset(self.project.folders)
        self.rules = catalogue(self._dataset)
        self._indexes = {frozenset((part,)): self._dataset.index(part) for part in _ALONE}
        defined = (_definitions(self._dataset, part) for part in _SERVED)
        self._defined = {document.iri: document for document in defined}
        self.forget()

    def forget(self) -> None:
        """Leave out what was taken in."""
        self._indexes[frozenset(_SERVED)] = Index(self._dataset.triples(*_SERVED))

    def alone(self) -> Dataset:
        """Give the shipped data to the checks that look into indexes."""
        return _Indexed({}, self._indexes)

    def take_in(self, document: Document) -> Dataset:
        """Add a document and give it to the checks, among all that is shipped.

        It stays in the index, so that each submission needs a process of its own.
        """
        self._indexes[frozenset(_SERVED)].add(document.triples)
        return _Indexed({document.iri: document}, self._indexes)

    def definitions(self, document: Document) -> Dataset:
        """Give a document to the check of references, which knows all that is defined elsewhere."""
        whole = Dataset({**self._defined, document.iri: document})
        # Only looked into: what is found in what is shipped is no fault of the document.
        indexes = {frozenset(parts): whole.index(*parts) for parts in _LOOKED_INTO}
        return _Indexed({document.iri: document}, indexes)


def _definitions(dataset: Dataset, part: str) -> Document:
    """Write a document that speaks of the same things as a part does, and says nothing else.

    That of the data speaks of the things of all parts.
    """
    parts = (part,) if part == "ontology" else ()
    subjects = dict.fromkeys(triple.subject for triple in dataset.triples(*parts))
    triples = tuple(ox.Triple(each, _TYPE, _ANYTHING) for each in subjects if _is_ours(each))
    return Document(f"{names.GRAPH}defined/{part}", part, Path(part), "", triples)


def _is_ours(term: object) -> bool:
    project = Project(root=paths.ASSETS)
    return isinstance(term, ox.NamedNode) and term.value.startswith(project.terms + project.things)
