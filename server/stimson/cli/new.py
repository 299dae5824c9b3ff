"""``stimson new``: scaffold what is described by hand, with gaps for what is not said."""

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
    CLAIM,
    CLAIMS,
    SOURCE,
    STAGE,
    STANCE,
    STATEMENT,
    STEP,
    THINGS,
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
_METAVARS = {
    **{"name": "NAME", "concept": "TERM", "class": "TERM"},
    **{"code": "TAG", "number": "NUMBER"},
}
_DATES = (
    click.option(
        "--date",
        "first",
        metavar="DAY",
        help="Date, or earliest possible date; `none` if nothing gives one.",
    ),
    click.option(
        "--until", "last", metavar="DAY", help="Latest possible date; `none` if nothing gives one."
    ),
    click.option("--date-as-printed", "printed", metavar="WORDS", help="Date, as printed."),
    click.option("--date-note", "note", metavar="WORDS", help="How the date was found."),
)


def _basis(default: str | None) -> Callable[[Command], Command]:
    """Add the option for the ground of a date; without a default, there need be no date."""
    return click.option(
        "--date-basis",
        "basis",
        type=click.Choice(BASES),
        default=default,
        show_default=default is not None,
        help="On what ground the date rests.",
    )


def _filled(*slots: Field, dated: bool | None = True) -> Callable[[Command], Command]:
    """Add an option for each slot, given on as `given`, and those of a date, as `dating`.

    What is `dated` must have a date; with False it may have one, with None there are no options.
    The command is given the `library` of the data, too, and what it makes of them is written.
    """
    dates: list[Callable[[Command], Command]] = []
    if dated is not None:
        dates = [*_DATES, _basis("explicit" if dated else None)]

    def decorate(command: Command) -> Command:
        @wraps(command)
        def wrapper(data: Path | None, dry_run: bool, **values: Any) -> None:
            given = {slot.option: _texts(values.pop(_parameter(slot))) for slot in slots}
            said = {each.name: values.pop(each.name, None) for each in fields(Dating)}
            dating = Dating(**said)
            settings = options.current()
            library = read_data(settings, data)
            term, edit = command(library=library, given=given, dating=dating, **values)
            finish(settings, term, edit, dry_run)

        decorated: Command = data_option(wrapper)
        for option in reversed([*map(_option, slots), *dates]):
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
@_filled(*STANCE, *STEP)
def stance(
    library: Library,
    slug: str | None,
    to: Path,
    given: Given,
    dating: Dating,
) -> Scaffold:
    """Describe an actor's position on an act or change, and the step by which it is shown.

    Evidence and date are those of the step; `stimson new step` adds further ones. Without SLUG,
    it is numbered after the file.

    \b
    stimson new stance --to data/sources/radio-example-mayor.ttl \\
      --holder organization:harbour-board --position rejection --step taken
    """
    from ..sources import scaffolds

    return scaffolds.stance(library, to, given, dating, slug)


@new.command()
@click.argument("slug", required=False)
@click.option("--of", metavar="NAME", required=True, help="Stance in whose course it comes.")
@click.option("--to", type=options.FILE, required=True, help="Turtle file, new or not.")
@_filled(*STEP)
def step(
    library: Library,
    slug: str | None,
    of: str,
    to: Path,
    given: Given,
    dating: Dating,
) -> Scaffold:
    """Describe a further step of a stance: confirmed, changed, withdrawn …

    Without SLUG, it is named after the stance and its kind, and numbered.

    \b
    stimson new step --of stance:radio-example-mayor-01 \\
      --to data/sources/radio-example-mayor.ttl --step confirmed
    """
    from ..sources import scaffolds
    from ..sources.library import term

    return scaffolds.step(library, to, term(of, "stance"), given, dating, slug)


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


@new.group()
def claim() -> None:
    """Describe a claim: what a statement puts forward, by its kind.

    It goes into the file of its statement. Its date is the time of what is claimed, as the account
    has it; when it was said is the time of the statement.
    """


def _add_claim(kind: str) -> None:
    """Add the command for a kind of claim."""

    @click.argument("slug", required=False)
    @click.option("--to", type=options.FILE, help="Turtle file.  [default: that of the statement]")
    @_filled(*CLAIM, *CLAIMS[kind][1], dated=False)
    def command(
        library: Library,
        slug: str | None,
        to: Path | None,
        given: Given,
        dating: Dating,
    ) -> Scaffold:
        from ..sources import scaffolds

        return scaffolds.claim(library, kind, given, dating, slug, to)

    article = "an" if kind[0] in "aeio" else "a"
    command.__doc__ = f"""Describe {article} {kind} claim.

    Without SLUG, it is lettered after its statement.

    \b
    stimson new claim {kind} --statement statement:radio-example-mayor-01
    """
    claim.command(kind, help=command.__doc__)(command)


def _add_thing(kind: str) -> None:
    """Add the command for a kind of thing that needs no source in hand."""
    template = THINGS[kind]

    @click.argument("slug", required=False)
    @click.option("--to", type=options.FILE, required=True, help="Turtle file, new or not.")
    @_filled(*template.fields, dated=False if template.dated else None)
    def command(
        library: Library,
        slug: str | None,
        to: Path,
        given: Given,
        dating: Dating,
    ) -> Scaffold:
        from ..sources import scaffolds

        return scaffolds.thing(library, kind, to, given, dating, slug)

    command.__doc__ = f"""{template.summary}

    Without SLUG, it is numbered after the file.

    \b
    stimson new {kind} {template.example}
    """
    new.command(kind, help=command.__doc__)(command)


for _kind in CLAIMS:
    _add_claim(_kind)
for _kind in THINGS:
    _add_thing(_kind)
