"""Read what shapes declare: terms of SHACL, the values of parameters, and lists.

Whatever is not exactly well-formed is `UnsupportedShape`: pySHACL then says what is wrong
with it, or makes of it what it always did.
"""

import re

import pyoxigraph as ox

from ..rdf import Index, Term, named

Node = ox.NamedNode | ox.BlankNode  # what a shape, and most else in a shapes graph, may be
RDF_TYPE, RDF_FIRST = named("rdf:type"), named("rdf:first")
RDF_REST, RDF_NIL = named("rdf:rest"), named("rdf:nil")
RDFS_CLASS, RDFS_SUBCLASS = named("rdfs:Class"), named("rdfs:subClassOf")
RDFS_RESOURCE = named("rdfs:Resource")
OWL_CLASS, OWL_ONTOLOGY = named("owl:Class"), named("owl:Ontology")
OWL_IMPORTS = named("owl:imports")
_XSD = "http://www.w3.org/2001/XMLSchema#"
_WHOLE = re.compile("[0-9]{1,18}")


def sh(name: str) -> ox.NamedNode:
    """Make a term of SHACL from its local name."""
    return named(f"sh:{name}")


def component_iri(name: str) -> ox.NamedNode:
    """Name a constraint component: ``MinCount`` is ``sh:MinCountConstraintComponent``."""
    return sh(f"{name}ConstraintComponent")


class UnsupportedShape(Exception):
    """The engine leaves a shape to pySHACL; `node` is where the reason stands."""

    def __init__(self, node: Node, reason: str) -> None:
        self.node, self.reason = node, reason
        super().__init__(reason)


class InvalidConstraint(UnsupportedShape):
    """Nobody can apply a constraint, pySHACL neither; `node` is where the slip stands."""


def one(shapes: Index, shape: Node, parameter: ox.NamedNode) -> Term:
    """Take the only value of a parameter."""
    found = shapes.objects(shape, parameter)
    if len(found) != 1:
        raise UnsupportedShape(shape, f"{parameter} is not given once")
    return found[0]


def at_most_one(shapes: Index, shape: Node, parameter: ox.NamedNode) -> Term | None:
    """Take the only value of a parameter that may be missing."""
    return one(shapes, shape, parameter) if shapes.objects(shape, parameter) else None


def whole(value: Term, shape: Node) -> int:
    """Read a whole number from 0, an xsd:integer in plain digits."""
    if not isinstance(value, ox.Literal) or value.datatype.value != f"{_XSD}integer":
        raise UnsupportedShape(shape, f"{value} is no xsd:integer")
    if not _WHOLE.fullmatch(value.value):
        raise UnsupportedShape(shape, f"{value} is no plain whole number")
    return int(value.value)


def truth(value: Term, shape: Node) -> bool:
    """Read an xsd:boolean; 1 is not true to SHACL, which compares terms."""
    if not isinstance(value, ox.Literal) or value.datatype.value != f"{_XSD}boolean":
        raise UnsupportedShape(shape, f"{value} is no xsd:boolean")
    if value.value not in ("true", "false", "1", "0"):
        raise UnsupportedShape(shape, f"{value} is neither true nor false")
    return value.value == "true"


def string(value: Term, shape: Node) -> str:
    """Read a string, with or without a language."""
    if isinstance(value, ox.Literal) and (
        value.language is not None or value.datatype.value == f"{_XSD}string"
    ):
        return value.value
    raise UnsupportedShape(shape, f"{value} is no string")


def literal(value: Term, shape: Node) -> ox.Literal:
    """Check that a value is a literal."""
    if not isinstance(value, ox.Literal):
        raise UnsupportedShape(shape, f"{value} is no literal")
    return value


def property_(value: Term, shape: Node) -> ox.NamedNode:
    """Check that a value is a property."""
    if not isinstance(value, ox.NamedNode):
        raise UnsupportedShape(shape, f"{value} is no property")
    return value


def node(value: Term, shape: Node) -> Node:
    """Check that a value may be a shape."""
    if isinstance(value, ox.Literal):
        raise UnsupportedShape(shape, f"{value} is no shape")
    assert isinstance(value, ox.NamedNode | ox.BlankNode)  # there are no other terms
    return value


def read_list(shapes: Index, head: Term, shape: Node) -> list[Term]:
    """List the members of a list; where it is not well-formed, `shape` is unsupported."""
    members: list[Term] = []
    seen = set()
    while head != RDF_NIL:
        first, rest = shapes.objects(head, RDF_FIRST), shapes.objects(head, RDF_REST)
        if len(first) != 1 or len(rest) != 1 or head in seen:
            raise UnsupportedShape(shape, "a list is not well-formed")
        seen.add(head)
        members += first
        (head,) = rest
    return members
