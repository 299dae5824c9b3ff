"""Targets, and the focus nodes that they select (https://www.w3.org/TR/shacl/#targets)."""

from collections.abc import Collection, Set
from dataclasses import dataclass

from ..rdf import Index, Term
from .data_graph import DataGraph
from .known_terms import OWL_CLASS, RDF_TYPE, RDFS_CLASS, RDFS_SUBCLASS, Node, sh

PREDICATES = tuple(
    sh(name) for name in ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
)
_NONE: dict[int, list[int]] = {}


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
    """Read the targets of a shape; a shape that is a class is about its instances."""
    nodes, classes, subjects, objects = (shapes.objects(shape, each) for each in PREDICATES)
    if is_class(shapes, shape):
        classes = [*classes, shape]
    is_custom = bool(shapes.objects(shape, sh("target")))
    return Targets(tuple(nodes), tuple(classes), tuple(subjects), tuple(objects), is_custom)


def is_class(shapes: Index, shape: Node) -> bool:
    """Tell whether a shape is a class, too (https://www.w3.org/TR/shacl/#implicit-targetClass)."""
    return not class_kinds(shapes).isdisjoint(shapes.objects(shape, RDF_TYPE))


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
