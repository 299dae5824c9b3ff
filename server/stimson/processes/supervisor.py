"""Have a fork server make processes, ask them, and know why one was lost: on an event loop.

Nothing here waits but coroutines. A process runs one request at a time; whoever does not want
the response any more, or cannot have it, ends the process.
"""

import asyncio
import logging
import os
import signal
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from ..errors import StimsonError
from .child import Cause, cause_of_death
from .fork_server import END_SECONDS, FORK, REPORT, Launched
from .framing import READ, FrameReader, Tag, error_from_json

_log = logging.getLogger(__name__)
_START = 600.0  # seconds: to load the largest snapshot that fits
_LONGEST = 1000  # characters of one line of standard error
Receive = Callable[[int, bytes], object]  # takes a head or data: its tag and its body


class Lost(Exception):
    """A process ended before it had answered, or was given up; `cause` says why."""

    def __init__(self, cause: Cause, exit_code: int | None = None) -> None:
        self.cause, self.exit_code = cause, exit_code
        super().__init__(cause if exit_code is None else f"{cause} (exit code {exit_code})")


class LostIdle(Lost):
    """A process had died before a request reached it: another may be asked."""


class NotStarted(Exception):
    """The fork server ended before it had forked what was asked for."""


@dataclass(frozen=True, slots=True)
class _Forked:
    """A forked process; `exit_code` is there once it has ended."""

    pid: int
    exit_code: asyncio.Future[int]

    def kill(self) -> None:
        if not self.exit_code.done():
            try:
                os.kill(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                return  # the report of its end is on the way


class ForkServer:
    """The process that forks others, seen from the one that has started it."""

    def __init__(self, launched: Launched, name: str) -> None:
        """Take it over; `name` is what the log calls it."""
        self._loop = asyncio.get_running_loop()
        self._requested: deque[asyncio.Future[_Forked]] = deque()
        self._children: dict[int, _Forked] = {}
        self._unread = b""
        self._process, self._control = launched.process, launched.control
        self._stderr = _StderrReader(launched.stderr, name)
        self._loop.add_reader(self._control, self._read)

    @property
    def is_alive(self) -> bool:
        """Tell whether it can still fork."""
        return self._control.fileno() >= 0

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    async def fork(self) -> "Child":
        """Make a process that can be asked; raises `OSError`, `NotStarted`, `Lost`, `TimeoutError`.

        A process that is not wanted any more is ended.
        """
        async with asyncio.timeout(_START):
            child = await self._fork()
            try:
                await child.ready()
            except BaseException:
                child.kill()
                raise
        return child

    async def _fork(self) -> "Child":
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        request: asyncio.Future[_Forked] = self._loop.create_future()
        try:
            with theirs:
                socket.send_fds(self._control, [FORK], [theirs.fileno()])
            # Only now: answers come in the order of what was sent.
            self._requested.append(request)
            return Child(await request, ours)
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
            self._process.wait(END_SECONDS)
        finally:
            self._fail_all()

    def _fail_all(self) -> None:
        """Leave nobody waiting for what will not come any more."""
        for forked in list(self._children.values()):
            if not forked.exit_code.done():  # else it had ended before it was said to have begun
                if forked.pid != self.pid:  # it is, where there is no fork
                    forked.kill()
                self._note_end(forked.pid, -signal.SIGKILL)
        self._stderr.close()
        for request in self._requested:
            if not request.done():
                request.set_exception(NotStarted("The process that forks others has ended."))

    def _read(self) -> None:
        try:
            data = self._control.recv(READ)
        except OSError:
            data = b""
        if not data:
            self.kill()
            return
        self._unread += data
        whole = len(self._unread) - len(self._unread) % REPORT.size
        for is_answer, pid, code in REPORT.iter_unpack(self._unread[:whole]):
            if not is_answer:
                self._note_end(pid, code)
            elif pid:
                self._begin(pid)
            else:
                self._refuse(OSError(code, os.strerror(code)))
        self._unread = self._unread[whole:]

    def _refuse(self, fault: OSError) -> None:
        request = self._requested.popleft()
        if not request.done():
            request.set_exception(fault)

    def _begin(self, pid: int) -> None:
        forked = self._children.setdefault(pid, _Forked(pid, self._loop.create_future()))
        if forked.exit_code.done():
            del self._children[pid]
        request = self._requested.popleft()
        if request.done():  # who wanted it is gone
            forked.kill()
        else:
            request.set_result(forked)

    def _note_end(self, pid: int, exit_code: int) -> None:
        forked = self._children.pop(pid, None)
        if forked is None:  # a process can end before it is said to have begun
            forked = self._children[pid] = _Forked(pid, self._loop.create_future())
        forked.exit_code.set_result(exit_code)


class Child:
    """A forked process, and the socket to it. It is asked one thing at a time."""

    def __init__(self, forked: _Forked, channel: socket.socket) -> None:
        self.on_death: Callable[[], None] | None = None
        self.is_alive = True
        self.is_idle = False  # True while it waits for a request
        self._loop = asyncio.get_running_loop()
        self._process = forked
        self._channel = channel
        self._frames = FrameReader()
        self._receive: Receive = _ignore
        self._errors: type[StimsonError] = StimsonError
        self._end: asyncio.Future[None] = self._loop.create_future()
        self._loop.add_reader(channel, self._read)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    async def ready(self) -> None:
        """Wait until it can be asked, or raise `Lost`."""
        await self._end
        if not self.is_alive:
            raise Lost("crash")

    async def ask(
        self, request: bytes, seconds: float, receive: Receive, errors: type[StimsonError]
    ) -> None:
        """Send the frame of a request, and have the frames of the response received.

        Raises `Lost`, one of the `errors` that the process has sent, or what `receive` raises;
        the process is idle then only if it has ended the response by itself.
        """
        self.is_idle = False
        self._end, self._receive, self._errors = self._loop.create_future(), receive, errors
        timer = self._loop.call_later(seconds, self._fail, Lost("time"))
        rest = self._send(request)
        try:
            await self._end
        finally:
            self._receive = _ignore
            timer.cancel()
            if rest is not None:
                rest.cancel()

    def kill(self) -> None:
        """End it now."""
        if self.is_alive:
            self._hang_up()
            self._process.kill()
            self._fail(Lost("ended"))

    def _send(self, data: bytes) -> asyncio.Task[None] | None:
        """Send a request, as far as it is taken at once; a task that is given sends the rest."""
        try:
            sent = self._channel.send(data)
        except OSError:
            self._fail(LostIdle("crash"))
            return None
        rest = data[sent:]
        return self._loop.create_task(self._send_rest(rest)) if rest else None

    async def _send_rest(self, data: bytes) -> None:
        try:
            await self._loop.sock_sendall(self._channel, data)
        except OSError:
            self._fail(LostIdle("crash"))

    def _read(self) -> None:
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
        if self._end.done():  # it was given up and is about to be killed
            return
        try:
            if tag in (Tag.HEAD, Tag.DATA):
                self._receive(tag, body)
            else:
                error = error_from_json(body, self._errors) if tag == Tag.ERROR else None
                self._finish(error)
        except ValueError:  # it has sent what is no response
            self._fail(Lost("crash"))
        except Exception as fault:  # it is the response that cannot be had
            self._fail(fault)

    def _finish(self, error: StimsonError | None) -> None:
        """Note that it has come to the end of a response."""
        self.is_idle = True
        if error is None:
            self._end.set_result(None)
        else:
            self._fail(error)

    def _lose(self) -> None:
        self._hang_up()
        self._process.exit_code.add_done_callback(lambda ended: self._blame(ended.result()))
        if self.on_death is not None:
            self.on_death()

    def _blame(self, exit_code: int) -> None:
        self._fail(Lost(cause_of_death(exit_code), exit_code))

    def _hang_up(self) -> None:
        self.is_alive = self.is_idle = False
        self._loop.remove_reader(self._channel)
        self._loop.remove_writer(self._channel)
        self._channel.close()

    def _fail(self, fault: Exception) -> None:
        if not self._end.done():
            self._end.set_exception(fault)
            self._end.exception()  # seen: who asked may be gone


def _ignore(tag: int, body: bytes) -> None:
    """Take a frame that says nothing, or that nobody waits for."""


class _StderrReader:
    """Passes on what forked processes say on standard error to the log, as the words of `name`.

    It may be a trace of ours, or the last words of a process that a request has ended. So nothing
    of it is taken for granted: least of all that it ends with the line.
    """

    def __init__(self, reader: int, name: str) -> None:
        self._loop = asyncio.get_running_loop()
        self._reader = reader
        self._name = name
        self._rest = b""
        self._is_open = True
        os.set_blocking(self._reader, False)
        self._loop.add_reader(self._reader, self._hear)

    def close(self) -> None:
        """Hear what is left to hear."""
        while self._is_open and self._hear():
            pass
        self._end()

    def _hear(self) -> bool:
        try:
            data = os.read(self._reader, READ)
        except BlockingIOError:
            return False
        if not data:
            self._end()
            return False
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._rest = self._rest[-_LONGEST:]
        for line in lines:
            self._say(line)
        return True

    def _say(self, line: bytes) -> None:
        if line.strip():
            text = line.decode("utf-8", "replace")[:_LONGEST]
            _log.warning("%s says: %s", self._name, text)

    def _end(self) -> None:
        if self._is_open:
            self._is_open = False
            self._say(self._rest)
            self._loop.remove_reader(self._reader)
            os.close(self._reader)
