"""``stimson new``: scaffold a source, statement, stance or act, with gaps for what is not said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from ..sources.library import Library
    from ..sources.scaffolds import Scaffold

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
    """Add an option for each slot, given on as `given`, and those of a date, as `dating`.

    The command is given the `library` of the data, too, and what it makes of them is written.
    """

    def decorate(command: Command) -> Command:
        @wraps(command)
        def wrapper(data: Path | None, dry_run: bool, **values: Any) -> None:
            given = {slot.option: _texts(values.pop(_parameter(slot))) for slot in slots}
            dating = Dating(**{field.name: values.pop(field.name) for field in fields(Dating)})
            settings = options.current()
            library = read_data(settings, data)
            term, edit = command(library=library, given=given, dating=dating, **values)
            finish(settings, term, edit, dry_run)

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
def source(
    library: Library,
    slug: str,
    text: Path,
    given: Given,
    dating: Dating,
) -> Scaffold:
    """Describe a source in a file of its own, DATA/sources/SLUG.ttl.

    \b
    stimson new source radio-example-mayor --text texts/radio-example.txt
    stimson new source radio-example-mayor --text texts/radio-example.txt \\
      --language en --date 2031-02-03 --date-as-printed "3 February 2031"
    """
    from ..sources import scaffolds

    return scaffolds.source(library, slug, text, given, dating)


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
def statement(
    library: Library,
    slug: str | None,
    source: Path,
    begins: str,
    ends: str | None,
    nth: int | None,
    to: Path | None,
    given: Given,
    dating: Dating,
) -> Scaffold:
    """Describe a statement, and the passage of the source in which it was read.

    Without SLUG, it is numbered after those of the source that are there.

    \b
    stimson new statement --source texts/radio-example.txt \\
      --begins "The mayor said" --ends "for good." --speaker organization:harbour-board
    """
    from ..sources import scaffolds

    extract = scaffolds.Extract(begins, ends, nth)
    read_in = library.source(source)
    return scaffolds.statement(library, read_in, extract, given, dating, slug, to)


@new.command()
@click.argument("slug", required=False)
@click.option("--to", type=options.FILE, required=True, help="Turtle file, new or not.")
@_filled(*STANCE)
def stance(
    library: Library,
    slug: str | None,
    to: Path,
    given: Given,
    dating: Dating,
) -> Scaffold:
    """Describe an actor's position on an act or change, and the evidence for it.

    Without SLUG, it is numbered after the file.

    \b
    stimson new stance --to data/sources/radio-example-mayor.ttl \\
      --holder organization:harbour-board --position rejection
    """
    from ..sources import scaffolds

    return scaffolds.stance(library, to, given, dating, slug)


@new.command()
@click.argument("slug", required=False)
@click.option("--to", type=options.FILE, required=True, help="Turtle file, new or not.")
@_filled(*ACT, *STAGE)
def act(
    library: Library,
    slug: str | None,
    to: Path,
    given: Given,
    dating: Dating,
) -> Scaffold:
    """Describe an act and one stage of it, with the date of the stage.

    Without SLUG, it is numbered after the file.

    \b
    stimson new act example-treaty-2031 --to data/acts/example.ttl \\
      --kind Treaty --stage signature --date 2031-02-03
    """
    from ..sources import scaffolds

    return scaffolds.act(library, to, given, dating, slug)
