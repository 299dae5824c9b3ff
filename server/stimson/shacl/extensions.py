"""What goes beyond SHACL Core and SPARQL constraints, and is left to pySHACL.

These are SHACL Advanced Features (https://www.w3.org/TR/shacl-af/) and constraint
components of one's own (https://www.w3.org/TR/shacl/#sparql-constraint-components).
"""

from dataclasses import dataclass

import pyoxigraph as ox

from ..rdf import Index, Term
from .model import Node, Unhandled
from .vocabulary import RDF_TYPE, RDFS_SUBCLASS, sh

_FUNCTIONS = (sh("SHACLFunction"), sh("SPARQLFunction"))


@dataclass(frozen=True, slots=True)
class Extensions:
    """The extensions that a shapes graph defines.

    `everywhere` is one that bears on all shapes. `components` has, for each component, the
    parameters that a shape must give to use it.
    """

    everywhere: Unhandled | None
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
        return Extensions(Unhandled(ruled[0], "it has rules, which change the data"))  # type: ignore[arg-type]
    has_functions = any(graph.subjects(RDF_TYPE, kind) for kind in _FUNCTIONS)
    try:
        components = tuple(_parameters(graph, node) for node in _components(graph))
    except Unhandled as fault:
        return Extensions(fault)
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
            raise Unhandled(component, "a parameter of a constraint component has no one path")
        if not optional or optional[0] == ox.Literal(False):
            found += paths
    if not found:
        raise Unhandled(component, "a constraint component has no parameter that must be given")
    return tuple(found)
