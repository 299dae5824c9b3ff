"""`stimson serve`: answer queries and show pages over HTTP."""

import dataclasses
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click

from .. import logs
from ..config import DEFAULT, UNION, Config
from ..errors import PortInUse
from ..queries import read_queries
from ..snapshot import Snapshot, read_current
from ..temporary import remove_abandoned, temporary_folder
from ..web.ops.sharing import shared_folder
from . import options, workspace
from .web_processes import WebProcesses


@click.command()
@click.argument("files", nargs=-1, type=options.ANY, metavar="[FILE]...")
@click.option("--host", help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 for any free one."
)
@click.option("--store", type=options.FOLDER, help="Folder of the built snapshots.")
@click.option(
    "--default-graph",
    type=click.Choice([UNION, DEFAULT]),
    help="Default graph of queries without FROM: the union of all graphs, or the dataset's own.",
)
@click.option("--base", metavar="IRI", help="Resolve relative IRIs in the files against this.")
@click.pass_obj
def serve(
    settings: options.Settings, /, files: tuple[Path, ...], base: str | None, **given: Any
) -> None:
    """Serve the current snapshot until interrupted; or FILEs, if any are named.

    FILEs may be Turtle, TriG, N-Triples, N-Quads, RDF/XML or JSON-LD. Named graphs keep their
    names, other triples are in the default graph. Nothing is validated, inferred or added; of
    numbers, dates and durations the engine keeps the value, not the spelling: "01" is 1.
    """
    _check_usage(files, base, given["store"])
    chosen = {name: value for name, value in given.items() if value is not None}
    config = dataclasses.replace(settings.config, **chosen)
    if files and config.engine:
        raise click.UsageError(
            "STIMSON_ENGINE holds other data: name files or an engine, not both."
        )
    remove_abandoned()  # also where no folder is made: the last server may have been killed
    with _snapshot(settings, config, files, base) as (config, snapshot):
        port, log = _free_port(config.host, config.port), logs.choose_format(config.log, sys.stderr)
        config = dataclasses.replace(config, port=port, log=log)
        with _metrics_folder(config) as folder:
            config = dataclasses.replace(config, metrics_folder=folder)
            click.echo(f"Snapshot {snapshot.name} on {_url(config)} (stop with Ctrl-C)")
            if not (files or settings.quiet):
                click.echo(f"Reading {workspace.near(config.store)}, {_shown(settings)}")
            exit_code = WebProcesses(config).serve()
    sys.exit(exit_code)


def _check_usage(files: tuple[Path, ...], base: str | None, store: Path | None) -> None:
    if files and store is not None:
        raise click.UsageError("Name files or a --store, not both.")
    if base is not None and not files:
        raise click.UsageError("--base is for files: name one.")


@contextmanager
def _snapshot(
    settings: options.Settings, config: Config, files: tuple[Path, ...], base: str | None
) -> Iterator[tuple[Config, Snapshot]]:
    """Find the snapshot to serve; one made of `files` is gone when the context is left."""
    if not files:
        snapshot, project = read_current(config.store), workspace.find(settings)
        if project.queries is not None:
            read_queries(project.queries)  # what is wrong with one is said before a server starts
        yield config, snapshot
        return
    from ..snapshot.gather import gather

    with temporary_folder() as store:
        yield dataclasses.replace(config, store=store), gather(files, store, base)


def _shown(settings: options.Settings) -> str:
    """Say where that is which pages show beside the snapshot."""
    return workspace.describe(workspace.find(settings), "queries", "ontology", "shapes")


@contextmanager
def _metrics_folder(config: Config) -> Iterator[str]:
    """Make the folder that several web processes share; one needs none."""
    with ExitStack() as stack:
        folder = Path(config.metrics_folder) if config.metrics_folder else None
        if folder is None and config.web_workers > 1:
            folder = stack.enter_context(temporary_folder())
        # What is wrong with it is said here, before a server starts.
        stack.enter_context(shared_folder(folder))
        yield str(folder or "")


def _free_port(host: str, port: int) -> int:
    """Find out the port to listen on, or raise `PortInUse`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # As the server will do: a port that was used a moment ago is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            raise PortInUse(
                f"Cannot listen on {host}:{port} ({fault.strerror}); choose another with --port."
            ) from fault
        chosen: int = probe.getsockname()[1]
        return chosen


def _url(config: Config) -> str:
    host = f"[{config.host}]" if ":" in config.host else config.host
    return f"http://{host}:{config.port}"
