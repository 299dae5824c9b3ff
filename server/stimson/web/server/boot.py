"""A web process, from its first moment to its last. Data are read while it loads the rest."""

import signal
import socket
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from ...config import Config
from ...engine import launch_ahead
from ...errors import SnapshotMissing
from ...processes.fork_server import Launched
from ...snapshot import read_current
from . import END, RENEW, STOPPING

if TYPE_CHECKING:
    from uvicorn import Server

_IGNORED_AT_FIRST = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, STOPPING, RENEW)
_BACKLOG = 1024  # connections that wait to be accepted


def run(config: Config) -> None:
    """Serve until told to end; exits with a status that says whether it could begin."""
    for each in _IGNORED_AT_FIRST:  # until there is someone to tell
        signal.signal(each, signal.SIG_IGN)
    signal.signal(END, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    launched = None
    with suppress(SnapshotMissing):  # the application will say so, in the log
        launched = launch_ahead(read_current(config.store), config)
    server = _make_server(config, launched)
    with listen(config) as listener:
        server.run([listener])


def _make_server(config: Config, launched: Launched | None) -> "Server":
    """Import the rest, and put it together."""
    from uvicorn import Config as Settings
    from uvicorn import Server

    from .admission import Admission, Clients
    from .application import Application
    from .connection import Connection

    clients = Clients(config)
    settings = Settings(
        Application(config, clients, lambda: setattr(server, "should_exit", True), launched),
        http=partial(Connection, config, Admission(config, clients)),  # type: ignore[arg-type]  # it makes one
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        backlog=_BACKLOG,
        timeout_keep_alive=config.receive_timeout,  # type: ignore[arg-type]  # any number will do
        timeout_graceful_shutdown=round(config.stop_timeout),
    )
    server = Server(settings)
    return server


def listen(config: Config) -> socket.socket:
    """Take the port, which several web processes share: each has a queue of its own."""
    listener = socket.socket(socket.AF_INET6 if ":" in config.host else socket.AF_INET)
    for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
        listener.setsockopt(socket.SOL_SOCKET, option, 1)
    listener.bind((config.host, config.port))
    return listener
