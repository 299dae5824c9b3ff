"""Refuse axioms that no rule here covers: they would be read and then do nothing."""

from rdflib import URIRef
from rdflib.namespace import OWL
from rdflib.term import Node

from ..dataset import Dataset
from ..errors import InvalidData

# Terms that only name, describe or join; nothing follows from them.
_SILENT = {
    *(OWL.Ontology, OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty),
    *(OWL.imports, OWL.versionIRI, OWL.versionInfo, OWL.deprecated, OWL.priorVersion),
}
# Terms that a rule of `rules` reads.
_COVERED = {
    *(OWL.TransitiveProperty, OWL.SymmetricProperty, OWL.propertyChainAxiom),
    *(OWL.AllDisjointClasses, OWL.members, OWL.disjointWith),
}


def refuse_unsupported(dataset: Dataset) -> None:
    """Raise `InvalidData` that names each OWL term used in an ontology and covered by no rule."""
    found: dict[Node, str] = {}
    for document in dataset.of("ontology"):
        for triple in document.graph:
            for term in triple[1:]:
                if isinstance(term, URIRef) and term in OWL and term not in _SILENT | _COVERED:
                    found.setdefault(term, document.path.name)
        for chain in document.graph.objects(None, OWL.propertyChainAxiom):
            if len(list(document.graph.items(chain))) != 2:
                found.setdefault(OWL.propertyChainAxiom, f"{document.path.name}, not of two links")
    if found:
        named = "; ".join(f"{term.n3()} ({place})" for term, place in sorted(found.items()))
        raise InvalidData(f"The reasoner has no rule for {named}: add one, or drop the axiom.")
