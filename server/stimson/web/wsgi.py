"""The application as a WSGI server loads it, with its settings from the environment."""

import atexit

from flask import Flask

from .. import paths
from ..config import read_config
from ..engine.pool import Pool
from ..queries import read_queries
from ..snapshot import read_current
from . import create_app


def create() -> Flask:
    """Make the application over the current snapshot, with its own query workers."""
    config = read_config()
    snapshot = read_current(config.store)
    pool = Pool(snapshot.dataset, config)
    atexit.register(pool.close)
    return create_app(config, pool, snapshot, read_queries(paths.QUERIES))
