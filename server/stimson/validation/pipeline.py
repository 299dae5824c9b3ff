"""Run the stages over the files of a project, and report what they find.

A file that cannot be read ends the run after the first stage: what the other files refer to
would be missing. What only matters to the conclusions (the stages that reason) is checked in a
process of its own beside the others. All that others may have written is read and evaluated
in processes that can be ended: what does not come to its end is a finding, and the rest is
checked.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path

from .. import names, processes
from ..errors import InvalidFile, InvalidFiles, StimsonError, UnknownRevision
from ..files import real
from ..findings import Finding, Report, StageRun, report
from ..project import Project
from ..rdf import Dataset
from ..rdf.turtle.source_map import SourceMap
from ..sources.quotations import NOT_COMPARED
from .catalogue import WAIVERS, catalogue, own_rules
from .changed import at_revision, changed_files
from .input_files import (
    FileSelection,
    read_files,
    report_crash,
    report_unreadable,
    select_files,
    unreadable,
)
from .references import drop_consequences_of_gaps
from .stages import STAGES, UNFINISHED, Engine, Stage, ValidationContext
from .waivers import apply_waivers, read_waivers

_UNASKED = "not asked for"
_UNUSABLE = f"{names.RULE}shape-unusable"
_SHARE = 0.8  # of the time: the rest is left to find out why that was not enough
Progress = Callable[[str], None]
_CHECK_SHARE = 0.5  # of the time that is left, for one check


def _no_progress(step: str) -> None:
    """Show no progress."""


def validate(
    project: Project,
    paths: Collection[Path] = (),
    progress: Progress = _no_progress,
    engine: Engine = "stimson",
) -> Report:
    """Read and check all files of a project; report on those that `paths` names, if any.

    Turtle files that are no part of the project are checked as if they were data. `engine`
    applies the shapes.
    """
    found = processes.run_one(partial(_validate, project, paths, progress, engine), _SHARE)
    if not isinstance(found, processes.Cut):
        return found
    outside = select_files(paths, Path.cwd(), project).outside if paths else ()
    return report_crash(project, outside, found)


def _validate(
    project: Project, paths: Collection[Path], progress: Progress, engine: Engine
) -> Report:
    progress("reading")
    rules = own_rules(project)  # to say at once what is amiss in the files of words, …
    if project.waivers is not None:
        read_waivers(project.waivers, project.prefixes, rules)  # … and in that of waivers
    selection = select_files(paths, Path.cwd(), project) if paths else None
    try:
        dataset = read_files(project, selection.outside if selection else ())
    except InvalidFiles as fault:
        return report_unreadable(project, fault.faults, selection.notes if selection else ())
    return validate_dataset(project, dataset, selection, progress, engine)


def validate_changed(
    project: Project, revision: str, progress: Progress = _no_progress, engine: Engine = "stimson"
) -> Report:
    """Report on the files that differ from a git revision, and on what they broke elsewhere.

    A finding in a file that does not differ is reported if it was not there at `revision`.
    """
    changed = changed_files(project.root, revision)
    found = validate(project, progress=progress, engine=engine)
    elsewhere = [
        finding
        for finding in found.findings
        # What was not checked to the end may hide something new.
        if not _is_in(finding, changed) and finding.rule != UNFINISHED
    ]
    if not elsewhere:
        return found
    progress(f"comparing with {revision}")
    stages = {finding.stage for finding in elsewhere}
    known, trouble = _fingerprints(project, revision, stages, engine)
    old = {finding for finding in elsewhere if finding.fingerprint in known}
    note = f"Findings that were there at {revision}, and are left out: {len(old)}."
    return replace(
        found,
        findings=tuple(finding for finding in found.findings if finding not in old),
        notes=(*found.notes, *trouble, *([note] if old else [])),
    )


def validate_dataset(
    project: Project,
    dataset: Dataset,
    only: FileSelection | None = None,
    progress: Progress = _no_progress,
    engine: Engine = "stimson",
) -> Report:
    """Check what was read; `only` names the files whose findings are reported."""
    context = ValidationContext(project, dataset, SourceMap(dataset), engine)
    runs = {stage: _why_skipped(stage, project) for stage in STAGES}
    due = [stage for stage, skipped in runs.items() if skipped is None]
    found = _collect(due, context, progress)
    unfinished = {finding.stage for finding in found if finding.rule == UNFINISHED}
    ran = {stage.name for stage in due} - unfinished
    findings = apply_waivers(found, project, date.today(), ran)
    if only is not None:
        findings = [finding for finding in findings if _concerns(finding, only.files)]
    notes = [] if only is None else only.notes
    if engine != "stimson" and any(stage.name == "shacl" for stage in due):
        notes.append(f"The shapes were applied by {engine}, not by our own engine.")
    if project.sources is None and any(stage.name == "quotations" for stage in due):
        notes.append(NOT_COMPARED)
    return replace(
        report(findings, len(dataset.documents) if only is None else len(only.files), notes),
        stages=tuple(StageRun(stage.name, stage.title, why) for stage, why in runs.items()),
        rules=catalogue(dataset, project),
        fail_on=project.fail_on,
    )


def _fingerprints(
    project: Project, revision: str, stages: Collection[str], engine: Engine
) -> tuple[set[str], list[str]]:
    """Find what some stages found at a revision, and say what stood in the way."""
    try:
        with at_revision(project.root, revision, project) as before:
            if before is None:
                return set(), []
            # Only if all stages ran is it known which waivers were not used.
            asked = project.stages if WAIVERS in stages else tuple(stages)
            found = validate(replace(before, stages=asked), engine=engine)
            return {finding.fingerprint for finding in found.findings}, []
    except UnknownRevision:
        raise
    except StimsonError as fault:
        return set(), [f"The files of {revision} could not be checked, so all is new: {fault}"]


def _why_skipped(stage: Stage, project: Project) -> str | None:
    if project.stages is not None and stage.name not in project.stages:
        return _UNASKED
    return None if stage.needs(project) else stage.lacking


def _is_in(finding: Finding, files: Collection[Path]) -> bool:
    return finding.file is not None and real(finding.file) in files


def _concerns(finding: Finding, files: Collection[Path]) -> bool:
    """Tell whether a finding belongs in a report on some files.

    What is in no file, and what says that not all could be checked, concerns every file.
    """
    hides = finding.rule in (_UNUSABLE, UNFINISHED)
    return finding.file is None or hides or _is_in(finding, files)


def _collect(
    due: Iterable[Stage], context: ValidationContext, progress: Callable[[str], None]
) -> list[Finding]:
    """Run the stages; those that reason in one process, the others in another."""
    checks = [(stage, check) for stage in due for check in stage.checks]
    halves = [[each for each in checks if each[0].reasons == reasons] for reasons in (False, True)]
    lanes = [[partial(_carry_out, *each, context, progress) for each in half] for half in halves]
    outcomes = chain.from_iterable(processes.run(lanes, _CHECK_SHARE))
    done = zip(chain.from_iterable(halves), outcomes, strict=True)
    return drop_consequences_of_gaps(
        replace(finding, stage=finding.stage or stage.name)
        for (stage, _), found in done
        for finding in ([_cut(stage, found)] if isinstance(found, processes.Cut) else found)
    )


def _carry_out(
    stage: Stage, check: str, context: ValidationContext, progress: Callable[[str], None]
) -> list[Finding]:
    progress(f"checking: {stage.title.lower()}")
    found: list[Finding] = []
    try:
        found.extend(stage.run(check, context))
    except InvalidFile as fault:  # one of those that only this check reads
        found.append(unreadable(fault))
    return found


def _cut(stage: Stage, cut: processes.Cut) -> Finding:
    """Report a check that did not come to its end, in the file that it was at."""
    message = f'"{stage.title}" was not checked to the end: {cut.problem}.'
    return Finding(UNFINISHED, "violation", message, Path(cut.mark) if cut.mark else None)
