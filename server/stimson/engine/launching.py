"""Start the process that loads a snapshot: when it is wanted, or ahead of that.

A web process has itself to load, which takes about as long. So it starts this one first;
the engine, which comes later, takes over what it finds begun.
"""

import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ..config import Config

_PROGRAM = f"{__package__}.zygote"


@dataclass(frozen=True, slots=True)
class Launched:
    """A process that was started, the socket to it, and the pipe of its standard error."""

    process: "subprocess.Popen[bytes]"
    control: socket.socket
    murmurs: int


AHEAD: dict[Path, Launched] = {}  # by the file they load; who takes one over takes it out


def launch(dataset: Path, config: Config) -> Launched:
    """Start a zygote; it ends when the socket to it is closed."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    reader, writer = os.pipe()
    numbers = (theirs.fileno(), config.memory_mb, config.result_rows)
    descriptor, memory_mb, rows = map(str, numbers)
    command = [sys.executable, "-m", _PROGRAM, descriptor, str(dataset), memory_mb, rows]
    with theirs:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stderr=writer, pass_fds=[theirs.fileno()]
        )
    os.close(writer)
    return Launched(process, ours, reader)


def launch_ahead(dataset: Path, config: Config) -> None:
    """Start a zygote for an engine to come."""
    path = dataset.resolve()
    AHEAD[path] = launch(path, config)
