"""Read the files of a project, and report those that cannot be read."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from .. import names, processes
from ..errors import InvalidFile, InvalidFiles
from ..findings import Finding, Report, StageRun, report
from ..project import Project
from ..rdf import Dataset, Document, find_files, read_dataset, read_document
from .context import UNFINISHED
from .rules import RULES
from .stages import STAGES

_UNREAD = "only the syntax was checked; the other stages need every file"
_SHARE = 0.5  # of the time that is left, for one file


def read(project: Project, strangers: Iterable[Path]) -> Dataset:
    """Read a project and files beside it, or raise `InvalidFiles` that names all broken ones."""
    documents: dict[str, Document] = {}
    faults: list[InvalidFile] = []
    try:
        documents |= read_dataset(project.folders).documents
    except InvalidFiles as fault:
        faults += fault.faults
    for path in strangers:
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


def report_lost(project: Project, strangers: Iterable[Path], cut: processes.Cut) -> Report:
    """Read each file by itself, to report those that ended the process that read them all."""
    files = [*find_files(project.folders).values(), *(("data", path) for path in strangers)]
    tasks = [partial(_problem, part, path) for part, path in files]
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


def _problem(part: str, path: Path) -> tuple[str, int | None, int | None] | None:
    """Read a file, and say what is wrong with it and where, if anything is."""
    try:
        read_document(path.absolute().as_uri(), part, path)
    except InvalidFile as fault:
        return fault.problem, fault.line, fault.column
    return None
