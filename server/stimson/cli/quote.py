"""``stimson quote``: take quotations from source texts, and compare them with these."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import NothingToRead, StimsonError
from . import exits, options, workspace
from .edits import data_option, finish, read_data

if TYPE_CHECKING:
    from ..project import Project


@click.group()
def quote() -> None:
    """Find words in a source, or compare all quotations with their sources."""


@quote.command()
@workspace.project(*workspace.ALL[:3], "sources")
@click.option("--sources", type=options.FOLDER, help="Folder of the archived source texts.")
@click.pass_context
def verify(context: click.Context, project: Project) -> None:
    """Compare every quotation with the text of its source, character by character."""
    from ..findings import report as make_report
    from ..rdf import read_dataset
    from ..rdf.turtle.source_map import SourceMap
    from ..sources.quotations import check_quotations, read_passages
    from ..validation.stages import ValidationContext
    from . import output

    settings: options.Settings = context.obj
    if project.sources is None:
        raise click.UsageError("Name the folder of the source texts with --sources.")
    dataset = read_dataset(project.folders)
    findings = check_quotations(ValidationContext(project, dataset, SourceMap(dataset)))
    found = make_report(findings, len(list(dataset.of("data"))))
    if not (settings.quiet and found.conforms):
        output.print_text(found)
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
    from ..files import read_text
    from ..sources.quotations import find_quotes, prefixes, written

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
    click.echo(prefixes())
    click.echo("\n".join(written(each, source.stem) for each in quotes), nl=False)


@quote.command()
@click.argument("phrase")
@click.option("--source", type=options.FILE, required=True, help="Text file of the source.")
@click.option("--to", type=options.FILE, help="Turtle file.  [default: that of the source]")
@click.option("--nth", type=int, help="Which of several occurrences is meant, counted from 1.")
@click.option(
    "--as-printed",
    is_flag=True,
    help="Take the words as the source prints them, where only quotation marks, dashes, spaces "
    "or line breaks differ.",
)
@click.option("--kind", metavar="TERM", help="sentence, clause, fragment or scare-quote.")
@click.option("--statement", metavar="NAME", help="Statement that quotes the words.")
@data_option
@click.pass_context
def add(
    context: click.Context,
    phrase: str,
    source: Path,
    to: Path | None,
    nth: int | None,
    as_printed: bool,
    kind: str | None,
    statement: str | None,
    data: Path | None,
    dry_run: bool,
) -> None:
    """Write PHRASE, as it stands in the source, into the data file that describes the source.

    The source is the one whose dcterms:identifier is the name of the text file. Quotation marks
    round PHRASE are taken off, and words of which some are quoted already are refused.

    \b
    stimson quote add "We do not recognise it" --source texts/radio-example.txt \\
      --kind sentence --statement statement:radio-example-mayor-01
    """
    from ..sources.library import term
    from ..sources.phrases import without_marks
    from ..sources.scaffolds import add_quotation

    library = read_data(context.obj, data)
    words = without_marks(phrase)
    if words != phrase:
        settings: options.Settings = context.obj
        settings.tell("The quotation marks are left out: a quotation is what stands between them.")
    quotation, edit = add_quotation(
        library,
        library.source(source),
        words,
        nth=nth,
        as_printed=as_printed,
        kind=term(kind, "stv") if kind else None,
        statement=term(statement, "statement") if statement else None,
        to=to,
    )
    finish(context.obj, quotation, edit, dry_run)
