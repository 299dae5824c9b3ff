"""The checks as the web server sees them: a fork server, started when the first is needed."""

import asyncio
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ...config import Config
from ...errors import (
    CheckerBusy,
    CheckerFailed,
    CheckError,
    CheckTimeout,
    CheckTooDeep,
    CheckTooLarge,
)
from ...processes.fork_server import launch
from ...processes.framing import Tag
from ...processes.loop_thread import LoopThread
from ...processes.supervisor import Child, ForkServer, Lost, NotStarted
from . import Submission, SubmissionResult
from .job import CONFORMS, DEEP, LARGE, pack_job

_log = logging.getLogger(__name__)
_PROGRAM = f"{__package__}.job"
_QUEUE = 8  # submissions that wait, at most
_ATTEMPTS = 2  # to fork: that a server has ended may be known only by asking it
_START = 60.0  # seconds: to load what is shipped, on the slowest machine
_REPORT = 32 * 2**20  # bytes


class ValidationServer:
    """Check submissions for one web process, `config.validate_workers` at once."""

    def __init__(self, config: Config) -> None:
        self._config = config
        # Whoever waits or checks holds a thread of the server; half of them are left to others.
        most = config.validate_workers + _QUEUE
        self._slots = threading.BoundedSemaphore(max(1, min(most, config.web_threads // 2)))
        self._turn = asyncio.Semaphore(config.validate_workers)
        self._lock = threading.Lock()  # for the three below
        self._closed = False
        self._users = 0
        self._thread: LoopThread | None = None
        self._server: ForkServer | None = None  # of that thread

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Hold the place of one request, or raise `CheckerBusy`."""
        if not self._slots.acquire(blocking=False):
            raise CheckerBusy("Too many contributions are being checked: try again in a moment.")
        try:
            yield
        finally:
            self._slots.release()

    def warm(self) -> None:
        """Start the fork server without waiting for it: it loads while a form is filled in."""
        with suppress(CheckerFailed), self._in_use() as thread:
            thread.wait(self._running_server())

    def check(self, submission: Submission, report_format: str) -> SubmissionResult:
        """Check what was sent, or raise the `CheckError` that says why it was not."""
        job = pack_job(submission, report_format, self._config.validate_timeout)
        try:
            with self._in_use() as thread:
                return thread.wait(self._check(job))
        except CheckerFailed as fault:
            _log.error("%s", fault)
            raise

    def close(self) -> None:
        """Make no more checks, and end all processes once those that are made are done."""
        with self._lock:
            self._closed = True
            self._end_if_unused()

    @contextmanager
    def _in_use(self) -> Iterator[LoopThread]:
        """Hold the thread whose event loop minds the processes, or raise `CheckerFailed`."""
        with self._lock:
            if self._closed:
                raise CheckerFailed("The checker has been stopped.")
            self._thread = thread = self._thread or LoopThread()
            self._users += 1
        try:
            yield thread
        finally:
            with self._lock:
                self._users -= 1
                self._end_if_unused()

    def _end_if_unused(self) -> None:
        if self._closed and not self._users and self._thread is not None:
            self._thread.wait(self._end())
            self._thread.stop()
            self._thread = None

    async def _end(self) -> None:
        if self._server is not None:
            self._server.kill()

    async def _running_server(self) -> ForkServer:
        if self._server is None or not self._server.is_alive:
            try:
                launched = launch(_PROGRAM, self._config.memory_mb)
            except OSError as fault:
                raise _no_process(fault) from fault
            self._server = ForkServer(launched, "The checker")
        return self._server

    async def _fork(self) -> Child:
        """Make a process for one check; of a new fork server, if the one there was has ended."""
        for _ in range(_ATTEMPTS):
            server = await self._running_server()
            try:
                async with asyncio.timeout(_START):
                    return await server.fork()
            except TimeoutError as fault:
                server.kill()
                raise CheckerFailed("The checker did not start in time: try again.") from fault
            except (NotStarted, ConnectionError):
                server.kill()
            except OSError as fault:
                raise _no_process(fault) from fault
            except Lost as lost:
                raise _error_for(lost) from lost
        raise CheckerFailed("The checker was lost: try again.")

    async def _check(self, job: bytes) -> SubmissionResult:
        """Wait for a turn, and make a check."""
        try:
            async with asyncio.timeout(self._config.queue_timeout):
                await self._turn.acquire()
        except TimeoutError:
            raise CheckerBusy("No checker came free in time: try again in a few seconds.") from None
        try:
            if self._closed:
                raise CheckerFailed("The checker has been stopped.")
            return await _ask(await self._fork(), job, self._config.validate_timeout)
        finally:
            self._turn.release()


async def _ask(child: Child, job: bytes, seconds: float) -> SubmissionResult:
    """Have a process of its own make a check; raises `CheckTooLarge`, too."""
    head, report = b"", bytearray()

    def receive(tag: int, body: bytes) -> None:
        nonlocal head, report
        if tag == Tag.HEAD:
            head = body
            return
        report += body
        if len(report) > _REPORT:
            raise CheckTooLarge(f"The report has more than {_REPORT >> 20} MiB: send less at once.")

    try:
        await child.ask(job, seconds, receive, CheckError)
    except Lost as lost:
        raise _error_for(lost) from lost
    finally:
        child.kill()
    return SubmissionResult(head == CONFORMS, bytes(report))


def _no_process(fault: OSError) -> CheckerFailed:
    return CheckerFailed(
        f"No process could be started for the check ({fault.strerror}): try again."
    )


def _error_for(lost: Lost) -> CheckError:
    """Say what became of a check whose process was lost."""
    match lost.cause:
        case "memory":
            return CheckTooLarge(LARGE)
        case "depth":
            return CheckTooDeep(DEEP)
        case "time":
            return CheckTimeout("The check ran past its deadline: send the contribution in parts.")
    code = "" if lost.exit_code is None else f" (exit code {lost.exit_code})"
    return CheckerFailed(f"The process of the check was lost{code}: try again.")
