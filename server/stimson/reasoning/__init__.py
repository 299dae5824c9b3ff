"""Reasoning: what follows from ontology and data, and is not said in them.

Two kinds of rules run together to a fixpoint: those of OWL 2 RL that the ontology uses,
and our own in ``ontology/rules/``. What is true of everything is never concluded:
``x owl:sameAs x``; ``x a owl:Thing`` or `rdfs:Resource`; a class or property below or
equal to itself; anything about a literal. An axiom of a kind that no rule covers is
an error. owlrl, the reference, is held to give the same by the tests.
"""

from .. import names
from ..dataset import Dataset, Folders, to_quads
from ..errors import InvalidData
from .axioms import refuse_unsupported
from .closure import Closure
from .explain import Proof, find, prove
from .reference import infer_by_reference
from .rules import DISJOINT, OWL_RL, Rule, read_rules

__all__ = ["Closure", "Proof", "Rule", "find", "infer", "infer_by_reference", "prove"]

_SHOWN = 5  # contradictions named in a message


def infer(dataset: Dataset, folders: Folders) -> Closure:
    """Derive what follows, or raise `InvalidData` at a contradiction or an unsupported axiom."""
    refuse_unsupported(dataset)
    asserted = (
        quad
        for document in dataset.of("ontology", "data")
        for quad in to_quads(document.graph, document.iri)
    )
    closure = Closure(asserted, (*OWL_RL, *read_rules(folders.ontology)))
    _refuse_contradictions(closure)
    return closure


def _refuse_contradictions(closure: Closure) -> None:
    """Name who is in classes that share nobody."""
    found = [
        f"{_short(row['x'])} is both {_short(row['c'])} and {_short(row['d'])}"
        for row in closure.select(DISJOINT)
    ]
    if found:
        more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        raise InvalidData(
            f"Ontology and data contradict each other: {'; '.join(found[:_SHOWN])}{more}."
        )


def _short(term: object) -> str:
    return names.shorten(str(term)[1:-1])
