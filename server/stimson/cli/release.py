"""``stimson release``: bring a snapshot to where it is served from."""

from __future__ import annotations

import dataclasses
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from . import options, workspace

if TYPE_CHECKING:
    from ..snapshot.loading import LoadSummary


@click.group()
def release() -> None:
    """Load a snapshot into the server that is to serve it."""


@release.command()
@options.store
@click.option("--engine", metavar="URL", help="SPARQL endpoint of the server to load into.")
@click.option(
    "--graph-store", metavar="URL", help="Its graph store; by default derived from the endpoint."
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, but do nothing.")
@click.pass_context
def load(
    context: click.Context, store: Path, engine: str | None, graph_store: str | None, dry_run: bool
) -> None:
    """Load the current snapshot into a SPARQL server by the Graph Store Protocol.

    Only graphs that differ are written. Graphs of earlier releases that are no longer in the
    snapshot are removed; all other graphs of the server are left alone. An interrupted load
    resumes where it stopped.
    """
    from ..snapshot.loading import load as carry_out
    from ..snapshot.sparql_server import open_server

    settings: options.Settings = context.obj
    given = {"engine": engine, "graph_store": graph_store}
    changed = {name: value for name, value in given.items() if value}
    config = dataclasses.replace(settings.config, **changed)  # type: ignore[arg-type]
    snapshot = workspace.read_snapshot(settings, store)
    with closing(open_server(config)) as server:
        with settings.progress() as progress:
            summary = carry_out(snapshot, server, progress, is_dry=dry_run)
        if dry_run:
            _list(summary)
        elif not settings.quiet:
            click.echo(f"Snapshot {snapshot.name} is in {server}: {_summary(summary)}.")


def _list(summary: LoadSummary) -> None:
    for verb, graphs in (("write", summary.written), ("remove", summary.removed)):
        for iri in graphs:
            click.echo(f"{verb:<6}  {iri}")
    click.echo(f"To do: {_summary(summary)}.")


def _summary(summary: LoadSummary) -> str:
    numbers = (
        f"{len(summary.written)} graphs written",
        f"{len(summary.removed)} removed",
        f"{len(summary.kept)} left as they are",
        f"{summary.triples} triples in all",
    )
    return ", ".join(numbers)
