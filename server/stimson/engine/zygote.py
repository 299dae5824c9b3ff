"""Load a snapshot once, in the process that the query workers are forked from.

The fork server of `multiprocessing` imports this module before it forks anything;
its children then share the loaded data until they write to it, which they never do.
Where there is no fork, each worker loads the data by the same call.
"""

import os
from functools import cache
from pathlib import Path

from pyoxigraph import RdfFormat, Store

# Not a setting: the pool tells the fork server here what to load, having no other way.
PRELOAD = "_STIMSON_PRELOAD"


@cache
def load(dataset: Path) -> Store:
    """Load the N-Quads of `dataset` into memory."""
    store = Store()
    store.bulk_load(path=dataset, format=RdfFormat.N_QUADS)
    return store


if dataset_to_share := os.environ.pop(PRELOAD, None):
    load(Path(dataset_to_share))
