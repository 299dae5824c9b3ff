"""`stimson serve`: answer queries and show pages over HTTP.

The first process of a server answers nobody: it supervises the web processes, which do.
"""

import dataclasses
import logging.config
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import click

from .. import logs
from ..config import DEFAULT, UNION, Config
from ..errors import PortInUse
from ..processes import fork
from ..queries import read_queries
from ..snapshot import Snapshot, read_current
from ..temporary import remove_abandoned, temporary_folder
from ..web.ops.sharing import shared_folder
from ..web.server import END, RENEW, STOPPING, boot
from . import options, workspace

_log = logging.getLogger(__name__)
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD, signal.SIGALRM)
_SOON = 1.0  # seconds after which a web process that was lost at once is replaced
_MORE_TIME = 5.0  # seconds a web process may take to end, beyond its time to answer
_COULD_NOT_START = 3  # exit status of one that could not begin, as uvicorn has it
_NOW = 1e-6  # seconds


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
            host = f"[{config.host}]" if ":" in config.host else config.host
            click.echo(f"Snapshot {snapshot.name} on http://{host}:{port} (stop with Ctrl-C)")
            if not (files or settings.quiet):
                project = workspace.find(settings)
                shown = workspace.describe(project, "queries", "ontology", "shapes")
                click.echo(f"Reading {workspace.near(config.store)}, {shown}")
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


class WebProcesses:
    """The web processes, from the first to the last.

    It does nothing but wait for signals, one after another: so none ever interrupts it.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._started: dict[int, float] = {}  # by the web process, when it was started
        self._missing = config.web_workers
        self._exit_code = 0
        self._ending = self._end()
        self._is_stopping = False

    def serve(self) -> int:
        """Serve until told to stop; gives the exit code."""
        logging.config.dictConfig({"version": 1, **logs.settings(self._config.log)})
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        with boot.listen(self._config):  # the port stays ours when all of them are lost
            self._start_missing()
            while not self._is_stopping:
                self._handle_signal()
        while self._started:
            self._handle_signal()
        return self._exit_code

    def _handle_signal(self) -> None:
        match signal.sigwait(_SIGNALS):
            case signal.SIGCHLD:
                self._reap()
            case signal.SIGHUP:
                self._signal(RENEW)
            case signal.SIGALRM if self._is_stopping:
                next(self._ending)
            case signal.SIGALRM:
                self._start_missing()
            case _ if self._is_stopping:
                self._signal(signal.SIGKILL)
            case _:
                self._stop()

    def _start_missing(self) -> None:
        """Begin the web processes that are missing."""
        for _ in range(self._missing):
            # It ends with this: nobody could stop it, and a new server would share its port.
            self._started[fork(partial(_serve, self._config))] = time.monotonic()
        self._missing = 0

    def _reap(self) -> None:
        """Note which web processes have ended, and replace them."""
        for pid in list(self._started):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if not ended:
                continue
            lived = time.monotonic() - self._started.pop(pid)
            if self._is_stopping:
                continue
            exit_code = os.waitstatus_to_exitcode(status)
            if exit_code == _COULD_NOT_START and not self._started:  # it has said why
                self._exit_code = 1
                self._stop()
                return
            _log.warning("Web process %d was lost (exit code %d).", pid, exit_code)
            self._missing += 1
            _set_alarm(_NOW if lived > _SOON else _SOON)

    def _stop(self) -> None:
        self._is_stopping = True
        next(self._ending)

    def _end(self) -> Iterator[None]:
        """Do, one after another, what is done to end; each gives the web processes some time."""
        self._signal(STOPPING)
        _set_alarm(self._config.stop_delay or _NOW)
        yield
        self._signal(END)
        _set_alarm(self._config.stop_timeout + _MORE_TIME)
        yield
        self._signal(signal.SIGKILL)
        yield

    def _signal(self, which: signal.Signals) -> None:
        for pid in self._started:
            with suppress(ProcessLookupError):  # it was lost, and another is on its way
                os.kill(pid, which)


def _set_alarm(seconds: float) -> None:
    """Have SIGALRM come after a while."""
    signal.setitimer(signal.ITIMER_REAL, seconds)


def _serve(config: Config) -> None:
    """Be a web process."""
    try:
        boot.run(config)
    except Exception as fault:
        _log.exception("A web process failed.")
        raise SystemExit(1) from fault
