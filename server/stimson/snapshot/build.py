"""Build a snapshot: read, validate, reason, describe, write, switch.

The same input gives the same bytes: blank nodes get canonical labels
(https://www.w3.org/TR/rdf-canon/), lines are sorted, and no time stamp goes in.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph as ox

from .. import __version__, names
from ..errors import InvalidFiles, NothingToRead, SnapshotMissing
from ..findings import Report
from ..mappings.graph import links
from ..mappings.graph import to_quads as mappings_to_quads
from ..mappings.read import read_folder
from ..mappings.wikidata.file import read_quads
from ..project import Project
from ..rdf import read_dataset
from ..reasoning import infer
from ..validation.pipeline import validate, validate_dataset
from . import Snapshot, read_current
from .describe import Counts, count, describe
from .inputs import hash_inputs
from .store import add_snapshot, check_store


@dataclass(frozen=True, slots=True)
class Build:
    """What a build came to.

    `snapshot` is None where violations stopped it; `report` is None where nothing had
    changed since the last build, so that nothing was done.
    """

    snapshot: Snapshot | None
    report: Report | None


def build(
    project: Project,
    store: Path,
    force: bool = False,
    progress: Callable[[str], None] = lambda step: None,
    wikidata: Path | None = None,
) -> Build:
    """Make the files of a project the current snapshot of `store`, if they are valid.

    `wikidata` is a file of what Wikidata said on a day; it becomes a graph of its own.
    """
    if wikidata is not None and not wikidata.is_file():
        raise NothingToRead(f"{wikidata}: no such file; run `stimson wikidata pull` to have one.")
    check_store(store)
    inputs = hash_inputs(project, wikidata)
    if not force and (last := _last(store)) and last.manifest.get("inputs") == inputs:
        return Build(last, None)
    progress("reading")
    try:
        dataset = read_dataset(project.folders)
    except InvalidFiles:
        return Build(None, validate(project, progress=progress))
    report = validate_dataset(project, dataset, progress=progress)
    if not report.conforms:
        return Build(None, report)
    progress("reasoning")
    quads = list(infer(dataset, project.folders).store)
    sets = read_folder(project.folders.data)
    quads += mappings_to_quads(sets)
    if wikidata is not None:
        quads += read_quads(wikidata)
    progress("writing")
    return Build(_write(store, quads, list(links(sets)), inputs), report)


def _last(store: Path) -> Snapshot | None:
    try:
        return read_current(store)
    except SnapshotMissing:
        return None


def _write(store: Path, quads: list[ox.Quad], linked: list[ox.Quad], inputs: str) -> Snapshot:
    counts = count(quads)
    described = [*describe(counts), *linked]
    content = _canonical([*quads, *described])
    name = hashlib.sha256(content).hexdigest()[:16]
    return add_snapshot(store, name, content, _manifest(name, counts, len(described), inputs))


def _canonical(quads: list[ox.Quad]) -> bytes:
    """Write quads as N-Quads that depend on nothing but what they say."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    text = ox.serialize(dataset, format=ox.RdfFormat.N_QUADS)
    assert text is not None  # None is for output to a file
    return b"".join(sorted(text.splitlines(keepends=True)))


def _manifest(name: str, counts: Counts, described: int, inputs: str) -> dict[str, object]:
    graphs = counts.graphs | {names.META_GRAPH: described}
    return {
        "name": name,
        "version": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "inputs": inputs,
        "quads": sum(graphs.values()),
        "triples": counts.triples + described,
        "graphs": dict(sorted(graphs.items())),
        "classes": dict(sorted(counts.classes.items())),
    }
