"""Read what a shape declares, or leave the shape to pySHACL.

Whatever is not exactly well-formed is `Unhandled`: pySHACL then says what is wrong with
it, or makes of it what it always did.
"""

import re

import pyoxigraph as ox

from ...rdf import Index, Term
from ..model import Node, Unhandled

_XSD = "http://www.w3.org/2001/XMLSchema#"
_WHOLE = re.compile("[0-9]{1,18}")


def values(shapes: Index, shape: Node, parameter: ox.NamedNode) -> list[Term]:
    """List the values of a parameter."""
    return shapes.objects(shape, parameter)


def one(shapes: Index, shape: Node, parameter: ox.NamedNode) -> Term:
    """Take the only value of a parameter."""
    found = shapes.objects(shape, parameter)
    if len(found) != 1:
        raise Unhandled(shape, f"{parameter} is not given once")
    return found[0]


def at_most_one(shapes: Index, shape: Node, parameter: ox.NamedNode) -> Term | None:
    """Take the only value of a parameter that may be missing."""
    return one(shapes, shape, parameter) if shapes.objects(shape, parameter) else None


def whole(value: Term, shape: Node) -> int:
    """Read a whole number from 0, an xsd:integer in plain digits."""
    if not isinstance(value, ox.Literal) or value.datatype.value != f"{_XSD}integer":
        raise Unhandled(shape, f"{value} is no xsd:integer")
    if not _WHOLE.fullmatch(value.value):
        raise Unhandled(shape, f"{value} is no plain whole number")
    return int(value.value)


def truth(value: Term, shape: Node) -> bool:
    """Read an xsd:boolean; 1 is not true to SHACL, which compares terms."""
    if not isinstance(value, ox.Literal) or value.datatype.value != f"{_XSD}boolean":
        raise Unhandled(shape, f"{value} is no xsd:boolean")
    if value.value not in ("true", "false", "1", "0"):
        raise Unhandled(shape, f"{value} is neither true nor false")
    return value.value == "true"


def string(value: Term, shape: Node) -> str:
    """Read a string, with or without a language."""
    if isinstance(value, ox.Literal) and (
        value.language is not None or value.datatype.value == f"{_XSD}string"
    ):
        return value.value
    raise Unhandled(shape, f"{value} is no string")


def literal(value: Term, shape: Node) -> ox.Literal:
    """Check that a value is a literal."""
    if not isinstance(value, ox.Literal):
        raise Unhandled(shape, f"{value} is no literal")
    return value


def property_(value: Term, shape: Node) -> ox.NamedNode:
    """Check that a value is a property."""
    if not isinstance(value, ox.NamedNode):
        raise Unhandled(shape, f"{value} is no property")
    return value


def node(value: Term, shape: Node) -> Node:
    """Check that a value may be a shape."""
    if isinstance(value, ox.Literal):
        raise Unhandled(shape, f"{value} is no shape")
    assert isinstance(value, ox.NamedNode | ox.BlankNode)  # there are no other terms
    return value
