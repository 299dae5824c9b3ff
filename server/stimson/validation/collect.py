"""Run the checks of the stages, each within a share of the time, and collect what they find."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path

from .. import processes
from ..errors import InvalidFile
from ..findings import Finding
from .context import UNFINISHED, Context
from .files import unreadable
from .gaps import without_echoes
from .stages import Stage

_SHARE = 0.5  # of the time that is left, for one check


def collect(
    due: Iterable[Stage], context: Context, progress: Callable[[str], None]
) -> list[Finding]:
    """Run the stages; those that reason in one process, the others in another."""
    checks = [(stage, check) for stage in due for check in stage.checks]
    halves = [[each for each in checks if each[0].reasons == reasons] for reasons in (False, True)]
    lanes = [[partial(_run, *each, context, progress) for each in half] for half in halves]
    outcomes = chain.from_iterable(processes.run(lanes, _SHARE))
    done = zip(chain.from_iterable(halves), outcomes, strict=True)
    return without_echoes(
        replace(finding, stage=finding.stage or stage.name)
        for (stage, _), found in done
        for finding in ([_cut(stage, found)] if isinstance(found, processes.Cut) else found)
    )


def _run(
    stage: Stage, check: str, context: Context, progress: Callable[[str], None]
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
