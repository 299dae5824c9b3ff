"""The files of a project as RDF: one Turtle file, one named graph.

Three parts: ``ontology``, ``shapes`` (without its examples) and ``data``. The graph
of a file is named by its part and its path below that part, wherever the
folder stands. Terms are those of pyoxigraph, as they were written.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .. import names, paths
from ..errors import InvalidFile, InvalidFiles, NothingToRead
from ..files import parser_words, read_text, refuse_mark
from .index import Index
from .terms import NotRdf11, own_triples
from .turtle.reader import DEEPEST, check_depth

if TYPE_CHECKING:
    from rdflib import Graph

EXAMPLES = "examples"  # Graphs made to fail; they say nothing about the world.


@dataclass(frozen=True, slots=True)
class Folders:
    """Where each part stands; a project may have no ontology or no shapes."""

    ontology: Path | None = paths.ONTOLOGY
    shapes: Path | None = paths.SHAPES
    data: Path = paths.DATA

    def parts(self) -> dict[str, Path]:
        """Map the name of each part there is to its folder."""
        parts = {"ontology": self.ontology, "shapes": self.shapes, "data": self.data}
        return {name: folder for name, folder in parts.items() if folder is not None}


@dataclass(frozen=True)
class Document:
    """One Turtle file and the triples it states, each once."""

    iri: str
    part: str
    path: Path
    text: str
    triples: tuple[ox.Triple, ...]

    @cached_property
    def index(self) -> Index:
        """The triples, to look things up in."""
        return Index(self.triples)

    @cached_property
    def graph(self) -> Graph:
        """The triples, for those who read rdflib."""
        from .rdflib_bridge import to_graph

        return to_graph(self.triples)


@dataclass(frozen=True)
class Dataset:
    """Every graph that was read, by its IRI."""

    documents: Mapping[str, Document]
    _indexes: dict[frozenset[str], Index] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def of(self, *parts: str) -> Iterator[Document]:
        """List the documents of some parts; of all, where none is named."""
        for document in self.documents.values():
            if not parts or document.part in parts:
                yield document

    def triples(self, *parts: str) -> Iterator[ox.Triple]:
        """List the triples of some parts, file by file; of all, where none is named."""
        return chain.from_iterable(document.triples for document in self.of(*parts))

    def index(self, *parts: str) -> Index:
        """Merge the triples of some parts, to look things up in; made once, for reading."""
        key = frozenset(parts)
        if key not in self._indexes:
            self._indexes[key] = Index(self.triples(*parts))
        return self._indexes[key]

    def union(self, *parts: str) -> Graph:
        """Merge the triples of some parts into a new graph, for those who read rdflib."""
        from .rdflib_bridge import to_graph

        return to_graph(self.triples(*parts))


def find_files(folders: Folders) -> dict[str, tuple[str, Path]]:
    """Map the graph IRI of every Turtle file to its part and path, or raise `NothingToRead`."""
    found = {}
    for part, folder in folders.parts().items():
        files = [path for path in sorted(_turtle(folder)) if _counts(part, folder, path)]
        if not files:
            raise NothingToRead(
                f"{folder}: no Turtle file (*.ttl) found; name the {part} folder with --{part}."
            )
        for path in files:
            relative = PurePosixPath(part, *path.relative_to(folder).parts)
            found[names.graph_iri(relative)] = (part, path)
    return found


def read_dataset(folders: Folders) -> Dataset:
    """Read every file; `InvalidFiles` names all those that cannot be read, not just the first."""
    documents, faults = {}, []
    for iri, (part, path) in find_files(folders).items():
        try:
            documents[iri] = read_document(iri, part, path)
        except InvalidFile as fault:
            faults.append(fault)
    if faults:
        raise InvalidFiles(faults)
    return Dataset(documents)


def read_document(iri: str, part: str, path: Path) -> Document:
    """Read one Turtle file as the graph called `iri`, or raise `InvalidFile`."""
    return make_document(iri, part, path, read_text(path))


def make_document(iri: str, part: str, path: Path, text: str) -> Document:
    """Read Turtle, known as the file `path`, as the graph called `iri`; or `InvalidFile`."""
    refuse_mark(path, text)
    if text.count("<<") > DEEPEST:
        check_depth(path, text.encode("utf-8"))
    prefix = f"g{hashlib.sha256(iri.encode()).hexdigest()[:12]}"
    try:
        triples = own_triples(ox.parse(text, format=ox.RdfFormat.TURTLE), prefix)
        return Document(iri, part, path, text, tuple(dict.fromkeys(triples)))
    except SyntaxError as fault:
        raise InvalidFile(path, parser_words(fault), fault.lineno, fault.offset) from fault
    except NotRdf11 as fault:
        raise InvalidFile(path, str(fault)) from fault
    except MemoryError as fault:
        # What the parser says of a token that is longer than its buffer.
        raise InvalidFile(path, "a name or a text in it is too long; it must be shorter") from fault


def _turtle(folder: Path) -> Iterator[Path]:
    """List the Turtle files below a folder, or raise `NothingToRead` at one that is locked."""

    def refuse(fault: OSError) -> None:
        if isinstance(fault, PermissionError):
            raise NothingToRead(f"{fault.filename} cannot be read; open this folder to you.")

    for top, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = (name for name in folders if not name.startswith("."))
        yield from (Path(top, name) for name in files if name.endswith(".ttl"))


def _counts(part: str, folder: Path, path: Path) -> bool:
    """Tell whether a file is part of a project: not what is hidden.

    What cannot be read counts, such as a link that leads nowhere: it is worth a word.
    """
    inner = path.relative_to(folder).parts
    return not (part == "shapes" and inner[0] == EXAMPLES) and not inner[-1].startswith(".")
