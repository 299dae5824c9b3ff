"""For which queries pyoxigraph, asked for many nodes at once, answers as pySHACL would.

A store of pyoxigraph writes literals in their canonical form: ``"01"^^xsd:integer``
becomes ``1``, and so does ``"1"^^xsd:nonNegativeInteger``. A query must not notice that.
"""

import re
from collections.abc import Collection, Set

from ..patterns import is_common
from .scan import Facts
from .tokens import Unread

_AGGREGATES = {"COUNT", "SUM"}
# They look at a literal's value, not at how it is written.
_BY_VALUE = {
    *("ABS", "BOUND", "CEIL", "COALESCE", "FLOOR", "IF", "IN", "LANG", "LANGMATCHES", "ROUND"),
    *("ISBLANK", "ISIRI", "ISLITERAL", "ISNUMERIC", "ISURI", *_AGGREGATES),
}
_BY_FORM = {
    *("CONTAINS", "DATATYPE", "LCASE", "REGEX", "SAMETERM", "STR", "STRAFTER", "STRBEFORE"),
    *("STRENDS", "STRLEN", "STRSTARTS", "SUBSTR", "UCASE"),
}


def check_facts(facts: Facts) -> None:
    """Raise `Unread` for a query that cannot be asked for many nodes at once, or differs."""
    if strange := facts.functions - _BY_VALUE - _BY_FORM:
        raise Unread(f"the function {min(strange)} may differ")
    if any(len(strings) != 1 or not _is_common(strings[0]) for strings in facts.patterns):
        raise Unread("its regular expression may be read in another way")
    aggregates = bool(facts.functions & _AGGREGATES)
    if (aggregates or facts.grouped_by is not None) and "this" not in (facts.grouped_by or ()):
        raise Unread("its groups are not those of one focus node")


def _is_common(quoted: str) -> bool:
    """Tell whether a regular expression, quoted as in a query, has one meaning only."""
    text = quoted[1:-1]
    if text.startswith(quoted[0]) or re.search(r"\\[^\\]", text.replace("\\\\", "")):
        return False
    return is_common(text.replace("\\\\", "\\"))


def rewritten(facts: Facts, properties: Collection[str]) -> tuple[Set[str], Set[str]]:
    """List the variables that may hold rewritten literals, and those computed from them.

    `properties` are those, as the query writes them, that have rewritten literals.
    """
    if not properties:
        return frozenset(), frozenset()
    direct = {
        name
        for name, sources in facts.bindings.items()
        if name not in {"this", *facts.nodes}  # no focus node is a literal
        and (None in sources or not sources.isdisjoint(properties))
    }
    computed: set[str] = set()
    while new := {
        name
        for name, sources in facts.computed.items()
        if name not in computed and not sources.isdisjoint(direct | computed)
    }:
        computed |= new
    return direct - computed, computed


def notices(facts: Facts, direct: Set[str], computed: Set[str], shown: Collection[str]) -> bool:
    """Tell whether a query notices how the literals in some variables are written.

    `shown` are the variables of its answer. Those computed there must be sums and the
    like, whose form is canonical in any case.
    """
    if not direct:
        return False
    around = [facts.uses.get(name, set()) for name in direct | computed]
    if facts.constants or any(functions - _BY_VALUE for functions in around):
        return True
    opaque = {name for name in direct | computed if facts.uses.get(name, set()) - {"SUM", "COUNT"}}
    return any(opaque & facts.computed[name] for name in computed & set(shown))
