"""What the commands that write Turtle have in common: the data folder, and how they end."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .. import names
from . import options
from .workspace import near, read_own_project

if TYPE_CHECKING:
    import pyoxigraph as ox

    from ..rdf.turtle.edit import Edit
    from ..sources.library import Library


def data_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--data`` and ``--dry-run``."""
    command = click.option(
        "--dry-run", is_flag=True, help="Show what would change; write nothing."
    )(command)
    return click.option("--data", type=options.FOLDER, help="Folder of the data.")(command)


def read_data(settings: options.Settings, folder: Path | None) -> Library:
    """Read the data files of the project that we are in, or those of `folder`."""
    from ..sources.library import read_library

    return read_library(read_own_project(settings, "data", data=folder).folders.data)


def finish(settings: options.Settings, term: ox.NamedNode, edit: Edit, dry_run: bool) -> None:
    """Write an edit and say what comes next; or show it."""
    path = near(edit.path)
    if dry_run:
        click.echo("".join(difference(path, edit.before, edit.text)), nl=False)
        return
    edit.save()
    if settings.quiet:
        return
    click.echo(f"Wrote {names.shorten(term.value)} to {path}.")
    if gaps := edit.gaps:
        number = "1 gap" if gaps == 1 else f"{gaps} gaps"
        click.echo(f"Next: fill in the {number} (gap:…) there, then run: stimson validate {path}")
    else:
        click.echo(f"Next: stimson validate {path}")


def difference(path: str, before: str, after: str) -> list[str]:
    """Compare two texts of a file, as ``diff -u`` does."""
    # Only a line feed ends a line in Turtle; a literal may hold other signs that look like one.
    old, new = (list(StringIO(text, newline="\n")) for text in (before, after))
    lines = difflib.unified_diff(old, new, path if before else "/dev/null", path)
    ending = "\n\\ No newline at end of file\n"
    return [line if line.endswith("\n") else f"{line}{ending}" for line in lines]
