"""What the page about one thing shows: what is said of it, and by whom.

A page has room for a few of a thing's neighbours. The others are counted, and each property
that has more has pages of its own; the data formats hold all.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import pyoxigraph as ox

from ... import names
from ...rdf.terms import Statement, Term
from ..sparql.labels import label
from ..sparql.quads import solutions
from ..sparql.term_view import TermView, view_iri, view_term
from . import description

FEW = 25  # neighbours by one property, on the page of a thing
PAGE = 200  # on a page of their own
OF, TO = "of", "to"  # the thing is the subject, or the object
_DEFINITION = f"{names.PREFIXES['skos']}definition"
_TYPE = f"{names.PREFIXES['rdf']}type"
_STATISTICS = (names.PREFIXES["void"], "http://ldf.fi/void-ext#")

Way = tuple[str, str]  # a direction and a property
_RDF = names.PREFIXES["rdf"]
_FIRST, _REST, _NIL = f"{_RDF}first", f"{_RDF}rest", ox.NamedNode(f"{_RDF}nil")
_MOST = 500  # nodes written in one place; the others are shown as cut

Said = dict[Term, list[tuple[ox.NamedNode, Term]]]


@dataclass(slots=True)
class NeighbourRow:
    """One neighbour, and the graphs that say so; one without a name by what is said of it."""

    terms: list[TermView]
    graphs: list[TermView] = field(default_factory=list)
    is_inferred: bool = False


@dataclass(slots=True)
class PropertyGroup:
    """The neighbours by one property: all of them, or the first of `count`."""

    way: str
    property: TermView
    count: int
    lines: list[NeighbourRow]


@dataclass(slots=True)
class EntityView:
    """Everything the page of a thing shows."""

    iri: str
    label: str
    definition: TermView | None
    types: list[TermView]
    groups: list[PropertyGroup]
    axioms: list[list[TermView]]
    is_counted: bool  # in the statistics of the dataset, which are not shown

    @property
    def kinds(self) -> list[TermView]:
        """The classes to name above the title: those of others only if there are none of ours."""
        ours = [view for view in self.types if names.is_ours(view.title or "")]
        return ours or self.types

    def by(self, way: str) -> list[PropertyGroup]:
        """List the groups of one direction."""
        return [group for group in self.groups if group.way == way]


@dataclass(slots=True)
class NeighboursPage:
    """One page of the neighbours by one property."""

    iri: str
    label: str
    group: PropertyGroup
    number: int
    last: int


def collect(iri: str) -> EntityView:
    """Gather what the page of `iri` shows."""
    counts, has_unnamed = _count(iri)
    shown = {way: count for way, count in counts.items() if not _is_statistic(way)}
    found = _neighbours(iri, [(way, FEW, 0) for way in shown])
    unnamed = [triple for triple, _ in description.anonymous(iri, False)] if has_unnamed else []
    labels = label({iri, *_iris(found, unnamed), *(name for _, name in shown)})
    groups = {way: _group(way, count, found.get(way, {}), labels) for way, count in shown.items()}
    _add_unnamed(iri, groups, unnamed, labels)
    return EntityView(
        iri=iri,
        label=labels.get(iri) or names.shorten(iri),
        definition=_definition(found),
        types=_types(found, labels),
        groups=list(groups.values()),
        axioms=axioms(ox.NamedNode(iri), unnamed, labels),
        is_counted=len(shown) < len(counts),
    )


def neighbours_page(iri: str, way: Way, number: int) -> NeighboursPage | None:
    """Gather one page of the neighbours by one property, if there is such a page."""
    count = _count(iri)[0].get(way, 0)
    last = -(-count // PAGE)
    if not 1 <= number <= last:
        return None
    found = _neighbours(iri, [(way, PAGE, PAGE * (number - 1))])
    labels = label({iri, way[1], *_iris(found, [])})
    group = _group(way, count, found[way], labels)
    return NeighboursPage(iri, labels.get(iri) or names.shorten(iri), group, number, last)


Neighbours = dict[Way, dict[Term, list[str]]]  # with the graphs that say so


def _count(iri: str) -> tuple[dict[Way, int], bool]:
    """Count the neighbours that have names, and tell whether there are others."""
    counts: dict[Way, int] = {}
    has_unnamed = False
    for row in solutions(f"""SELECT ?way ?p (COUNT(DISTINCT ?n) AS ?all)
  (COUNT(DISTINCT ?named) AS ?count) WHERE {{
  {{ <{iri}> ?p ?n BIND("{OF}" AS ?way) }} UNION {{ ?n ?p <{iri}> BIND("{TO}" AS ?way) }}
  BIND(IF(isBlank(?n), ?unbound, ?n) AS ?named)
}} GROUP BY ?way ?p ORDER BY ?p"""):
        counts[row["way"].value, row["p"].value] = int(row["count"].value)
        has_unnamed |= row["all"] != row["count"]
    return counts, has_unnamed


def _is_statistic(way: Way) -> bool:
    return way[0] == TO and way[1].startswith(_STATISTICS)


def _neighbours(iri: str, wanted: list[tuple[Way, int, int]]) -> Neighbours:
    """Find neighbours that have names: by each property so many, from the so-manieth on."""
    parts = []
    for (way, name), limit, offset in wanted:
        triple = f"<{iri}> <{name}> ?n" if way == OF else f"?n <{name}> <{iri}>"
        parts.append(f"""{{
    {{ SELECT DISTINCT ?n WHERE {{ {triple} FILTER(!isBlank(?n)) }}
      ORDER BY ?n LIMIT {limit} OFFSET {offset} }}
    OPTIONAL {{ GRAPH ?g {{ {triple} }} }} BIND("{way}" AS ?way) BIND(<{name}> AS ?p)
  }}""")
    found: Neighbours = {}
    if parts:
        for row in solutions(f"SELECT ?way ?p ?n ?g WHERE {{ {' UNION '.join(parts)} }}"):
            terms = found.setdefault((row["way"].value, row["p"].value), {})
            graphs = terms.setdefault(row["n"], [])
            graphs += [row["g"].value] if row["g"] else []
    return found


def _iris(found: Neighbours, unnamed: list[Statement]) -> set[str]:
    terms = {term for neighbours in found.values() for term in neighbours}
    terms.update(term for triple in unnamed for term in triple)
    return {term.value for term in terms if isinstance(term, ox.NamedNode)}


def _group(
    way: Way, count: int, found: dict[Term, list[str]], labels: dict[str, str]
) -> PropertyGroup:
    lines = [_line(term, sorted(graphs), labels) for term, graphs in found.items()]
    return PropertyGroup(way[0], view_iri(way[1], labels.get(way[1])), count, lines)


def _line(term: Term, graphs: list[str], labels: dict[str, str]) -> NeighbourRow:
    views = [view_iri(graph, graph.removeprefix(names.GRAPH)) for graph in graphs]
    return NeighbourRow([view_term(term, labels)], views, graphs == [names.INFERRED_GRAPH])


def _add_unnamed(
    iri: str, groups: dict[Way, PropertyGroup], unnamed: list[Statement], labels: dict[str, str]
) -> None:
    """Show what the thing is said to be by way of a node without a name in its group."""
    for subject, predicate, value in unnamed:
        if subject == ox.NamedNode(iri) and isinstance(value, ox.BlankNode):
            group = groups[OF, predicate.value]
            group.lines.append(NeighbourRow(unfold(value, unnamed, labels)))
            group.count += 1
    for way in [way for way, group in groups.items() if not group.count]:
        del groups[way]


def _definition(found: Neighbours) -> TermView | None:
    views = [view_term(term, {}) for term in found.get((OF, _DEFINITION), ())]
    ranked = sorted(views, key=lambda view: (view.language != "en", view.language or ""))
    return ranked[0] if ranked else None


def _types(found: Neighbours, labels: dict[str, str]) -> list[TermView]:
    iris = _iris({(OF, _TYPE): found.get((OF, _TYPE), {})}, [])
    ours_first = sorted(iris, key=lambda iri: (not names.is_ours(iri), iri))
    return [view_iri(iri, labels.get(iri)) for iri in ours_first]


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
