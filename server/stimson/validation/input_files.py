"""The files of a run: those that a report is wanted on, and those that cannot be read."""

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from .. import names, processes
from ..errors import InvalidFile, InvalidFiles, NothingToRead
from ..files import real
from ..findings import Finding, Report, StageRun, report
from ..mappings import ENDING as MAPPINGS
from ..project import Project
from ..rdf import Dataset, Document, find_files, read_dataset, read_document
from .catalogue import RULES
from .stages import STAGES, UNFINISHED

_SHOWN = 3  # files named in a note
_TURTLE = ".ttl"
_UNREAD = "only the syntax was checked; the other stages need every file"
_SHARE = 0.5  # of the time that is left, for one file


@dataclass(frozen=True, slots=True)
class FileSelection:
    """The files to report on; `outside` are those that no project has.

    Those that are named and not checked at all were `passed_over`.
    """

    files: tuple[Path, ...]
    outside: tuple[Path, ...]
    passed_over: tuple[Path, ...]

    @property
    def notes(self) -> list[str]:
        """Say which files were not checked."""
        if not self.passed_over:
            return []
        more = len(self.passed_over) - _SHOWN
        named = [str(path) for path in self.passed_over[:_SHOWN]]
        listed = ", ".join([*named, f"{more} more"] if more > 0 else named)
        return [f"Not checked, as neither Turtle nor part of the project: {listed}."]


def select_files(named: Iterable[Path], root: Path, project: Project) -> FileSelection:
    """Find what is named, seen from `root`; `NothingToRead` says what there is not."""
    own, examples = _own(project), _examples(project)
    files: dict[Path, None] = {}
    passed_over: dict[Path, None] = {}
    for name in named:
        matches = [real(path) for path in _match(name, root)]
        checked = [path for path in matches if path in own or _is_outside(path, examples)]
        is_folder = os.path.isdir(root / name)  # noqa: PTH112  (is_dir raises at some names)
        if not checked and is_folder:
            raise NothingToRead(f"{name} holds no Turtle file (*.ttl) that can be checked.")
        files |= dict.fromkeys(checked)
        if not is_folder:  # of a folder, nobody asks for all that is in it
            passed_over |= dict.fromkeys(path for path in matches if path not in files)
    selection = FileSelection(
        tuple(files), tuple(path for path in files if path not in own), tuple(passed_over)
    )
    if not files:
        raise NothingToRead(f"There is nothing to check. {' '.join(selection.notes)}")
    return selection


def _own(project: Project) -> set[Path]:
    """List the files of a project, in each of which something can be found."""
    turtle = (path for _, path in find_files(project.folders).values())
    folders = (
        (project.folders.ontology, "rules/*.rq"),
        (project.queries, "*.rq"),
        (project.sources, "*.txt"),
        (project.folders.data, f"**/*{MAPPINGS}"),
    )
    more = [path for folder, what in folders if folder is not None for path in folder.glob(what)]
    given = [path for path in (project.file, project.waivers) if path is not None]
    return {real(path) for path in (*turtle, *more, *given)}


def _examples(project: Project) -> Collection[Path]:
    """List the folders of whose Turtle files a project has left some out."""
    # An example of a shape is made to fail; it is no part of the project, nor outside of it.
    return [real(folder) for folder in project.folders.parts().values()]


def _is_outside(path: Path, kept: Iterable[Path]) -> bool:
    return path.suffix == _TURTLE and not any(path.is_relative_to(folder) for folder in kept)


def _match(name: Path, root: Path) -> Iterator[Path]:
    """Find the files that a path, a folder or a pattern stands for."""
    path = root / name
    if not os.path.lexists(path):  # False for a name that is too long, too
        matches = [each for each in _glob(name, root) if not each.is_dir()]
        if not matches:
            raise NothingToRead(f"{name} matches no file; name files, folders or quoted patterns.")
        yield from matches
    elif path.is_dir():
        found = (each for each in sorted(path.rglob("*")) if not each.is_dir())
        yield from (each for each in found if not _is_hidden(each.relative_to(path)))
    else:
        yield path


def _glob(pattern: Path, root: Path) -> list[Path]:
    start = Path(pattern.anchor) if pattern.is_absolute() else root
    try:
        return sorted(start.glob(str(pattern.relative_to(pattern.anchor))))
    except (OSError, ValueError) as fault:
        raise NothingToRead(f"{pattern} is no pattern of paths: {fault}.") from fault


def _is_hidden(path: Path) -> bool:
    """Tell whether a path leads through what is hidden: an environment of Python, say."""
    return any(part.startswith(".") for part in path.parts)


def read_files(project: Project, outside: Iterable[Path]) -> Dataset:
    """Read a project and files beside it, or raise `InvalidFiles` that names all broken ones."""
    documents: dict[str, Document] = {}
    faults: list[InvalidFile] = []
    try:
        documents |= read_dataset(project.folders).documents
    except InvalidFiles as fault:
        faults += fault.faults
    for path in outside:
        try:
            document = read_document(path.as_uri(), "data", path)
            documents[document.iri] = document
        except InvalidFile as fault:
            faults.append(fault)
    if faults:
        raise InvalidFiles(faults)
    return Dataset(documents)


def report_unreadable(
    project: Project, faults: Sequence[InvalidFile], notes: Iterable[str] = ()
) -> Report:
    """Report files that could not be read."""
    first, *others = STAGES
    return replace(
        report(map(unreadable, faults), len(find_files(project.folders)), notes),
        stages=(
            StageRun(first.name, first.title),
            *(StageRun(stage.name, stage.title, _UNREAD) for stage in others),
        ),
        rules=dict(RULES),
        fail_on=project.fail_on,
    )


def unreadable(fault: InvalidFile) -> Finding:
    """Report one file that cannot be read as what it should be."""
    place = (fault.path, fault.line, fault.column)
    return Finding(f"{names.RULE}syntax", "violation", fault.problem, *place, stage="syntax")


def report_crash(project: Project, outside: Iterable[Path], cut: processes.Cut) -> Report:
    """Read each file by itself, to report those that ended the process that read them all."""
    files = [*find_files(project.folders).values(), *(("data", path) for path in outside)]
    tasks = [partial(_unreadable_because, part, path) for part, path in files]
    (outcomes,) = processes.run([tasks], _SHARE)
    faults = [
        InvalidFile(path, f"cannot be read: {outcome.problem}")
        if isinstance(outcome, processes.Cut)
        else InvalidFile(path, *outcome)
        for (_, path), outcome in zip(files, outcomes, strict=True)
        if outcome is not None
    ]
    found = report_unreadable(project, faults)
    if faults:
        return found
    message = f"All files together cannot be checked: {cut.problem}."
    return replace(found, findings=(Finding(UNFINISHED, "violation", message),))


def _unreadable_because(part: str, path: Path) -> tuple[str, int | None, int | None] | None:
    """Read a file, and say what is wrong with it and where, if anything is."""
    try:
        read_document(path.absolute().as_uri(), part, path)
    except InvalidFile as fault:
        return fault.problem, fault.line, fault.column
    return None
