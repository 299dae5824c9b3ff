"""Literals: each one is a value of its datatype, in the form in which it will be served.

Two labels that look the same but differ in code points are never found by the same
query; so text is in NFC (https://www.w3.org/TR/charmod-norm/), save for the words of a
source, which stay as they were printed. For the same reason no word mixes scripts. The store
writes numbers and dates in one way when it loads them; so git holds them in that way, too.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

import pyoxigraph as ox

from .. import names
from ..findings import Finding, Severity
from ..rdf import Document, brief, display, named
from ..rdf.datatypes import is_valid
from .scripts import writing_fault
from .stages import ValidationContext

_VERBATIM = {
    *(named(f"oa:{name}") for name in ("exact", "prefix", "suffix")),
    *(named(f"st:{name}") for name in ("nameAsPrinted", "roleAsPrinted", "capacity")),
}
_PRINTED = _VERBATIM | {
    *(named(f"st:{name}") for name in ("citedWords", "dateAsPrinted", "figureAsPrinted")),
    *(named(f"st:{name}") for name in ("nameGiven", "wordsAsPrinted")),
    named("dcterms:title"),
}
# OWL demands xsd:nonNegativeInteger here, which the store writes as xsd:integer.
_CARDINALITIES = {
    named(f"owl:{name}")
    for name in (
        *("cardinality", "minCardinality", "maxCardinality", "qualifiedCardinality"),
        *("minQualifiedCardinality", "maxQualifiedCardinality"),
    )
}
_SERVED = ("ontology", "data")
_TEXT = {f"{names.PREFIXES['xsd']}string", f"{names.PREFIXES['rdf']}langString"}


class _Fault(NamedTuple):
    """What is wrong with a literal, wherever it stands, and the properties that may have it."""

    rule: str
    message: str
    allowed: frozenset[ox.NamedNode] = frozenset()
    severity: Severity = "violation"


def check_literals(context: ValidationContext) -> Iterator[Finding]:
    """Find literals such as ``"2014-02-30"^^xsd:date``, which a query would silently skip."""
    dataset = context.dataset
    served = _literals(dataset.of(*_SERVED))
    literals = served | _literals(each for each in dataset.of() if each.part not in _SERVED)
    # Of several faults, the last is named: the gravest.
    writing = _ill_written(literals, is_own=names.ST in context.project.terms)
    found = chain(writing, _unnormalised(literals), _rewritten(served), _ill_typed(literals))
    faults = dict(found)
    for document in dataset.of() if faults else ():
        for triple in document.index:
            fault = faults.get(triple[2])
            if fault is None or triple[1] in fault.allowed:
                continue
            if fault.rule == "non-canonical" and document.part not in _SERVED:
                continue
            yield context.places.finding(
                f"{names.RULE}{fault.rule}",
                fault.severity,
                fault.message,
                *triple,
                document=document,
            )


def _literals(documents: Iterable[Document]) -> set[ox.Literal]:
    values = {triple.object for document in documents for triple in document.triples}
    return {value for value in values if isinstance(value, ox.Literal)}


def _ill_typed(literals: Iterable[ox.Literal]) -> Iterator[tuple[object, _Fault]]:
    for literal in literals:
        if not is_valid(literal.value, literal.datatype.value):
            kind = names.shorten(literal.datatype.value)
            message = f'"{brief(literal.value)}" is not a {kind}; correct it.'
            yield literal, _Fault("literal", message)


def _unnormalised(literals: Iterable[ox.Literal]) -> Iterator[tuple[object, _Fault]]:
    message = "The text is not in Unicode's normal form NFC; type it anew."
    for literal in literals:
        if not unicodedata.is_normalized("NFC", literal.value):
            yield literal, _Fault("unnormalised", message, frozenset(_VERBATIM))


def _ill_written(
    literals: Iterable[ox.Literal], *, is_own: bool
) -> Iterator[tuple[object, _Fault]]:
    """Find words of two scripts and the like; others may have reasons that we do not know."""
    severity: Severity = "violation" if is_own else "warning"
    for literal in literals:
        if literal.language and (fault := writing_fault(literal.value, literal.language)):
            yield literal, _Fault(fault.rule, fault.message, frozenset(_PRINTED), severity)


def _rewritten(literals: Iterable[ox.Literal]) -> Iterator[tuple[object, _Fault]]:
    """Find the literals that the store changes: nobody knows better than a store."""
    given = [literal for literal in literals if literal.datatype.value not in _TEXT]
    store = ox.Store()
    store.extend(
        ox.Quad(ox.NamedNode(f"urn:x:{number}"), _VALUE, literal)
        for number, literal in enumerate(given)
    )
    for number, literal in enumerate(given):
        (quad,) = store.quads_for_pattern(ox.NamedNode(f"urn:x:{number}"), None, None)
        served = quad.object
        if isinstance(served, ox.Literal) and served != literal:
            message = f"{display(literal)} is served as {display(served)}; write it so."
            yield literal, _Fault("non-canonical", message, frozenset(_CARDINALITIES))


_VALUE = named("rdf:value")
