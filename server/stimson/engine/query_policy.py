"""Read the tokens of a query before it runs: what it must not ask for, what it brings along.

The terminals follow SPARQL 1.1 (https://www.w3.org/TR/sparql11-query/#sparqlGrammar).
This is not a parser: it only keeps words that could be keywords apart from
comments, IRIs, strings, variables and prefixed names. Syntax is the engine's matter,
and what slips through here still finds no descriptor to open a connection with.
"""

import re
from collections.abc import Iterable, Iterator

from ..errors import QueryRefused, QuerySyntaxError

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
_MARK = "\ufeff"
_WORD = re.compile(r"[A-Za-z]+")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_REFUSED = {
    "SERVICE": "This endpoint does not call other endpoints: remove SERVICE from the query.",
    "LOAD": "This endpoint does not read other addresses: remove LOAD from the query.",
}
_UPDATES = frozenset(("INSERT", "DELETE", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD"))
_REFUSABLE = (*_REFUSED, *_UPDATES)


def refuse(text: str) -> None:
    """Raise `QueryRefused` if a query calls elsewhere or would change the data.

    `QuerySyntaxError` if it begins with a byte order mark: nobody sees it, and the parser
    of the engine only says what it had expected.

    SPARQL resolves ``\\uXXXX`` before anything else, the engine only inside strings
    and IRIs. The two readings end strings at different places, so a word is
    refused if either of them finds it.
    """
    if text.startswith(_MARK):
        raise QuerySyntaxError(
            "The query begins with a byte order mark; send it without one.", 1, 1
        )
    found: frozenset[str] = frozenset()
    for reading in {text, unescape(text)}:
        if _may_hold(reading, _REFUSABLE):
            found |= _keywords(reading)
    for name, reason in _REFUSED.items():
        if _holds(found, name):
            raise QueryRefused(reason)
    for word in sorted(found & _UPDATES):
        raise QueryRefused(f"This endpoint only answers queries: {word} belongs to an update.")


def refuse_glued(text: str) -> None:
    """Raise `QueryRefused` if an engine might read the start of a prefixed name as SERVICE.

    Oxigraph does, in ``SERVICEe:x``: for an engine that can open connections that is a call.
    """
    for reading in dict.fromkeys((text, unescape(text))):
        if not _may_hold(reading, ("SERVICE",)):
            continue
        named = (match["words"] or "" for match in _TOKEN.finditer(reading) if match["local"])
        if any("SERVICE" in words.upper() for words in named):
            raise QueryRefused("Some engines read this prefix as SERVICE: give it another name.")


def names_its_graphs(text: str) -> bool:
    """Tell whether a query says by FROM or FROM NAMED what it runs over."""
    return _may_hold(text, ("FROM",)) and _holds(_keywords(text), "FROM")


def bare(text: str) -> str:
    """Leave of a query its keywords and signs: no comment, IRI, string, name or number."""

    def rest(match: re.Match[str]) -> str:
        kept = None if match["local"] else match["words"]
        return kept or (" " if match[0] else "")

    return _TOKEN.sub(rest, text)


def unescape(text: str) -> str:
    """Resolve code point escapes; one that is no character stays as it is."""
    return _unescape(text) if "\\" in text else text


def tokens(text: str) -> Iterator[re.Match[str]]:
    """Cut a query into its tokens; blanks and punctuation are between them."""
    return (match for match in _TOKEN.finditer(text) if match[0])


def _may_hold(text: str, words: Iterable[str]) -> bool:
    """Tell at a hundredth of the cost that most queries hold none of `words` anywhere."""
    capitals = text.upper()
    for word in words:  # noqa: SIM110 (`any` takes three times as long)
        if word in capitals:
            return True
    return False


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
