"""Edits of a Turtle file: new blocks, new prefixes, one more value. All else stays.

The text is changed at a few places only, and the result is read before it is kept: it
must state what the file stated, what was to be added, and nothing else.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from ... import names
from ...errors import InvalidFile, StimsonError
from .. import Document, named
from . import files, tokens
from .blocks import Block, Writer

_PREFIX = re.compile(r"^@prefix[ \t]+([^\s:]*):[ \t]*<[^>\n]*>[ \t]*\.[^\n]*\n", re.MULTILINE)
_BOM = "\ufeff"


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
        triples = files.parse(self.path, self.text).triples
        return sum(names.GAP in str(triple.object) for triple in triples)

    def save(self) -> None:
        """Write the file, whole or not at all."""
        if self.document is None:
            files.create(self.path, self.text)
        else:
            files.replace(self.path, self.before, self.text)


def start(path: Path, blocks: Sequence[Block]) -> Edit:
    """Begin a new file with `blocks`."""
    writer = Writer({})
    body = "\n".join(writer.block(each) for each in blocks)
    text = f"{_declarations(writer.added)}\n{body}"
    _verify(path, text, (), blocks, None)
    return Edit(path, None, text)


def extend(document: Document, blocks: Sequence[Block], link: Link | None = None) -> Edit:
    """Add `blocks` to a file: at its end, or with a `link`, before the thing that is linked."""
    known = files.prefixes(document)
    writer = Writer(known)
    body = "\n".join(writer.block(each) for each in blocks)
    text, end = document.text, "\r\n" if "\r\n" in document.text else "\n"
    written = body.replace("\n", end)
    if link is not None:
        place = _find(document, known, link.subject)
        at = text.rfind("\n", 0, place.start) + 1
        text = f"{text[:at]}{written}{end}{_linked(text, place, link, writer, end)[at:]}"
    elif text.strip(f"{_BOM} \t\r\n"):
        text = f"{text.rstrip()}{end}{end}{written}"
    else:
        text = written
    text = _declare(text, writer.added, end)
    _verify(document.path, text, document.triples, blocks, link)
    return Edit(document.path, document, text)


def extend_or_start(path: Path, blocks: Sequence[Block]) -> Edit:
    """Add `blocks` to the file `path`, which need not be there yet."""
    return extend(files.read(path), blocks) if path.exists() else start(path, blocks)


def _declarations(prefixes: dict[str, str], end: str = "\n") -> str:
    return "".join(f"@prefix {name}: <{prefixes[name]}> .{end}" for name in sorted(prefixes))


def _declare(text: str, prefixes: dict[str, str], end: str) -> str:
    """Add prefix lines, each where the alphabet wants it among those of the file."""
    for name in sorted(prefixes):
        line = _declarations({name: prefixes[name]}, end)
        lines = list(_PREFIX.finditer(text))
        at = max((each.end() for each in lines if each[1] < name), default=None)
        if at is None:
            at = lines[0].start() if lines else len(_BOM) * text.startswith(_BOM)
            line += "" if lines else end
        text = f"{text[:at]}{line}{text[at:]}"
    return text


def _find(document: Document, prefixes: dict[str, str], subject: ox.NamedNode) -> tokens.Place:
    """Find the block that describes a thing."""
    for place in tokens.places(document.text, prefixes):
        if place.subject == subject.value:
            return place
    raise StimsonError(
        f"{document.path} does not describe {names.shorten(subject.value)}; "
        "name the file that does with --to."
    )


def _linked(text: str, place: tokens.Place, link: Link, writer: Writer, end: str) -> str:
    """Write the new value behind those that the property has, else as a property of its own."""
    ends = {each.predicate: each.end for each in place.properties}
    value = writer.term(link.value)
    if (at := ends.get(names.expand(link.predicate))) is not None:
        return f"{text[:at]} , {value}{text[at:]}"
    at = ends.get(names.expand(link.after), place.properties[0].end)
    return f"{text[:at]} ;{end}    {writer.term(named(link.predicate))} {value}{text[at:]}"


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
        right = files.same(files.parse(path, text).triples, wanted)
    except InvalidFile:
        right = False
    if not right:
        raise StimsonError(
            f"{path} is written in a way in which this would change other triples too; "
            "nothing was written. Bring it into house format with `stimson fmt` first."
        )
