"""``stimson quote add``: write a quotation into the data file of its source."""

from __future__ import annotations

from pathlib import Path

import click

from . import options
from .edits import data_option, finish, read_data


@click.command()
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

    The source is the one whose dcterms:identifier is the name of the text file.

    \b
    stimson quote add "We do not recognise it" --source texts/radio-example.txt \\
      --kind sentence --statement statement:radio-example-mayor-01
    """
    from ..sources.library import term
    from ..sources.quoting import add_quotation

    library = read_data(context.obj, data)
    quotation, edit = add_quotation(
        library,
        library.source(source),
        phrase,
        nth=nth,
        as_printed=as_printed,
        kind=term(kind, "stv") if kind else None,
        statement=term(statement, "statement") if statement else None,
        to=to,
    )
    finish(context.obj, quotation, edit, dry_run)
