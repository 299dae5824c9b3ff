"""Edits of a Turtle file: new blocks, new prefixes, one more value. All else stays.

A block is a subject and its properties in house format. Values come in as terms, never as
text, so nothing that a person typed can become anything but the one value it is. The text is
changed at a few places only, and the result is read before it is kept: it must state what
the file stated, what was to be added, and nothing else.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyoxigraph as ox

from ... import files, names
from ...errors import InvalidFile, NothingToRead, StimsonError
from ..dataset import Document, make_document
from ..terms import Term, named
from .reader import TurtleTriples

NamedTerm = ox.NamedNode | ox.Literal
NamedValues = tuple[str, Sequence[NamedTerm]]  # the prefixed name of a property, and its values
_LOCAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")  # needs no escape and no second look
_WHOLE = re.compile(r"-?[0-9]+")
_FRACTION = re.compile(r"-?[0-9]+\.[0-9]+")
# On one line, since an editor may change a line break; other signs stay as turtlefmt has them.
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_TYPE = named("rdf:type")
_DECIMAL = names.expand("xsd:decimal")
_INTEGER = names.expand("xsd:integer")
_STRING = names.expand("xsd:string")


def date(day: str) -> ox.Literal:
    """Make a literal of a day."""
    return ox.Literal(day, datatype=named("xsd:date"))


def number(digits: str) -> ox.Literal:
    """Make a literal of a number that is written in digits."""
    kind = "xsd:integer" if _WHOLE.fullmatch(digits) else "xsd:decimal"
    return ox.Literal(digits, datatype=named(kind))


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
        if term.datatype.value == _DECIMAL and _FRACTION.fullmatch(term.value):
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


_PREFIX = re.compile(r"^@prefix[ \t]+([^\s:]*):[ \t]*<[^>\n]*>[ \t]*\.[^\n]*\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Link:
    """One value more for a property of a thing that the file describes."""

    subject: ox.NamedNode
    predicate: str
    value: ox.NamedNode
    after: str  # the property behind which it stands well, if it is the first


@dataclass(frozen=True)
class Edit:
    """What a file will hold: `document` is what it holds now, None if it is new."""

    path: Path
    document: Document | None
    text: str

    @property
    def before(self) -> str:
        """The text that the file holds now; nothing, if it is new."""
        return "" if self.document is None else self.document.text

    @property
    def gaps(self) -> int:
        """How many gaps the file will hold."""
        triples = parse_turtle(self.path, self.text).triples
        return sum(names.GAP in str(triple.object) for triple in triples)

    def save(self) -> None:
        """Write the file, whole or not at all."""
        if self.document is None:
            files.create(self.path, self.text)
        else:
            files.replace(self.path, self.before, self.text)


def read_turtle(path: Path) -> Document:
    """Read one Turtle file as it stands, or raise `InvalidFile` with the place of the fault."""
    if not path.is_file():
        raise NothingToRead(f"{path}: no such file; check its name.")
    return parse_turtle(path, files.read_text(path))


def parse_turtle(path: Path, text: str) -> Document:
    """Read `text` as what the file `path` holds or will hold."""
    return make_document(path.as_uri() if path.is_absolute() else path.name, "data", path, text)


def is_same_graph(one: Iterable[ox.Triple], other: Iterable[ox.Triple]) -> bool:
    """Tell whether two sets of triples are one graph, whatever its blank nodes are called."""
    return _canonical(one) == _canonical(other)


def start(path: Path, blocks: Sequence[Block]) -> Edit:
    """Begin a new file with `blocks`."""
    return replace(extend(parse_turtle(path, ""), blocks), document=None)


def extend(document: Document, blocks: Sequence[Block], link: Link | None = None) -> Edit:
    """Add `blocks` to a file: at its end, or with a `link`, before the thing that is linked."""
    writer = BlockWriter(_prefixes(document))
    body = "\n".join(writer.block(each) for each in blocks)
    text, end = document.text, "\r\n" if "\r\n" in document.text else "\n"
    written = body.replace("\n", end)
    if link is not None:
        start, ends = _find(document, link.subject)
        at = text.rfind("\n", 0, start) + 1
        text = f"{text[:at]}{written}{end}{_linked(text, ends, link, writer, end)[at:]}"
    elif text.strip():
        text = f"{text.rstrip()}{end}{end}{written}"
    else:
        text = written
    text = _declare(text, writer.added, end)
    _verify(document.path, text, document.triples, blocks, link)
    return Edit(document.path, document, text)


def extend_or_start(path: Path, blocks: Sequence[Block]) -> Edit:
    """Add `blocks` to the file `path`, which need not be there yet."""
    return extend(read_turtle(path), blocks) if path.exists() else start(path, blocks)


def _declare(text: str, prefixes: dict[str, str], end: str) -> str:
    """Add prefix lines, each where the alphabet wants it among those of the file."""
    for name in sorted(prefixes):
        line = f"@prefix {name}: <{prefixes[name]}> .{end}"
        lines = list(_PREFIX.finditer(text))
        at = max((each.end() for each in lines if each[1] < name), default=None)
        if at is None:
            at = lines[0].start() if lines else 0
            line += "" if lines else end
        text = f"{text[:at]}{line}{text[at:]}"
    return text


def _find(document: Document, subject: ox.NamedNode) -> tuple[int, Mapping[Term, int]]:
    """Find where the block that describes a thing begins, and where each of its properties ends."""
    triples = [each for each in TurtleTriples(document.text) if each.subject == subject]
    if not triples:
        raise StimsonError(
            f"{document.path} does not describe {names.shorten(subject.value)}; "
            "name the file that does with --to."
        )
    start = triples[0].subject_at
    block = [each for each in triples if each.subject_at == start]
    return start, {each.predicate: each.value_end for each in block}


def _linked(text: str, ends: Mapping[Term, int], link: Link, writer: BlockWriter, end: str) -> str:
    """Write the new value behind those that the property has, else as a property of its own."""
    value, predicate = writer.term(link.value), named(link.predicate)
    if (at := ends.get(predicate)) is not None:
        return f"{text[:at]} , {value}{text[at:]}"
    at = ends.get(named(link.after), next(iter(ends.values())))
    return f"{text[:at]} ;{end}    {writer.term(predicate)} {value}{text[at:]}"


def _verify(
    path: Path,
    text: str,
    before: Iterable[ox.Triple],
    blocks: Iterable[Block],
    link: Link | None,
) -> None:
    """Refuse a text that says more or less than it should."""
    wanted = {*before, *(triple for each in blocks for triple in each.triples())}
    if link is not None:
        wanted.add(ox.Triple(link.subject, named(link.predicate), link.value))
    try:
        right = is_same_graph(parse_turtle(path, text).triples, wanted)
    except InvalidFile:
        right = False
    if not right:
        raise StimsonError(
            f"{path} is written in a way in which this would change other triples too; "
            "nothing was written. Bring it into house format with `stimson fmt` first."
        )


def _prefixes(document: Document) -> dict[str, str]:
    """List the prefixes that a document declares."""
    parser = ox.parse(document.text, format=ox.RdfFormat.TURTLE)
    for _ in parser:  # they are known when the last line has been read
        pass
    return dict(parser.prefixes)


def _canonical(triples: Iterable[ox.Triple]) -> Counter[str]:
    quads = [ox.Quad(each.subject, each.predicate, each.object) for each in triples]
    graph = ox.Dataset(quads)
    graph.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return Counter(str(quad) for quad in graph)
