"""The data graph as numbers, and the focus nodes that targets select in it.

Foreign terms, which are in no triple of it, have numbers, too: a node that a shape names, or a
query computes, may be such a term.
"""

from collections.abc import Collection, Set
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from ..rdf import Index, Term
from .declarations import OWL_CLASS, RDF_TYPE, RDFS_CLASS, RDFS_SUBCLASS, Node, sh

PREDICATES = tuple(
    sh(name) for name in ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
)
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


@dataclass(frozen=True, slots=True)
class Targets:
    """What a shape is about (https://www.w3.org/TR/shacl/#targets)."""

    nodes: tuple[Term, ...] = ()
    classes: tuple[Term, ...] = ()
    subjects_of: tuple[Term, ...] = ()
    objects_of: tuple[Term, ...] = ()
    is_custom: bool = False  # sh:target, which pySHACL alone understands

    def __bool__(self) -> bool:
        plain = self.nodes or self.classes or self.subjects_of or self.objects_of
        return self.is_custom or bool(plain)


def read_targets(shapes: Index, shape: Node) -> Targets:
    """Read the targets of a shape; a shape that is a class is about its instances.

    That is an implicit class target (https://www.w3.org/TR/shacl/#implicit-targetClass).
    """
    nodes, classes, subjects, objects = (shapes.objects(shape, each) for each in PREDICATES)
    if not class_kinds(shapes).isdisjoint(shapes.objects(shape, RDF_TYPE)):
        classes = [*classes, shape]
    is_custom = bool(shapes.objects(shape, sh("target")))
    return Targets(tuple(nodes), tuple(classes), tuple(subjects), tuple(objects), is_custom)


def class_kinds(shapes: Index) -> Set[Term]:
    """List the classes of classes."""
    return {RDFS_CLASS, OWL_CLASS, *shapes.subjects(RDFS_SUBCLASS, RDFS_CLASS)}


def find_focus(
    targets: Targets, data: DataGraph, among: Collection[int] | None = None
) -> list[int]:
    """List the focus nodes that targets name, each once; only those `among` some, if given."""
    found = dict.fromkeys(data.number(term) for term in targets.nodes)
    for each in targets.classes:
        found |= dict.fromkeys(sorted(data.instances(each)))
    for each in targets.subjects_of:
        values = data.by_predicate.get(data.number(each), _NONE)
        found |= dict.fromkeys(subject for subjects in values.values() for subject in subjects)
    for each in targets.objects_of:
        found |= dict.fromkeys(data.by_predicate.get(data.number(each), _NONE))
    return [node for node in found if among is None or node in among]
