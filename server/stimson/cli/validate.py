"""``stimson validate``: tell what is wrong, at file and line."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from ..project import STAGES, Project
from ..project.configuration import FAIL_ON
from ..validation.stages import ENGINES
from . import exits, options, workspace

if TYPE_CHECKING:
    from ..findings import Report
    from ..validation.stages import Engine

_ALLOCATIONS = 100_000  # after which unused objects are sought
_FOLDERS = {
    "data": "Folder of the data.",
    "shapes": "Folder of the SHACL shapes.",
    "ontology": "Folder of the ontology.",
    "queries": "Folder of the saved queries.",
    "sources": "Folder of the source texts to compare quotations with (or STIMSON_SOURCES).",
}


def _folders(command: Callable[..., Any]) -> Callable[..., Any]:
    for name, meaning in reversed(_FOLDERS.items()):
        option = click.option(f"--{name}", type=options.EXISTING_FOLDER, help=meaning)
        command = option(command)
    return command


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@_folders
@click.option("--waivers", type=options.EXISTING_FILE, help="File of the waivers.")
@click.option(
    "--stage",
    "stages",
    multiple=True,
    type=click.Choice(STAGES),
    help="Run this stage; repeatable. All stages run by default.",
)
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default=ENGINES[0],
    show_default=True,
    help="What applies the shapes; pyshacl is a second opinion, and slow.",
)
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    help="Least severe finding that makes the command fail.  [default: violation]",
)
@click.option(
    "--changed",
    metavar="[=REVISION]",
    is_flag=False,
    flag_value="HEAD",
    help="Report on what differs from a git revision (HEAD, if none is named), and on what "
    "that broke elsewhere.",
)
@click.option(
    "--format",
    "form",
    metavar="FORMAT",
    help="Format of the report on standard output: text, json, turtle, junit, sarif, github or "
    "html.  [default: text]",
)
@click.option(
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT=FILE",
    help="Write a report to a file as well; repeatable. '-' is standard output.",
)
@options.limits
@click.pass_context
def validate(
    context: click.Context,
    /,
    paths: Sequence[Path],
    engine: Engine,
    changed: str | None,
    form: str | None,
    outputs: Sequence[str],
    **given: Any,
) -> None:
    """Check Turtle files in eight stages, from syntax to the results of saved queries.

    PATHS are the files (or folders, or patterns in quotes) to report on; all are read. A
    Turtle file outside the project is checked as if it were part of the data.
    stimson.toml says what is checked; without one, and without options, it is Stimson's own data.

    \b
    Exits with 0 if no finding is as severe as --fail-on, with 1 if one is, and
    with 2 if the command cannot be carried out.

    \b
    stimson validate --changed=main
    stimson validate --data graphs --shapes shapes --output sarif=report.sarif
    """
    from . import output

    if changed is not None and paths:
        raise click.UsageError("Name either files or --changed.")
    settings: options.Settings = context.obj
    targets = output.read_targets(form, outputs)
    project = workspace.read_project(settings, *workspace.ALL, **given)
    with settings.progress() as progress:
        found = _validate(project, paths, changed, progress, engine)
    output.write(found, targets, project.root, quiet=settings.quiet)
    _leave(exits.OK if found.conforms else exits.FAILURE)


def _leave(code: int) -> NoReturn:
    """End at once: to take apart all that was read, term by term, would take a tenth of the run."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _validate(
    project: Project,
    paths: Sequence[Path],
    changed: str | None,
    progress: Callable[[str], None],
    engine: Engine,
) -> Report:
    from ..validation import pipeline

    # What is read stays until the end: to look through it again and again frees nothing.
    gc.set_threshold(_ALLOCATIONS)
    if changed is not None:
        return pipeline.validate_changed(project, changed, progress, engine)
    return pipeline.validate(project, paths, progress, engine)
