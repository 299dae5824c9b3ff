"""Bring a server to the state of a snapshot, with as little as is needed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ... import names
from ...errors import ReleaseFailed
from ...temporary import temporary_folder
from .. import Snapshot
from .record import UNFINISHED, Record, add_to_record, read_record, write_record
from .split import Graph, split
from .target import Target, TooLarge, body_of

Progress = Callable[[str], None]
_SMALLEST = 4096  # bytes of a part below which a server cannot be served


@dataclass(frozen=True, slots=True)
class Outcome:
    """The graphs that were (or would be) written, removed and left as they are."""

    written: tuple[str, ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...]
    triples: int


def load(
    snapshot: Snapshot, target: Target, progress: Progress, *, is_dry: bool = False
) -> Outcome:
    """Load `snapshot`, or raise `ReleaseFailed`; if `is_dry`, only find out what there is to do."""
    with temporary_folder() as folder:
        progress("reading the snapshot")
        graphs = split(snapshot.dataset, folder)
        progress("asking what is there")
        record = read_record(target)
        outcome = _plan(graphs, record, target)
        if not is_dry and (outcome.written or outcome.removed or record.state != snapshot.name):
            _carry_out(snapshot, graphs, record, outcome, target, progress)
        return outcome


def _plan(graphs: Mapping[str, Graph], record: Record, target: Target) -> Outcome:
    kept = [iri for iri, graph in graphs.items() if _is_there(graph, record, target)]
    written = [iri for iri in graphs if iri not in kept]
    for iri in written:
        if iri not in record.ours and not iri.startswith(names.GRAPH) and target.count(iri):
            raise ReleaseFailed(f"The graph {iri} is there already, and not by us: remove it.")
    return Outcome(
        tuple(sorted(written)),
        tuple(sorted(record.ours - graphs.keys())),
        tuple(sorted(kept)),
        sum(graph.triples for graph in graphs.values()),
    )


def _is_there(graph: Graph, record: Record, target: Target) -> bool:
    is_recorded = record.loaded.get(graph.iri) == (graph.digest, graph.triples)
    return is_recorded and target.count(graph.iri) == graph.triples


def _carry_out(
    snapshot: Snapshot,
    graphs: Mapping[str, Graph],
    record: Record,
    outcome: Outcome,
    target: Target,
    progress: Progress,
) -> None:
    # On record before they are written: what a load that breaks off has left is ours, too.
    loaded = {iri: (graphs[iri].digest, graphs[iri].triples) for iri in outcome.kept}
    write_record(target, Record(UNFINISHED, record.ours | graphs.keys(), loaded))
    sender = _Sender(target)
    for number, iri in enumerate(outcome.written, 1):
        progress(f"graph {number} of {len(outcome.written)}: {iri}")
        sender.send(graphs[iri])
        add_to_record(target, graphs[iri])
    for iri in outcome.removed:
        progress(f"removing {iri}")
        target.delete(iri)
    progress("counting what is there now")
    wrong = _wrong(graphs, outcome, target)
    good = {g.iri: (g.digest, g.triples) for g in graphs.values() if g.iri not in wrong}
    state = UNFINISHED if wrong else snapshot.name
    write_record(target, Record(state, frozenset(graphs), good))
    if wrong:
        iri, found = next(iter(wrong.items()))
        raise ReleaseFailed(
            f"{len(wrong)} graphs are not as they were sent: {iri} has {found} triples instead of "
            f"{graphs[iri].triples}. Load again, and look into the server's log if that is no help."
        )


def _wrong(graphs: Mapping[str, Graph], outcome: Outcome, target: Target) -> dict[str, int]:
    """Count the graphs that were written; those left as they are were counted before."""
    counted = {iri: target.count(iri) for iri in outcome.written}
    return {iri: found for iri, found in counted.items() if found != graphs[iri].triples}


class _Sender:
    """Send graphs, in parts once the server has said that they are too large."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._largest: int | None = None

    def send(self, graph: Graph) -> None:
        """Replace one graph."""
        size = graph.file.stat().st_size
        while True:
            limit = min(size, self._largest or size)
            try:
                self._send_parts(graph, limit)
            except TooLarge:
                self._largest = limit // 2
                if self._largest < max(graph.tied, _SMALLEST):
                    raise
            else:
                return

    def _send_parts(self, graph: Graph, limit: int) -> None:
        for start, end in _parts(graph, limit):
            body = body_of(graph.file, start, end)
            send = self._target.post if start else self._target.put
            send(graph.iri, body, end - start)


def _parts(graph: Graph, limit: int) -> Iterator[tuple[int, int]]:
    """Part a file at ends of lines; what has blank nodes is in the first, which must hold it."""
    start, size = 0, graph.file.stat().st_size
    with graph.file.open("rb") as file:
        while start < size:
            end = start + limit
            if end < size:
                file.seek(start)
                end = start + max(file.read(limit).rfind(b"\n") + 1, graph.tied if not start else 0)
            if end <= start:
                raise TooLarge(f"The graph {graph.iri} has a line of more than {limit} bytes.")
            yield start, min(end, size)
            start = end
