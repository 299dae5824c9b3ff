"""Processes that end at a point of their life, each as the first file left in a folder says.

Run as a program it takes the place of one that runs a fork server, and is that but for this.
"""

import errno
import os
import runpy
import signal
from pathlib import Path

from stimson.processes import fork_server, framing, parallel
from stimson.processes.framing import Tag, frame

FOLDER = "FAULTS_FOLDER"  # the variable that names the folder
PROGRAM = "FAULTS_PROGRAM"  # the variable that names the real program
UNFORKED = "unforked"  # there is no room for another process
FORKING = "forking"  # it is the one that should fork that ends
STARTING, READING, WORKING = "starting", "reading", "working"
WRITING = "writing"  # half of the response has been sent
IDLE = "idle"  # it could be asked, or all has been answered
DEAF = "deaf"  # it does not end, but reads nothing

_fork, _be_child, _feed = os.fork, fork_server._be_child, framing.FrameReader.feed
_carry_out, _outcome = parallel._carry_out, parallel._outcome
_head, _send = framing.ResponseWriter.head, framing.ResponseWriter._send
_fault = ""


def end(point: str) -> None:
    """End this process, if it is to end at this point."""
    if _fault == point:
        os.kill(os.getpid(), signal.SIGKILL)


def fork() -> int:
    """Fork, unless there is to be no process."""
    global _fault
    first, *_ = [*sorted(Path(os.environ[FOLDER]).iterdir()), None]
    _fault = "" if first is None else first.read_text()
    if first is not None:
        first.unlink()
    if _fault == UNFORKED:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    end(FORKING)
    return _fork()


def be_child(channel, *rest) -> None:
    """Answer requests, unless this child is to fail."""
    end(STARTING)
    if _fault in (IDLE, DEAF):
        channel.sendall(frame(Tag.READY))
        end(IDLE)
        while True:
            signal.pause()
    _be_child(channel, *rest)


def feed(reader, data):
    """Read a part of a request."""
    end(READING)
    return _feed(reader, data)


def head(writer, body):
    """Begin a response."""
    end(WORKING)
    _head(writer, body)


def send(writer, end_frame=b""):
    """Send a part of a response."""
    if _fault == WRITING:
        whole = writer._head + frame(Tag.DATA, b"".join(writer._data)) + end_frame
        writer._channel.sendall(whole[: len(whole) // 2])
    end(WRITING)
    _send(writer, end_frame)


def carry_out(tasks, allowance, pipe, board, is_closed) -> None:
    """Carry out a lane of tasks."""
    end(STARTING)

    def outcome(task, marks):
        whole = _outcome(task, marks)
        end(WORKING)
        if _fault in (WRITING, IDLE):
            os.write(pipe[1], whole[: len(whole) // 2] if _fault == WRITING else whole)
        end(WRITING)
        end(IDLE)
        return whole

    parallel._outcome = outcome
    _carry_out(tasks, allowance, pipe, board, is_closed)


def install() -> None:
    """Have the processes that are forked from now on end as the files in the folder say."""
    os.fork, fork_server._be_child = fork, be_child
    framing.FrameReader.feed = feed
    framing.ResponseWriter.head, framing.ResponseWriter._send = head, send
    parallel._carry_out = carry_out


if __name__ == "__main__":
    install()
    runpy.run_module(os.environ[PROGRAM], run_name="__main__", alter_sys=True)
