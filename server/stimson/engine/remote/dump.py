"""The whole dataset, from the snapshot: SPARQL has no query for it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, cast

import pyoxigraph
from pyoxigraph import Quad, RdfFormat

from ... import names
from ...errors import EngineFailed, FormatUnavailable
from ..formats import GRAPHS, PREFIXED
from ..spool import Spool


def dump(dataset: Path, media_type: str | None, spool: Spool, is_over: Callable[[], bool]) -> str:
    """Write every graph under its name, until nobody waits for it any more."""
    form = GRAPHS.get(media_type or "")
    if media_type is None or form is None or not form.supports_datasets:
        known = [name for name, each in GRAPHS.items() if each.supports_datasets]
        raise FormatUnavailable(f"A dataset is answered as one of {', '.join(known)}.")
    prefixes = names.PREFIXES if form in PREFIXED else None
    pyoxigraph.serialize(_quads(dataset, is_over), _file(spool), form, prefixes=prefixes)
    return media_type


def _quads(dataset: Path, is_over: Callable[[], bool]) -> Iterator[Quad]:
    for quad in pyoxigraph.parse(path=dataset, format=RdfFormat.N_QUADS):
        if is_over():
            raise EngineFailed("The answer was given up.")
        yield quad


class _Into:
    def __init__(self, spool: Spool) -> None:
        self._spool = spool

    def write(self, data: bytes) -> int:
        self._spool.add(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing."""


def _file(spool: Spool) -> IO[bytes]:
    return cast("IO[bytes]", _Into(spool))
