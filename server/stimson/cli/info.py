"""``stimson info``: what the current snapshot holds, and what a command would read here."""

import json
from pathlib import Path

import click

from .. import names
from . import options, workspace


@click.command()
@options.store
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def info(settings: options.Settings, store: Path, form: str) -> None:
    """Show the name and content of the current snapshot, and which project commands work on."""
    from ..snapshot import read_current

    manifest = read_current(store).manifest
    places = workspace.places(workspace.find(settings))
    if form == "json":
        found = manifest | {
            "store": str(store),
            "project": {part: str(path) for part, path in places.items()},
        }
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    click.echo(f"snapshot  {manifest['name']}")
    for fact in ("version", "created", "quads"):
        click.echo(f"{fact:<8}  {manifest[fact]}")
    click.echo(f"store     {workspace.near(store)}")
    click.echo("\nproject")
    for part, path in places.items():
        click.echo(f"{part:<8}  {workspace.near(path)}")
    for title in ("classes", "graphs"):
        click.echo(f"\n{title}")
        for iri, number in manifest[title].items():
            click.echo(f"{number:>8}  {names.shorten(iri)}")
