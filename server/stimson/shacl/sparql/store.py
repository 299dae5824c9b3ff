"""The data as a store that queries are asked of: of the data, what the queries read."""

from collections.abc import Collection, Iterator

import pyoxigraph as ox

from ...rdf import Index
from ..view import View
from .query import Query

_NONE: dict[int, list[int]] = {}
_SEARCHES = 20  # for properties that lead to a node, in the time a triple takes to be loaded
_DEFAULT = ox.DefaultGraph()


class Store:
    """A store into which the triples come that a query may read; one too many does no harm."""

    def __init__(self, view: View) -> None:
        self.store = ox.Store()
        self._view = view
        self._properties: set[int] = set()  # those whose triples are loaded
        self._nodes: set[int] = set()  # those of which all triples are loaded
        self._is_full = False

    def load(self, query: Query, focus: Collection[int]) -> None:
        """Load what a query may read about some focus nodes."""
        if self._is_full:
            return
        facts, properties = query.facts, self._view.by_predicate
        about = focus if facts.reads_any_property else ()
        searches = len(about) * len(properties)
        if facts.reads_any_triple or searches > _SEARCHES * len(self._view.index):
            self.store.extend(quads(self._view.index, _DEFAULT))
            self._is_full = True
            return
        wanted = {query.expand(name) for name in facts.properties}
        for predicate in properties:
            if self._name(predicate) in wanted and predicate not in self._properties:
                self._properties.add(predicate)
                self.store.extend(self._of_property(predicate))
        new = set(about) - self._nodes
        self._nodes |= new
        self.store.extend(self._of_nodes(new))

    def _name(self, predicate: int) -> str:
        return self._view.index.terms[predicate].value

    def _of_property(self, predicate: int) -> Iterator[ox.Quad]:
        for value, subjects in self._view.by_predicate[predicate].items():
            for subject in subjects:
                yield self._quad(subject, predicate, value)

    def _of_nodes(self, nodes: Collection[int]) -> Iterator[ox.Quad]:
        for node in nodes:
            for predicate, values in self._view.by_subject.get(node, _NONE).items():
                for value in values:
                    yield self._quad(node, predicate, value)
            for predicate, table in self._view.by_predicate.items():
                for subject in table.get(node, ()):
                    yield self._quad(subject, predicate, node)

    def _quad(self, subject: int, predicate: int, value: int) -> ox.Quad:
        terms = self._view.index.terms
        return ox.Quad(terms[subject], terms[predicate], terms[value])  # type: ignore[arg-type]


def quads(index: Index, graph: ox.NamedNode | ox.DefaultGraph) -> Iterator[ox.Quad]:
    """Put the triples of an index into a graph."""
    quad = ox.Quad
    for subject, predicate, value in index:
        yield quad(subject, predicate, value, graph)  # type: ignore[arg-type]  # never a literal
