"""Blocks of Turtle: one subject and its properties, written in house format.

Values come in as terms, never as text, so nothing that a person typed can become
anything but the one value it is.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from ... import names
from ..terms import named

NamedTerm = ox.NamedNode | ox.Literal
NamedValues = tuple[str, Sequence[NamedTerm]]  # the prefixed name of a property, and its values
_LOCAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")  # needs no escape and no second look
_WHOLE = re.compile(r"-?[0-9]+")
# On one line, since an editor may change a line break; other signs stay as turtlefmt has them.
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_TYPE = named("rdf:type")
_INTEGER = names.expand("xsd:integer")
_STRING = names.expand("xsd:string")


def date(day: str) -> ox.Literal:
    """Make a literal of a day."""
    return ox.Literal(day, datatype=named("xsd:date"))


@dataclass(frozen=True, slots=True)
class Block:
    """A subject and what is said of it, in the order in which it is written."""

    subject: ox.NamedNode
    properties: tuple[tuple[ox.NamedNode, tuple[NamedTerm, ...]], ...]

    def triples(self) -> Iterator[ox.Triple]:
        """List what the block says."""
        for predicate, values in self.properties:
            for value in values:
                yield ox.Triple(self.subject, predicate, value)


def block(subject: ox.NamedNode, *properties: NamedValues) -> Block:
    """Make a block; properties are prefixed names, and those without a value are left out."""
    written = [(named(name), tuple(dict.fromkeys(values))) for name, values in properties]
    return Block(subject, tuple((name, values) for name, values in written if values))


class BlockWriter:
    """Writes terms with the prefixes of a file; `added` collects those it lacks."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = dict(prefixes)
        self.added: dict[str, str] = {}

    def block(self, block: Block) -> str:
        """Write a block, a property to a line."""
        lines = [
            f"{self._predicate(each)} {self._list(values)}" for each, values in block.properties
        ]
        properties = " ;\n    ".join(lines)
        return f"{self.term(block.subject)} {properties} .\n"

    def term(self, term: NamedTerm) -> str:
        """Write a value."""
        if isinstance(term, ox.NamedNode):
            return self._name(term.value)
        text = f'"{term.value.translate(_ESCAPES)}"'
        if term.language is not None:
            return f"{text}@{term.language}"
        if term.datatype.value == _STRING:
            return text
        if term.datatype.value == _INTEGER and _WHOLE.fullmatch(term.value):
            return term.value
        return f"{text}^^{self.term(term.datatype)}"

    def _predicate(self, term: ox.NamedNode) -> str:
        return "a" if term == _TYPE else self.term(term)

    def _list(self, values: Iterable[NamedTerm]) -> str:
        return " , ".join(self.term(value) for value in values)

    def _name(self, value: str) -> str:
        """Write an IRI with a prefix of the file, else with one of ours, else in full."""
        found = _split(value, self._prefixes)
        if found is None and (found := _split(value, names.WRITTEN)) is not None:
            if found[0] in self._prefixes:  # the file calls something else by that name
                return f"<{value}>"
            self.added[found[0]] = self._prefixes[found[0]] = names.WRITTEN[found[0]]
        return f"<{value}>" if found is None else ":".join(found)


def _split(value: str, prefixes: Mapping[str, str]) -> tuple[str, str] | None:
    """Split an IRI into prefix and local name, by the longest namespace that fits."""
    fits = [
        (len(space), prefix, value[len(space) :])
        for prefix, space in prefixes.items()
        if value.startswith(space) and _LOCAL.fullmatch(value[len(space) :])
    ]
    return max(fits)[1:] if fits else None
