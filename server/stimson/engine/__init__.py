"""Answer SPARQL queries: a snapshot and a query in, bytes out.

Two faces of the same engine. `AsyncEngine` runs on an event loop, where a thousand waiting
clients cost little and one that leaves can be let go of. `Engine` is for code that waits:
the views know no other, and `threads.Blocking` makes it out of the first.
"""

from ..config import Config
from ..processes.fork_server import Launched
from ..snapshot import Snapshot
from .data_process import launch_ahead
from .interface import Answer, AsyncEngine, Engine, Load, Request

__all__ = ["Answer", "AsyncEngine", "Engine", "Load", "Request", "launch_ahead", "open_engine"]


def open_engine(
    snapshot: Snapshot, config: Config, launched: Launched | None = None
) -> AsyncEngine:
    """Make the engine that the settings ask for; it is still to be started.

    It takes over what was `launched` ahead, or ends it where it serves other data.
    """
    if config.engine:
        from .remote import RemoteEngine

        return RemoteEngine(snapshot, config)
    from .pool import Pool

    return Pool(snapshot.dataset, config, launched)
