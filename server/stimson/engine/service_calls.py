"""Which endpoints a query calls by SERVICE, read from its tokens before it runs.

For the person at the keyboard, who names the endpoints that may be called. An address must
stand in the query in full: what a variable or a prefix stands for is known too late, or by
the engine alone.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from ..errors import QueryRefused
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
    query_policy.refuse(rest)
    for call in reversed(calls):
        text = f"{text[: call.iri.start]}<{place(call.address)}>{text[call.iri.stop :]}"
    return text


def _calls(text: str) -> Iterator[_ServiceCall]:
    """Find every word that holds SERVICE, and the address behind it."""
    found = [match for match in query_policy.tokens(text) if not match[0].startswith("#")]
    for number, match in enumerate(found):
        if match["local"] or _SERVICE not in (match["words"] or "").upper():
            continue
        after = iter(found[number + 1 :])
        token = next(after, None)
        if token is not None and token[0].upper() == _SILENT:
            token = next(after, None)
        if token is None or not _follows(text, match.end(), token.start()):
            raise _unnamed()
        if not token[0].startswith("<"):
            raise _unnamed()
        yield _ServiceCall(slice(*match.span()), slice(*token.span()), token[0][1:-1])


def _follows(text: str, start: int, end: int) -> bool:
    """Tell whether nothing but blanks, comments and SILENT stands between two tokens."""
    gap = list(text[start:end])
    for match in query_policy.tokens(text[start:end]):
        gap[slice(*match.span())] = " " * len(match[0])
    return not "".join(gap).strip()


def _unnamed() -> QueryRefused:
    return QueryRefused(
        "SERVICE must name an address in full, as in SERVICE <https://example.org/sparql>: a "
        "variable or a prefixed name could stand for any."
    )
