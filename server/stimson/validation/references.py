"""References: every term and thing of ours that is used is defined somewhere."""

import difflib
from collections.abc import Iterable, Iterator

from rdflib import Literal, URIRef
from rdflib.term import Node

from .. import names
from ..dataset import Dataset, Triple
from ..findings import Finding
from ..locate import Places

_TERMS = (names.ST, names.STV)  # the ontology alone may define these


def check_references(dataset: Dataset, places: Places) -> Iterator[Finding]:
    """Find IRIs of ours of which no triple speaks; a term must be defined in the ontology."""
    terms = _subjects(dataset, "ontology")
    things = _subjects(dataset)
    for document in dataset.of():
        for triple in document.graph:
            for iri in _used(triple):
                known = terms if iri.startswith(_TERMS) else things
                if iri in known or not _must_be_defined(iri):
                    continue
                subject, path, value = triple
                message = f"{names.shorten(iri)} is not defined in any file{_hint(iri, known)}"
                yield places.finding(
                    f"{names.RULE}undefined-reference",
                    "violation",
                    message,
                    subject,
                    path,
                    value,
                    document=document,
                )


def _must_be_defined(iri: str) -> bool:
    return names.is_ours(iri) or iri.startswith(names.SHAPE)


def _subjects(dataset: Dataset, *parts: str) -> frozenset[str]:
    documents = dataset.of(*parts)
    return frozenset(str(term) for document in documents for term in document.graph.subjects())


def _used(triple: Triple) -> Iterator[str]:
    """List the IRIs in a triple, that of a datatype included."""
    for term in triple:
        iri: Node | None = term.datatype if isinstance(term, Literal) else term
        if isinstance(iri, URIRef):
            yield str(iri)


def _hint(iri: str, known: Iterable[str]) -> str:
    """Suggest names that are spelt almost alike."""
    stem = iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]
    siblings = sorted(name.removeprefix(stem) for name in known if name.startswith(stem))
    close = difflib.get_close_matches(iri.removeprefix(stem), siblings, n=2, cutoff=0.75)
    choice = " or ".join(names.shorten(stem + local) for local in close)
    return f"; did you mean {choice}?" if close else "."
