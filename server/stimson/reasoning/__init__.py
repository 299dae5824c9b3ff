"""Reasoning: what follows from ontology and data, and is not said in them.

Two kinds of rules run together to a fixpoint: those of OWL 2 RL that the ontology uses,
and our own in ``ontology/rules/``. What is true of everything is never concluded:
``x owl:sameAs x``; ``x a owl:Thing`` or `rdfs:Resource`; a class or property below or
equal to itself; anything about a literal. An axiom of a kind that no rule covers is
an error. `owlrl_closure`, the reference, is held to give the same by the tests. `explain` proves
conclusions.
"""

from ..rdf import Dataset, Folders, to_quads
from .closure import Closure
from .contradictions import Contradiction, contradictions, refuse_contradictions
from .rules import (
    OWL_RL,
    InferenceRule,
    UnsupportedAxiom,
    read_rules,
    refuse_unsupported,
    unsupported_axioms,
)

__all__ = [
    "Closure",
    "Contradiction",
    "InferenceRule",
    "UnsupportedAxiom",
    "close",
    "contradictions",
    "infer",
    "unsupported_axioms",
]


def infer(dataset: Dataset, folders: Folders) -> Closure:
    """Derive what follows, or raise `InvalidData` at a contradiction or an unsupported axiom."""
    refuse_unsupported(dataset)
    closure = close(dataset, folders)
    refuse_contradictions(closure)
    return closure


def close(dataset: Dataset, folders: Folders) -> Closure:
    """Derive what follows by the rules there are, contradictions or not."""
    asserted = (
        quad
        for document in dataset.of("ontology", "data")
        for quad in to_quads(document.triples, document.iri)
    )
    return Closure(asserted, (*OWL_RL, *read_rules(folders.ontology)))
