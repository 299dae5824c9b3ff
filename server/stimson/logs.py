"""What a server says on standard error: one line for each thing that happens.

As JSON for machines, or as text for people. Whatever a stranger may have had a hand in is
escaped: nothing that comes in can end a line, start another, or move the cursor.
"""

import json
import logging
import threading
import time
from collections import deque
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar, TextIO

from .config import AUTO, JSON, TEXT

Values = Mapping[str, object]
_MOST = 10_000  # lines that wait for a reader
_WHOLE = 4096  # bytes that get through a pipe in one piece, whoever else writes to it
_PAUSE = 0.05  # seconds in which lines are gathered, to be written together
_END = 2.0  # seconds for the last ones
_SHOWN_BARE = ("time", "level", "event", "message", "trace")
_encode = json.JSONEncoder(separators=(",", ":")).encode  # in ASCII: no odd line ends


def choose(form: str, stream: TextIO) -> str:
    """Decide what the lines are: people read terminals, programs read the rest."""
    if form != AUTO:
        return form
    return TEXT if stream.isatty() else JSON


def stamp(seconds: float) -> str:
    """Write a time as ISO 8601 does, in UTC."""
    return f"{_second(int(seconds))}.{int(seconds % 1 * 1000):03}Z"


def line(values: Values, form: str) -> str:
    """Write what happened as one line; only a trace of a fault takes more, in text."""
    return _encode(values) if form == JSON else _text(values)


def settings(form: str) -> dict[str, Any]:
    """Describe, to `logging.config.dictConfig`, where this program and its web server write."""
    logger = {"handlers": ["standard error"], "level": "INFO", "propagate": False}
    return {
        "formatters": {"line": {"()": f"{__name__}.Formatter", "form": form}},
        "handlers": {"standard error": {"class": f"{__name__}.Messages", "formatter": "line"}},
        "loggers": {"stimson": logger, "uvicorn": logger | {"level": "ERROR"}},
        "root": {"handlers": ["standard error"], "level": "WARNING"},
    }


class Formatter(logging.Formatter):
    """Write the messages of the program in the same form as its requests."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        """Write one message as one line."""
        return line(self.values(record), self._form)

    def values(self, record: logging.LogRecord) -> Values:
        """Put together what one message says."""
        values = {
            "time": stamp(record.created),
            "level": record.levelname.lower(),
            "event": "message",
            "message": record.getMessage(),
        }
        if record.exc_info:
            values["trace"] = self.formatException(record.exc_info)
        return values


class Writer:
    """Write lines in a thread of its own: a reader that hangs must not hang the server."""

    def __init__(self, stream: TextIO, form: str) -> None:
        self.lost = 0  # lines that nobody took
        self._stream = stream
        self._form = form
        self._waiting: deque[Values] = deque()
        self._is_wanted = threading.Event()
        self._is_over = False
        self._thread = threading.Thread(target=self._write, name="log", daemon=True)
        self._thread.start()

    def put(self, values: Values) -> None:
        """Have a line written, soon; or count it as lost, where too many wait."""
        if len(self._waiting) >= _MOST:
            self.lost += 1
            return
        self._waiting.append(values)
        if not self._is_wanted.is_set():
            self._is_wanted.set()

    def close(self) -> None:
        """Write what is left."""
        self._is_over = True
        self._is_wanted.set()
        self._thread.join(_END)

    def _write(self) -> None:
        while not self._is_over:
            self._is_wanted.wait()
            if not self._is_over:
                time.sleep(_PAUSE)
                self._is_wanted.clear()
            self._drain()
        self._drain()

    def _drain(self) -> None:
        lines: list[str] = []
        size = 0
        while self._waiting:
            text = line(self._waiting.popleft(), self._form) + "\n"
            if size + len(text) > _WHOLE:
                self._send(lines)
                lines, size = [], 0
            lines.append(text)
            size += len(text)
        self._send(lines)

    def _send(self, lines: list[str]) -> None:
        try:
            self._stream.write("".join(lines))
            self._stream.flush()
        except OSError:  # nobody reads any more, and there is nowhere else to say so
            self.lost += len(lines)


class Messages(logging.StreamHandler[TextIO]):
    """Write messages at once; or have the writer do it, for as long as there is one."""

    writer: ClassVar[Writer | None] = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write one message, or have it written."""
        if self.writer is None:
            super().emit(record)
        else:
            assert isinstance(self.formatter, Formatter)  # see `settings`
            self.writer.put(self.formatter.values(record))


@lru_cache(maxsize=2)
def _second(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


def _text(values: Values) -> str:
    parts = [str(values["time"]), f"{values['level']!s:<7}", _plain(values.get("message", ""))]
    for name, value in values.items():
        if name not in _SHOWN_BARE:
            parts.append(f"{name}={_shown(value)}")
    trace = str(values.get("trace", ""))
    return "\n    ".join((" ".join(filter(None, parts)), *map(_plain, trace.split("\n")))).rstrip()


def _shown(value: object) -> str:
    """Write a value so that where it ends is plain."""
    text = str(value)
    return text if text.isascii() and text.isprintable() and " " not in text else _encode(text)


def _plain(text: object) -> str:
    """Write all that is not a visible character as an escape."""
    return "".join(each if each.isprintable() else _encode(each)[1:-1] for each in str(text))
