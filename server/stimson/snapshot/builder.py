"""Build a snapshot: read, validate, reason, describe, write, switch.

The same input gives the same bytes: blank nodes get canonical labels
(https://www.w3.org/TR/rdf-canon/), lines are sorted, and no time stamp goes in.
"""

import hashlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph as ox

from .. import __version__, names
from ..errors import InvalidFiles, NothingToRead, SnapshotMissing
from ..files import read_bytes
from ..findings import Report
from ..mappings import find_files as find_mappings
from ..mappings.mapping_graph import linksets
from ..mappings.mapping_graph import to_quads as mappings_to_quads
from ..mappings.sssom_tsv import read_folder
from ..mappings.wikidata.item_graph import read_quads
from ..project import Project
from ..queries import read_query
from ..rdf import find_files, read_dataset
from ..rdf.executables import describe_query
from ..reasoning import infer
from ..validation.pipeline import validate, validate_dataset
from . import Snapshot, add_snapshot, check_store, read_current
from .void_description import Counts, count, describe

_PACKAGE = Path(__file__).resolve().parents[1]
_CACHE = "__pycache__"  # made from the modules, whenever Python likes


@dataclass(frozen=True, slots=True)
class BuildResult:
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
) -> BuildResult:
    """Make the files of a project the current snapshot of `store`, if they are valid.

    `wikidata` is a file of what Wikidata said on a day; it becomes a graph of its own.
    """
    if wikidata is not None and not wikidata.is_file():
        raise NothingToRead(f"{wikidata}: no such file; run `stimson wikidata pull` to have one.")
    check_store(store)
    inputs = hash_inputs(project, wikidata)
    if not force and (last := _last(store)) and last.manifest.get("inputs") == inputs:
        return BuildResult(last, None)
    progress("reading")
    try:
        dataset = read_dataset(project.folders)
    except InvalidFiles:
        return BuildResult(None, validate(project, progress=progress))
    report = validate_dataset(project, dataset, progress=progress)
    if not report.conforms:
        return BuildResult(None, report)
    progress("reasoning")
    quads = list(infer(dataset, project.folders).store)
    sets = read_folder(project.folders.data)
    quads += mappings_to_quads(sets)
    if wikidata is not None:
        quads += read_quads(wikidata)
    progress("writing")
    more = [*linksets(sets), *_examples(project)]
    return BuildResult(_write(store, quads, more, inputs), report)


def hash_inputs(project: Project, *others: Path | None) -> str:
    """Hash all that decides whether there is a snapshot, and which: files, package, libraries.

    Equal hashes promise an equal snapshot. `others` are files that are no part of the project;
    None stands for none.
    """
    digest = hashlib.sha256()
    for fact in (sys.version, *_libraries(), *_demands(project)):
        digest.update(f"{fact}\n".encode())
    for name, path in (*_files(project), *_given(others), *_package()):
        content = hashlib.sha256(read_bytes(path)).hexdigest()
        digest.update(f"{name} {content}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


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
    graphs = {**counts.graphs, names.META_GRAPH: described}
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


def _examples(project: Project) -> Iterator[ox.Quad]:
    """Describe the saved queries, which query editors look for among the data."""
    graph = ox.NamedNode(names.META_GRAPH)
    for path in [] if project.queries is None else sorted(project.queries.glob("*.rq")):
        yield from (ox.Quad(*said, graph) for said in describe_query(read_query(path)))


def _libraries() -> list[str]:
    """List the packages that are installed, with their versions, by what their folders are called.

    https://packaging.python.org/en/latest/specifications/recording-installed-packages/
    """
    return sorted({path.name for folder in sys.path for path in Path(folder).glob("*.*-info")})


def _demands(project: Project) -> list[str]:
    """List what a project demands of its files: it decides whether a build is stopped."""
    demands = (project.terms, project.things, project.counts, project.stages, project.fail_on)
    return [repr(each) for each in (*demands, sorted(project.prefixes.items()))]


def _files(project: Project) -> Iterator[tuple[str, Path]]:
    """List what is read of a project, under names that do not tell where it is."""
    folders = project.folders
    yield from ((iri, path) for iri, (_, path) in find_files(folders).items())
    for path in find_mappings(folders.data):
        yield path.relative_to(folders.data).as_posix(), path
    if folders.ontology is not None:
        yield from _of(folders.ontology / "rules", "*.rq")
    if project.queries is not None:
        yield from _of(project.queries, "*.rq")
    if project.sources is not None:
        yield from _of(project.sources, "*.txt")
    if project.waivers is not None:
        yield "waivers", project.waivers


def _of(folder: Path, pattern: str) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.glob(pattern)):
        yield f"{pattern} {path.name}", path


def _given(others: tuple[Path | None, ...]) -> Iterator[tuple[str, Path]]:
    yield from ((f"{number}", path) for number, path in enumerate(others) if path is not None)


def _package() -> Iterator[tuple[str, Path]]:
    """List this package file by file: who changes any in a checkout wants a new build."""
    for path in sorted(_PACKAGE.rglob("*")):
        if _CACHE not in path.parts and path.is_file():
            yield path.relative_to(_PACKAGE).as_posix(), path
