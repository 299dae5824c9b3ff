"""``stimson search``: find things by their names, their codes or words that are said of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import InvalidSearch
from . import options, workspace

if TYPE_CHECKING:
    from ..search.search_results import SearchResult


@click.command()
@click.argument("words", nargs=-1, required=True)
@options.store
@click.option("--queries", type=options.FOLDER, help="Folder of the saved queries.")
@click.option("--kind", default="", help="Only things of this kind, such as place or act.")
@click.option("--count", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--page", type=click.IntRange(1, 1_000_000), default=1, show_default=True)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
@click.pass_obj
def search(
    settings: options.Settings,
    /,
    words: tuple[str, ...],
    store: Path,
    queries: Path | None,
    kind: str,
    count: int,
    page: int,
    form: str,
) -> None:
    """Find states, places, persons, acts, stances, quotations and more by WORDS.

    WORDS are names in any language and spelling, codes, or words of quotations and notes. What
    bears the name comes first.
    """
    from ..queries import read_queries
    from ..search.index_file import SearchCache
    from ..search.result_json import pages, write_result
    from ..search.thing_kinds import read_kind

    read_kind(kind)
    folder = workspace.read_project(settings, "queries", queries=queries).queries
    snapshot = workspace.read_snapshot(settings, store)
    text, cache = " ".join(words), SearchCache()
    index = cache.index(snapshot, read_queries(folder) if folder else {}, 0)
    found = index.find(text, kind, page, count)
    cache.close()
    last = pages(found.total, count)
    if page > last:
        raise InvalidSearch(f"There is no page {page} of these results: the last is {last}.")
    if form == "json":
        written = write_result(text, kind, page, count, found)
        click.echo(json.dumps(written, indent=2, ensure_ascii=False))
    else:
        _print(found)
        _tell(found, page, last)


def _print(found: SearchResult) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from .. import names

    if not found.things:
        return
    table = Table("thing", "kind", "title")
    table.columns[0].overflow = "fold"
    for thing in found.things:
        id = names.shorten(thing.iri).removeprefix("<").removesuffix(">")
        # Text, not markup: a title in square brackets is data.
        table.add_row(Text(id), Text(thing.type or thing.kind.label), Text(thing.title))
    Console(emoji=False).print(table)


def _tell(found: SearchResult, page: int, last: int) -> None:
    """Say on standard error how much was found, and what may be meant where nothing was."""
    if found.total:
        more = f", page {page} of {last}" if last > 1 else ""
        click.echo(f"{found.total} found{more}", err=True)
        return
    click.echo("Nothing was found.", err=True)
    if found.counts:
        others = ", ".join(f"{count} {kind.label}" for kind, count in found.counts)
        click.echo(f"Of other kinds there are {others}.", err=True)
    if found.meant:
        click.echo(f"Did you mean {' or '.join(found.meant)}?", err=True)
    elif len(found.alone) > 1:
        alone = ", ".join(f"{word} {number}" for word, number in found.alone)
        click.echo(f"Each word alone: {alone}.", err=True)
