"""All that decides what is built, in one hash: a project's files, this package, what it runs on."""

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

from ..files import read_bytes
from ..mappings import find_files as find_mappings
from ..project import Project
from ..rdf import find_files

_PACKAGE = Path(__file__).resolve().parents[1]
_CACHE = "__pycache__"  # made from the modules, whenever Python likes


def hash_inputs(project: Project, *others: Path | None) -> str:
    """Hash all that decides whether there is a snapshot, and which; equal hashes promise it equal.

    `others` are files that are no part of the project; None stands for none.
    """
    digest = hashlib.sha256()
    for fact in (sys.version, *_libraries(), *_demands(project)):
        digest.update(f"{fact}\n".encode())
    for name, path in (*_files(project), *_given(others), *_package()):
        content = hashlib.sha256(read_bytes(path)).hexdigest()
        digest.update(f"{name} {content}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


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
