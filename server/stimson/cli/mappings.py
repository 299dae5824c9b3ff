"""``stimson mappings``: what elsewhere means the same, and what only looks like it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import StimsonError
from . import options, workspace

if TYPE_CHECKING:
    from ..mappings import MappingSet
    from ..project import Project


@click.group()
def mappings() -> None:
    """Export the mappings to Wikidata and others, or count what is mapped."""


@mappings.command()
@options.store
@click.option("--set", "name", help="The set to export; its last part will do.")
@click.option(
    "--output", "folder", type=options.FOLDER, help="Folder to write one file per set to."
)
@click.pass_obj
def export(settings: options.Settings, store: Path, name: str | None, folder: Path | None) -> None:
    """Write the mappings of the current snapshot as SSSOM/TSV.

    One set goes to standard output, several into a folder.
    """
    from ..mappings import ENDING
    from ..mappings.sssom_tsv import write

    sets = _choose(_read(settings, store), name)
    if folder is None:
        if len(sets) > 1:
            known = ", ".join(found.name for found in sets)
            raise click.UsageError(f"Name a set with --set ({known}), or a folder with --output.")
        click.echo(write(sets[0]), nl=False)
        return
    folder.mkdir(parents=True, exist_ok=True)
    for found in sets:
        (folder / f"{found.name}{ENDING}").write_text(write(found), encoding="utf-8")


@mappings.command()
@workspace.project()
def table(project: Project) -> None:
    """Count, for each class, what is mapped to Wikidata, what is not, and what is denied."""
    from ..mappings.mapping_check import coverage
    from ..mappings.sssom_tsv import read_sound
    from ..rdf import read_dataset

    dataset = read_dataset(project.folders)
    sets = read_sound(project.folders.data)
    click.echo("| class | things | exact | close or related | unmapped | said not to be an item |")
    click.echo("| --- | ---: | ---: | ---: | ---: | ---: |")
    for row in coverage(sets, dataset.index("ontology", "data")):
        click.echo(f"| {' | '.join(row)} |")


def _read(settings: options.Settings, store: Path) -> list[MappingSet]:
    import pyoxigraph as ox

    from ..mappings import GRAPH
    from ..mappings.mapping_graph import from_index
    from ..rdf import Index

    snapshot = workspace.read_snapshot(settings, store)
    graph = ox.NamedNode(GRAPH)
    quads = ox.parse(path=str(snapshot.dataset), format=ox.RdfFormat.N_QUADS)
    sets = from_index(Index(quad for quad in quads if quad.graph_name == graph))
    if not sets:
        raise StimsonError(f"The snapshot in {store} holds no mappings; build one that does.")
    return sets


def _choose(sets: list[MappingSet], name: str | None) -> list[MappingSet]:
    found = [each for each in sets if name in (None, each.name, each.iri)]
    if not found:
        known = ", ".join(each.name for each in sets)
        raise click.UsageError(f"No set is called {name!r}; there are {known}.")
    return found
