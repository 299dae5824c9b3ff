"""Start the process that loads a snapshot, before or when an engine needs it."""

from pathlib import Path

from ..config import Config
from ..processes.fork_server import Launched, launch
from ..snapshot import Snapshot

_WORKER = f"{__package__}.worker"  # the program that holds the data


def launch_ahead(snapshot: Snapshot, config: Config) -> Launched | None:
    """Begin to load a snapshot, for an engine that is opened later; None if it loads nothing.

    A web process has itself to load, which takes about as long.
    """
    return None if config.engine else launch_workers(snapshot.dataset, config)


def launch_workers(dataset: Path, config: Config) -> Launched:
    """Start the program that loads a snapshot and forks query workers."""
    return launch(_WORKER, dataset.resolve(), config.memory_mb, config.result_rows)
