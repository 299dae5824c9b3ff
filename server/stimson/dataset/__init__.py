"""The files of the project as RDF: one Turtle file, one named graph.

Three parts: ``ontology``, ``shapes`` (without its examples) and ``data``. The graph
of a file is named by its part and its path below that part, wherever the
folder stands.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

import pyoxigraph as ox
from rdflib import Graph

from .. import names, paths
from ..errors import InvalidFile, InvalidFiles, NothingToRead
from .terms import NotRdf11, Triple, to_quads, to_rdflib, to_turtle

__all__ = [
    "Dataset",
    "Document",
    "Folders",
    "Triple",
    "decode",
    "find_files",
    "read_dataset",
    "read_text",
    "read_turtle",
    "to_quads",
    "to_turtle",
]

_EXAMPLES = "examples"  # Graphs made to fail; they say nothing about the world.


@dataclass(frozen=True, slots=True)
class Folders:
    """Where each part stands."""

    ontology: Path = paths.ONTOLOGY
    shapes: Path = paths.SHAPES
    data: Path = paths.DATA

    def parts(self) -> dict[str, Path]:
        """Map the name of each part to its folder."""
        return {"ontology": self.ontology, "shapes": self.shapes, "data": self.data}


@dataclass(frozen=True, slots=True)
class Document:
    """One Turtle file and the graph it holds."""

    iri: str
    part: str
    path: Path
    graph: Graph


@dataclass(frozen=True)
class Dataset:
    """Every graph that was read, by its IRI."""

    documents: Mapping[str, Document]

    def of(self, *parts: str) -> Iterator[Document]:
        """List the documents of some parts; of all, where none is named."""
        for document in self.documents.values():
            if not parts or document.part in parts:
                yield document

    def union(self, *parts: str) -> Graph:
        """Merge the graphs of some parts into a new graph; of all, where none is named."""
        merged = Graph(bind_namespaces="none")
        for document in self.of(*parts):
            for triple in document.graph:
                merged.add(triple)
        return merged

    @cached_property
    def by_path(self) -> dict[Path, Document]:
        """Find a document by its file."""
        return {document.path: document for document in self.documents.values()}


def find_files(folders: Folders) -> dict[str, tuple[str, Path]]:
    """Map the graph IRI of every Turtle file to its part and path, or raise `NothingToRead`."""
    found = {}
    for part, folder in folders.parts().items():
        files = [path for path in sorted(folder.rglob("*.ttl")) if _counts(part, folder, path)]
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
            documents[iri] = Document(iri, part, path, read_turtle(path, iri))
        except InvalidFile as fault:
            faults.append(fault)
    if faults:
        raise InvalidFiles(faults)
    return Dataset(documents)


def read_turtle(path: Path, iri: str) -> Graph:
    """Read one Turtle file as the graph called `iri`, or raise `InvalidFile`."""
    text = read_text(path)
    prefix = f"g{hashlib.sha256(iri.encode()).hexdigest()[:12]}"
    graph = Graph(bind_namespaces="none")
    try:
        for triple in to_rdflib(ox.parse(text, format=ox.RdfFormat.TURTLE), prefix):
            graph.add(triple)
    except SyntaxError as fault:
        raise InvalidFile(path, _problem(fault), fault.lineno, fault.offset) from fault
    except NotRdf11 as fault:
        raise InvalidFile(path, str(fault)) from fault
    return graph


def read_text(path: Path) -> str:
    """Read a UTF-8 file, or raise `InvalidFile` with the place of the first wrong byte."""
    return decode(path, path.read_bytes())


def decode(path: Path, content: bytes) -> str:
    """Read the content of `path` as UTF-8, or raise `InvalidFile`."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as fault:
        before = content[: fault.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8")) + 1
        raise InvalidFile(path, "not UTF-8; save the file as UTF-8", line, column) from fault


def _counts(part: str, folder: Path, path: Path) -> bool:
    return not (part == "shapes" and path.relative_to(folder).parts[0] == _EXAMPLES)


def _problem(fault: SyntaxError) -> str:
    """Take the parser's words without the place, which is given apart."""
    return fault.msg.partition(": ")[2] or fault.msg
