"""Which queries may not run: those that call other endpoints, read addresses, or change data.

Read from the tokens of a query before it runs. What slips through here still finds no
descriptor to open a connection with, unless the engine is a remote one.

The person at the keyboard may name endpoints that may be called. Their addresses must stand in
the query in full: what a variable or a prefix stands for is known too late, or by the engine alone.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from pyoxigraph import NamedNode

from ..errors import QueryRefused, QuerySyntaxError
from ..sparql_text import tokenize, undeclared_prefixes, unescape

_BYTE_ORDER_MARK = "\ufeff"
_WORD = re.compile(r"[A-Za-z]+")
_REASONS = {
    "SERVICE": "This endpoint does not call other endpoints: remove SERVICE from the query.",
    "LOAD": "This endpoint does not read other addresses: remove LOAD from the query.",
}
_UPDATES = frozenset(("INSERT", "DELETE", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD"))


@dataclass(frozen=True, slots=True)
class _ServiceCall:
    """A SERVICE: where the word stands, and where its address with the brackets does."""

    word: slice
    iri: slice
    address: str


def reject_forbidden(text: str) -> None:
    """Raise `QueryRefused` if a query calls elsewhere or would change the data.

    `QuerySyntaxError` if it begins with a byte order mark: nobody sees it, and the parser
    of the engine only says what it had expected.

    A word is refused if it is found before or after code point escapes are resolved.
    """
    if text.startswith(_BYTE_ORDER_MARK):
        raise QuerySyntaxError(
            "The query begins with a byte order mark; send it without one.", 1, 1
        )
    found: frozenset[str] = frozenset()
    for reading in {text, unescape(text)}:
        if _may_hold(reading, (*_REASONS, *_UPDATES)):
            found |= _keywords(reading)
    for name, reason in _REASONS.items():
        if _holds(found, name):
            raise QueryRefused(reason)
    for word in sorted(found & _UPDATES):
        raise QueryRefused(f"This endpoint only answers queries: {word} belongs to an update.")


def reject_keyword_prefix(text: str) -> None:
    """Raise `QueryRefused` if an engine might read a prefix as a keyword, which hides a call.

    Oxigraph does, in ``SERVICEe:x {}`` and ``FILTER:f(?x)``: to an engine that can open
    connections the former is a call, and what follows the latter an expression.
    """
    for reading in dict.fromkeys((text, unescape(text))):
        if not _may_hold(reading, ("SERVICE", "FILTER:")):
            continue
        for one, two in pairwise((*tokenize(reading), None)):
            prefix = one.text.partition(":")[0].upper() if one and one.kind == "name" else ""
            is_filter = prefix.endswith("FILTER") and two is not None and two.text == "("
            if is_filter or "SERVICE" in prefix:
                word = "FILTER" if is_filter else "SERVICE"
                reason = f"Some engines read this prefix as {word}: give it another name."
                raise QueryRefused(reason)


def names_its_graphs(text: str) -> bool:
    """Tell whether a query says by FROM or FROM NAMED what it runs over."""
    if not _may_hold(text, ("FROM",)):
        return False
    # Without a space, as in ``FROMe:g``, the engine finds the word in a prefix it does not know.
    glued = {prefix.upper() for prefix in undeclared_prefixes(text)}
    return _holds(_keywords(text) | glued, "FROM")


def rewrite_services(text: str, allowed: Collection[str], place: Callable[[str], str]) -> str:
    """Put other addresses in place of those that a query calls, or raise `QueryRefused`.

    It is raised for an address that is not `allowed`, and for all else that is refused here.
    """
    calls = list(_calls(text))
    for call in calls:
        if call.address not in allowed:
            raise QueryRefused(
                f"The query calls <{call.address}>; if you trust it, allow that with "
                f"--service-allow {call.address}"
            )
    rest = text
    for call in calls:
        blanks = " " * (call.word.stop - call.word.start)
        rest = f"{rest[: call.word.start]}{blanks}{rest[call.word.stop :]}"
    reject_forbidden(rest)
    reject_keyword_prefix(rest)
    for call in reversed(calls):
        text = f"{text[: call.iri.start]}<{place(call.address)}>{text[call.iri.stop :]}"
    return text


def graph_name(iri: str) -> NamedNode:
    """Give the graph that a request names, or raise `QuerySyntaxError`."""
    try:
        return NamedNode(iri)
    except ValueError as fault:
        raise QuerySyntaxError(f"A graph is named by an absolute IRI, not by {iri!r}.") from fault


def _calls(text: str) -> Iterator[_ServiceCall]:
    """Find every word that holds SERVICE, and the address behind it."""
    found = [token for token in tokenize(text) if token.kind != "comment"]
    for number, word in enumerate(found):
        if word.kind != "word" or "SERVICE" not in word.text.upper():
            continue
        after = iter(found[number + 1 :])
        token = next(after, None)
        if token is not None and token.text.upper() == "SILENT":
            token = next(after, None)
        if token is None or token.kind != "iri":
            raise QueryRefused(
                "SERVICE must name an address in full, as in SERVICE <https://example.org/sparql>: "
                "a variable or a prefixed name could stand for any."
            )
        yield _ServiceCall(
            slice(word.start, word.end), slice(token.start, token.end), token.text[1:-1]
        )


def _may_hold(text: str, words: Iterable[str]) -> bool:
    """Tell at a hundredth of the cost that most queries hold none of `words` anywhere."""
    capitals = text.upper()
    for word in words:  # noqa: SIM110 (`any` takes three times as long)
        if word in capitals:
            return True
    return False


def _keywords(text: str) -> frozenset[str]:
    """List the words of a query that could be keywords, in capitals.

    What follows a quotation mark that is not closed counts, too.
    """
    runs = (token.text for token in tokenize(text) if token.kind in ("word", "unclosed"))
    return frozenset(word.upper() for run in runs for word in _WORD.findall(run))


def _holds(words: frozenset[str], keyword: str) -> bool:
    # The engine wants no space between keywords (``trueSERVICE``), and no word of
    # SPARQL has one of those sought here as a part.
    return any(keyword in word for word in words)
