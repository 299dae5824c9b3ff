"""A fork server whose next children fail, each as the first file left in a folder says.

It runs in the place of a real one, and is the real one but for that.
"""

import errno
import os
import runpy
import signal
from pathlib import Path

from stimson.processes import fork_server
from stimson.processes.framing import Tag, frame

FOLDER = "FAULTS_FOLDER"  # the variable that names the folder
PROGRAM = "FAULTS_PROGRAM"  # the variable that names the real program
UNBORN, EARLY, AT_ONCE, DEAF = "unborn", "early", "at once", "deaf"

_fork, _be_child = os.fork, fork_server._be_child
_fault = ""


def fork() -> int:
    """Fork, unless there is to be no process."""
    global _fault
    first, *_ = [*sorted(Path(os.environ[FOLDER]).iterdir()), None]
    _fault = "" if first is None else first.read_text()
    if first is not None:
        first.unlink()
    if _fault == UNBORN:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    return _fork()


def be_child(channel, *rest) -> None:
    """Answer requests, unless this child is to fail."""
    if _fault == EARLY:
        return
    if _fault in (AT_ONCE, DEAF):
        channel.sendall(frame(Tag.READY))
        while _fault == DEAF:
            signal.pause()
        return
    _be_child(channel, *rest)


if __name__ == "__main__":
    os.fork, fork_server._be_child = fork, be_child
    runpy.run_module(os.environ[PROGRAM], run_name="__main__", alter_sys=True)
