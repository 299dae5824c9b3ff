"""``stimson reason``: show what follows from the files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from . import options, workspace

if TYPE_CHECKING:
    import pyoxigraph as ox

    from ..project import Project
    from ..rdf import Dataset


@click.command()
@workspace.project()
@click.option(
    "--output", type=options.NEW_FILE, help="File to write to, instead of standard output."
)
@click.option(
    "--engine",
    type=click.Choice(["stimson", "owlrl"]),
    default="stimson",
    show_default=True,
    help="What draws the conclusions. owlrl is a second opinion, and slow: OWL 2 RL whole, but "
    "not the rules of the project.",
)
@click.option("--reference", is_flag=True, help="The same as --engine owlrl.")
@click.pass_context
def reason(
    context: click.Context, project: Project, output: Path | None, engine: str, reference: bool
) -> None:
    """Print as Turtle what OWL 2 RL and our rules infer beyond what the files state."""
    from ..rdf import read_dataset, to_turtle
    from ..reasoning import infer

    settings: options.Settings = context.obj
    with settings.progress() as progress:
        progress("reasoning")
        dataset = read_dataset(project.folders)
        is_reference = reference or engine == "owlrl"
        inferred = (
            _by_reference(dataset) if is_reference else infer(dataset, project.folders).inferred
        )
    turtle = to_turtle(inferred)
    if output is None:
        click.echo(turtle, nl=False)
    else:
        output.write_text(turtle, encoding="utf-8")
    if not settings.quiet:
        said = sum(len(document.triples) for document in dataset.of("ontology", "data"))
        click.echo(f"{len(inferred)} triples follow from {said}.", err=True)


def _by_reference(dataset: Dataset) -> list[ox.Triple]:
    from ..rdf.rdflib_bridge import from_rdflib
    from ..reasoning.owlrl_closure import infer_by_reference

    return list(from_rdflib(infer_by_reference(dataset)))
