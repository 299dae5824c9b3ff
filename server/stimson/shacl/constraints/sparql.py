"""SPARQL constraints (https://www.w3.org/TR/shacl/#sparql-constraints)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from ...rdf import Term
from ..model import Check, Constraint, Node, Pairs, Unhandled, Violation
from ..paths import read_path
from ..sparql.answers import Differs, Row
from ..sparql.query import Query, read_query
from ..vocabulary import component_iri, sh
from .declared import at_most_one, literal, node, one, string, truth, values

if TYPE_CHECKING:
    from ...rdf import Index
    from ..run import Run

_SLOT = re.compile(r"\{[?$](\w+)\}")


@dataclass(frozen=True, eq=False)
class Sparql(Constraint):
    """A query finds what is wrong with a focus node."""

    query: Query
    shape: Node
    source: Term
    texts: tuple[ox.Literal, ...]
    has_path: bool
    component, asks = component_iri("SPARQL"), True

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[Sparql]:
        """Read every sh:sparql that is not deactivated."""
        path_node = at_most_one(shapes, shape, sh("path"))
        path = None if path_node is None else read_path(shapes, path_node, shape)
        own = [literal(each, shape) for each in values(shapes, shape, sh("message"))]
        found = []
        for source in (node(each, shape) for each in values(shapes, shape, sh("sparql"))):
            deactivated = at_most_one(shapes, source, sh("deactivated"))
            if deactivated is not None and truth(deactivated, shape):
                continue
            select = string(one(shapes, source, sh("select")), shape)
            query = read_query(shapes, shape, source, select, path)
            texts = [literal(each, shape) for each in values(shapes, source, sh("message"))]
            every = dict.fromkeys([*(each for each in texts if each not in own), *own])
            found.append(cls(query, shape, source, tuple(every), path is not None))
        return found

    def bind(self, run: Run) -> Check:
        """Ask the query for all focus nodes at once."""

        def check(pairs: Pairs) -> Iterator[Violation]:
            term = run.view.term
            try:
                rows = run.answers.ask(self.query, {term(focus) for focus, _ in pairs})
            except Differs as reason:
                raise Unhandled(self.shape, str(reason)) from reason
            if rows:
                for focus, _ in pairs:
                    for row in _distinct(rows.get(term(focus), [])):
                        yield self._violation(run, focus, row)

        return check

    def _violation(self, run: Run, focus: int, row: Row) -> Violation:
        value, path = row.get("value"), row.get("path")
        if isinstance(path, ox.Literal):
            raise Unhandled(self.shape, "its query gives a literal for a path")
        number = None if value is None else run.view.number(value)
        if number is None and not self.has_path:
            number = focus
        filled = row if number is None else {**row, "value": run.view.term(number)}
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
                raise Unhandled(self.shape, "pySHACL reads a backslash in a message otherwise")
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
