"""Keep the index of the snapshot that is served, and the processor for all who share it."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from ..errors import ReconciliationUnavailable
from .gather import Ask, gather
from .index import Index


class Keeper:
    """Builds the index when it is first wanted, and anew for another snapshot."""

    def __init__(self) -> None:
        self._building = Lock()
        self._turn = Lock()
        self._kept: tuple[str, Index] | None = None

    def index(self, snapshot: str, ask: Ask) -> Index:
        """Find the index of a snapshot; who comes while it is being built waits for it."""
        with self._building:
            if self._kept is None or self._kept[0] != snapshot:
                self._kept = (snapshot, Index(gather(ask)))
            return self._kept[1]

    @contextmanager
    def turn(self, seconds: float) -> Iterator[None]:
        """Let one batch at a time be matched, or raise `ReconciliationUnavailable`.

        Matching is work for the processor of this very process. Two at once would be no
        faster, and would slow down whoever asks for something else.
        """
        if not self._turn.acquire(timeout=seconds):
            raise ReconciliationUnavailable("Too many batches are waiting: try again later.")
        try:
            yield
        finally:
            self._turn.release()
