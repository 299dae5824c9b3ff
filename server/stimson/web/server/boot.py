"""A web process, from its first moment to its last. Data are read while it loads the rest."""

import signal
import socket
from contextlib import suppress
from functools import partial

from ...config import Config
from ...engine.launching import launch_ahead
from ...errors import SnapshotMissing
from ...processes import die_with
from ...snapshot import read_current
from .signals import END, RENEW, STOPPING

_HEARD = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, STOPPING, RENEW)
_BACKLOG = 1024  # connections that wait to be accepted


def live(config: Config, parent: int) -> None:
    """Serve until told to end; exits with a status that says whether it could begin."""
    for each in _HEARD:  # until there is someone to tell
        signal.signal(each, signal.SIG_IGN)
    signal.signal(END, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    die_with(parent)  # nobody could stop it, and a new server would share its port
    if not config.engine:  # else another server has the data
        with suppress(SnapshotMissing):  # the application will say so, in the log
            launch_ahead(read_current(config.store).dataset, config)
    from uvicorn import Config as Settings
    from uvicorn import Server

    from .admission import Admission
    from .application import Application
    from .clients import Clients
    from .connection import Connection

    clients = Clients(config)
    settings = Settings(
        Application(config, clients, stop=lambda: setattr(server, "should_exit", True)),
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
    with listen(config) as listener:
        server.run([listener])


def listen(config: Config) -> socket.socket:
    """Take the port, which several web processes share: each has a queue of its own."""
    listener = socket.socket(socket.AF_INET6 if ":" in config.host else socket.AF_INET)
    for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
        listener.setsockopt(socket.SOL_SOCKET, option, 1)
    listener.bind((config.host, config.port))
    return listener
