"""``stimson fmt``: bring Turtle files into house format."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from ..errors import InvalidFile, InvalidFiles
from . import exits, options, workspace
from .edits import difference
from .workspace import near


@click.command()
@click.argument("paths", nargs=-1, type=options.ANY)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a file would change.")
@click.option("--diff", is_flag=True, help="Show what would change; write nothing.")
@click.pass_context
def fmt(context: click.Context, paths: Sequence[Path], check: bool, diff: bool) -> None:
    """Format Turtle files: PATHS, or all files of the project.

    turtlefmt does the work. A file is written only if what it states, and each of its
    comments, stays the same.

    \b
    stimson fmt data/sources/radio-example-mayor.ttl
    stimson fmt --check --diff
    """
    from .. import files
    from ..rdf.turtle import formatting

    settings: options.Settings = context.obj
    folders = paths or workspace.read_own_project(settings).folders.parts().values()
    found = formatting.find_turtle(list(folders))
    faults, changed = [], 0
    with settings.progress() as progress:
        for path in found:
            progress(f"formatting {path.name}")
            try:
                before, after = formatting.formatted(path)
                if before != after:
                    changed += 1
                    _show(path, before, after, check, diff)
                if before != after and not (check or diff):
                    files.replace(path, before, after)
            except InvalidFile as fault:
                faults.append(fault)
    if not settings.quiet:
        click.echo(_summary(len(found), changed, check or diff), err=True)
    if faults:
        raise InvalidFiles(faults)
    context.exit(exits.FAILURE if check and changed else exits.OK)


def _show(path: Path, before: str, after: str, check: bool, diff: bool) -> None:
    if diff:
        click.echo("".join(difference(near(path), before, after)), nl=False)
    else:
        click.echo(f"{'would format' if check else 'formatted'} {near(path)}")


def _summary(number: int, changed: int, dry: bool) -> str:
    files = "1 file" if number == 1 else f"{number} files"
    would = "would be formatted" if dry else "formatted"
    return f"{files}: {changed} {would}, {number - changed} as they should be"
