"""Read the shapes of a shapes graph (https://www.w3.org/TR/shacl/#shapes).

What counts as a shape is what pySHACL takes for one. A shape that is not well-formed, or
asks for what only pySHACL can do, is marked as unsupported; a slip for which pySHACL would
refuse the graph marks all of them.

Left to pySHACL are SHACL Advanced Features (https://www.w3.org/TR/shacl-af/) and constraint
components of one's own (https://www.w3.org/TR/shacl/#sparql-constraint-components), too.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pyoxigraph as ox

from ..rdf import Index, Term
from .constraints import ON_PATHS_ONLY, READERS
from .data_graph import PREDICATES, Targets, read_targets
from .declarations import (
    RDF_TYPE,
    RDFS_SUBCLASS,
    InvalidConstraint,
    Node,
    UnsupportedShape,
    at_most_one,
    literal,
    read_list,
    sh,
    truth,
)
from .declarations import node as checked_node
from .property_paths import read_path
from .shape_model import Constraint, Shape, ShapesGraph

_NODE_SHAPE, _PROPERTY_SHAPE, _PATH = sh("NodeShape"), sh("PropertyShape"), sh("path")
_SHAPE_TAKING = tuple(sh(name) for name in ("property", "node", "not", "qualifiedValueShape"))
_LIST_TAKING = tuple(sh(name) for name in ("and", "or", "xone"))
_FUNCTIONS = (sh("SHACLFunction"), sh("SPARQLFunction"))


def read_shapes(graph: Index) -> ShapesGraph:
    """Read every shape of a graph."""
    extensions = find_extensions(graph)
    try:
        if extensions.everywhere is not None:
            raise extensions.everywhere
        found = {node: _read_shape(graph, node) for node in _find_shapes(graph)}
    except UnsupportedShape as reason:
        return ShapesGraph({}, reason)
    for node, shape in found.items():
        if shape.unsupported is None and (extension := extensions.applies(graph, node)):
            found[node] = replace(shape, unsupported=UnsupportedShape(node, extension))
    return ShapesGraph(found)


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
        raise UnsupportedShape(ox.BlankNode(), "a literal stands for a shape")
    kinds, paths = set(graph.objects(node, RDF_TYPE)), graph.objects(node, _PATH)
    if {_NODE_SHAPE, _PROPERTY_SHAPE} <= kinds or len(paths) > 1:
        raise UnsupportedShape(
            node, "it is both a node shape and a property shape, or has two paths"
        )
    if (_NODE_SHAPE in kinds and paths) or (_PROPERTY_SHAPE in kinds and not paths):
        raise UnsupportedShape(node, "a property shape has a path, a node shape has none")
    if len(graph.objects(node, sh("deactivated"))) > 1:
        raise UnsupportedShape(node, "sh:deactivated is given twice")
    return node


def _read_shape(graph: Index, node: Node) -> Shape:
    """Read one shape; what is not well-formed in it marks it as unsupported."""
    targets = read_targets(graph, node)
    try:
        return _read_well_formed(graph, node, targets)
    except UnsupportedShape as reason:
        return Shape(node, targets=targets, unsupported=reason)


def _read_well_formed(graph: Index, node: Node, targets: Targets) -> Shape:
    deactivated = at_most_one(graph, node, sh("deactivated"))
    if deactivated is not None and truth(deactivated, node):
        return Shape(node)
    path_node = at_most_one(graph, node, _PATH)
    constraints, invalid = _read_constraints(graph, node, path_node is not None)
    return Shape(
        node,
        None if path_node is None else read_path(graph, path_node, node),
        path_node,  # type: ignore[arg-type]  # a literal was refused just now
        at_most_one(graph, node, sh("severity")) or sh("Violation"),
        tuple(literal(each, node) for each in graph.objects(node, sh("message"))),
        targets,
        constraints,
        _read_properties(graph, node),
        invalid=invalid,
    )


def _read_constraints(
    graph: Index, node: Node, has_path: bool
) -> tuple[tuple[Constraint, ...], tuple[InvalidConstraint, ...]]:
    """Read the constraints of a shape, and what is wrong with those nobody can apply."""
    found: list[Constraint] = []
    invalid: list[InvalidConstraint] = []
    given = graph.by_subject.get(_number(graph, node), {})
    names = (graph.terms[each] for each in given)
    parameters = [
        READERS[name] for name in names if isinstance(name, ox.NamedNode) and name in READERS
    ]
    if not has_path and any(graph.objects(node, each) for each in ON_PATHS_ONLY):
        raise UnsupportedShape(node, "it has constraints that only a property shape can have")
    for read in dict.fromkeys(parameters):
        try:
            found += read(graph, node)
        except InvalidConstraint as slip:
            invalid.append(slip)
    return tuple(found), tuple(invalid)


def _read_properties(graph: Index, node: Node) -> tuple[Node, ...]:
    members = graph.objects(node, sh("property"))
    if not all(graph.objects(each, _PATH) for each in members):
        raise UnsupportedShape(node, "sh:property points to what is no property shape")
    return tuple(checked_node(each, node) for each in members)


def _number(graph: Index, term: Term) -> int:
    number = graph.number(term)
    return -1 if number is None else number


@dataclass(frozen=True, slots=True)
class Extensions:
    """The extensions that a shapes graph defines.

    `everywhere` is one that bears on all shapes. `components` has, for each component, the
    parameters that a shape must give to use it.
    """

    everywhere: UnsupportedShape | None
    components: tuple[tuple[Term, ...], ...] = ()
    has_functions: bool = False

    def applies(self, graph: Index, shape: Node) -> str | None:
        """Say which extension a shape uses, if any."""
        if graph.objects(shape, sh("target")):
            return "its target is a query"
        if graph.objects(shape, sh("expression")):
            return "it has a node expression"
        if self.has_functions and graph.objects(shape, sh("sparql")):
            return "its queries may call functions of the shapes graph"
        if any(all(graph.objects(shape, each) for each in needed) for needed in self.components):  # type: ignore[arg-type]
            return "it uses a constraint component of its own"
        return None


def find_extensions(graph: Index) -> Extensions:
    """Find the extensions in a shapes graph."""
    if ruled := graph.subjects_with(sh("rule")):
        return Extensions(UnsupportedShape(ruled[0], "it has rules, which change the data"))  # type: ignore[arg-type]
    has_functions = any(graph.subjects(RDF_TYPE, kind) for kind in _FUNCTIONS)
    try:
        components = tuple(_parameters(graph, node) for node in _components(graph))
    except UnsupportedShape as reason:
        return Extensions(reason)
    return Extensions(None, components, has_functions)


def _components(graph: Index) -> list[Node]:
    """List the constraint components that SHACL does not define."""
    top = sh("ConstraintComponent")
    kinds = [top, *graph.subjects(RDFS_SUBCLASS, top)]
    found = [node for kind in kinds for node in graph.subjects(RDF_TYPE, kind)]
    own = sh("").value
    return [
        node
        for node in dict.fromkeys(found)
        if isinstance(node, ox.BlankNode)
        or (isinstance(node, ox.NamedNode) and not node.value.startswith(own))
    ]


def _parameters(graph: Index, component: Node) -> tuple[Term, ...]:
    """List the paths of the parameters that a shape must give."""
    found = []
    for parameter in graph.objects(component, sh("parameter")):
        paths, optional = (graph.objects(parameter, sh(name)) for name in ("path", "optional"))
        if len(paths) != 1 or not isinstance(paths[0], ox.NamedNode):
            raise UnsupportedShape(
                component, "a parameter of a constraint component has no one path"
            )
        if not optional or optional[0] == ox.Literal(False):
            found += paths
    if not found:
        raise UnsupportedShape(
            component, "a constraint component has no parameter that must be given"
        )
    return tuple(found)
