"""Where the parts of a Turtle text begin and end, comments included.

No parser at hand keeps comments or tells where a subject stands, and an edit needs to
know both. This only cuts the text up; what it means, and whether an edit was right, is
always asked of the parser.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    (?P<comment> \#[^\r\n]* )
  | (?P<string> (?: \"{3} (?: \\. | (?!\"{3}). )* \"{3} ) | (?: '{3} (?: \\. | (?!'{3}). )* '{3} )
      | \"(?: \\. | [^\"\\] )*\" | '(?: \\. | [^'\\] )*' )
  | (?P<iri> <[^>\s]*> )
  | (?P<mark> [;,.\[\]()] )
  | (?P<name> (?: \\. | \.(?=[\w:%\\-]) | [^\s;,.\[\]()#<>"'\\] )+ )
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A part of a text; `kind` is comment, string, iri, mark or name."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """The position behind the last character."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Property:
    """One predicate in a block, and where its last value ends."""

    predicate: str
    end: int


@dataclass(frozen=True, slots=True)
class Place:
    """One block of a text: its subject, where that begins, and its properties."""

    subject: str
    start: int
    properties: tuple[Property, ...]


def tokens(text: str) -> Iterator[Token]:
    """Cut a text into its parts, without the space between them."""
    for match in _TOKEN.finditer(text):
        assert match.lastgroup is not None  # every alternative is a group
        yield Token(match.lastgroup, match[0], match.start())


def comments(text: str) -> list[Token]:
    """List the comments of a text."""
    return [token for token in tokens(text) if token.kind == "comment"]


def places(text: str, prefixes: Mapping[str, str]) -> Iterator[Place]:
    """List the blocks of a text, in order; in the subject, `prefixes` are written in full."""
    depth, block = 0, list[Token]()
    for token in tokens(text):
        if token.kind == "comment":
            continue
        depth += _deeper(token)
        if depth == 0 and (token.text == "." or _ends_directive([*block, token])):
            if len(block) > 2 and not block[0].text.startswith("@"):
                yield _place(block, prefixes)
            block = []
        else:
            block.append(token)


def _deeper(token: Token) -> int:
    return (token.text in ("[", "(")) - (token.text in ("]", ")"))


def _ends_directive(block: list[Token]) -> bool:
    """Tell whether these are a whole ``PREFIX`` or ``BASE``, which no full stop ends."""
    length = {"PREFIX": 3, "BASE": 2}.get(block[0].text.upper())
    return length == len(block)


def _place(block: list[Token], prefixes: Mapping[str, str]) -> Place:
    properties, depth, start = [], 0, 1
    for number, token in enumerate(block):
        depth += _deeper(token)
        last = number + 1 == len(block)
        if depth == 0 and (token.text == ";" or last):
            end = number + 1 if last and token.text != ";" else number
            if end > start:  # a semicolon may stand alone
                predicate = _expand(block[start], prefixes)
                properties.append(Property(predicate, block[end - 1].end))
            start = number + 1
    return Place(_expand(block[0], prefixes), block[0].start, tuple(properties))


def _expand(token: Token, prefixes: Mapping[str, str]) -> str:
    """Write a name in full; what is no name of a known prefix stays as it is."""
    if token.kind == "iri":
        return token.text[1:-1]
    prefix, colon, local = token.text.partition(":")
    return f"{prefixes[prefix]}{local}" if colon and prefix in prefixes else token.text
