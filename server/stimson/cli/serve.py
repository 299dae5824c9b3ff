"""`stimson serve`: answer queries and show pages over HTTP."""

import dataclasses
import os
import socket
from pathlib import Path

import click

from .. import paths
from ..config import Config, environment_name, read_config
from ..errors import PortInUse
from ..queries import read_queries
from ..snapshot import read_current

_GRACE = 3  # seconds for open requests when the server is stopped


@click.command()
@click.option("--host", help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 takes a free one."
)
@click.option("--store", type=click.Path(path_type=Path), help="Folder that holds the snapshots.")
def serve(host: str | None, port: int | None, store: Path | None) -> None:
    """Serve the current snapshot until interrupted."""
    options = {"host": host, "port": port, "store": store}
    given = {
        environment_name(name): str(value) for name, value in options.items() if value is not None
    }
    config = read_config(os.environ | given)
    snapshot = read_current(config.store)
    read_queries(paths.QUERIES)  # what is wrong with one is said here, before a server starts
    config = dataclasses.replace(config, port=_free_port(config.host, config.port))
    _hand_down(config)
    click.echo(f"Snapshot {snapshot.name} on {_url(config)} (stop with Ctrl-C)")
    _run(config)


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


def _hand_down(config: Config) -> None:
    """Leave the settings where the web processes read theirs."""
    for setting in dataclasses.fields(config):
        os.environ[environment_name(setting.name)] = str(getattr(config, setting.name))


def _url(config: Config) -> str:
    host = f"[{config.host}]" if ":" in config.host else config.host
    return f"http://{host}:{config.port}"


def _run(config: Config) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "stimson.web.wsgi:create",
        factory=True,
        address=config.host,
        port=config.port,
        interface=Interfaces.WSGI,
        workers=config.web_workers,
        blocking_threads=config.web_threads,
        backpressure=config.web_threads + config.queue,
        respawn_failed_workers=True,
        workers_kill_timeout=_GRACE,
        websockets=False,
        log_access=False,
        log_level=LogLevels.error,
    ).serve()
