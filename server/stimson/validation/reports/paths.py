"""Property paths, from the words of a finding back to nodes of SHACL.

The words are SPARQL's, with a prefix or angle brackets for each property; see
https://www.w3.org/TR/shacl/#property-paths for the nodes.
"""

import re
from collections.abc import Callable

_TOKEN = re.compile(r"<([^<>]*)>|([\w.-]*:[^\s^()/|*+?<>]*)|([\^()/|*+?])")
_MARKS = {"*": "sh:zeroOrMorePath", "+": "sh:oneOrMorePath", "?": "sh:zeroOrOnePath"}


class _Unreadable(Exception):
    """The words are no path."""


def path_node(text: str, write: Callable[[str], str | None]) -> str | None:
    """Write a path as a Turtle node, or return None where it cannot be read.

    `write` writes the property whose name or IRI it is given, and returns None for what is
    neither.
    """
    try:
        reader = _Reader(_tokens(text), write)
        node = reader.path()
        return node if reader.peek() == "" else None
    except _Unreadable:
        return None


def _tokens(text: str) -> list[str]:
    """Cut a text into properties and signs."""
    tokens, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _Unreadable
        tokens.append(match[1] or match[2] or match[3] or "")
        at = match.end()
    return tokens


class _Reader:
    """Reads one path, token by token."""

    def __init__(self, tokens: list[str], write: Callable[[str], str | None]) -> None:
        self._tokens = [*reversed(tokens)]
        self._write = write

    def peek(self) -> str:
        """Look at the next token, which is empty at the end."""
        return self._tokens[-1] if self._tokens else ""

    def path(self) -> str:
        """Read steps one after the other, or choices."""
        steps = [self._step()]
        sign = self.peek()
        while sign in ("/", "|") and self.peek() == sign:
            self._tokens.pop()
            steps.append(self._step())
        if len(steps) == 1:
            return steps[0]
        items = f"( {' '.join(steps)} )"
        return items if sign == "/" else f"[ sh:alternativePath {items} ]"

    def _step(self) -> str:
        if self.peek() == "^":
            self._tokens.pop()
            return f"[ sh:inversePath {self._step()} ]"
        node = self._first()
        while self.peek() in _MARKS:
            node = f"[ {_MARKS[self._tokens.pop()]} {node} ]"
        return node

    def _first(self) -> str:
        if not self._tokens:
            raise _Unreadable
        token = self._tokens.pop()
        if token == "(":
            node = self.path()
            if not self._tokens or self._tokens.pop() != ")":
                raise _Unreadable
            return node
        node_or_none = self._write(token)
        if node_or_none is None:
            raise _Unreadable
        return node_or_none
