"""``stimson validate``: tell what is wrong, at file and line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from . import exits, options

if TYPE_CHECKING:
    from ..dataset import Folders


@click.command()
@options.folders
@click.option("--sources", type=options.FOLDER, help="Folder of source texts to compare with.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_context
def validate(context: click.Context, folders: Folders, sources: Path | None, form: str) -> None:
    """Check syntax, literals, references, shapes and quotations.

    Exits with 0 if there is no violation, 1 if there is one, 2 if there is nothing to check.
    """
    from .. import validation
    from . import report

    settings: options.Settings = context.obj
    with settings.progress() as progress:
        progress("validating")
        found = validation.validate(folders, sources or settings.config.sources_folder)
    if form == "json":
        report.print_json(found)
    elif not (settings.quiet and found.conforms):
        report.print_text(found)
    context.exit(exits.OK if found.conforms else exits.FAILURE)
