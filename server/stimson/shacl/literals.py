"""What a literal is worth: its validity, its text, its place in an order.

The plain forms of the common datatypes are decided here. For all others the judge is
rdflib, asked in the way in which pySHACL asks, so that both always agree; it is imported
only when such a literal turns up.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyoxigraph as ox

from ..rdf import Term, named
from .quiet import quiet

_XSD = "http://www.w3.org/2001/XMLSchema#"
_STRING, _LANGUAGE = f"{_XSD}string", "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
_RDFS_LITERAL, _RDFS_DATATYPE = named("rdfs:Literal"), named("rdfs:Datatype")
_COLLAPSED = {f"{_XSD}token", f"{_XSD}normalizedString"}
_TYPED_SPACES = (_XSD, "http://www.w3.org/1999/02/22-rdf-syntax-ns#")


class NoOrder(Exception):
    """pySHACL fails to compare two terms."""


Key = tuple[str, Any]
# Forms on whose value every reader agrees.
_PLAIN: dict[str, tuple[re.Pattern[str], str, Callable[[str], Any]]] = {
    f"{_XSD}integer": (re.compile(r"[+-]?[0-9]{1,300}"), "number", int),
    f"{_XSD}nonNegativeInteger": (re.compile(r"\+?[0-9]{1,300}"), "number", int),
    f"{_XSD}positiveInteger": (re.compile(r"\+?[1-9][0-9]{0,300}"), "number", int),
    f"{_XSD}decimal": (re.compile(r"[+-]?[0-9]{1,300}(\.[0-9]{1,300})?"), "number", Decimal),
    f"{_XSD}date": (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), "date", date.fromisoformat),
    f"{_XSD}dateTime": (
        re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"),
        "datetime",
        datetime.fromisoformat,
    ),
}
_SURE = {f"{_XSD}anyURI": re.compile(".*", re.S), f"{_XSD}boolean": re.compile("true|false|0|1")}


def key(literal: ox.Literal) -> Key | None:
    """Give the kind and the value of a literal of a plain form; None for all others."""
    plain = _PLAIN.get(literal.datatype.value)
    if plain is None:
        return None
    pattern, kind, read = plain
    if not pattern.fullmatch(literal.value):
        return None
    try:
        return kind, read(literal.value)
    except ValueError:  # a 30th of February
        return None


def has_datatype(term: Term, datatype: Term) -> bool:
    """Tell whether a term is a well-typed literal of a datatype, as ``sh:datatype`` asks."""
    if not isinstance(term, ox.Literal):
        return False
    if datatype == _RDFS_LITERAL:
        return True
    if term.datatype != datatype:
        return datatype == _RDFS_DATATYPE and term.datatype.value not in (_STRING, _LANGUAGE)
    return is_surely_valid(term) or _is_valid(term)


def is_surely_valid(literal: ox.Literal) -> bool:
    """Tell whether a literal is well-typed beyond doubt."""
    name = literal.datatype.value
    if name in (_STRING, _LANGUAGE) or not name.startswith(_TYPED_SPACES):
        return True
    if name in _SURE:
        return _SURE[name].fullmatch(literal.value) is not None
    return key(literal) is not None


def text(term: ox.NamedNode | ox.Literal) -> str:
    """Write a term as the text that lengths and patterns are about."""
    if isinstance(term, ox.Literal) and term.datatype.value in _COLLAPSED:
        return str(_node(term))
    return term.value


def compare(term: Term, bound: ox.Literal) -> int | None:
    """Compare a value with a bound: -1, 0 or 1; None where they are not comparable."""
    if not isinstance(term, ox.Literal):
        return None
    if _is_plain_string(term) and _is_plain_string(bound):
        return (term.value > bound.value) - (term.value < bound.value)
    one, two = key(term), key(bound)
    if one is not None and two is not None and one[0] == two[0]:
        return int(one[1] > two[1]) - int(one[1] < two[1])
    return _compare(term, bound)


def is_less(one: Term, two: Term, or_equal: bool) -> bool:
    """Tell whether a term comes before another, as ``sh:lessThan`` asks."""
    first, second = _ordered(one), _ordered(two)
    if first is None or second is None or first[0] != second[0]:
        return _is_less(one, two, or_equal)
    return bool(first[1] <= second[1] if or_equal else first[1] < second[1])


def _ordered(term: Term) -> Key | None:
    if isinstance(term, ox.NamedNode):
        return "text", term.value
    if isinstance(term, ox.Literal) and term.datatype.value in (_STRING, _LANGUAGE):
        return "text", term.value
    return key(term) if isinstance(term, ox.Literal) else None


def _is_plain_string(literal: ox.Literal) -> bool:
    return literal.datatype.value == _STRING


def _node(term: Term) -> Any:
    """Convert a term for rdflib."""
    from ..rdf.rdflib_bridge import to_node

    with quiet():
        return to_node(term)


def _is_valid(literal: ox.Literal) -> bool:
    """Ask pySHACL whether a literal of the right datatype is well-typed."""
    from pyshacl.constraints.core.value_constraints import DatatypeConstraintComponent

    node = _node(literal)
    if node.ill_typed is True:
        return False
    # The method knows only its arguments; there is no constraint to make one from.
    check: Any = DatatypeConstraintComponent._assert_actual_datatype
    return bool(check(None, node, node.datatype))


def _compare(one: ox.Literal, two: ox.Literal) -> int | None:
    """Ask pySHACL to compare a value with a bound."""
    from pyshacl.rdfutil.compare import compare_literal

    order: Any = compare_literal
    first, second = _node(one), _node(two)
    if isinstance(first.value, str) != isinstance(second.value, str):
        return None
    try:
        return int(order(first, second))
    except (TypeError, NotImplementedError):
        return None
    except ArithmeticError as fault:
        raise NoOrder(f"{one} and {two} cannot be compared") from fault


def _is_less(one: Term, two: Term, or_equal: bool) -> bool:
    """Compare two terms with rdflib's operators, as pySHACL does."""
    first, second = _operand(_node(one)), _operand(_node(two))
    if isinstance(first, _Text) != isinstance(second, _Text):
        return False
    if isinstance(first, _Text):
        first, second = first.value, second.value
    try:
        return bool(first <= second if or_equal else first < second)
    except (TypeError, ArithmeticError) as fault:
        raise NoOrder(f"{one} and {two} cannot be compared") from fault


class _Text:
    """Text that is compared as text, whatever it is the value of."""

    def __init__(self, value: str) -> None:
        self.value = value


def _operand(node: Any) -> Any:
    from rdflib import URIRef

    if isinstance(node, URIRef):
        return _Text(str(node))
    return _Text(node.value) if isinstance(node.value, str) else node
