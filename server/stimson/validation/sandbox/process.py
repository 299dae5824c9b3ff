"""One keeper, seen from the server: started at need, asked, ended."""

import multiprocessing
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from ...errors import CheckerFailed, CheckError, CheckTimeout
from . import Contribution, Verdict
from .server import LATE, Order, keep
from .wire import unpack

_START = 60.0  # seconds: to load what is shipped, on the slowest machine
_GRACE = 5.0  # seconds beyond the deadline: the keeper should be the first to act
_END = 5.0  # seconds: to be gone after SIGKILL


class KeeperProcess:
    """A keeper and the pipe to it. Not for two threads at once."""

    def __init__(self, memory_mb: int) -> None:
        self._memory_mb = memory_mb
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None
        self._is_ready = False

    def start(self) -> None:
        """Start the process, unless it runs, without waiting for it."""
        if self._process is not None and self._process.is_alive():
            return
        self.end()
        # Not forked: the server has threads, and its memory is no concern of a check.
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        with theirs:
            self._process = context.Process(
                target=keep, args=(theirs, self._memory_mb), daemon=True
            )
            self._process.start()

    def check(self, contribution: Contribution, form: str, seconds: float) -> Verdict:
        """Have a contribution checked, or raise a `CheckError`."""
        try:
            connection = self._ready()
            connection.send(Order(contribution, form, seconds))
            if not connection.poll(seconds + _GRACE):
                raise CheckTimeout(LATE)
            content = connection.recv_bytes()
        except (OSError, EOFError) as fault:
            self.end()
            raise CheckerFailed("The checker was lost: try again.") from fault
        except CheckError:
            self.end()
            raise
        return unpack(content)

    def end(self) -> None:
        """End the process now, and with it the check that it makes."""
        if self._process is not None:
            self._process.kill()
            self._process.join(_END)
        if self._connection is not None:
            self._connection.close()
        self._process = self._connection = None
        self._is_ready = False

    def _ready(self) -> Connection:
        """Start it at need, and wait until everything is loaded."""
        self.start()
        assert self._connection is not None  # there is one while there is a process
        if not self._is_ready:
            if not self._connection.poll(_START):
                raise CheckerFailed("The checker did not start in time: try again.")
            self._connection.recv_bytes()
            self._is_ready = True
        return self._connection
