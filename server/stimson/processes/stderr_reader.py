"""What forked processes say on standard error: to the log, and nowhere else.

It may be a trace of ours, or the last words of a process that a request has ended. So nothing
of it is taken for granted: least of all that it ends with the line.
"""

import asyncio
import logging
import os

_log = logging.getLogger(__name__)
_PIECE = 2**16
_LONGEST = 1000  # characters of one line


class StderrReader:
    """The reader of a pipe that other processes write to; `name` is what the log calls them."""

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
            data = os.read(self._reader, _PIECE)
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
