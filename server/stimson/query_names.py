"""The names that a query uses: prefixes that it may leave out, and IRIs with their places.

Our own and the common prefixes need no declaration. They are added on the first line of the
query, so that the place of an error is found again by counting off what was added.

Most queries declare what they use. A rough look at a query, which takes a tenth of the time that
its tokens take, tells whether it may be one that does not; only then are its tokens read.
"""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urljoin

from . import names
from .errors import QuerySyntaxError
from .sparql_text import SparqlToken, tokenize, undeclared_prefixes, unescape

_MARK = "\ufeff"  # at the head of a text, it has to stay there to be found
_DECLARED = re.compile(
    r"(?:^|>)\s*PREFIX\s+([\w.-]*):\s*<([^<>\s]*)>", re.MULTILINE | re.IGNORECASE
)
# Words are read whole, variables with their mark, so that no part of them is taken for a name.
_ROUGH = re.compile(
    r"""[?$]\w++|<[^<>"{}|^`\s]*+>|[\w.-]++(?::(?:[\w.:%-]++|\\.)*+)?|:(?:[\w.:%-]++|\\.)*+"""
)
_SHORT = 8192  # characters of a query that is worth remembering
_EXPECTED = re.compile("expected (?:one of )?(.+)", re.DOTALL)
_ITEM = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^",])+')
_CLOSED = {"}": "{", ")": "(", "]": "["}
_LISTED = 6  # of what may stand at a place; more tell nothing
_ANYTHING = ("any character", "a letter or digit")
_QUOTED = 40  # characters of what does
_ABSOLUTE = re.compile("[A-Za-z][A-Za-z0-9+.-]*:")
_ESCAPED = re.compile(r"\\(.)")


class UsedName(NamedTuple):
    """An IRI in a query: what it is, how it is written, and where."""

    iri: str
    text: str
    start: int
    end: int


class CompletedQuery(NamedTuple):
    """A query with the prefixes that it left out; `added` characters stand before it."""

    text: str
    added: int = 0


def complete(text: str, *, is_strict: bool = False) -> CompletedQuery:
    """Declare the prefixes of ours that a query uses without a word; none if `is_strict`."""
    if is_strict or text.startswith(_MARK) or not _glance(text).may_lack:
        return CompletedQuery(text)
    lacking = undeclared_prefixes(text)
    lines = "".join(_declare(prefix) + " " for prefix in names.PREFIXES if prefix in lacking)
    return CompletedQuery(lines + text, len(lines))


def explain(fault: QuerySyntaxError, text: str, added: int = 0) -> QuerySyntaxError:
    """Say what is wrong with `text` in words that help, at its place in it."""
    line, column = fault.line, fault.column
    if line == 1 and column is not None:
        column = max(1, column - added)
    problem = fault.problem
    # The engine looks further than to the prefix, and may name what it found there.
    missing = undeclared_prefixes(text) - (set(names.PREFIXES) if added else set())
    if missing:
        problem = _name_missing(missing)
    elif match := _EXPECTED.fullmatch(problem):
        problem = _said(text, line, column, match[1])
    return QuerySyntaxError(problem, line, column)


def used_names(text: str, base: str = names.BASE) -> Iterator[UsedName]:
    """List the IRIs of a query, those of its declarations left out."""
    spaces, before = dict(names.PREFIXES), ""
    prefix: str | None = None  # that is being declared
    for token in tokenize(text):
        if token.kind == "comment":
            continue
        if token.kind == "name" and before == "PREFIX":
            prefix = token.text[:-1]
        elif token.kind == "iri":
            iri = _resolve(base, unescape(token.text[1:-1]))
            if prefix is not None:
                spaces[prefix], prefix = iri, None
            elif before == "BASE":
                base = iri
            else:
                yield UsedName(iri, token.text, token.start, token.end)
        elif token.kind == "name" and (iri := _expand(token.text, spaces)):
            yield UsedName(iri, token.text, token.start, token.end)
        before = token.text.upper() if token.kind == "word" else ""


def rough_names(text: str) -> frozenset[str]:
    """List the IRIs that a query may use: all that it does, and more; "" stands for any."""
    return _glance(text).iris


class _Glance(NamedTuple):
    """What a rough look at a query finds: IRIs, and whether it may lack a prefix of ours."""

    iris: frozenset[str]
    may_lack: bool


def _glance(text: str) -> _Glance:
    return _remembered(text) if len(text) <= _SHORT else _look(text)


def _look(text: str) -> _Glance:
    declarations = _DECLARED.findall(text)
    declared = dict(declarations)
    is_all = text.upper().count("PREFIX") == len(declarations)  # none is written another way
    spaces = names.PREFIXES | declared
    found, may_lack = set(), False
    for name in set(_ROUGH.findall(text)):
        if name[0] == "<":
            found.add(name[1:-1] if ":" in name and "\\" not in name else "")
        elif ":" in name:
            prefix = name.partition(":")[0]
            may_lack = may_lack or (prefix in names.PREFIXES and prefix not in declared)
            iri = _expand(name, spaces)
            if iri or not is_all:  # else it is in a string, or stops the engine
                found.add(iri)
    return _Glance(frozenset(found.difference(spaces.values())), may_lack)


_remembered = lru_cache(256)(_look)


def _expand(name: str, spaces: Mapping[str, str]) -> str:
    """Write a prefixed name in full; "" if its prefix is unknown."""
    prefix, _, local = name.partition(":")
    if prefix not in spaces:
        return ""
    return spaces[prefix] + (_ESCAPED.sub(r"\1", local) if "\\" in local else local)


def _said(text: str, line: int | None, column: int | None, expected: str) -> str:
    """Put what the engine had expected into words."""
    items = dict.fromkeys(item.strip() for item in _ITEM.findall(expected))
    known = [item for item in items if item and item not in _ANYTHING]
    for item in known:
        if " " in item and item[0] != '"':  # it is a sentence, among all else
            return f"{item}."
    if fault := _unbalanced(text):
        return fault
    listed = f" Expected: {', '.join(known[:_LISTED])}." if 0 < len(known) <= _LISTED else ""
    return f"{_found(text, line, column)}{listed}"


def _found(text: str, line: int | None, column: int | None) -> str:
    """Say what stands where the query could not be read any further."""
    if not line or not column:
        return "The query is not understood."
    lines = text.splitlines(keepends=True)
    rest = "".join(lines[line - 1 :])[column - 1 :]
    following = next((token for token in tokenize(rest) if token.kind != "comment"), None)
    if following is None:
        return "The query ends too early."
    return f"{following.text[:_QUOTED]} cannot stand here."


def _unbalanced(text: str) -> str:
    """Find a quotation mark or a bracket without its other half, which is often far away."""
    opened: list[SparqlToken] = []
    for token in tokenize(text):
        if token.kind == "unclosed":
            return f"The quotation mark {_place(text, token)} is not closed."
        if token.kind != "sign":
            continue
        if token.text in _CLOSED.values():
            opened.append(token)
        elif token.text in _CLOSED:
            if not opened:
                return f"The {token.text} {_place(text, token)} closes nothing."
            if opened[-1].text != _CLOSED[token.text]:
                break
            opened.pop()
    return f"The {opened[-1].text} {_place(text, opened[-1])} is not closed." if opened else ""


def _place(text: str, token: SparqlToken) -> str:
    before = text[: token.start]
    line = before.count("\n") + 1
    return f"in line {line}, column {len(before) - before.rfind(chr(10))},"


def _resolve(base: str, iri: str) -> str:
    if _ABSOLUTE.match(iri):  # `urljoin` would take an empty fragment off
        return iri
    try:
        return urljoin(base, iri)
    except ValueError:  # it has a host that is none; the engine will say so
        return iri


def _name_missing(missing: set[str]) -> str:
    """Name the prefixes that are not declared, with the lines that declare those of ours."""
    if lines := [_declare(prefix) for prefix in names.PREFIXES if prefix in missing]:
        return "\n".join(("A prefix is used but not declared. Add to the query:", *lines))
    said = " and ".join(f"{prefix}:" for prefix in sorted(missing))
    hint = "declare it with PREFIX"
    close = [near for each in sorted(missing) for near in get_close_matches(each, names.PREFIXES)]
    if close:
        hint = f"did you mean {' or '.join(f'{each}:' for each in dict.fromkeys(close))}?"
    return f"The prefix {said} is used but not declared; {hint}"


def _declare(prefix: str) -> str:
    return f"PREFIX {prefix}: <{names.PREFIXES[prefix]}>"
