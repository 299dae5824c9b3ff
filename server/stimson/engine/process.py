"""One query worker, seen from the server: start it, ask it, end it."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import (
    EngineFailed,
    QueryError,
    QueryTimeout,
    QueryTooDeep,
    QueryTooLarge,
)
from . import Request
from .wire import Tag, unpack_error
from .worker import serve
from .zygote import PRELOAD, load

if TYPE_CHECKING:  # the second does not exist everywhere
    from multiprocessing.context import ForkServerContext, SpawnContext

_START = 600.0  # seconds: to load the largest snapshot that fits
_END = 5.0  # seconds: to be gone after SIGKILL
_starting = threading.Lock()  # PRELOAD is the whole process's


class WorkerProcess:
    """A worker and the pipe to it. Not for two threads at once."""

    def __init__(self, dataset: Path, memory_mb: int) -> None:
        self.is_idle = False  # True while it waits for a query
        with _starting:
            context = _context()
            self._connection, theirs = context.Pipe()
            with theirs:
                self._process: BaseProcess = context.Process(
                    target=serve, args=(theirs, dataset, memory_mb), daemon=True
                )
                try:
                    os.environ[PRELOAD] = str(dataset)  # for a zygote that starts now
                    self._process.start()
                except (OSError, EOFError) as fault:
                    self._connection.close()
                    raise EngineFailed("The query engine did not start.") from fault
                finally:
                    del os.environ[PRELOAD]  # other programs must not inherit it

    def await_ready(self) -> None:
        """Wait until the data is loaded; `EOFError` if the worker ends before."""
        if self.is_idle:
            return
        if not self._connection.poll(_START):
            raise EngineFailed("The query engine did not load the data in time.")
        self._connection.recv_bytes()
        self.is_idle = True

    def ask(self, request: Request, seconds: float) -> bool:
        """Hand over a query and tell whether it was taken: a dead worker takes none."""
        try:
            self.await_ready()
            self.is_idle = False
            self._connection.send((request, seconds))
        except (OSError, EOFError):
            return False
        return True

    def frames(self, deadline: float) -> Iterator[tuple[Tag, bytes]]:
        """Receive the answer up to its end; raise the `QueryError` that came instead."""
        while True:
            frame = self._receive(deadline)
            tag, body = Tag(frame[:1]), frame[1:]
            self.is_idle = tag in (Tag.ERROR, Tag.END)
            if tag is Tag.ERROR:
                raise unpack_error(body)
            if tag is Tag.END:
                return
            yield tag, body

    def kill(self) -> None:
        """End the worker now."""
        self._process.kill()
        self._process.join(_END)
        self._connection.close()

    def _receive(self, deadline: float) -> bytes:
        if not self._connection.poll(max(0.0, deadline - time.monotonic())):
            raise QueryTimeout("The query ran past its deadline: make it more specific.")
        try:
            frame: bytes = self._connection.recv_bytes()
        except (OSError, EOFError) as fault:
            raise self._cause_of_death() from fault
        return frame

    def _cause_of_death(self) -> QueryError:
        self._process.join(_END)
        match self._process.exitcode:
            case code if code == -signal.SIGABRT:  # an allocation was refused
                return QueryTooLarge("The query needs more memory than it may have.")
            case code if code == -signal.SIGSEGV:  # the parser's stack overflowed
                return QueryTooDeep("The query is nested too deeply to be parsed.")
            case code if code == -getattr(signal, "SIGXCPU", 0):
                return QueryTimeout("The query ran past its deadline: make it more specific.")
            case code:
                return EngineFailed(f"The query's worker was lost (exit code {code}): try again.")


def _context() -> "SpawnContext | ForkServerContext":
    """Fork from a process that holds the data, or start anew where there is no fork."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([load.__module__])
    return context
