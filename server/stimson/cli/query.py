"""``stimson query``: ask the current snapshot a question."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from ..config import read_config
from ..errors import InvalidFile, NothingToRead, QuerySyntaxError
from . import options, workspace

if TYPE_CHECKING:
    import pyoxigraph as ox
    from click.shell_completion import CompletionItem

    from .. import parameter_values
    from ..queries import Parameter, SavedQuery
    from ..snapshot.local_query import LocalResult

_FORMATS = ("table", "csv", "tsv", "json", "xml", "turtle", "ntriples", "rdfxml")
_STDIN = "-"
_WORDS = "stimson.query.words"
_SECONDS = 60.0  # for a query to be parsed


@dataclass(frozen=True, slots=True)
class _Query:
    """A query, and the file or stream it came from."""

    path: Path
    sparql: str
    saved: SavedQuery | None = None
    values: Mapping[str, str] = field(default_factory=dict)


class _QueryCommand(click.Command):
    """The command; its help, asked for after the name of a saved query, is about that query."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Keep the words: help is given before arguments are read."""
        context.meta[_WORDS] = tuple(args)
        return super().parse_args(context, args)

    def get_help(self, context: click.Context) -> str:
        """Describe the query that is named, else the command."""
        saved = _named(context)
        return super().get_help(context) if saved is None else _described(saved)


def _described(saved: SavedQuery) -> str:
    """Write what a saved query asks, its parameters and its columns."""
    lines = [f"{saved.title}\n\n  {saved.question}\n"]
    if saved.parameters:
        lines.append("Parameters (--param NAME=VALUE):")
        for each in saved.parameters:
            default = f", else {each.default}" if each.default else ""
            lines.append(f"  {each.name}  {each.doc} ({each.of or each.type}{default})")
        lines.append("")
    lines.append("Columns:")
    lines += [f"  {name}  {meaning}" for name, meaning in saved.columns.items()]
    return "\n".join(lines)


def _named(context: click.Context) -> SavedQuery | None:
    """Find the saved query that is named among the words, read or not."""
    return next(filter(None, map(_all_saved(context).get, context.meta[_WORDS])), None)


def _all_saved(context: click.Context) -> dict[str, SavedQuery]:
    """Read the saved queries, if they can be read, for help and completion."""
    from ..errors import StimsonError
    from ..queries import read_queries

    try:
        return read_queries(_folder(_settings(context), context.params.get("queries")))
    except StimsonError:
        return {}


def _settings(context: click.Context) -> options.Settings:
    """Find what was said before the command; a shell that completes says nothing."""
    found: options.Settings | None = context.find_object(options.Settings)
    return found or options.Settings(read_config(home=workspace.home(None)), quiet=True)


def _complete_name(context: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    return [
        CompletionItem(name, help=each.title)
        for name, each in _all_saved(context).items()
        if name.startswith(typed)
    ]


def _complete_parameter(
    context: click.Context, _: click.Parameter, typed: str
) -> list[CompletionItem]:
    """Complete the names of the parameters of the query that is named, then their values."""
    from click.shell_completion import CompletionItem

    saved = _named(context)
    name, equals, start = typed.partition("=")
    if saved is None:
        return []
    if not equals:
        names = [each for each in saved.parameters if each.name.startswith(name)]
        return [CompletionItem(f"{each.name}=", help=each.doc) for each in names]
    parameter = next((each for each in saved.parameters if each.name == name), None)
    return [] if parameter is None else list(_complete_value(context, parameter, start))


def _complete_value(
    context: click.Context, parameter: Parameter, start: str
) -> Iterator[CompletionItem]:
    from click.shell_completion import CompletionItem

    from .. import parameter_values
    from ..errors import StimsonError
    from ..snapshot import local_query

    if not parameter_values.is_checked(parameter):
        return
    settings = _settings(context)
    with suppress(StimsonError):  # without a snapshot, nothing can be offered
        snapshot = workspace.read_snapshot(
            settings, context.params.get("store") or settings.config.store
        )
        store = local_query.load(snapshot)
        for each in parameter_values.read_values(parameter, _asking(store)).choices:
            if f" {start}".casefold() in f" {each.short} {each.label}".casefold():
                yield CompletionItem(f"{parameter.name}={each.short}", help=each.label)


@click.command(cls=_QueryCommand)
@click.argument(
    "query", required=False, metavar="NAME|FILE|-", is_eager=True, shell_complete=_complete_name
)
@options.store
@click.option("--queries", type=options.FOLDER, help="Folder of the saved queries.")
@click.option(
    "--param",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    shell_complete=_complete_parameter,
    help="Value of a saved query's parameter: an IRI, a prefixed name, or the name of the thing in "
    "any language; empty for all. `stimson query NAME --help` lists the parameters.",
)
@click.option("--list", "show_list", is_flag=True, help="List the saved queries.")
@click.option(
    "--service-allow",
    "services",
    multiple=True,
    metavar="URL",
    help="SPARQL endpoint that the query may call by SERVICE; repeatable. None may be called "
    "otherwise.",
)
@click.option(
    "--strict",
    "is_strict",
    is_flag=True,
    help="Refuse a query that does not declare every prefix; otherwise those of `stimson` and the "
    "common ones may be left out.",
)
@click.option("--format", "form", type=click.Choice(_FORMATS), help="Format of the result.")
@click.pass_context
def query(
    context: click.Context,
    /,
    query: str | None,
    store: Path,
    queries: Path | None,
    parameters: tuple[str, ...],
    show_list: bool,
    services: tuple[str, ...],
    is_strict: bool,
    form: str | None,
) -> None:
    """Run a saved query by its name, a query in a file, or one from standard input (-).

    Rows are printed as a table on a terminal and as CSV elsewhere; graphs as Turtle.
    """
    settings: options.Settings = context.obj
    if show_list:
        _list(_folder(settings, queries))
        return
    if query is None:
        raise click.UsageError("Name a saved query, a file, or - for standard input.")
    from ..engine import query_policy

    found = _find(settings, query, queries, _values(parameters))
    if services:
        from .federation import relay

        contact = settings.config.wikidata_contact
        with relay(found.sparql, services, contact) as (sparql, gathered):
            answer = _evaluate(settings, _Query(found.path, sparql), store, is_strict)
            _print(answer, form, gathered)
    else:
        query_policy.reject_forbidden(found.sparql)
        _print(_evaluate(settings, found, store, is_strict), form)


def _list(folder: Path) -> None:
    from ..queries import read_queries

    saved = read_queries(folder)
    width = max(len(name) for name in saved)
    for name, each in saved.items():
        click.echo(f"{name:<{width}}  {each.question}")


def _values(parameters: tuple[str, ...]) -> dict[str, str]:
    pairs = [parameter.partition("=") for parameter in parameters]
    if broken := [name for name, equals, _ in pairs if not equals]:
        raise click.UsageError(f"--param {broken[0]}: expected NAME=VALUE.")
    return {name: value for name, _, value in pairs}


def _find(
    settings: options.Settings, query: str, given: Path | None, values: dict[str, str]
) -> _Query:
    """Take the query from standard input, a file or the saved ones."""
    from ..files import decode, read_text, refuse_mark
    from ..queries import find_query

    if values and (query == _STDIN or Path(query).is_file()):
        raise click.UsageError("--param is for saved queries: write the value into the file.")
    if query == _STDIN:
        stream = Path("<stdin>")
        text = decode(stream, sys.stdin.buffer.read())
        refuse_mark(stream, text)
        return _Query(stream, text)
    path = Path(query)
    if path.is_file():
        text = read_text(path)
        refuse_mark(path, text)
        return _Query(path, text)
    if path.suffix or len(path.parts) > 1:
        raise NothingToRead(f"{query}: no such file; name a query file or a saved query.")
    folder = _folder(settings, given)
    saved = find_query(folder, query)
    return _Query(folder / f"{query}.rq", saved.bind(dict.fromkeys(values, "")), saved, values)


def _folder(settings: options.Settings, given: Path | None) -> Path:
    """Find the folder of the saved queries: the one that was named, else that of the project."""
    folder = workspace.read_project(settings, "queries", queries=given).queries
    if folder is None:
        raise NothingToRead("The project has no saved queries; name their folder with --queries.")
    return folder


def _evaluate(
    settings: options.Settings, query: _Query, store: Path, is_strict: bool
) -> LocalResult:
    from .. import processes
    from ..engine import query_policy
    from ..query_names import complete, explain
    from ..snapshot import known_names, local_query

    snapshot = workspace.read_snapshot(settings, store)
    text = complete(query.sparql, is_strict=is_strict).text
    parsed = processes.run_one(partial(local_query.parse, text), most=_SECONDS)
    if isinstance(parsed, processes.Cut):  # it would have ended this process
        raise InvalidFile(query.path, f"the query cannot be parsed: {parsed.problem}")
    loaded = local_query.load(snapshot)
    sparql = query.sparql if query.saved is None else _bind(query.saved, query.values, loaded)
    completed = complete(sparql, is_strict=is_strict)
    try:
        # With the union asked for, the engine would pass over FROM without a word.
        union = not query_policy.names_its_graphs(sparql)
        answer = local_query.ask(loaded, completed.text, union)
    except QuerySyntaxError as fault:
        said = explain(fault, sparql, completed.added)
        raise InvalidFile(query.path, said.problem, said.line, said.column) from fault
    for each in known_names.KnownNames(snapshot.dataset).unknown(sparql):
        click.echo(f"warning: {each.said}", err=True)
    return answer


def _bind(saved: SavedQuery, values: Mapping[str, str], store: ox.Store) -> str:
    """Bind the parameters of a saved query to values that the snapshot holds."""
    from .. import parameter_values

    ask = _asking(store)
    resolved = parameter_values.resolve_all(
        saved, values, lambda each: parameter_values.read_values(each, ask)
    )
    return saved.bind(resolved)


def _asking(store: ox.Store) -> parameter_values.Ask:
    from ..snapshot import local_query

    return lambda text: local_query.ask(store, text, union=True).bindings()


def _print(answer: LocalResult, form: str | None, output: IO[bytes] | None = None) -> None:
    """Print an answer; one that goes to `output` is written there instead of to the screen."""
    terminal = sys.stdout.isatty()
    if answer.truth is not None and form in (None, "table"):
        click.echo(str(answer.truth).lower())
    elif answer.columns is not None and (form == "table" or (form is None and terminal)):
        _print_table(answer.columns, answer)
    else:
        default = "turtle" if answer.columns is None else "csv"
        answer.write(form or default, output or sys.stdout.buffer)


def _print_table(columns: tuple[str, ...], answer: LocalResult) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns)
    rows = 0
    for row in answer.rows():
        # Text, not markup: a literal in square brackets is data.
        table.add_row(*(Text(cell) for cell in row))
        rows += 1
    Console(emoji=False).print(table)
    click.echo(f"{rows} row{'' if rows == 1 else 's'}", err=True)
