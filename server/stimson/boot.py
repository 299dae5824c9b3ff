"""What a web process loads first: it has the data read while it loads all the rest."""

from contextlib import suppress
from typing import TYPE_CHECKING

from .config import read_config
from .engine.launching import launch_ahead
from .errors import SnapshotMissing
from .snapshot import read_current

if TYPE_CHECKING:
    from .web.rsgi import Front


def create() -> "Front":
    """Make the application over the current snapshot, with its own query workers."""
    config = read_config()
    if not config.engine:  # else another server has the data
        with suppress(SnapshotMissing):  # the application will say so, in the log
            launch_ahead(read_current(config.store).dataset, config)
    from .web.rsgi import Front

    return Front(config)
