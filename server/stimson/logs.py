"""What a server says on standard error: one line for each thing that happens.

As JSON for machines, or as text for people. Whatever a client may have sent is escaped:
nothing that comes in can end a line, start another, or move the cursor.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from logging import LogRecord
from logging.handlers import QueueHandler, QueueListener
from queue import SimpleQueue
from threading import Thread
from typing import Any, TextIO

from .config import AUTO, JSON, TEXT

Fields = Mapping[str, object]
_MAX_WAITING = 10_000  # lines
_ATOMIC = 4096  # bytes that get through a pipe in one piece, whoever else writes to it
_PAUSE = 0.05  # seconds in which lines are gathered, to be written together
_END = 2.0  # seconds for the last ones
_LOGGERS = {"stimson": "INFO", "uvicorn": "ERROR"}
_SHOWN_BARE = ("time", "level", "event", "message", "trace")
_encode = json.JSONEncoder(separators=(",", ":")).encode  # in ASCII: no odd line ends


def choose_format(form: str, stream: TextIO) -> str:
    """Decide what the lines are: people read terminals, programs read the rest."""
    if form != AUTO:
        return form
    return TEXT if stream.isatty() else JSON


def timestamp(seconds: float) -> str:
    """Write a time as ISO 8601 does, in UTC."""
    return f"{_second(int(seconds))}.{int(seconds % 1 * 1000):03}Z"


def settings(form: str) -> dict[str, Any]:
    """Describe, to `logging.config.dictConfig`, where this program and its web server write."""
    logger = {"handlers": ["standard error"], "propagate": False}
    return {
        "formatters": {"line": {"()": f"{__name__}.Formatter", "form": form}},
        "handlers": {"standard error": {"class": "logging.StreamHandler", "formatter": "line"}},
        "loggers": {name: logger | {"level": level} for name, level in _LOGGERS.items()},
        "root": {"handlers": ["standard error"], "level": "WARNING"},
    }


class Formatter(logging.Formatter):
    """Write the messages of the program in the same form as its requests."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.write = _encode if form == JSON else _text

    def format(self, record: LogRecord) -> str:
        """Write one message as one line; only a trace of a fault takes more, in text."""
        return self.write(self.fields(record))

    def fields(self, record: LogRecord) -> Fields:
        """Put together what one message says."""
        fields = {
            "time": timestamp(record.created),
            "level": record.levelname.lower(),
            "event": "message",
            "message": record.getMessage(),
        }
        if record.exc_info:
            fields["trace"] = self.formatException(record.exc_info)
        return fields


class LogThread(QueueListener):
    """Writes lines in a thread of its own: a reader that hangs must not hang the server.

    What has gathered for a moment is written together.
    """

    queue: "SimpleQueue[Fields | None]"

    def __init__(self, stream: TextIO, form: str, on_loss: Callable[[int], None]) -> None:
        """`on_loss` is told how many lines were lost."""
        super().__init__(SimpleQueue())
        self._stream = stream
        self._on_loss = on_loss
        self._formatter = Formatter(form)
        self._lines: list[str] = []
        self._size = 0
        self._loggers = [logging.getLogger(name) for name in ("", *_LOGGERS)]
        self._handlers_before = [logger.handlers for logger in self._loggers]

    def start(self) -> None:
        """Take over the messages of the program."""
        super().start()
        for logger in self._loggers:
            logger.handlers = [_FieldsHandler(self, self._formatter)]

    def close(self) -> None:
        """Write what is left; from now on messages are written at once."""
        stopping = Thread(target=self.stop, daemon=True)  # it waits without an end
        stopping.start()
        stopping.join(_END)
        for logger, handlers in zip(self._loggers, self._handlers_before, strict=True):
            logger.handlers = handlers

    def put(self, fields: Fields) -> None:
        """Have a line written, soon; or count it as lost, where too many wait."""
        if self.queue.qsize() < _MAX_WAITING:
            self.queue.put(fields)
        else:
            self._on_loss(1)

    def dequeue(self, block: bool) -> Fields | None:  # type: ignore[override]  # no record
        """Take what is to be written next, None at the end; before a wait, write what is there."""
        if self.queue.empty():
            self._flush()
            fields = self.queue.get(block)
            time.sleep(_PAUSE if fields is not None else 0)
        else:
            fields = self.queue.get()
        if fields is None:
            self._flush()
        return fields

    def handle(self, fields: Fields) -> None:  # type: ignore[override]  # no record
        """Take a line, and write those before it where they would not stay in one piece."""
        text = f"{self._formatter.write(fields)}\n"
        if self._size + len(text) > _ATOMIC:
            self._flush()
        self._lines.append(text)
        self._size += len(text)

    def _flush(self) -> None:
        lines, self._lines, self._size = self._lines, [], 0
        try:
            self._stream.write("".join(lines))
            self._stream.flush()
        except OSError:  # nobody reads any more, and there is nowhere else to say so
            self._on_loss(len(lines))


class _FieldsHandler(QueueHandler):
    """Hands over what a message says, put together while it is so."""

    def __init__(self, thread: LogThread, formatter: Formatter) -> None:
        super().__init__(thread.queue)
        self._thread = thread
        self._formatter = formatter

    def prepare(self, record: LogRecord) -> Fields:
        """Put together what a message says."""
        return self._formatter.fields(record)

    def enqueue(self, fields: Fields) -> None:  # type: ignore[override]  # no record
        """Hand it over."""
        self._thread.put(fields)


@lru_cache(maxsize=2)
def _second(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


def _text(fields: Fields) -> str:
    parts = [str(fields["time"]), f"{fields['level']!s:<7}", _plain(fields.get("message", ""))]
    for name, value in fields.items():
        if name not in _SHOWN_BARE:
            parts.append(f"{name}={_shown(value)}")
    trace = str(fields.get("trace", ""))
    return "\n    ".join((" ".join(filter(None, parts)), *map(_plain, trace.split("\n")))).rstrip()


def _shown(value: object) -> str:
    """Write a value so that where it ends is plain."""
    text = str(value)
    return text if text.isascii() and text.isprintable() and " " not in text else _encode(text)


def _plain(text: object) -> str:
    """Write all that is not a visible character as an escape."""
    return "".join(each if each.isprintable() else _encode(each)[1:-1] for each in str(text))
