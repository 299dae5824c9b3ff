"""The triple patterns of a rule, read out of its SPARQL by rdflib.

Reading them takes longer than to apply all rules, so only who wants proofs imports this.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pyoxigraph as ox
from rdflib import Variable
from rdflib.paths import Path
from rdflib.plugins.sparql import prepareQuery

from ..rdf import Term
from ..rdf.rdflib_bridge import to_term
from .rules import InferenceRule

# None stands for a path, which no single triple fits.
Part = Term | ox.Variable | None
Pattern = tuple[Part, Part, Part]


@cache
def patterns(rule: InferenceRule) -> tuple[list[Pattern], list[Pattern]]:
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
