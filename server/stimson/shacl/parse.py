"""Read shapes (https://www.w3.org/TR/shacl/#shapes).

What counts as a shape is what pySHACL takes for one. A shape that is not well-formed, or
asks for what only pySHACL can do, is marked as unhandled; a slip for which pySHACL would
refuse the graph marks all of them.
"""

from collections.abc import Iterator
from dataclasses import replace

import pyoxigraph as ox

from ..rdf import Index, Term
from .constraints import ON_PATHS_ONLY, READERS
from .constraints.declared import at_most_one, literal, truth
from .constraints.declared import node as checked_node
from .extensions import find_extensions
from .lists import read_list
from .model import Constraint, Node, Shape, Shapes, Targets, Unhandled, Unusable
from .paths import read_path
from .targets import PREDICATES, read_targets
from .vocabulary import RDF_TYPE, sh

_NODE_SHAPE, _PROPERTY_SHAPE, _PATH = sh("NodeShape"), sh("PropertyShape"), sh("path")
_SHAPE_TAKING = tuple(sh(name) for name in ("property", "node", "not", "qualifiedValueShape"))
_LIST_TAKING = tuple(sh(name) for name in ("and", "or", "xone"))


def read_shapes(graph: Index) -> Shapes:
    """Read every shape of a graph."""
    extensions = find_extensions(graph)
    try:
        if extensions.everywhere is not None:
            raise extensions.everywhere
        found = {node: _read_shape(graph, node) for node in _find_shapes(graph)}
    except Unhandled as fault:
        return Shapes({}, fault)
    for node, shape in found.items():
        if shape.unhandled is None and (reason := extensions.applies(graph, node)):
            found[node] = replace(shape, unhandled=Unhandled(node, reason))
    return Shapes(found)


def _find_shapes(graph: Index) -> list[Node]:
    """List the nodes that pySHACL takes for shapes."""
    found: list[Term] = []
    for kind in (_NODE_SHAPE, _PROPERTY_SHAPE):
        found += graph.subjects(RDF_TYPE, kind)
    for predicate in (*PREDICATES, *_SHAPE_TAKING[:2]):
        found += graph.subjects_with(predicate)
    for predicate in _SHAPE_TAKING:
        found += (value for _, value in _pairs(graph, predicate))
    for predicate in _LIST_TAKING:
        for subject, head in _pairs(graph, predicate):
            found += read_list(graph, head, subject)
    return [_checked(graph, node) for node in dict.fromkeys(found)]


def _pairs(graph: Index, predicate: ox.NamedNode) -> Iterator[tuple[Node, Term]]:
    for subject in graph.subjects_with(predicate):
        for value in graph.objects(subject, predicate):
            yield subject, value  # type: ignore[misc]  # no subject is a literal


def _checked(graph: Index, node: Term) -> Node:
    """Check a shape for slips for which pySHACL refuses the graph."""
    if isinstance(node, ox.Literal):
        raise Unhandled(ox.BlankNode(), "a literal stands for a shape")
    kinds, paths = set(graph.objects(node, RDF_TYPE)), graph.objects(node, _PATH)
    if {_NODE_SHAPE, _PROPERTY_SHAPE} <= kinds or len(paths) > 1:
        raise Unhandled(node, "it is both a node shape and a property shape, or has two paths")
    if (_NODE_SHAPE in kinds and paths) or (_PROPERTY_SHAPE in kinds and not paths):
        raise Unhandled(node, "a property shape has a path, a node shape has none")
    if len(graph.objects(node, sh("deactivated"))) > 1:
        raise Unhandled(node, "sh:deactivated is given twice")
    return node


def _read_shape(graph: Index, node: Node) -> Shape:
    """Read one shape; what is not well-formed in it marks it as unhandled."""
    targets = read_targets(graph, node)
    try:
        return _read_well_formed(graph, node, targets)
    except Unhandled as fault:
        return Shape(node, targets=targets, unhandled=fault)


def _read_well_formed(graph: Index, node: Node, targets: Targets) -> Shape:
    deactivated = at_most_one(graph, node, sh("deactivated"))
    if deactivated is not None and truth(deactivated, node):
        return Shape(node)
    path_node = at_most_one(graph, node, _PATH)
    constraints, unusable = _read_constraints(graph, node, path_node is not None)
    return Shape(
        node,
        None if path_node is None else read_path(graph, path_node, node),
        path_node,  # type: ignore[arg-type]  # a literal was refused just now
        at_most_one(graph, node, sh("severity")) or sh("Violation"),
        tuple(literal(each, node) for each in graph.objects(node, sh("message"))),
        targets,
        constraints,
        _read_properties(graph, node),
        unusable=unusable,
    )


def _read_constraints(
    graph: Index, node: Node, has_path: bool
) -> tuple[tuple[Constraint, ...], tuple[Unusable, ...]]:
    """Read the constraints of a shape, and what is wrong with those nobody can apply."""
    found: list[Constraint] = []
    faults: list[Unusable] = []
    given = graph.by_subject.get(_number(graph, node), {})
    names = (graph.terms[each] for each in given)
    parameters = [
        READERS[name] for name in names if isinstance(name, ox.NamedNode) and name in READERS
    ]
    if not has_path and any(graph.objects(node, each) for each in ON_PATHS_ONLY):
        raise Unhandled(node, "it has constraints that only a property shape can have")
    for read in dict.fromkeys(parameters):
        try:
            found += read(graph, node)
        except Unusable as fault:
            faults.append(fault)
    return tuple(found), tuple(faults)


def _read_properties(graph: Index, node: Node) -> tuple[Node, ...]:
    members = graph.objects(node, sh("property"))
    if not all(graph.objects(each, _PATH) for each in members):
        raise Unhandled(node, "sh:property points to what is no property shape")
    return tuple(checked_node(each, node) for each in members)


def _number(graph: Index, term: Term) -> int:
    number = graph.number(term)
    return -1 if number is None else number
