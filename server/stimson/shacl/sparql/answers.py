"""The data as a store that queries are asked of, and answers in the data's own words."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property

import pyoxigraph as ox

from ...rdf import Index, Term
from ..view import View
from .query import FOCUS, SHAPES, Query
from .sound import notices, rewritten
from .store import Store, quads

Row = dict[str, Term]
_PLAIN = {
    "http://www.w3.org/2001/XMLSchema#string",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString",
}


class Differs(Exception):
    """pyoxigraph may answer a query otherwise than pySHACL, or not at all."""


class Answers:
    """Asks queries of the data of one run."""

    def __init__(self, view: View, shapes: Index) -> None:
        self._view, self._shapes = view, shapes
        self._loaded = Store(view)
        self._asked = 0

    @cached_property
    def _has_shapes(self) -> bool:
        """Load the shapes, too, if a store can hold them as they are."""
        literals = [
            each for each in self._shapes.terms if isinstance(each, ox.Literal) and _is_typed(each)
        ]
        if _canonical(literals) != literals:
            return False
        self._loaded.store.extend(quads(self._shapes, ox.NamedNode(SHAPES)))
        return True

    def ask(self, query: Query, focus: Collection[Term]) -> dict[Term, list[Row]]:
        """Answer a query for focus nodes, or raise `Differs`; rows without ``?this`` differ."""
        if any(isinstance(term, ox.Literal) for term in focus):
            raise Differs("a focus node is a literal, which a store may rewrite")
        if query.facts.reads_shapes and not self._has_shapes:
            raise Differs("its query reads shapes with literals that a store rewrites")
        names, rows = self._rows(query, focus)
        if "this" not in names or "failure" in names:
            raise Differs("its query does not select $this alone")
        properties = self._rewritten_properties(query)
        direct, computed = rewritten(query.facts, properties)
        if notices(query.facts, direct, computed, names):
            raise Differs("its query looks at how literals are written")
        forms = self._forms(query) if direct else {}
        found: dict[Term, list[Row]] = {}
        for row in rows:
            own = {
                name: forms.get(row[name], row[name]) if name in direct else row[name]
                for name in row
            }
            found.setdefault(own["this"], []).append(own)
        return found

    def _rows(self, query: Query, focus: Collection[Term]) -> tuple[list[str], list[Row]]:
        self._asked += 1
        self._loaded.load(query, {self._view.number(term) for term in focus})
        store = self._loaded.store
        graph, node = ox.NamedNode(f"{FOCUS}{self._asked}"), ox.NamedNode(FOCUS)
        store.extend(ox.Quad(node, node, term, graph) for term in focus)
        try:
            solutions = store.query(query.about(graph.value))
            assert isinstance(solutions, ox.QuerySolutions)  # it is a SELECT
            names = [variable.value for variable in solutions.variables]
            return names, [
                {name: value for name in names if (value := solution[name]) is not None}
                for solution in solutions
            ]
        except SyntaxError as fault:
            raise Differs(str(fault)) from fault
        finally:
            store.remove_graph(graph)

    @cached_property
    def _typed(self) -> dict[int, tuple[ox.Literal, ox.Literal]]:
        """The literals of the data that are not text, each with its canonical form."""
        terms = self._view.index.terms
        numbers, literals = [], []
        for number in sorted(self._view.literals):
            literal = terms[number]
            if isinstance(literal, ox.Literal) and _is_typed(literal):
                numbers.append(number)
                literals.append(literal)
        pairs = zip(literals, _canonical(literals), strict=True)
        return dict(zip(numbers, pairs, strict=True))

    @cached_property
    def _changed(self) -> set[str]:
        """The properties with values that a store writes in another way."""
        typed, terms = self._typed, self._view.index.terms
        changed = {number for number, (own, canonical) in typed.items() if own != canonical}
        return {
            terms[predicate].value
            for predicate, values in self._view.by_predicate.items()
            if not changed.isdisjoint(values)
        }

    def _rewritten_properties(self, query: Query) -> set[str]:
        """List the properties a query reads whose values are rewritten, as it writes them."""
        facts = query.facts
        found = {name for name in facts.properties if query.expand(name) in self._changed}
        return (
            found | self._changed if facts.reads_any_triple or facts.reads_any_property else found
        )

    def _forms(self, query: Query) -> Mapping[Term, Term]:
        """Map the canonical forms of the literals that a query reads to those in the data."""
        forms: dict[Term, Term] = {}
        for number in self._values(query):
            if number in self._typed:
                own, canonical = self._typed[number]
                if forms.setdefault(canonical, own) != own:
                    raise Differs("two values in the data are one to its query")
        return forms

    def _values(self, query: Query) -> Iterator[int]:
        wanted = {query.expand(name) for name in query.facts.properties}
        for predicate, values in self._view.by_predicate.items():
            if (
                query.facts.reads_any_triple
                or query.facts.reads_any_property
                or self._view.index.terms[predicate].value in wanted
            ):
                yield from values


def _is_typed(literal: ox.Literal) -> bool:
    return literal.datatype.value not in _PLAIN


def _canonical(literals: Sequence[ox.Literal]) -> list[ox.Literal]:
    """Write literals as a store does."""
    store, node = ox.Store(), ox.NamedNode(FOCUS)
    subjects = [ox.NamedNode(f"{FOCUS}{number}") for number in range(len(literals))]
    pairs = zip(subjects, literals, strict=True)
    store.extend(ox.Quad(subject, node, literal) for subject, literal in pairs)
    written = {quad.subject: quad.object for quad in store}
    return [written[subject] for subject in subjects]
