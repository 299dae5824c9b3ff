"""Axioms that no rule here covers: they would be read and then do nothing."""

from collections.abc import Iterator
from typing import NamedTuple

import pyoxigraph as ox

from .. import names
from ..errors import InvalidData
from ..rdf import Dataset, Document, Index, named

_OWL = names.PREFIXES["owl"]
# Terms that only name, describe or join; nothing follows from them.
_SILENT = (
    *("Ontology", "Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty"),
    *("imports", "versionIRI", "versionInfo", "deprecated", "priorVersion"),
)
# Terms that a rule of `rules` reads.
_COVERED = (
    *("TransitiveProperty", "SymmetricProperty", "propertyChainAxiom"),
    *("AllDisjointClasses", "members", "disjointWith"),
)
_KNOWN = frozenset(ox.NamedNode(f"{_OWL}{name}") for name in (*_SILENT, *_COVERED))
_CHAIN = named("owl:propertyChainAxiom")


class UnsupportedAxiom(NamedTuple):
    """An axiom that no rule covers: the OWL term that nothing is done with, and where it is."""

    term: ox.NamedNode
    document: Document
    triple: ox.Triple


def unsupported_axioms(dataset: Dataset) -> list[UnsupportedAxiom]:
    """List the axioms of the ontology that no rule covers, in order of appearance.

    A chain of properties is covered if it has two links.
    """
    return [
        UnsupportedAxiom(term, document, triple)
        for document in dataset.of("ontology")
        for triple in document.triples
        for term in _uncovered(triple, document.index)
    ]


def refuse_unsupported(dataset: Dataset) -> None:
    """Raise `InvalidData` that names each OWL term used in an ontology and covered by no rule."""
    places: dict[str, str] = {}
    for term, document, _ in unsupported_axioms(dataset):
        number = ", not of two links" if term == _CHAIN else ""
        places.setdefault(names.shorten(term.value), f"{document.path.name}{number}")
    if places:
        listed = "; ".join(f"{term} ({place})" for term, place in sorted(places.items()))
        raise InvalidData(f"The reasoner has no rule for {listed}: add one, or drop the axiom.")


def _uncovered(triple: ox.Triple, index: Index) -> Iterator[ox.NamedNode]:
    value = triple.object
    for term in (triple.predicate, value):
        if isinstance(term, ox.NamedNode) and term not in _KNOWN and term.value.startswith(_OWL):
            yield term
    if triple.predicate == _CHAIN and not isinstance(value, ox.Triple):
        yield from [_CHAIN] if len(index.items(value)) != 2 else []
