"""A fork server whose next workers fail, each as the first file left in a folder says.

It runs in the place of the real one, and is the real one but for that.
"""

import errno
import os
import signal
import sys
from pathlib import Path

from stimson.engine import worker, zygote
from stimson.engine.wire import Tag, frame

FOLDER = "FAULTS_FOLDER"  # the variable that names the folder
UNBORN, EARLY, AT_ONCE, DEAF = "unborn", "early", "at once", "deaf"

_fork, _serve = os.fork, worker.serve
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


def serve(channel, *rest) -> None:
    """Answer queries, unless this worker is to fail."""
    if _fault == EARLY:
        return
    if _fault in (AT_ONCE, DEAF):
        channel.sendall(frame(Tag.READY))
        while _fault == DEAF:
            signal.pause()
        return
    _serve(channel, *rest)


if __name__ == "__main__":
    os.fork, worker.serve = fork, serve
    zygote.main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
