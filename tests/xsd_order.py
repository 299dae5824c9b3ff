"""pySHACL with the order of XML Schema: rdflib's own puts a date after a number.

rdflib gives any two literals an order, so that it can sort them, and pySHACL takes it for
that of SHACL, where what cannot be compared is wrong. All else stays pySHACL's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from pyshacl.constraints.core import value_range_constraints
from rdflib import Literal

from stimson.rdf import values
from stimson.rdf.rdflib_bridge import to_term


def compare(one: Literal, other: object) -> int | None:
    """Compare two literals, as we do."""
    return values.compare(to_term(one), to_term(other)) if isinstance(other, Literal) else None


def _compared(one: Literal, other: Literal) -> int:
    found = compare(one, other)
    if found is None:
        raise TypeError("these have no order")
    return found


@contextmanager
def xsd_order() -> Iterator[None]:
    """Let pySHACL compare values so for a while."""
    with (
        patch.object(value_range_constraints, "compare_literal", _compared),
        patch.object(Literal, "__lt__", lambda one, other: compare(one, other) == -1),
        patch.object(Literal, "__le__", lambda one, other: compare(one, other) in (-1, 0)),
    ):
        yield
