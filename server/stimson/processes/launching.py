"""Start a program that runs a fork server: when it is wanted, or ahead of that.

Who starts it ahead may load what else it needs meanwhile; so this module needs little itself.
"""

import os
import socket
import subprocess
import sys
from dataclasses import dataclass

_END = 5.0  # seconds: to be gone after SIGKILL


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
        self.process.wait(_END)


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
