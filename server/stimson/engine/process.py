"""The zygote and its workers, seen from the server: on an event loop, never waiting."""

import asyncio
import os
import signal
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..config import Config
from ..errors import EngineFailed, QueryError, QueryTimeout, QueryTooDeep, QueryTooLarge
from . import Answer, Request
from .launching import AHEAD, launch
from .spool import Spool
from .stderr_reader import Murmurs
from .wire import READ, Frames, Tag, pack_request, unpack_error
from .zygote import FORK, NEWS

_START = 600.0  # seconds: to load the largest snapshot that fits
_END = 5.0  # seconds: to be gone after SIGKILL
_LATE = "The query ran past its deadline: make it more specific."


@dataclass(frozen=True, slots=True)
class Child:
    """A forked process; `exit_code` is there once it has ended."""

    pid: int
    exit_code: asyncio.Future[int]


class Zygote:
    """The process that holds the data of one snapshot."""

    def __init__(self, dataset: Path, config: Config) -> None:
        self._loop = asyncio.get_running_loop()
        self._wishes: deque[asyncio.Future[Child]] = deque()
        self._children: dict[int, Child] = {}
        self._news = b""
        launched = AHEAD.pop(dataset, None) or launch(dataset, config)
        self._process, self._control = launched.process, launched.control
        self._murmurs = Murmurs(launched.murmurs)
        self._loop.add_reader(self._control, self._hear)

    @property
    def is_alive(self) -> bool:
        """Tell whether it can still fork."""
        return self._control.fileno() >= 0

    async def fork(self) -> tuple[Child, socket.socket]:
        """Make a process, and the socket to it; raises `OSError` or `EngineFailed`."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        wish: asyncio.Future[Child] = self._loop.create_future()
        try:
            with theirs:
                socket.send_fds(self._control, [FORK], [theirs.fileno()])
            self._wishes.append(wish)  # only now: answers come in the order of what was sent
            async with asyncio.timeout(_START):
                return await wish, ours
        except BaseException:
            ours.close()  # a process that was made meanwhile sees that, and ends
            raise

    def kill(self) -> None:
        """End it, and with it all that it has forked."""
        if not self.is_alive:
            return
        self._loop.remove_reader(self._control)
        self._control.close()
        self._process.kill()
        try:
            self._process.wait(_END)
        finally:
            self._let_go()

    def _let_go(self) -> None:
        """Leave nobody waiting for what will not come any more."""
        for child in list(self._children.values()):
            if not child.exit_code.done():  # else it had ended before it was said to have begun
                kill(child)
                self._bury(child.pid, -signal.SIGKILL)
        self._murmurs.close()
        for wish in self._wishes:
            if not wish.done():
                wish.set_exception(EngineFailed("The query engine did not start."))

    def _hear(self) -> None:
        try:
            data = self._control.recv(READ)
        except OSError:
            data = b""
        if not data:
            self.kill()
            return
        self._news += data
        whole = len(self._news) - len(self._news) % NEWS.size
        for is_answer, pid, code in NEWS.iter_unpack(self._news[:whole]):
            if not is_answer:
                self._bury(pid, code)
            elif pid:
                self._greet(pid)
            else:
                self._deny(OSError(code, os.strerror(code)))
        self._news = self._news[whole:]

    def _deny(self, fault: OSError) -> None:
        wish = self._wishes.popleft()
        if not wish.done():
            wish.set_exception(fault)

    def _greet(self, pid: int) -> None:
        child = self._children.setdefault(pid, Child(pid, self._loop.create_future()))
        if child.exit_code.done():
            del self._children[pid]
        wish = self._wishes.popleft()
        if wish.done():  # who wanted it is gone
            kill(child)
        else:
            wish.set_result(child)

    def _bury(self, pid: int, exit_code: int) -> None:
        child = self._children.pop(pid, None)
        if child is None:  # a process can end before it is said to have begun
            child = self._children[pid] = Child(pid, self._loop.create_future())
        child.exit_code.set_result(exit_code)


def kill(child: Child) -> None:
    """End a forked process now."""
    if not child.exit_code.done():
        try:
            os.kill(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            return  # the news of its end is on the way


class NotTaken(EngineFailed):
    """A worker had died while it was idle, before a query reached it: another may be asked."""


class Worker:
    """One query worker. It runs one query at a time."""

    def __init__(self, child: Child, channel: socket.socket, result_mb: int) -> None:
        self.on_death: Callable[[], None] | None = None
        self.is_alive = True
        self.is_idle = False  # True while it waits for a query
        self._loop = asyncio.get_running_loop()
        self._child = child
        self._channel = channel
        self._result_mb = result_mb
        self._frames = Frames()
        self._media_type = ""
        self._spool = Spool(result_mb)
        self._end: asyncio.Future[None] = self._loop.create_future()
        self._loop.add_reader(channel, self._hear)

    async def await_ready(self) -> None:
        """Wait until it can be asked, or raise `QueryError` or `TimeoutError`."""
        async with asyncio.timeout(_START):
            await self._end
        if not self.is_alive:
            raise EngineFailed("A query worker was lost as soon as it was ready.")

    async def run(self, request: Request, seconds: float) -> Answer:
        """Answer a query, or raise a `QueryError`; it stays busy if it had to be left alone."""
        self.is_idle = False
        self._end = self._loop.create_future()
        self._spool = spool = Spool(self._result_mb)
        timer = self._loop.call_later(seconds, self._fail, QueryTimeout(_LATE))
        rest = self._send(pack_request(request, seconds))
        try:
            await self._end
        except BaseException:
            spool.close()
            raise
        finally:
            timer.cancel()
            if rest is not None:
                rest.cancel()
        body = spool.body
        chunks = spool.chunks() if body is None else iter((body,))
        return Answer(self._media_type, spool.length, chunks, body, spool.close)

    def kill(self) -> None:
        """End it now."""
        if self.is_alive:
            self._hang_up()
            kill(self._child)
            self._fail(EngineFailed("The query's worker was ended: try again."))

    def _send(self, data: bytes) -> asyncio.Task[None] | None:
        """Send a query, as far as it is taken at once; a task that is given sends the rest."""
        try:
            sent = self._channel.send(data)
        except OSError:
            self._fail(_not_taken())
            return None
        rest = data[sent:]
        return self._loop.create_task(self._send_rest(rest)) if rest else None

    async def _send_rest(self, data: bytes) -> None:
        try:
            await self._loop.sock_sendall(self._channel, data)
        except OSError:
            self._fail(_not_taken())

    def _hear(self) -> None:
        try:
            data = self._channel.recv(READ)
        except OSError:
            data = b""
        if not data:
            self._lose()
            return
        for tag, body in self._frames.feed(data):
            self._take(tag, body)

    def _take(self, tag: int, body: bytes) -> None:
        if tag == Tag.DATA:
            if not self._end.done():  # else it was given up and is about to be killed
                self._store(body)
        elif tag == Tag.HEAD:
            self._media_type = body.decode()
        else:
            self.is_idle = True
            if tag == Tag.ERROR:
                self._fail(unpack_error(body))
            elif not self._end.done():
                self._end.set_result(None)

    def _store(self, data: bytes) -> None:
        try:
            self._spool.add(data)
        except (QueryError, OSError) as fault:
            self._fail(fault)

    def _lose(self) -> None:
        self._hang_up()
        self._child.exit_code.add_done_callback(
            lambda exit_code: self._fail(_cause_of_death(exit_code.result()))
        )
        if self.on_death is not None:
            self.on_death()

    def _hang_up(self) -> None:
        self.is_alive = self.is_idle = False
        self._loop.remove_reader(self._channel)
        self._loop.remove_writer(self._channel)
        self._channel.close()

    def _fail(self, fault: Exception) -> None:
        if not self._end.done():
            self._end.set_exception(fault)
            self._end.exception()  # seen: who asked may be gone


def _not_taken() -> NotTaken:
    return NotTaken("The query's worker was lost: try again.")


def _cause_of_death(exit_code: int) -> QueryError:
    match exit_code:
        case code if code == -signal.SIGABRT:  # an allocation was refused
            return QueryTooLarge("The query needs more memory than it may have.")
        case code if code == -signal.SIGSEGV:  # the parser's stack overflowed
            return QueryTooDeep("The query is nested too deeply to be parsed.")
        case code if code == -signal.SIGXCPU:
            return QueryTimeout(_LATE)
        case code:
            return EngineFailed(f"The query's worker was lost (exit code {code}): try again.")
