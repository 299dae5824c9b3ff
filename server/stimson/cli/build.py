"""``stimson build``: turn the files into a snapshot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from . import exits, options, workspace

if TYPE_CHECKING:
    from ..project import Project


@click.command()
@workspace.project(*workspace.ALL)
@options.store
@click.option("--force", is_flag=True, help="Build even if nothing has changed.")
@options.limits
@click.option(
    "--wikidata",
    type=options.EXISTING_FILE,
    help="File of `stimson wikidata pull`, to be a graph of its own (or STIMSON_WIKIDATA).",
)
@click.pass_context
def build(
    context: click.Context, project: Project, store: Path, force: bool, wikidata: Path | None
) -> None:
    """Validate, reason and write a snapshot; violations stop the build."""
    from ..queries import read_queries
    from ..search import index_file
    from ..snapshot import builder

    settings: options.Settings = context.obj
    with settings.progress() as progress:
        file = wikidata or settings.config.wikidata_file
        built = builder.build(project, store, force, progress, file)
        if built.snapshot is not None:
            progress("indexing")
            queries = read_queries(project.queries) if project.queries else {}
            index_file.keep(built.snapshot, queries, is_fresh=built.report is not None)
    if built.snapshot is None:
        from . import output

        if built.report is not None:
            output.print_text(built.report, stderr=True)
        click.echo("Nothing was built; correct the violations above first.", err=True)
        context.exit(exits.FAILURE)
    if not settings.quiet:
        quads = built.snapshot.manifest["quads"]
        state = "built" if built.report is not None else "is up to date"
        click.echo(f"Snapshot {built.snapshot.name} {state}: {quads} quads in {store}.")
