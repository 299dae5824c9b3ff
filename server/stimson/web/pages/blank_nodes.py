"""Blank nodes on a page: what is said of them stands in their place."""

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from ... import names
from ...rdf.terms import Statement, Term
from ..sparql.term_view import TermView, view_term

_RDF = names.PREFIXES["rdf"]
_FIRST, _REST, _NIL = f"{_RDF}first", f"{_RDF}rest", ox.NamedNode(f"{_RDF}nil")
_MOST = 500  # nodes written in one place; the others are shown as cut

Said = dict[Term, list[tuple[ox.NamedNode, Term]]]


def unfold(
    node: ox.BlankNode, statements: Iterable[Statement], labels: dict[str, str]
) -> list[TermView]:
    """Write a blank node as Turtle does: ``[ … ]``, or ``( … )`` for a list."""
    return _NodeWriter(_by_subject(statements), labels).write(node)


def axioms(
    thing: ox.NamedNode, statements: list[Statement], labels: dict[str, str]
) -> list[list[TermView]]:
    """Write what is said of `thing` within blank nodes that are not said of it, each once."""
    said = _by_subject(statements)
    inside = {value for _, _, value in statements}
    lines = [
        _NodeWriter(said, labels).write(node)
        for node in said
        if isinstance(node, ox.BlankNode) and node not in inside
    ]
    for subject, predicate, value in statements:
        is_of_another = isinstance(subject, ox.NamedNode) and subject != thing
        if is_of_another and isinstance(value, ox.BlankNode):
            start = [view_term(term, labels) for term in (subject, predicate)]
            lines.append([*start, *_NodeWriter(said, labels).write(value)])
    return lines


def _by_subject(statements: Iterable[Statement]) -> Said:
    said: Said = defaultdict(list)
    for subject, predicate, value in statements:
        said[subject].append((predicate, value))
    return said


class _NodeWriter:
    """Writes one node; what it has written once it does not write again."""

    def __init__(self, said: Said, labels: dict[str, str]) -> None:
        self._said = said
        self._labels = labels
        self._written: set[Term] = set()

    def write(self, term: Term) -> list[TermView]:
        """Write a term, and what is said of it if it has no name."""
        if not isinstance(term, ox.BlankNode):
            return [view_term(term, self._labels)]
        if term not in self._said:
            return [_mark("[ ]")]
        if not self._take(term):
            return [_mark("[ … ]")]
        if any(predicate.value == _FIRST for predicate, _ in self._said[term]):
            return self._write_list(term)
        views = [_mark("[")]
        for predicate, value in self._said[term]:
            views += [view_term(predicate, self._labels), *self.write(value), _mark(";")]
        return [*views[:-1], _mark("]")]

    def _write_list(self, node: Term) -> list[TermView]:
        views = [_mark("(")]
        while _FIRST in (parts := self._parts(node)):
            views += self.write(parts[_FIRST])
            node = parts.get(_REST, _NIL)
            if node != _NIL and not self._take(node):
                views.append(_mark("…"))
                break
        return [*views, _mark(")")]

    def _parts(self, node: Term) -> dict[str, Term]:
        return {predicate.value: value for predicate, value in self._said.get(node, ())}

    def _take(self, node: Term) -> bool:
        """Note that a node is written now, unless it was already or there are too many."""
        if node in self._written or len(self._written) >= _MOST:
            return False
        self._written.add(node)
        return True


def _mark(text: str) -> TermView:
    return TermView(text, "bnode")
