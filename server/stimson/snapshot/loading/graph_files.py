"""Split a snapshot into one file per graph, as N-Triples."""

import hashlib
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from ...errors import ReleaseFailed

_HELD = 32 * 2**20  # bytes of lines in memory before they go to the files


@dataclass(frozen=True, slots=True)
class GraphFile:
    """One graph of a snapshot. Its first `blank` bytes are the lines with blank nodes."""

    iri: str
    file: Path
    triples: int
    blank: int
    digest: str


def split(dataset: Path, folder: Path) -> dict[str, GraphFile]:
    """Write every graph to a file in `folder`, or raise `ReleaseFailed`."""
    parts = _GraphWriter(folder)
    for quad in ox.parse(path=dataset, format=ox.RdfFormat.N_QUADS, rename_blank_nodes=False):
        parts.add(quad)
    return {graph.iri: graph for graph in parts.finish()}


class _GraphWriter:
    """The files, while they are written: of each graph one with blank nodes and one without."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lines: dict[tuple[str, bool], list[bytes]] = defaultdict(list)
        self._numbers: dict[str, int] = {}
        self._counts: dict[str, int] = defaultdict(int)
        self._homes: dict[str, str] = {}
        self._held = 0

    def add(self, quad: ox.Quad) -> None:
        """Take one quad."""
        if not isinstance(quad.graph_name, ox.NamedNode):
            raise ReleaseFailed("The snapshot has triples without a named graph: name one.")
        graph = quad.graph_name.value
        blank = [t for t in (quad.subject, quad.object) if isinstance(t, ox.BlankNode)]
        for node in blank:
            if (home := self._homes.setdefault(node.value, graph)) != graph:
                raise ReleaseFailed(
                    f"A blank node is in two graphs, {home} and {graph}: give it an IRI."
                )
        self._numbers.setdefault(graph, len(self._numbers))
        self._counts[graph] += 1
        line = f"{quad.triple} .\n".encode()
        self._lines[graph, bool(blank)].append(line)
        self._held += len(line)
        if self._held > _HELD:
            self._write()

    def finish(self) -> Iterator[GraphFile]:
        """Put the two files of each graph together, those with blank nodes first."""
        self._write()
        for iri in self._numbers:
            file = self._file(iri, has_blank=True)
            free = self._file(iri, has_blank=False)
            file.touch()
            blank = file.stat().st_size
            if free.exists():
                with free.open("rb") as source, file.open("ab") as goal:
                    shutil.copyfileobj(source, goal)
                free.unlink()
            with file.open("rb") as whole:
                digest = hashlib.file_digest(whole, "sha256").hexdigest()
            yield GraphFile(iri, file, self._counts[iri], blank, digest)

    def _file(self, iri: str, *, has_blank: bool) -> Path:
        return self._folder / f"{self._numbers[iri]}{'' if has_blank else '-free'}.nt"

    def _write(self) -> None:
        for (iri, has_blank), lines in self._lines.items():
            with self._file(iri, has_blank=has_blank).open("ab") as file:
                file.writelines(lines)
        self._lines.clear()
        self._held = 0
