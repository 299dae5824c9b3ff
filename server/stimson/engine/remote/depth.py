"""Refuse a query that would overflow the stack of the engine that parses it.

A worker of ours dies alone; a remote engine dies for everyone. `oxigraph serve` 0.5.13 was
ended by 1000 nested or chained groups, 2000 nested parentheses, 2000 terms of a sum.
"""

import re

from ...errors import QueryTooDeep
from ...sparql_text import strip_literals, unescape

_NESTED = 256
_CHAINED = {
    re.compile(r"\b(?:BIND|EXISTS|FILTER|MINUS|OPTIONAL|SELECT|UNION|VALUES)\b", re.I): 400,
    re.compile(r"[*/|&!^=<>+-]"): 1000,  # the two of || and && count as two
}
# Data may be long: a minus in it belongs to a number.
_DATA = re.compile(r"\bVALUES[\s()]*\{[^{}]*\}", re.I)
_BRACKET = re.compile(r"[][(){}]")


def refuse_deep(text: str) -> None:
    """Raise `QueryTooDeep` if a query nests or chains more than an engine can be trusted with."""
    for reading in dict.fromkeys((text, unescape(text))):
        signs = _DATA.sub("VALUES", strip_literals(reading))
        if _depth(signs) > _NESTED or any(
            len(chain.findall(signs)) > limit for chain, limit in _CHAINED.items()
        ):
            raise QueryTooDeep("The query is nested too deeply, or has too many parts.")


def _depth(signs: str) -> int:
    deepest = depth = 0
    for bracket in _BRACKET.findall(signs):
        depth += 1 if bracket in "([{" else -1
        deepest = max(deepest, depth)
    return deepest
