"""SPARQL constraints (https://www.w3.org/TR/shacl/#sparql-constraints), many nodes at once.

pySHACL asks a query anew for every focus node. Here it is asked once, by pyoxigraph, with
the focus nodes in the data, and of the data what the query may read. `query_analysis` tells
for which queries that gives the same; all others are left to pySHACL.

A store of pyoxigraph writes literals in their canonical form: ``"01"^^xsd:integer``
becomes ``1``, and so does ``"1"^^xsd:nonNegativeInteger``. Answers have them as they stand in
the data; where a query could notice the difference, pySHACL asks it.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from ..rdf import Index, Term
from ..rdf.datatypes import is_valid
from ..sparql_text import NotUnderstood
from .data_graph import DataGraph
from .declarations import OWL_IMPORTS, OWL_ONTOLOGY, RDF_TYPE, Node, UnsupportedShape, sh
from .property_paths import Path, write_path
from .query_analysis import QueryFacts, analyse

_PREFIXES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
}
# Words of which pySHACL refuses or reinterprets a query, wherever they stand in it.
_REFUSED = re.compile(r"\b(minus|values|service)\b|[?$]failure\b", re.I)
_ABOUT_SHAPES = re.compile(r"[?$](shapesGraph|currentShape)\b")
_THIS = re.compile(r"[\s{}()][$?]this\b")
_PATH = re.compile(r"([\s{}()])[$?]PATH")
_DECLARE = sh("declare")
_FOCUS = "urn:x-stimson:focus"
_SHAPES = "urn:x-stimson:shapes"
Row = dict[str, Term]
_NONE: dict[int, list[int]] = {}
_SEARCHES = 20  # for properties that lead to a node, in the time a triple takes to be loaded
_DEFAULT = ox.DefaultGraph()
_TEXT = {
    "http://www.w3.org/2001/XMLSchema#string",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString",
}


@dataclass(frozen=True, slots=True)
class ConstraintQuery:
    """A query that pyoxigraph may be asked for many focus nodes at once."""

    text: str
    facts: QueryFacts
    shape: ox.NamedNode | None  # that it asks about, as $currentShape

    def about(self, graph: str) -> str:
        """Write the query for the focus nodes that the graph `graph` lists.

        Each group is joined with them, so that ``?this`` is bound wherever it is used,
        as if it had been put in before (https://www.w3.org/TR/shacl/#pre-binding). What
        is inside EXISTS is asked for each solution around it, which binds it already.
        """
        clause = f" GRAPH <{graph}> {{ <{_FOCUS}> <{_FOCUS}> ?this }} "
        if self.shape is not None:
            clause += f"VALUES (?shapesGraph ?currentShape) {{ (<{_SHAPES}> {self.shape}) }} "
        text, added = self.text, 0
        for place in self.facts.groups:
            text = text[: place + added] + clause + text[place + added :]
            added += len(clause)
        return text


def read_query(
    shapes: Index, shape: Node, constraint: Term, text: str, path: Path | None
) -> ConstraintQuery:
    """Read the query of a constraint, or raise `UnsupportedShape` for `shape`."""
    if _REFUSED.search(text) or not _THIS.search(text):
        raise UnsupportedShape(shape, "only pySHACL can ask its query")
    if path is not None:
        written = write_path(path)
        text = _PATH.sub(lambda found: f"{found[1]}{written}", text)
    elif _PATH.search(text):
        raise UnsupportedShape(shape, "its query asks for a path, and there is none")
    prefixes = _prefixes(shapes, shape, constraint)
    head = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in prefixes.items())
    whole = f"{head}\n{text}"
    try:
        facts = analyse(whole)
    except (NotUnderstood, RecursionError) as reason:
        raise UnsupportedShape(shape, str(reason)) from reason
    if not _ABOUT_SHAPES.search(text):
        return ConstraintQuery(whole, facts, None)
    if not isinstance(shape, ox.NamedNode):
        raise UnsupportedShape(shape, "it has no name that its query could be given")
    return ConstraintQuery(whole, facts, shape)


def _prefixes(shapes: Index, shape: Node, constraint: Term) -> dict[str, str]:
    """Collect the prefixes of a query (https://www.w3.org/TR/shacl/#sparql-prefixes).

    Like pySHACL, take those of every ontology where sh:prefixes points to none; unlike it,
    follow owl:imports, as the Recommendation says.
    """
    found = dict(_PREFIXES)
    ontologies = shapes.subjects(RDF_TYPE, OWL_ONTOLOGY)
    for owner in shapes.objects(constraint, sh("prefixes")):
        own = [each for one in _imported(shapes, owner) for each in shapes.objects(one, _DECLARE)]
        everywhere = [each for one in ontologies for each in shapes.objects(one, _DECLARE)]
        declarations = own if own and owner in ontologies else [*everywhere, *own]
        for declaration in dict.fromkeys(declarations):
            names = ("prefix", "namespace")
            prefix, iri = (_text(shapes, shape, declaration, name) for name in names)
            if found.setdefault(prefix, iri) != iri:
                raise UnsupportedShape(shape, f"the prefix {prefix} is declared twice")
    return found


def _imported(shapes: Index, ontology: Term) -> list[Term]:
    """List an ontology and all that it imports, as far as they are in the shapes graph."""
    found = [ontology]
    for each in found:
        found += [other for other in shapes.objects(each, OWL_IMPORTS) if other not in found]
    return found


def _text(shapes: Index, shape: Node, declaration: Term, name: str) -> str:
    values = shapes.objects(declaration, sh(name))
    if len(values) != 1 or not isinstance(values[0], ox.Literal):
        raise UnsupportedShape(shape, "a prefix is not well declared")
    return values[0].value


class MayDiffer(Exception):
    """pyoxigraph may answer a query otherwise than pySHACL, or not at all."""


class QueryRunner:
    """Asks the queries of one validation."""

    def __init__(self, data: DataGraph, shapes: Index) -> None:
        self._data, self._shapes = data, shapes
        self._loaded = _Store(data)
        self._asked = 0

    def ask(self, query: ConstraintQuery, focus: Collection[Term]) -> dict[Term, list[Row]]:
        """Answer a query for focus nodes, or raise `MayDiffer`; those without rows are missing."""
        if any(isinstance(term, ox.Literal) for term in focus):
            raise MayDiffer("a focus node is a literal, which a store may rewrite")
        if query.facts.has_empty_path and any(self._is_foreign(term) for term in focus):
            raise MayDiffer("a path that may be empty does not lead to what is not in a store")
        if query.facts.reads_shapes and not self._has_shapes:
            raise MayDiffer("its query reads shapes with literals that a store rewrites")
        originals = self._originals(query.facts, focus)
        names, rows = self._rows(query, focus)
        if "this" not in names or "failure" in names:
            raise MayDiffer("its query does not select $this alone")
        found: dict[Term, list[Row]] = {}
        for row in rows:
            own = {name: originals.get(value, value) for name, value in row.items()}
            found.setdefault(own["this"], []).append(own)
        return found

    def _rows(self, query: ConstraintQuery, focus: Collection[Term]) -> tuple[list[str], list[Row]]:
        self._asked += 1
        self._loaded.load(query.facts, {self._data.number(term) for term in focus})
        store = self._loaded.store
        graph, node = ox.NamedNode(f"{_FOCUS}{self._asked}"), ox.NamedNode(_FOCUS)
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
            raise MayDiffer(str(fault)) from fault
        finally:
            store.remove_graph(graph)

    def _is_foreign(self, term: Term) -> bool:
        return self._data.index.number(term) is None

    @cached_property
    def _has_shapes(self) -> bool:
        """Load the shapes, too, if a store can hold them as they are."""
        literals = [each for each in self._shapes.terms if _may_be_rewritten(each)]
        if _canonical(literals) != literals:
            return False
        self._loaded.store.extend(_quads(self._shapes, ox.NamedNode(_SHAPES)))
        return True

    @cached_property
    def _rewritten(self) -> dict[int, Term]:
        """The literals of the data that a store writes in another way, in that form."""
        terms = self._data.index.terms
        numbers = [each for each in self._data.literals if _may_be_rewritten(terms[each])]
        forms = _canonical([terms[number] for number in numbers])
        pairs = zip(numbers, forms, strict=True)
        return {number: form for number, form in pairs if form != terms[number]}

    def _originals(self, facts: QueryFacts, focus: Collection[Term]) -> Mapping[Term, Term]:
        """Map the literals that a query may answer with to those that stand in the data."""
        values = set(self._values(facts, focus))
        rewritten = self._rewritten.keys() & values
        if not rewritten:
            return {}
        if facts.sees_forms:
            raise MayDiffer("its query looks at how literals are written")
        terms, found = self._data.index.terms, dict[Term, Term]()
        for number in values & self._data.literals:
            own = terms[number]
            assert isinstance(own, ox.Literal)  # by its number
            if number in rewritten and not is_valid(own.value, own.datatype.value):
                raise MayDiffer("an ill-typed literal is a number to its query")
            if found.setdefault(self._rewritten.get(number, own), own) != own:
                raise MayDiffer("two values in the data are one to its query")
        return found

    def _values(self, facts: QueryFacts, focus: Collection[Term]) -> Iterator[int]:
        for predicate, values in self._data.by_predicate.items():
            name = self._data.index.terms[predicate].value
            if facts.reads_any_literal or name in facts.properties:
                yield from values
        for term in focus if facts.reads_around_focus else ():
            for around in self._data.by_subject.get(self._data.number(term), _NONE).values():
                yield from around


class _Store:
    """A store into which the triples come that a query may read; one too many does no harm."""

    def __init__(self, data: DataGraph) -> None:
        self.store = ox.Store()
        self._data = data
        self._properties: set[int] = set()  # those whose triples are loaded
        self._nodes: set[int] = set()  # those of which all triples are loaded
        self._is_full = False

    def load(self, facts: QueryFacts, focus: Collection[int]) -> None:
        """Load what a query may read about some focus nodes."""
        if self._is_full:
            return
        about = focus if facts.reads_around_focus else ()
        searches = len(about) * len(self._data.by_predicate)
        if facts.reads_everything or searches > _SEARCHES * len(self._data.index):
            self.store.extend(_quads(self._data.index, _DEFAULT))
            self._is_full = True
            return
        for predicate in self._data.by_predicate.keys() - self._properties:
            if self._data.index.terms[predicate].value in facts.properties:
                self._properties.add(predicate)
                self.store.extend(self._of_property(predicate))
        new = set(about) - self._nodes
        self._nodes |= new
        self.store.extend(self._of_nodes(new))

    def _of_property(self, predicate: int) -> Iterator[ox.Quad]:
        for value, subjects in self._data.by_predicate[predicate].items():
            for subject in subjects:
                yield self._quad(subject, predicate, value)

    def _of_nodes(self, nodes: Collection[int]) -> Iterator[ox.Quad]:
        for node in nodes:
            for predicate, values in self._data.by_subject.get(node, _NONE).items():
                for value in values:
                    yield self._quad(node, predicate, value)
            for predicate, table in self._data.by_predicate.items():
                for subject in table.get(node, ()):
                    yield self._quad(subject, predicate, node)

    def _quad(self, subject: int, predicate: int, value: int) -> ox.Quad:
        terms = self._data.index.terms
        return ox.Quad(terms[subject], terms[predicate], terms[value])  # type: ignore[arg-type]


def _quads(index: Index, graph: ox.NamedNode | ox.DefaultGraph) -> Iterator[ox.Quad]:
    """Put the triples of an index into a graph."""
    quad = ox.Quad
    for subject, predicate, value in index:
        yield quad(subject, predicate, value, graph)  # type: ignore[arg-type]  # never a literal


def _may_be_rewritten(term: Term) -> bool:
    return isinstance(term, ox.Literal) and term.datatype.value not in _TEXT


def _canonical(literals: Sequence[Term]) -> list[Term]:
    """Write literals as a store does."""
    store, node = ox.Store(), ox.NamedNode(_FOCUS)
    subjects = [ox.NamedNode(f"{_FOCUS}{number}") for number in range(len(literals))]
    pairs = zip(subjects, literals, strict=True)
    store.extend(ox.Quad(subject, node, literal) for subject, literal in pairs)
    written = {quad.subject: quad.object for quad in store}
    return [written[subject] for subject in subjects]
