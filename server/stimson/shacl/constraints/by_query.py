"""SPARQL constraints (https://www.w3.org/TR/shacl/#sparql-constraints)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import pyoxigraph as ox

from ...rdf import Index, Term
from ..constraint_query import ConstraintQuery, MayDiffer, Row, read_query
from ..declarations import (
    Node,
    UnsupportedShape,
    at_most_one,
    component_iri,
    literal,
    node,
    one,
    sh,
    string,
    truth,
)
from ..property_paths import read_path
from ..shape_model import Check, Constraint, Evaluation, Pairs, Violation

_SLOT = re.compile(r"\{[?$](\w+)\}")


@dataclass(frozen=True, eq=False)
class Sparql(Constraint):
    """A query finds what is wrong with a focus node."""

    query: ConstraintQuery
    shape: Node
    source: Term
    texts: tuple[ox.Literal, ...]
    has_path: bool
    component, asks = component_iri("SPARQL"), True

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[Self]:
        """Read every sh:sparql that is not deactivated."""
        path_node = at_most_one(shapes, shape, sh("path"))
        path = None if path_node is None else read_path(shapes, path_node, shape)
        own = [literal(each, shape) for each in shapes.objects(shape, sh("message"))]
        found = []
        for source in (node(each, shape) for each in shapes.objects(shape, sh("sparql"))):
            deactivated = at_most_one(shapes, source, sh("deactivated"))
            if deactivated is not None and truth(deactivated, shape):
                continue
            select = string(one(shapes, source, sh("select")), shape)
            query = read_query(shapes, shape, source, select, path)
            texts = [literal(each, shape) for each in shapes.objects(source, sh("message"))]
            every = dict.fromkeys([*(each for each in texts if each not in own), *own])
            found.append(cls(query, shape, source, tuple(every), path is not None))
        return found

    def bind(self, evaluation: Evaluation) -> Check:
        """Ask the query for all focus nodes at once."""

        def check(pairs: Pairs) -> Iterator[Violation]:
            term = evaluation.data.term
            try:
                rows = evaluation.queries.ask(self.query, {term(focus) for focus, _ in pairs})
            except MayDiffer as reason:
                raise UnsupportedShape(self.shape, str(reason)) from reason
            if rows:
                for focus, _ in pairs:
                    for row in _distinct(rows.get(term(focus), [])):
                        yield self._violation(evaluation, focus, row)

        return check

    def _violation(self, evaluation: Evaluation, focus: int, row: Row) -> Violation:
        value, path = row.get("value"), row.get("path")
        if isinstance(path, ox.Literal):
            raise UnsupportedShape(self.shape, "its query gives a literal for a path")
        number = None if value is None else evaluation.data.number(value)
        if number is None and not self.has_path:
            number = focus
        filled = row if number is None else {**row, "value": evaluation.data.term(number)}
        texts = tuple(ox.Literal(self._fill(each.value, filled)) for each in self.texts)
        return Violation(focus, number, path, messages=texts or None, source=self.source)

    def _fill(self, text: str, row: Row) -> str:
        """Put values into a message (https://www.w3.org/TR/shacl/#sparql-constraints-message)."""

        def put(slot: re.Match[str]) -> str:
            value = row.get(slot[1])
            if value is None:
                return slot[0]
            assert isinstance(value, ox.NamedNode | ox.BlankNode | ox.Literal)  # no triple terms
            if "\\" in value.value:
                raise UnsupportedShape(
                    self.shape, "pySHACL reads a backslash in a message otherwise"
                )
            return value.value

        return _SLOT.sub(put, text)

    def __str__(self) -> str:
        return "A query of the shape finds this node."


def _distinct(rows: list[Row]) -> Iterator[Row]:
    seen = set()
    for row in rows:
        key = frozenset(row.items())
        if key not in seen:
            seen.add(key)
            yield row
