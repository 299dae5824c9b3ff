"""Load a snapshot into another server by the Graph Store HTTP Protocol, graph by graph.

What has been loaded is on record in that server, in a graph of its own (the release record): the
graphs that are ours, each with the hash and the number of triples that it was loaded with, and
the snapshot once that is complete. So a load that was interrupted goes on where it stopped, from
any machine, and the next release moves only what has changed. Graphs that are not on record
belong to others.
"""

import hashlib
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from .. import names
from ..errors import ReleaseFailed
from ..temporary import temporary_folder
from . import Snapshot
from .sparql_server import BodyTooLarge, SparqlServer, body_of

Progress = Callable[[str], None]
_SMALLEST = 4096  # bytes of a part below which a server cannot be served
_HELD = 32 * 2**20  # bytes of lines in memory before they go to the files
_UNFINISHED = "unfinished"
_STATE = f"{names.PREFIXES['owl']}versionInfo"
_PART = f"{names.PREFIXES['dcterms']}hasPart"
_DIGEST = f"{names.PREFIXES['schema']}sha256"
_TRIPLES = f"{names.PREFIXES['void']}triples"
_INTEGER = f"{names.PREFIXES['xsd']}integer"
_SELF = names.RELEASE_GRAPH


@dataclass(frozen=True, slots=True)
class GraphFile:
    """One graph of a snapshot. Its first `blank` bytes are the lines with blank nodes."""

    iri: str
    file: Path
    triples: int
    blank: int
    digest: str


@dataclass(frozen=True, slots=True)
class ReleaseRecord:
    """`state` is the name of a snapshot, `_UNFINISHED`, or empty where nothing is on record."""

    state: str = ""
    ours: frozenset[str] = frozenset()
    loaded: Mapping[str, tuple[str, int]] = field(default_factory=dict)  # hash, triples


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """The graphs that were (or would be) written, removed and left as they are."""

    written: tuple[str, ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...]
    triples: int


def load(
    snapshot: Snapshot, server: SparqlServer, progress: Progress, *, is_dry: bool = False
) -> LoadSummary:
    """Load `snapshot`, or raise `ReleaseFailed`; if `is_dry`, only find out what there is to do."""
    with temporary_folder() as folder:
        progress("reading the snapshot")
        graphs = _split(snapshot.dataset, folder)
        progress("asking what is there")
        record = _read_record(server)
        summary = _plan(graphs, record, server)
        if not is_dry and (summary.written or summary.removed or record.state != snapshot.name):
            _carry_out(snapshot, graphs, record, summary, server, progress)
        return summary


def _split(dataset: Path, folder: Path) -> dict[str, GraphFile]:
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


def _plan(
    graphs: Mapping[str, GraphFile], record: ReleaseRecord, server: SparqlServer
) -> LoadSummary:
    kept = [iri for iri, graph in graphs.items() if _is_there(graph, record, server)]
    written = [iri for iri in graphs if iri not in kept]
    for iri in written:
        if iri not in record.ours and not iri.startswith(names.GRAPH) and server.count(iri):
            raise ReleaseFailed(f"The graph {iri} is there already, and not by us: remove it.")
    return LoadSummary(
        tuple(sorted(written)),
        tuple(sorted(record.ours - graphs.keys())),
        tuple(sorted(kept)),
        sum(graph.triples for graph in graphs.values()),
    )


def _is_there(graph: GraphFile, record: ReleaseRecord, server: SparqlServer) -> bool:
    is_recorded = record.loaded.get(graph.iri) == (graph.digest, graph.triples)
    return is_recorded and server.count(graph.iri) == graph.triples


def _carry_out(
    snapshot: Snapshot,
    graphs: Mapping[str, GraphFile],
    record: ReleaseRecord,
    summary: LoadSummary,
    server: SparqlServer,
    progress: Progress,
) -> None:
    # On record before they are written: what a load that breaks off has left is ours, too.
    loaded = {iri: (graphs[iri].digest, graphs[iri].triples) for iri in summary.kept}
    _write_record(server, ReleaseRecord(_UNFINISHED, record.ours | graphs.keys(), loaded))
    sender = _GraphSender(server)
    for number, iri in enumerate(summary.written, 1):
        progress(f"graph {number} of {len(summary.written)}: {iri}")
        sender.send(graphs[iri])
        _add_to_record(server, graphs[iri])
    for iri in summary.removed:
        progress(f"removing {iri}")
        server.delete(iri)
    progress("counting what is there now")
    wrong = _wrong(graphs, summary, server)
    good = {g.iri: (g.digest, g.triples) for g in graphs.values() if g.iri not in wrong}
    state = _UNFINISHED if wrong else snapshot.name
    _write_record(server, ReleaseRecord(state, frozenset(graphs), good))
    if wrong:
        iri, found = next(iter(wrong.items()))
        raise ReleaseFailed(
            f"{len(wrong)} graphs are not as they were sent: {iri} has {found} triples instead of "
            f"{graphs[iri].triples}. Load again, and look into the server's log if that is no help."
        )


def _wrong(
    graphs: Mapping[str, GraphFile], summary: LoadSummary, server: SparqlServer
) -> dict[str, int]:
    """Count the graphs that were written; those left as they are were counted before."""
    counted = {iri: server.count(iri) for iri in summary.written}
    return {iri: found for iri, found in counted.items() if found != graphs[iri].triples}


class _GraphSender:
    """Send graphs, in parts once the server has said that they are too large."""

    def __init__(self, server: SparqlServer) -> None:
        self._server = server
        self._largest: int | None = None

    def send(self, graph: GraphFile) -> None:
        size = graph.file.stat().st_size
        while True:
            limit = min(size, self._largest or size)
            try:
                self._send_parts(graph, limit)
            except BodyTooLarge:
                self._largest = limit // 2
                if self._largest < max(graph.blank, _SMALLEST):
                    raise
            else:
                return

    def _send_parts(self, graph: GraphFile, limit: int) -> None:
        for start, end in _parts(graph, limit):
            body = body_of(graph.file, start, end)
            send = self._server.post if start else self._server.put
            send(graph.iri, body, end - start)


def _parts(graph: GraphFile, limit: int) -> Iterator[tuple[int, int]]:
    """Part a file at ends of lines; what has blank nodes is in the first, which must hold it."""
    start, size = 0, graph.file.stat().st_size
    with graph.file.open("rb") as file:
        while start < size:
            end = start + limit
            if end < size:
                file.seek(start)
                end = start + max(
                    file.read(limit).rfind(b"\n") + 1, graph.blank if not start else 0
                )
            if end <= start:
                raise BodyTooLarge(f"The graph {graph.iri} has a line of more than {limit} bytes.")
            yield start, min(end, size)
            start = end


def _read_record(server: SparqlServer) -> ReleaseRecord:
    """Read what an earlier load has left."""
    states = server.select(f"SELECT ?v {{ GRAPH <{_SELF}> {{ <{_SELF}> <{_STATE}> ?v }} }}")
    ours = server.select(f"SELECT ?g {{ GRAPH <{_SELF}> {{ <{_SELF}> <{_PART}> ?g }} }}")
    loaded = server.select(
        f"SELECT ?g ?h ?n {{ GRAPH <{_SELF}> {{ ?g <{_DIGEST}> ?h ; <{_TRIPLES}> ?n }} }}"
    )
    return ReleaseRecord(
        states[0]["v"] if states else "",
        frozenset(row["g"] for row in ours),
        {row["g"]: (row["h"], int(row["n"])) for row in loaded},
    )


def _write_record(server: SparqlServer, record: ReleaseRecord) -> None:
    lines = [f'<{_SELF}> <{_STATE}> "{record.state}" .\n']
    lines += [f"<{_SELF}> <{_PART}> <{iri}> .\n" for iri in sorted(record.ours)]
    lines += [_loaded(iri, *facts) for iri, facts in sorted(record.loaded.items())]
    body = "".join(lines).encode()
    server.put(_SELF, body, len(body))


def _add_to_record(server: SparqlServer, graph: GraphFile) -> None:
    body = _loaded(graph.iri, graph.digest, graph.triples).encode()
    server.post(_SELF, body, len(body))


def _loaded(iri: str, digest: str, triples: int) -> str:
    return f'<{iri}> <{_DIGEST}> "{digest}" .\n<{iri}> <{_TRIPLES}> "{triples}"^^<{_INTEGER}> .\n'
