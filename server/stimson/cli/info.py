"""``stimson info``: what the current snapshot holds."""

import json
from pathlib import Path

import click

from .. import names
from . import options


@click.command()
@options.store
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def info(store: Path, form: str) -> None:
    """Say what the current snapshot is called and what it holds."""
    from ..snapshot import read_current

    manifest = read_current(store).manifest
    if form == "json":
        click.echo(json.dumps(manifest, indent=2, ensure_ascii=False))
        return
    click.echo(f"snapshot  {manifest['name']}")
    click.echo(f"version   {manifest['version']}")
    click.echo(f"created   {manifest['created']}")
    click.echo(f"quads     {manifest['quads']}")
    for title in ("classes", "graphs"):
        click.echo(f"\n{title}")
        for iri, number in manifest[title].items():
            click.echo(f"{number:>8}  {names.shorten(iri)}")
