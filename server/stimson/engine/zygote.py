"""The process that holds the loaded data, and forks the query workers.

Its children share the data until they write to it, which they never do: so a new worker
costs milliseconds and little memory, however large the snapshot is. It runs as a program
of its own (`python -m stimson.engine.zygote`) and ends when the server hangs up.
"""

import gc
import os
import signal
import socket
import struct
import sys
from pathlib import Path

from pyoxigraph import RdfFormat, Store

from . import worker

FORK = b"F"  # a wish for a worker, sent along with the socket for it
# Ctrl-C, the word to stop and the word to read anew reach all processes of a terminal or a
# service. The server handles them: this process ends when the last query is done.
_NOT_FOR_US = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# The answer to a wish: True, the new worker's process, 0; or True, 0, and the number of the error
# that there is none for. The end of a worker: False, its process, its exit code.
NEWS = struct.Struct("<?ii")


def load(dataset: Path) -> Store:
    """Load the N-Quads of a snapshot, which was checked when it was built, into memory."""
    store = Store()
    store.load(path=dataset, format=RdfFormat.N_QUADS, lenient=True)
    return store


def main(descriptor: int, dataset: Path, memory_mb: int, rows: int) -> None:
    """Fork a worker for each socket that comes, until the server hangs up."""
    for each in _NOT_FOR_US:
        signal.signal(each, signal.SIG_IGN)
    control = socket.socket(fileno=descriptor)
    store = load(dataset)
    gc.freeze()  # a collection in a worker would copy what it looks at
    _report_deaths(control)
    while True:
        try:
            wish, descriptors, _, _ = socket.recv_fds(control, len(FORK), 1)
        except ConnectionResetError:
            return
        if not wish:
            return
        with socket.socket(fileno=descriptors[0]) as channel:
            answer = _fork(channel, store, memory_mb, rows)
        control.sendall(answer)


def _report_deaths(control: socket.socket) -> None:
    """Tell the server about every worker that ends, as soon as it does."""

    def reap(*_: object) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            try:
                control.sendall(NEWS.pack(False, pid, os.waitstatus_to_exitcode(status)))
            except OSError:  # the server is gone, and so is the purpose of this process
                os._exit(0)

    signal.signal(signal.SIGCHLD, reap)


def _fork(channel: socket.socket, store: Store, memory_mb: int, rows: int) -> bytes:
    """Fork a worker, and give the answer to who wished for it."""
    zygote = os.getpid()
    try:
        pid = os.fork()
    except OSError as fault:  # the machine has no room for more; those there are live on
        return NEWS.pack(True, 0, fault.errno or 0)
    if pid == 0:
        _live(channel, store, memory_mb, rows, zygote)
    return NEWS.pack(True, pid, 0)


def _live(channel: socket.socket, store: Store, memory_mb: int, rows: int, zygote: int) -> None:
    """Be a worker, and never come back."""
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        worker.serve(channel, store, memory_mb, rows, zygote)
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
