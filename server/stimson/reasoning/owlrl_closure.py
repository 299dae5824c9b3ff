"""The reference for OWL 2 RL: owlrl, slower than our rules and complete.

https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules,
carried out whole. Two things are left out, both because nobody would ask for them:

* Before: triples that only people read, that is, those whose predicate is an
  `owl:AnnotationProperty`, declared or listed in `TEXT` (labels, notes, selectors).
* After: what is true of everything: ``x owl:sameAs x``; ``x a owl:Thing`` or
  `rdfs:Resource`, or below them, or a domain or range of that kind; a class or property
  below or equal to itself; triples with a literal as subject; triples about the
  vocabularies of RDF, RDFS, OWL and XSD; triples about anonymous class expressions.
"""

from collections.abc import Iterable

from owlrl import OWLRL_Semantics  # type: ignore[import-untyped]
from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SKOS, VANN, XSD
from rdflib.term import Node

from .. import names
from ..errors import InvalidData
from ..rdf import Dataset

Triple = tuple[Node, Node, Node]
_OA = Namespace("http://www.w3.org/ns/oa#")
_ST = Namespace(names.ST)

TEXT = frozenset[Node](
    {
        *(RDFS.label, RDFS.comment, RDFS.seeAlso, RDFS.isDefinedBy),
        *(OWL.versionInfo, OWL.deprecated, VANN.preferredNamespacePrefix),
        *(VANN.preferredNamespaceUri, SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel),
        *(SKOS.definition, SKOS.example, SKOS.note, SKOS.scopeNote, SKOS.editorialNote),
        *(SKOS.historyNote, SKOS.changeNote, SKOS.notation, DCTERMS.title, DCTERMS.abstract),
        *(DCTERMS.description, DCTERMS.license, DCTERMS.bibliographicCitation),
        *(_OA.exact, _OA.prefix, _OA.suffix, _OA.start, _OA.end),
        *(_ST.passageSha256, _ST.textSha256),
    }
)
_REFLEXIVE = frozenset[Node](
    {
        *(OWL.sameAs, OWL.equivalentClass, OWL.equivalentProperty),
        *(RDFS.subClassOf, RDFS.subPropertyOf),
    }
)
_CLASSES = frozenset[Node]({RDF.type, RDFS.subClassOf, RDFS.domain, RDFS.range})
_VOCABULARIES = tuple(str(space) for space in (RDF, RDFS, OWL, XSD))
_SHOWN = 5  # contradictions named in a message


def infer_by_reference(dataset: Dataset) -> Graph:
    """Derive what follows from ontology and data, or raise `InvalidData` at a contradiction."""
    asserted = dataset.union("ontology", "data")
    closed = _readable_by_rules(asserted)
    semantics = _Semantics(closed, axioms=False, daxioms=False)
    semantics.closure()
    if semantics.error_messages:
        raise InvalidData(_contradictions(semantics.error_messages))
    expressions = _blank_nodes(dataset.union("ontology"))
    inferred = Graph(bind_namespaces="none")
    for triple in closed:
        if triple in asserted or is_trivial(triple) or expressions.intersection(triple):
            continue
        inferred.add(triple)
    return inferred


def is_trivial(triple: Triple) -> bool:
    """Tell whether a triple is true of everything, by the rules in the head of this module."""
    subject, predicate, value = triple
    if isinstance(subject, Literal):
        return True
    if isinstance(subject, URIRef) and str(subject).startswith(_VOCABULARIES):
        return True
    if subject == value and predicate in _REFLEXIVE:
        return True
    return predicate in _CLASSES and value in (OWL.Thing, RDFS.Resource)


class _Semantics(OWLRL_Semantics):  # type: ignore[misc]
    """OWL 2 RL without its trivial conclusions, from which nothing else would follow.

    Most of what owlrl derives is ``x owl:sameAs x``, which it then joins with everything.
    """

    def store_triple(self, t: Triple) -> None:
        """Keep a conclusion for the next round, if it says something."""
        if not is_trivial(t):
            super().store_triple(t)


def _readable_by_rules(asserted: Graph) -> Graph:
    """Copy a graph without the triples that only people read."""
    left_out = TEXT | set(asserted.subjects(RDF.type, OWL.AnnotationProperty))
    kept = Graph(bind_namespaces="none")
    for triple in asserted:
        if triple[1] not in left_out:
            kept.add(triple)
    return kept


def _blank_nodes(graph: Graph) -> frozenset[Node]:
    return frozenset(term for triple in graph for term in triple if isinstance(term, BNode))


def _contradictions(messages: Iterable[str]) -> str:
    """Name the first contradictions in one line."""
    ordered = sorted(" ".join(message.split()) for message in messages)
    more = f"; and {len(ordered) - _SHOWN} more" if len(ordered) > _SHOWN else ""
    return f"Ontology and data contradict each other: {'; '.join(ordered[:_SHOWN])}{more}"
