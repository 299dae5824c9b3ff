"""RDF lists of a shapes graph."""

from ..rdf import Index, Term
from .model import Node, Unhandled
from .vocabulary import RDF_FIRST, RDF_NIL, RDF_REST


def read_list(shapes: Index, head: Term, shape: Node) -> list[Term]:
    """List the members, or raise `Unhandled` for `shape` where the list is not well-formed."""
    members: list[Term] = []
    seen = set()
    while head != RDF_NIL:
        first, rest = shapes.objects(head, RDF_FIRST), shapes.objects(head, RDF_REST)
        if len(first) != 1 or len(rest) != 1 or head in seen:
            raise Unhandled(shape, "a list is not well-formed")
        seen.add(head)
        members += first
        (head,) = rest
    return members
