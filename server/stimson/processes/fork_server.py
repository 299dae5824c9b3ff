"""The program that holds what many requests need, and forks a process for each who asks.

What it has loaded is shared with its children until they write to it: so a new one costs
milliseconds and little memory, however much there is. It runs as a program of its own, asked by a
`supervisor`, and ends when that hangs up. Who starts it ahead may load what else it needs
meanwhile; so this module needs little itself.
"""

import gc
import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from .child import (
    apply_rlimits,
    close_other_fds,
    discard_streams,
    fork,
    set_batch_priority,
)
from .framing import Tag, frame

FORK = b"F"  # a request for a child, sent along with the socket for it
# The answer to that: True, the new child's process, 0; or True, 0, and the number of the error
# that there is none for. The end of a child: False, its process, its exit code.
REPORT = struct.Struct("<?ii")
# Ctrl-C, the word to stop and the word to read anew reach all processes of a terminal or a
# service. The server handles them: this process ends when the last request is done.
_IGNORED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
END_SECONDS = 5.0  # seconds: to be gone after SIGKILL
Serve = Callable[[socket.socket], None]  # answer requests until the other end hangs up


@dataclass(frozen=True, slots=True)
class Launched:
    """A program that was started, the socket to it, and the pipe of its standard error."""

    arguments: tuple[str, ...]
    process: "subprocess.Popen[bytes]"
    control: socket.socket
    stderr: int

    def end(self) -> None:
        """End it, where no `ForkServer` has taken it over."""
        self.control.close()
        os.close(self.stderr)
        self.process.kill()
        self.process.wait(END_SECONDS)


def launch(module: str, *arguments: object) -> Launched:
    """Start a module that runs a fork server; its first argument is the socket's descriptor."""
    given = tuple(map(str, arguments))
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    reader, writer = os.pipe()
    # It finds the modules that this process finds, and none that lie where it is started.
    command = [sys.executable, "-P", "-m", module, str(theirs.fileno()), *given]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stderr=writer,
            pass_fds=[theirs.fileno()],
            env=environment,
        )
    except BaseException:
        ours.close()
        os.close(reader)
        raise
    finally:
        theirs.close()
        os.close(writer)
    return Launched(given, process, ours, reader)


@dataclass(frozen=True, slots=True)
class Confinement:
    """What holds for each child, beside that it opens and writes no file."""

    memory_mb: int  # beyond what the server holds
    is_batch: bool = False  # it never interrupts another process
    is_silent: bool = False  # its standard streams lead nowhere


def run(descriptor: int, load: Callable[[], Serve], confinement: Confinement) -> None:
    """Load what is shared, then fork a child for each socket that comes, until it hangs up.

    `descriptor` is that of the socket to who has started this program.
    """
    for each in _IGNORED:
        signal.signal(each, signal.SIG_IGN)
    control = socket.socket(fileno=descriptor)
    gc.disable()  # nothing that is loaded now is garbage
    serve = load()
    gc.freeze()  # a collection in a child would copy what it looks at
    gc.enable()
    _report_deaths(control)
    while (channel := _next_channel(control)) is not None:
        with channel:
            if not hasattr(os, "fork"):
                _serve_here(control, channel, serve)
                return
            answer = _fork(partial(_be_child, channel, serve, confinement))
        control.sendall(answer)


def _next_channel(control: socket.socket) -> socket.socket | None:
    """Wait for a request for a child, and give the socket for it; None at the end."""
    try:
        request, descriptors, _, _ = socket.recv_fds(control, len(FORK), 1)
    except ConnectionResetError:
        return None
    return socket.socket(fileno=descriptors[0]) if request else None


def _report_deaths(control: socket.socket) -> None:
    """Report every child that ends, as soon as it does."""

    def reap(*_: object) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            try:
                control.sendall(REPORT.pack(False, pid, os.waitstatus_to_exitcode(status)))
            except OSError:  # who asked is gone, and so is the purpose of this process
                os._exit(0)

    signal.signal(signal.SIGCHLD, reap)


def _fork(work: Callable[[], None]) -> bytes:
    """Fork a child, and give the answer to who asked for it."""
    try:
        return REPORT.pack(True, fork(work), 0)
    except OSError as fault:  # the machine has no room for more; those there are live on
        return REPORT.pack(True, 0, fault.errno or 0)


def _be_child(channel: socket.socket, serve: Serve, confinement: Confinement) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if confinement.is_silent:
        discard_streams()
    close_other_fds(channel.fileno())  # among them what keeps the server alive, and with it this
    if confinement.is_batch:
        set_batch_priority()
    apply_rlimits(confinement.memory_mb)
    channel.sendall(frame(Tag.READY))
    serve(channel)


def _serve_here(control: socket.socket, channel: socket.socket, serve: Serve) -> None:
    """Serve without a fork: this process is the one that is lost, and another is started."""
    control.sendall(REPORT.pack(True, os.getpid(), 0))
    channel.sendall(frame(Tag.READY))
    serve(channel)
