"""Why a triple holds: the rule, what it followed from, and so on down to what is asserted.

The triple patterns of rules are read out of their SPARQL by rdflib. That takes longer than to
apply all rules, so only who wants proofs imports this.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

import pyoxigraph as ox
from rdflib import Variable
from rdflib.paths import Path
from rdflib.plugins.sparql import prepareQuery

from ..errors import UnknownTriple
from ..rdf import Term, named
from ..rdf.rdflib_bridge import to_term
from .closure import Closure
from .rules import InferenceRule

# None stands for a path, which no single triple fits.
Part = Term | ox.Variable | None
Pattern = tuple[Part, Part, Part]
_Bindings = dict[str, Any]
_LABEL = named("rdfs:label")
_TRIES = 1000  # solutions of one rule that are looked at for premises of earlier rounds


@dataclass(frozen=True, slots=True)
class Proof:
    """One way in which a triple follows.

    An asserted triple has `graphs`, in which it stands, and no `rule`; an inferred one has
    the rule that concluded it and the proofs of what the rule took.
    """

    triple: ox.Triple
    graphs: tuple[str, ...] = ()
    rule: InferenceRule | None = None
    premises: tuple[Proof, ...] = ()


def find(
    closure: Closure, subject: str, predicate: str | None = None, value: str | None = None
) -> list[ox.Triple]:
    """Find the triples that fit; if only the subject is given, all inferred ones about it.

    Raises `UnknownTriple` where there is none.
    """
    pattern = (_named(subject), _named(predicate), _named(value))
    found = {quad.triple for quad in closure.store.quads_for_pattern(*pattern, None)}
    if predicate is None:
        found = {triple for triple in found if closure.round_of(triple) > 0}
    if not found:
        asked = " ".join(term for term in (subject, predicate, value) if term)
        what = "is inferred about" if predicate is None else "says"
        raise UnknownTriple(f"Nothing {what} {asked}: look it up with `stimson query`.")
    return sorted(found, key=str)


def _named(iri: str | None) -> ox.NamedNode | None:
    try:
        return None if iri is None else ox.NamedNode(iri)
    except ValueError as fault:
        raise UnknownTriple(f"{iri!r}: expected an IRI or a prefixed name.") from fault


def prove(closure: Closure, triple: ox.Triple) -> Proof:
    """Say why `triple`, which must hold in `closure`, does."""
    if closure.round_of(triple) == 0:
        pattern = (triple.subject, triple.predicate, triple.object)
        quads = closure.store.quads_for_pattern(*pattern, None)
        return Proof(triple, tuple(sorted(str(quad.graph_name)[1:-1] for quad in quads)))
    rule, premises = next(_ways(closure, triple))
    return Proof(triple, rule=rule, premises=tuple(prove(closure, each) for each in premises))


def grounds(proof: Proof) -> list[ox.Triple]:
    """List the asserted triples that a proof rests on."""
    if proof.rule is None:
        return [proof.triple]
    return [triple for premise in proof.premises for triple in grounds(premise)]


def _ways(closure: Closure, triple: ox.Triple) -> Iterator[tuple[InferenceRule, list[ox.Triple]]]:
    """Find rules that conclude `triple`, with premises that were known before it."""
    for rule in closure.rules:
        heads, body = _patterns(rule)
        for head in heads:
            if (bound := _match(head, triple)) is None:
                continue
            for premises in _premises(closure, rule, body, bound):
                if all(closure.round_of(each) < closure.round_of(triple) for each in premises):
                    yield rule, premises


def _premises(
    closure: Closure, rule: InferenceRule, body: list[Pattern], bound: _Bindings
) -> Iterator[list[ox.Triple]]:
    condition = " ".join(
        f"FILTER(sameTerm(?{name}, {term}))"
        for name, term in bound.items()
        if not isinstance(term, ox.BlankNode)
    )
    solutions = closure.select(rule.select(condition))
    names = [variable.value for variable in solutions.variables]
    for solution in islice(solutions, _TRIES):
        values = {name: solution[name] for name in names if solution[name] is not None}
        if any(values.get(name, term) != term for name, term in bound.items()):
            continue
        yield [each for each in _instantiate(body, values) if _counts(each, closure)]


def _counts(premise: ox.Triple, closure: Closure) -> bool:
    """Tell whether a filled-in pattern holds and carries the proof; names of things do not."""
    return premise.predicate != _LABEL and closure.holds(premise)


def _match(pattern: Pattern, triple: ox.Triple) -> _Bindings | None:
    """Bind the variables of `pattern` so that it becomes `triple`, or None."""
    bound: _Bindings = {}
    terms = (triple.subject, triple.predicate, triple.object)
    for part, term in zip(pattern, terms, strict=True):
        if isinstance(part, ox.Variable):
            if bound.setdefault(part.value, term) != term:
                return None
        elif part != term:
            return None
    return bound


def _instantiate(body: list[Pattern], values: _Bindings) -> Iterator[ox.Triple]:
    """Fill in the patterns of a body that one solution binds wholly."""
    for pattern in body:
        subject, predicate, value = (_fill(part, values) for part in pattern)
        if subject is not None and predicate is not None and value is not None:
            yield ox.Triple(subject, predicate, value)


def _fill(part: Part, values: _Bindings) -> Any:
    """Take the value of a variable, or an IRI; paths and literals are no part of what is shown."""
    if isinstance(part, ox.Variable):
        return values.get(part.value)
    return part if isinstance(part, ox.NamedNode) else None


@cache
def _patterns(rule: InferenceRule) -> tuple[list[Pattern], list[Pattern]]:
    """Read the triple patterns of a rule's head and of its body, filters left out."""
    algebra = prepareQuery(rule.construct).algebra
    return [_pattern(each) for each in algebra.template], list(_basic(algebra.p))


def _basic(part: Any) -> Iterator[Pattern]:
    if part.name == "BGP":
        yield from map(_pattern, part.triples)
    for name in ("p", "p1", "p2"):
        if name in part:
            yield from _basic(part[name])


def _pattern(triple: Any) -> Pattern:
    subject, predicate, value = map(_part, triple)
    return subject, predicate, value


def _part(node: Any) -> Part:
    if isinstance(node, Variable):
        return ox.Variable(str(node))
    return None if isinstance(node, Path) else to_term(node)
