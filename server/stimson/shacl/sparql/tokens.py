"""The words of a SPARQL query, with their places in its text."""

import re
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
      (?P<space> \s+ | \#[^\n]* )
    | (?P<iri> <[^<>"{}|^`\\\x00-\x20]*> )
    | (?P<string> \"\"\"(?:\"{0,2}(?:[^"\\]|\\.))*\"\"\" | '''(?:'{0,2}(?:[^'\\]|\\.))*'''
                | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' )
    | (?P<var> [?$]\w+ )
    | (?P<blank> _:\w[\w.-]* )
    | (?P<tag> @[A-Za-z][A-Za-z0-9-]* )
    | (?P<number> (?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)? )
    | (?P<name> (?:[^\W\d_][\w.-]*)?:(?:[\w:](?:[\w:.-]*[\w:-])?)? )
    | (?P<word> [A-Za-z_]\w* )
    | (?P<sign> && | \|\| | != | <= | >= | \^\^ | [{}()\[\].;,=<>!+*/|^?-] )
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """A word of a query; `text` of a keyword is in capitals, of a variable its name."""

    kind: str
    text: str
    end: int


class Unread(Exception):
    """A query is written in a way that is not read here."""


def tokenize(query: str) -> list[Token]:
    """List the words of a query, spaces and comments left out; `Unread` at a strange sign."""
    found, at = [], 0
    while at < len(query):
        match = _TOKEN.match(query, at)
        if match is None:
            raise Unread(f"{query[at]!r} is no part of a query")
        kind, text, at = str(match.lastgroup), match.group(), match.end()
        if kind == "space":
            continue
        if kind == "word" and text != "a":
            text = text.upper()
        found.append(Token(kind, text[1:] if kind == "var" else text, at))
    return found
