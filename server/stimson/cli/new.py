"""``stimson new``: scaffold a source, statement, stance or act, with gaps for what is not said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import wraps
from pathlib import Path
from typing import Any

import click

from ..sources.templates import (
    ACT,
    BASES,
    SOURCE,
    STAGE,
    STANCE,
    STATEMENT,
    Dating,
    Field,
    Given,
)
from . import options
from .edits import data_option, finish, read_data

Command = Callable[..., Any]
_METAVARS = {"name": "NAME", "concept": "TERM", "class": "TERM", "code": "CODE"}
_DATES = (
    click.option("--date", "first", metavar="DAY", help="Date, or earliest possible date."),
    click.option("--until", "last", metavar="DAY", help="Latest possible date."),
    click.option(
        "--date-basis", "basis", type=click.Choice(BASES), default="explicit", show_default=True
    ),
    click.option("--date-as-printed", "printed", metavar="WORDS", help="Date, as printed."),
    click.option("--date-note", "note", metavar="WORDS", help="How the date was found."),
)


def _filled(*slots: Field) -> Callable[[Command], Command]:
    """Add an option for each slot, given on as `given`, and those of a date, as `dating`."""

    def decorate(command: Command) -> Command:
        @wraps(command)
        def wrapper(*args: Any, **values: Any) -> Any:
            given = {slot.option: _texts(values.pop(_parameter(slot))) for slot in slots}
            dating = Dating(**{field.name: values.pop(field.name) for field in fields(Dating)})
            return command(*args, given=given, dating=dating, **values)

        decorated: Command = data_option(wrapper)
        for option in reversed([*map(_option, slots), *_DATES]):
            decorated = option(decorated)
        return decorated

    return decorate


def _option(slot: Field) -> Callable[[Command], Command]:
    words = f"{slot.asked[0].upper()}{slot.asked[1:]}."
    return click.option(
        f"--{slot.option}",
        _parameter(slot),
        multiple=slot.many,
        metavar=_METAVARS.get(slot.written, "WORDS"),
        help=f"{words} Repeatable." if slot.many else words,
    )


def _parameter(slot: Field) -> str:
    return f"slot_{slot.option.replace('-', '_')}"


def _texts(value: str | Sequence[str] | None) -> Sequence[str]:
    return () if value is None else (value,) if isinstance(value, str) else value


@click.group()
def new() -> None:
    """Scaffold Turtle, with a gap wherever a value is missing.

    A gap looks like gap:who-spoke and is to be replaced by a value; `stimson validate`
    lists all that are left. A NAME is an IRI or a prefixed name such as
    organization:harbour-board, a TERM one of the ontology or its vocabularies such as denial.
    """


@new.command()
@click.argument("slug")
@click.option("--text", type=options.FILE, required=True, help="The archived text, a .txt file.")
@_filled(*SOURCE)
@click.pass_context
def source(
    context: click.Context,
    slug: str,
    text: Path,
    given: Given,
    dating: Dating,
    data: Path | None,
    dry_run: bool,
) -> None:
    """Describe a source in a file of its own, DATA/sources/SLUG.ttl.

    \b
    stimson new source radio-example-mayor --text texts/radio-example.txt
    stimson new source radio-example-mayor --text texts/radio-example.txt \\
      --language en --date 2031-02-03 --date-as-printed "3 February 2031"
    """
    from ..sources import scaffolds

    library = read_data(context.obj, data)
    finish(context.obj, *scaffolds.source(library, slug, text, given, dating), dry_run)


@new.command()
@click.argument("slug", required=False)
@click.option("--source", type=options.FILE, required=True, help="Text file of the source.")
@click.option("--begins", metavar="WORDS", required=True, help="First words of its passage.")
@click.option("--ends", metavar="WORDS", help="Last words of its passage, if there are more.")
@click.option(
    "--nth", type=int, help="Which occurrence of the first words is meant, counted from 1."
)
@click.option("--to", type=options.FILE, help="Turtle file.  [default: that of the source]")
@_filled(*STATEMENT)
@click.pass_context
def statement(
    context: click.Context,
    slug: str | None,
    source: Path,
    begins: str,
    ends: str | None,
    nth: int | None,
    to: Path | None,
    given: Given,
    dating: Dating,
    data: Path | None,
    dry_run: bool,
) -> None:
    """Describe a statement, and the passage of the source in which it was read.

    Without SLUG, it is numbered after those of the source that are there.

    \b
    stimson new statement --source texts/radio-example.txt \\
      --begins "The mayor said" --ends "for good." --speaker organization:harbour-board
    """
    from ..sources import scaffolds

    library = read_data(context.obj, data)
    extract = scaffolds.Extract(begins, ends, nth)
    read_in = library.source(source)
    made = scaffolds.statement(library, read_in, extract, given, dating, slug, to)
    finish(context.obj, *made, dry_run)


@new.command()
@click.argument("slug", required=False)
@click.option("--to", type=options.FILE, required=True, help="Turtle file, new or not.")
@_filled(*STANCE)
@click.pass_context
def stance(
    context: click.Context,
    slug: str | None,
    to: Path,
    given: Given,
    dating: Dating,
    data: Path | None,
    dry_run: bool,
) -> None:
    """Describe an actor's position on an act or change, and the evidence for it.

    Without SLUG, it is numbered after the file.

    \b
    stimson new stance --to data/sources/radio-example-mayor.ttl \\
      --holder organization:harbour-board --position rejection
    """
    from ..sources import scaffolds

    library = read_data(context.obj, data)
    finish(context.obj, *scaffolds.stance(library, to, given, dating, slug), dry_run)


@new.command()
@click.argument("slug", required=False)
@click.option("--to", type=options.FILE, required=True, help="Turtle file, new or not.")
@_filled(*ACT, *STAGE)
@click.pass_context
def act(
    context: click.Context,
    slug: str | None,
    to: Path,
    given: Given,
    dating: Dating,
    data: Path | None,
    dry_run: bool,
) -> None:
    """Describe an act and one stage of it, with the date of the stage.

    Without SLUG, it is numbered after the file.

    \b
    stimson new act example-treaty-2031 --to data/acts/example.ttl \\
      --kind Treaty --stage signature --date 2031-02-03
    """
    from ..sources import scaffolds

    library = read_data(context.obj, data)
    finish(context.obj, *scaffolds.act(library, to, given, dating, slug), dry_run)
