"""The data files as a contributor needs them: which describes what, and which names are free."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path

import pyoxigraph as ox

from .. import names, paths
from ..errors import InvalidParameter, NothingToRead, StimsonError
from ..files import decode, real
from ..rdf import Document, Index, display, named
from ..rdf.turtle.edit import read_turtle

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_WHOLE = re.compile(r"https?://")


@dataclass(frozen=True, slots=True)
class Source:
    """A source: its IRI, the file that describes it, and its text."""

    iri: ox.NamedNode
    document: Document
    text: str

    @property
    def slug(self) -> str:
        """The last part of its IRI."""
        return self.iri.value.rpartition("/")[2]

    @property
    def language(self) -> str:
        """The code of the language it is in; English where that is still a gap."""
        code = self.document.index.value(self.iri, named("dcterms:language"))
        return code.value if isinstance(code, ox.Literal) else "en"


@dataclass(frozen=True)
class Library:
    """All data files of a folder."""

    folder: Path
    documents: tuple[Document, ...]

    @cached_property
    def index(self) -> Index:
        """Everything that the files state."""
        return Index(chain.from_iterable(document.triples for document in self.documents))

    def source(self, path: Path) -> Source:
        """Find the source whose archived text is the file `path`."""
        content = read_bytes(path)
        identifier = ox.Literal(path.stem)
        property_ = named("dcterms:identifier")
        found = {
            (each, document)
            for document in self.documents
            for each in document.index.subjects(property_, identifier)
            if isinstance(each, ox.NamedNode)
        }
        if len(found) != 1:
            raise StimsonError(
                self._not_one(path, sorted(str(document.path) for _, document in found))
            )
        ((subject, document),) = found
        source = Source(subject, document, decode(path, content))
        self._check_text(source, path, hashlib.sha256(content).hexdigest())
        return source

    def describing(self, thing: ox.NamedNode) -> Document:
        """Find the file that describes a thing, or raise `InvalidParameter`."""
        found = [each for each in self.documents if each.index.is_subject(thing)]
        if not found:
            raise InvalidParameter(
                f"No file in {self.folder} describes {names.shorten(thing.value)}; "
                "describe it first, or correct its name."
            )
        return found[0]

    def language_of(self, statement: ox.NamedNode) -> str:
        """Say in which language the source of a statement is; English where that is a gap."""
        source = self.index.value(statement, named("st:readIn"))
        code = source and self.index.value(source, named("dcterms:language"))
        return code.value if isinstance(code, ox.Literal) else "en"

    def check_new_text(self, path: Path) -> None:
        """Raise `InvalidParameter` if a source is already described by a text of this name."""
        for known in self.index.subjects(named("dcterms:identifier"), ox.Literal(path.stem)):
            raise InvalidParameter(
                f"{display(known)} has the identifier {path.stem} already; "
                "if this is another text, rename its file."
            )

    def target(self, path: Path) -> Path:
        """Give back a file that is to be written, or raise `InvalidParameter` if it is no data."""
        if path.suffix != ".ttl":
            raise InvalidParameter(f"{path} must end in .ttl; name a Turtle file with --to.")
        if not real(path).is_relative_to(real(self.folder)):
            raise InvalidParameter(
                f"{path} is not below {self.folder}, where the data are; name another file, or "
                "another folder with --data."
            )
        return path

    def free(self, kind: str, slug: str) -> ox.NamedNode:
        """Name a thing of a kind `slug`, or raise `InvalidParameter` if that is taken."""
        term = mint(kind, slug)
        if self.index.is_subject(term):
            raise InvalidParameter(
                f"{names.shorten(term.value)} is there already; choose another slug."
            )
        return term

    def next_free(self, kind: str, stem: str, suffixes: Iterable[tuple[str, str]] = ()) -> str:
        """Number a thing after those of its kind that begin with `stem`: ``<stem>-04``.

        `suffixes` are the kinds and endings of further names that must be free as well.
        """
        space = f"{names.ID}{kind}/{stem}-"
        numbers = [
            int(local)
            for subject in self._subjects()
            if (local := subject.removeprefix(space)).isdecimal() and local.isascii()
        ]
        number = max(numbers, default=0) + 1
        while any(
            self.index.is_subject(mint(each, f"{stem}-{number:02}{end}")) for each, end in suffixes
        ):
            number += 1
        return f"{stem}-{number:02}"

    def _subjects(self) -> Iterator[str]:
        for number in self.index.by_subject:
            term = self.index.terms[number]
            if isinstance(term, ox.NamedNode):
                yield term.value

    def _not_one(self, path: Path, where: list[str]) -> str:
        if where:
            return f"Several sources have the dcterms:identifier {path.stem}: {', '.join(where)}."
        return (
            f"No source in {self.folder} has the dcterms:identifier {path.stem}; describe it "
            f"first with `stimson new source SLUG --text {path}`."
        )

    def _check_text(self, source: Source, path: Path, given: str) -> None:
        stated = source.document.index.value(source.iri, named("st:textSha256"))
        if not isinstance(stated, ox.Literal) or stated.value != given:
            raise StimsonError(
                f"{path} is not the text that {source.document.path} describes (its SHA-256 is "
                f"{given}); bring back the text as it was read."
            )


def read_library(folder: Path) -> Library:
    """Read the data files below a folder that may be written to."""
    if folder == paths.DATA and folder.is_relative_to(Path(__file__).parents[1]):
        raise NothingToRead("Name the folder of your data files with --data.")
    if not folder.is_dir():
        raise NothingToRead(f"{folder}: no such folder; name that of the data files with --data.")
    return Library(folder, tuple(read_turtle(path) for path in sorted(folder.rglob("*.ttl"))))


def read_bytes(path: Path) -> bytes:
    """Read the text of a source as it is on disk."""
    if not path.is_file():
        raise NothingToRead(f"{path}: no such file; name the text of the source.")
    return path.read_bytes()


def mint(kind: str, slug: str) -> ox.NamedNode:
    """Make the IRI of a thing of ours."""
    return ox.NamedNode(f"{names.ID}{kind}/{slug}")


def checked_slug(slug: str) -> str:
    """Give a slug back, or raise `InvalidParameter` that says what a slug is."""
    if not _SLUG.fullmatch(slug):
        raise InvalidParameter(
            f"{slug!r} is no slug; use small Latin letters, digits and single hyphens, "
            "such as radio-example-mayor."
        )
    return slug


def term(text: str, bare: str = "") -> ox.NamedNode:
    """Read a term that somebody typed: an IRI or a prefixed name.

    With `bare`, a name without prefix is one of that prefix: ``direct`` means ``stv:direct``.
    """
    name = f"{bare}:{text}" if bare and ":" not in text else text
    whole = names.expand(name)
    try:
        if _WHOLE.match(whole) and whole not in names.PREFIXES.values():
            return ox.NamedNode(whole)
    except ValueError:  # what is not allowed in an IRI is answered below, like all else
        pass
    example = f"{bare}:name" if bare else "person:some-slug"
    raise InvalidParameter(f"{text!r} names nothing; write an IRI, or a name such as {example}.")
