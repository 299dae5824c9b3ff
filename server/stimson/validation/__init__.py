"""Validation: every check that the files must pass, in one report.

The order is syntax, then literals, references, shapes and quotations. A file that
cannot be read ends the run after the syntax of all files: what the others refer to
would be missing.
"""

from pathlib import Path

from .. import names
from ..dataset import Dataset, Folders, find_files, read_dataset
from ..errors import InvalidFiles
from ..findings import Finding, Report, report
from ..locate import Places
from ..quotations.check import NOT_COMPARED, check_quotations
from .literals import check_literals
from .references import check_references
from .shacl import check_shapes
from .targets import check_targets


def validate(folders: Folders, sources: Path | None = None) -> Report:
    """Read and check everything; `sources` is the folder of archived source texts."""
    try:
        dataset = read_dataset(folders)
    except InvalidFiles as fault:
        return unreadable(fault, folders)
    return check(dataset, sources)


def check(dataset: Dataset, sources: Path | None = None) -> Report:
    """Check what was read."""
    places = Places(dataset)
    findings = [
        *check_literals(dataset, places),
        *check_references(dataset, places),
        *check_targets(dataset, places),
        *check_shapes(dataset, places),
        *check_quotations(dataset, places, sources),
    ]
    return report(findings, len(dataset.documents), [] if sources else [NOT_COMPARED])


def unreadable(fault: InvalidFiles, folders: Folders) -> Report:
    """Report files that could not be read."""
    findings = [
        Finding(f"{names.RULE}syntax", "violation", file.problem, file.path, file.line, file.column)
        for file in fault.faults
    ]
    note = "Only the syntax was checked; the other checks need every file."
    return report(findings, len(find_files(folders)), [note])
