"""Read the tokens of a query before it runs: what it must not ask for, what it brings along.

The terminals follow SPARQL 1.1 (https://www.w3.org/TR/sparql11-query/#sparqlGrammar).
This is not a parser: it only keeps words that could be keywords apart from
comments, IRIs, strings, variables and prefixed names. Syntax is the engine's matter,
and what slips through here still finds no descriptor to open a connection with.
"""

import re

from ..errors import QueryRefused

_TOKEN = re.compile(
    r"""
      \#[^\r\n]*                                                      # comment
    | <(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>
    | '''(?:[^\\]|\\.)*?''' | \"\"\"(?:[^\\]|\\.)*?\"\"\"
    | '(?:[^'\\\r\n]|\\.)*' | "(?:[^"\\\r\n]|\\.)*"
    | [?$]\w+ | @[A-Za-z][A-Za-z0-9-]* | _:\w+
    | [0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?
    | (?P<words> [^\W\d_][\w.\-\u00b7]* )?
      (?P<local> :(?:(?:[\w:]|%[0-9A-Fa-f]{2}|\\.)(?:[\w:.\-\u00b7]|%[0-9A-Fa-f]{2}|\\.)*)? )?
    """,
    re.VERBOSE | re.DOTALL,
)
_WORD = re.compile(r"[A-Za-z]+")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_REFUSED = {
    "SERVICE": "This endpoint does not call other endpoints: remove SERVICE from the query.",
    "LOAD": "This endpoint does not read other addresses: remove LOAD from the query.",
}
_UPDATES = frozenset(("INSERT", "DELETE", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD"))


def refuse(text: str) -> None:
    """Raise `QueryRefused` if a query calls elsewhere or would change the data.

    SPARQL resolves ``\\uXXXX`` before anything else, the engine only inside strings
    and IRIs. The two readings end strings at different places, so a word is
    refused if either of them finds it.
    """
    found = _keywords(text) | _keywords(_unescape(text))
    for name, reason in _REFUSED.items():
        if _holds(found, name):
            raise QueryRefused(reason)
    for word in sorted(found & _UPDATES):
        raise QueryRefused(f"This endpoint only answers queries: {word} belongs to an update.")


def names_its_graphs(text: str) -> bool:
    """Tell whether a query says by FROM or FROM NAMED what it runs over."""
    return _holds(_keywords(text), "FROM")


def _keywords(text: str) -> frozenset[str]:
    """List the words of a query that could be keywords, in capitals."""
    runs = (match["words"] for match in _TOKEN.finditer(text) if not match["local"])
    return frozenset(word.upper() for run in runs if run for word in _WORD.findall(run))


def _holds(words: frozenset[str], keyword: str) -> bool:
    # The engine wants no space between keywords (``trueSERVICE``), and no word of
    # SPARQL has one of those sought here as a part.
    return any(keyword in word for word in words)


def _unescape(text: str) -> str:
    """Resolve code point escapes; one that is no character stays as it is."""

    def character(match: re.Match[str]) -> str:
        code = int(match[1] or match[2], 16)
        return chr(code) if code <= 0x10FFFF else match[0]

    return _ESCAPE.sub(character, text)
