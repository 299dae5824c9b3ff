"""Which endpoints a query calls by SERVICE, read from its tokens.

For the person at the keyboard, who names the endpoints that may be called. An address must
stand in the query in full: what a variable or a prefix stands for is known too late, or by
the engine alone.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from ..errors import QueryRefused
from ..sparql_text import tokenize
from . import query_policy

_SERVICE, _SILENT = "SERVICE", "SILENT"


@dataclass(frozen=True, slots=True)
class _ServiceCall:
    """A SERVICE: where the word stands, and where its address with the brackets does."""

    word: slice
    iri: slice
    address: str


def rewrite_services(text: str, allowed: Collection[str], place: Callable[[str], str]) -> str:
    """Put other addresses in place of those that a query calls, or raise `QueryRefused`.

    It is raised for an address that is not `allowed`, and for all that `query_policy` refuses.
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
    query_policy.reject_forbidden(rest)
    query_policy.reject_keyword_prefix(rest)
    for call in reversed(calls):
        text = f"{text[: call.iri.start]}<{place(call.address)}>{text[call.iri.stop :]}"
    return text


def _calls(text: str) -> Iterator[_ServiceCall]:
    """Find every word that holds SERVICE, and the address behind it."""
    found = [token for token in tokenize(text) if token.kind != "comment"]
    for number, word in enumerate(found):
        if word.kind != "word" or _SERVICE not in word.text.upper():
            continue
        after = iter(found[number + 1 :])
        token = next(after, None)
        if token is not None and token.text.upper() == _SILENT:
            token = next(after, None)
        if token is None or token.kind != "iri":
            raise _unnamed()
        yield _ServiceCall(
            slice(word.start, word.end), slice(token.start, token.end), token.text[1:-1]
        )


def _unnamed() -> QueryRefused:
    return QueryRefused(
        "SERVICE must name an address in full, as in SERVICE <https://example.org/sparql>: a "
        "variable or a prefixed name could stand for any."
    )
