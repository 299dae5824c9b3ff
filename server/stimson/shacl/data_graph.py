"""The data graph as numbers, with numbers for foreign terms, too: those in no triple of it.

A node that a shape names, or a query computes, may be such a term.
"""

from functools import cached_property

import pyoxigraph as ox

from ..rdf import Index, Term
from .known_terms import RDF_TYPE, RDFS_SUBCLASS

_NONE: dict[int, list[int]] = {}


class DataGraph:
    """An index of the data graph that has a number for every term."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.by_subject, self.by_predicate = index.by_subject, index.by_predicate
        self._known = len(index.terms)
        self._foreign_terms: dict[Term, int] = {}
        self._names: list[Term] = []
        self._instances: dict[int, frozenset[int]] = {}

    def term(self, number: int) -> Term:
        """Give the term of a number."""
        if number < self._known:
            return self.index.terms[number]
        return self._names[number - self._known]

    def number(self, term: Term) -> int:
        """Give the number of a term; a foreign one gets one."""
        number = self.index.number(term)
        if number is None:
            number = self._foreign_terms.setdefault(term, self._known + len(self._names))
            if number == self._known + len(self._names):
                self._names.append(term)
        return number

    @cached_property
    def literals(self) -> frozenset[int]:
        """The numbers of the literals in the data."""
        terms = enumerate(self.index.terms)
        return frozenset(number for number, term in terms if type(term) is ox.Literal)

    @cached_property
    def blanks(self) -> frozenset[int]:
        """The numbers of the blank nodes in the data."""
        terms = enumerate(self.index.terms)
        return frozenset(number for number, term in terms if type(term) is ox.BlankNode)

    def instances(self, of: Term) -> frozenset[int]:
        """List the SHACL instances of a class (https://www.w3.org/TR/shacl/#dfn-shacl-instance)."""
        number = self.number(of)
        if number not in self._instances:
            members = self.by_predicate.get(self.number(RDF_TYPE), _NONE)
            found = (members.get(each, ()) for each in self._subclasses(number))
            self._instances[number] = frozenset().union(*found)
        return self._instances[number]

    def _subclasses(self, top: int) -> set[int]:
        """List a class and all below it."""
        below = self.by_predicate.get(self.number(RDFS_SUBCLASS), _NONE)
        found, waiting = {top}, [top]
        while waiting:
            new = set(below.get(waiting.pop(), ())) - found
            found |= new
            waiting += new
        return found
