"""``stimson wikidata``: fetch what Wikidata says, compare it, and write what it lacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..findings import SEVERITIES
from . import exits, options, workspace

if TYPE_CHECKING:
    from ..mappings import MappingSet
    from ..mappings.wikidata.item_graph import WikidataReading
    from ..project import Project
    from ..rdf import Dataset

_FOLDER = "wikidata"  # in the store: readings, and what was fetched for them
_SHOWN = 4  # things named for each reason to leave something out
_NEVER = "never"


@click.group()
def wikidata() -> None:
    """Fetch the mapped items, compare them with the data, or export what they lack."""


@wikidata.command()
@workspace.project()
@options.store
@click.option("--endpoint", help="Where items are fetched from.  [default: Wikidata]")
@click.option(
    "--user-agent-contact",
    "contact",
    help="Your mail address or web page, for Wikidata to reach you (or STIMSON_WIKIDATA_CONTACT).",
)
@click.option(
    "--max-rate",
    type=click.FloatRange(0, min_open=True),
    default=1.0,
    show_default=True,
    help="Largest number of requests per second.",
)
@click.option("--resume", is_flag=True, help="Continue a pull that was interrupted.")
@click.option("--output", type=options.NEW_FILE, help="File to write.")
@click.pass_context
def pull(
    context: click.Context,
    project: Project,
    store: Path,
    endpoint: str | None,
    contact: str | None,
    max_rate: float,
    resume: bool,
    output: Path | None,
) -> None:
    """Fetch the mapped items, one after the other, and write their statements to a file.

    Items that have not changed are not sent again. The file is for `stimson build --wikidata FILE`.
    """
    from ..mappings.wikidata import ENDPOINT
    from ..mappings.wikidata.entity_client import LIMITS, WikidataClient, agent_with_contact
    from ..mappings.wikidata.item_graph import write_items
    from ..mappings.wikidata.pull import ItemCache, mapped_items
    from ..mappings.wikidata.pull import pull as fetch

    settings: options.Settings = context.obj
    agent = agent_with_contact(contact or settings.config.wikidata_contact)
    address = endpoint or ENDPOINT
    dataset, sets = _read(project)
    wanted, places = mapped_items(sets), _places(dataset, sets)
    cache = ItemCache(store / _FOLDER / "items")
    if not resume and cache.unfinished() and not settings.quiet:
        click.echo("A pull was broken off; --resume would go on with it.", err=True)
    day = datetime.now(UTC).date()
    file = output or store / _FOLDER / f"wikidata-{day}.nq"
    with _progress(settings) as (show, tell):
        client = WikidataClient(address, agent, tell, limits=replace(LIMITS, rate=max_rate))
        try:
            pulled = fetch(wanted, places, client, cache, resume, show)
        except KeyboardInterrupt:
            click.echo("Broken off; what has come is kept: go on with --resume.", err=True)
            raise
    write_items(file, pulled.items.values(), day, address)
    if not settings.quiet:
        numbers = (pulled.sent, pulled.unchanged + pulled.resumed, pulled.redirected)
        click.echo(
            f"{len(pulled.items)} items in {file}: {numbers[0]} sent, {numbers[1]} as they were, "
            f"{numbers[2]} redirected, {pulled.missing} missing."
        )


@wikidata.command()
@workspace.project()
@options.store
@click.option(
    "--wikidata", "file", type=options.EXISTING_FILE, help="File of a pull.  [default: the last]"
)
@click.option(
    "--distance",
    type=click.FloatRange(0),
    default=5.0,
    show_default=True,
    help="Largest distance of a place in kilometres.",
)
@click.option("--format", "form", metavar="FORMAT", help="As for validate.  [default: text]")
@click.option("--output", "outputs", multiple=True, metavar="FORMAT=FILE", help="As for validate.")
@click.option(
    "--fail-on",
    type=click.Choice((*SEVERITIES, _NEVER)),
    default="violation",
    show_default=True,
    help="Least severe finding that makes the command fail.",
)
@click.pass_context
def check(
    context: click.Context,
    project: Project,
    store: Path,
    file: Path | None,
    distance: float,
    form: str | None,
    outputs: Sequence[str],
    fail_on: str,
) -> None:
    """Compare names, codes, coordinates and types of things with the fetched items."""
    from ..findings import report
    from ..mappings.wikidata.comparison import RULES, STAGE, Comparison
    from ..rdf.turtle.source_map import SourceMap
    from . import output

    settings: options.Settings = context.obj
    targets = output.read_targets(form, outputs)
    dataset, sets = _read(project)
    reading = _reading(store, file)
    index = dataset.index("ontology", "data")
    comparison = Comparison(index, sets, reading, SourceMap(dataset), distance)
    found = replace(
        report(
            (replace(each, stage=STAGE.name) for each in comparison.findings()),
            len(sets),
            [
                f"Wikidata as of {reading.day}: {len(reading.items)} items.",
                "Not compared: what country a place is in; labels that describe, as those of acts.",
            ],
        ),
        stages=(STAGE,),
        rules=RULES,
        fail_on=next((severity for severity in SEVERITIES if severity == fail_on), None),
    )
    output.write(found, targets, project.root, quiet=settings.quiet)
    context.exit(exits.OK if found.conforms else exits.FAILURE)


@wikidata.command()
@workspace.project()
@options.store
@click.option(
    "--wikidata", "file", type=options.EXISTING_FILE, help="File of a pull.  [default: the last]"
)
@click.pass_context
def quickstatements(
    context: click.Context, project: Project, store: Path, file: Path | None
) -> None:
    """Write what Wikidata lacks as commands for QuickStatements (V1); nothing is sent.

    What is left out, and why, is reported on standard error.
    """
    from ..mappings.wikidata.quickstatements import LeftOut, QuickStatements

    settings: options.Settings = context.obj
    dataset, sets = _read(project)
    left_out: dict[tuple[str, str], list[str]] = defaultdict(list)
    export = QuickStatements(dataset.index("ontology", "data"), sets, _reading(store, file))
    for line in export.lines():
        if isinstance(line, LeftOut):
            left_out[line.what, line.why].append(line.thing)
        else:
            click.echo(line)
    if not settings.quiet:
        for (what, why), things in sorted(left_out.items()):
            click.echo(f"Left out: {what} of {_named(things)}: {why}.", err=True)


def _read(project: Project) -> tuple[Dataset, list[MappingSet]]:
    from ..errors import NothingToRead
    from ..mappings.sssom_tsv import read_sound
    from ..rdf import read_dataset

    dataset, sets = read_dataset(project.folders), read_sound(project.folders.data)
    if not sets:
        raise NothingToRead(f"{project.folders.data} holds no mappings (*.sssom.tsv); add some.")
    return dataset, sets


def _reading(store: Path, file: Path | None) -> WikidataReading:
    from ..mappings.wikidata.item_graph import latest, read_items

    return read_items(file or latest(store / _FOLDER))


def _places(dataset: Dataset, sets: list[MappingSet]) -> set[str]:
    """List the items of places, from which a pull goes up to what they lie in."""
    from .. import names
    from ..mappings.wikidata import own_data

    index = dataset.index("ontology", "data")
    place = f"{names.ST}Place"
    return {
        id_ for thing, id_ in own_data.exact_pairs(sets) if place in own_data.classes(index, thing)
    }


def _named(things: Sequence[str]) -> str:
    from .. import names

    shown = ", ".join(names.shorten(thing) for thing in things[:_SHOWN])
    more = len(things) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


@contextmanager
def _progress(
    settings: options.Settings,
) -> Iterator[tuple[Callable[[int, int], None], Callable[[str], None]]]:
    """Show a bar on a terminal; elsewhere, only why it takes longer."""
    import sys

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Remaining

    if settings.quiet or not sys.stderr.isatty():
        yield lambda done, total: None, settings.tell
        return
    columns = (TextColumn("Wikidata"), BarColumn(), MofNCompleteColumn(), Remaining())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("")

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield show, lambda text: bar.console.print(text, markup=False, highlight=False)
