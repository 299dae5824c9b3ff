"""Apply rules to a fixpoint, and remember in which round each conclusion came."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import count
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import names, processes
from ..rdf import to_quads
from .rules import InferenceRule

if TYPE_CHECKING:
    from rdflib import Graph

_WORDS = f"""
PREFIX oa: <{names.PREFIXES["oa"]}>
PREFIX st: <{names.ST}>
SELECT ?words WHERE {{ $thing st:quotes/oa:hasSelector/oa:exact ?words }} ORDER BY ?words"""
_LATEST = "urn:x-stimson:latest"  # holds the conclusions of the last round, for a round


class Closure:
    """What is asserted, what follows from it by some rules, and in which order it follows.

    Everything is in `store`: asserted quads in their graphs, conclusions in the graph of
    inferred triples. A conclusion of round n follows from triples of rounds before n;
    round 0 is what was asserted.
    """

    def __init__(self, asserted: Iterable[ox.Quad], rules: Iterable[InferenceRule]) -> None:
        self.rules = tuple(rules)
        self.store = ox.Store()
        self.store.bulk_extend(asserted)
        self._rounds: dict[ox.Triple, int] = {}
        self._asserted: set[ox.Triple] = set()  # of what was concluded so far
        new = self._conclude((rule, rule.construct) for rule in self.rules)
        for round_ in count(1):
            if not new:
                break
            self._rounds |= dict.fromkeys(new, round_)
            self.store.extend(to_quads(new, names.INFERRED_GRAPH))
            new = self._conclude_from(new)

    def select(self, query: str) -> ox.QuerySolutions:
        """Ask a SELECT query of all graphs taken as one."""
        solutions = self.store.query(query, use_default_graph_as_union=True)
        assert isinstance(solutions, ox.QuerySolutions)
        return solutions

    def _conclude_from(self, latest: Collection[ox.Triple]) -> set[ox.Triple]:
        """Conclude what needs a conclusion of the last round: all else is known already."""
        self.store.extend(to_quads(latest, _LATEST))
        new = self._conclude(
            (rule, query) for rule in self.rules for query in rule.constructs_from(_LATEST)
        )
        self.store.remove_graph(ox.NamedNode(_LATEST))
        return new

    def _conclude(self, queries: Iterable[tuple[InferenceRule, str]]) -> set[ox.Triple]:
        """Ask queries of rules for conclusions, and keep what was not known."""
        found: set[ox.Triple] = set()
        for rule, query in queries:
            processes.mark(str(rule.file or ""))  # should it conclude more than there is room for
            found.update(self._new(query))
        processes.mark("")
        return found

    def _new(self, query: str) -> Iterator[ox.Triple]:
        triples = self.store.query(query, use_default_graph_as_union=True)
        assert isinstance(triples, ox.QueryTriples)
        for triple in triples:
            # Most conclusions come again in every round; to ask the store takes longer.
            if triple in self._rounds or triple in self._asserted:
                continue
            if self.holds(triple):
                self._asserted.add(triple)
            else:
                yield triple

    def holds(self, triple: ox.Triple) -> bool:
        """Tell whether a triple is asserted or inferred."""
        pattern = (triple.subject, triple.predicate, triple.object)
        return next(self.store.quads_for_pattern(*pattern, None), None) is not None

    def round_of(self, triple: ox.Triple) -> int:
        """Tell in which round a triple that holds came; 0 if it is asserted."""
        return self._rounds.get(triple, 0)

    def words_of(self, thing: object) -> list[str]:
        """Find the exact words that a statement quotes; none for anything else."""
        if not isinstance(thing, ox.NamedNode):
            return []
        found = self.select(_WORDS.replace("$thing", str(thing)))
        return [solution["words"].value for solution in found]

    @property
    def inferred(self) -> Collection[ox.Triple]:
        """All conclusions, those of earlier rounds first."""
        return self._rounds

    def graph(self) -> Graph:
        """All conclusions, for those who read rdflib."""
        from ..rdf.rdflib_bridge import to_graph

        return to_graph(self._rounds)
