"""``stimson quote``: take quotations from source texts, and compare them with these."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import NothingToRead, StimsonError
from . import exits, options, workspace
from .quote_add import add

if TYPE_CHECKING:
    from ..project import Project


@click.group()
def quote() -> None:
    """Find words in a source, or compare all quotations with their sources."""


quote.add_command(add)


@quote.command()
@options.project(*workspace.ALL[:3], "sources")
@click.option("--sources", type=options.FOLDER, help="Folder of the archived source texts.")
@click.pass_context
def verify(context: click.Context, project: Project) -> None:
    """Compare every quotation with the text of its source, character by character."""
    from ..findings import report as make_report
    from ..rdf import read_dataset
    from ..rdf.turtle.positions import Places
    from ..sources.passages import read_passages
    from ..sources.quotation_check import check_quotations
    from ..validation.context import Context
    from . import report

    settings: options.Settings = context.obj
    if project.sources is None:
        raise click.UsageError("Name the folder of the source texts with --sources.")
    dataset = read_dataset(project.folders)
    findings = check_quotations(Context(project, dataset, Places(dataset)))
    found = make_report(findings, len(list(dataset.of("data"))))
    if not (settings.quiet and found.conforms):
        report.print_text(found)
        passages = read_passages(dataset.index("ontology", "data"))
        quoted = sum(passage.quoted for passage in passages)
        texts = len({passage.source for passage in passages})
        click.echo(
            f"{quoted} quotations and {len(passages) - quoted} passages in {texts} sources compared"
        )
    context.exit(exits.OK if found.conforms else exits.FAILURE)


@quote.command()
@click.argument("phrase")
@click.option("--source", type=options.FILE, required=True, help="Text file of the source.")
@click.pass_context
def find(context: click.Context, phrase: str, source: Path) -> None:
    """Print PHRASE, as it stands in the source, as Turtle ready for its data file."""
    from ..rdf import read_text
    from ..sources import compose, find_quotes

    if not source.is_file():
        raise NothingToRead(f"{source}: no such file; name the text of the source.")
    quotes = find_quotes(read_text(source), phrase)
    if not quotes:
        raise StimsonError(
            f"{source.name} does not hold these words; copy them letter by letter, "
            "quotation marks and line breaks included."
        )
    settings: options.Settings = context.obj
    if len(quotes) > 1 and not settings.quiet:
        click.echo(f"The words stand in {len(quotes)} places; keep the one you mean.", err=True)
    click.echo(compose.prefixes())
    click.echo("\n".join(compose.to_turtle(each, source.stem) for each in quotes), nl=False)
