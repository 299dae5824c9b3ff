"""What goes between a process and its children: frames of a tag, a length and a body.

A child is sent requests, one at a time, and answers each with a head, data and an end; or
with an error. What a body holds is for the users of this to say, save for that of an error: its
class, its arguments and its attributes.

Between processes that trust each other the three are pickled, for any exception. A process that
has read what somebody sent is trusted with nothing that builds objects: from it come JSON, and
errors of this package only.
"""

import json
import pickle
import struct
from collections.abc import Callable, Iterator
from enum import IntEnum
from socket import socket
from typing import Any, TypeVar

from .. import errors
from ..errors import StimsonError

Error = TypeVar("Error", bound=StimsonError)
_Fault = TypeVar("_Fault", bound=BaseException)

HEADER = struct.Struct("<BQ")  # tag, bytes of the body
READ = 2**16  # bytes taken at once; for much more, each time, memory is had from the kernel
WRITTEN = 2**18  # bytes of a response sent at once: a frame is put together from what was read


class Tag(IntEnum):
    """What a frame is."""

    READY = 0  # the process can be asked
    REQUEST = 1  # the only one that a child reads
    HEAD = 2  # what follows is
    DATA = 3  # a part of the response
    END = 4  # the response is whole
    ERROR = 5  # there is none, and why
    CUT = 6  # there is none: the task took more than it may have


def frame(tag: Tag, body: bytes | memoryview = b"") -> bytes:
    """Write one frame."""
    return HEADER.pack(tag, len(body)) + body


class FrameReader:
    """Cut what comes from a socket or a pipe into frames."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """Give the frames that are complete with `data`, and keep what is left."""
        content: bytes | bytearray = data
        if self._rest:
            self._rest += data
            content = self._rest
        frames, start, length = [], 0, len(content)
        while length - start >= HEADER.size:
            tag, size = HEADER.unpack_from(content, start)
            end = start + HEADER.size + size
            if end > length:
                break
            frames.append((tag, bytes(content[start + HEADER.size : end])))
            start = end
        if content is self._rest:
            del self._rest[:start]
        elif start < length:
            self._rest += data[start:]
        return frames


def requests(channel: socket) -> Iterator[bytes]:
    """Give the requests that come, until the other end hangs up."""
    reader = FrameReader()
    while data := channel.recv(READ):
        for _, body in reader.feed(data):
            yield body


class ResponseWriter:
    """Send a response as frames; a small one in one go. It will do as a file to write to."""

    def __init__(self, channel: socket) -> None:
        self._channel = channel
        self._head = b""  # frames that are still to be sent
        self._data: list[bytes] = []
        self._size = 0

    def head(self, body: bytes) -> None:
        """Say what follows."""
        self._head = frame(Tag.HEAD, body)

    def write(self, data: bytes) -> int:
        """Send a part of the response."""
        self._data.append(data)
        self._size += len(data)
        if self._size >= WRITTEN:
            self._send()
        return len(data)

    def flush(self) -> None:
        """Do nothing: what is left is sent with the end."""

    def end(self) -> None:
        """Say that the response is whole."""
        self._send(frame(Tag.END))

    def fail(self, error: StimsonError) -> None:
        """Say why there is none."""
        parts = type(error).__name__, *_parts(error, _is_plain)
        self._channel.sendall(frame(Tag.ERROR, json.dumps(parts).encode()))

    def _send(self, end: bytes = b"") -> None:
        """Send what there is, in frames that are soon read: one literal may be most of it."""
        data = memoryview(b"".join(self._data))
        self._data.clear()
        while len(data) > WRITTEN:
            self._channel.sendall(self._head + frame(Tag.DATA, data[:WRITTEN]))
            self._head, data = b"", data[WRITTEN:]
        self._channel.sendall(self._head + frame(Tag.DATA, data) + end)
        self._head, self._size = b"", 0


def error_to_pickle(fault: BaseException) -> bytes:
    """Write any exception, whatever arguments its class takes."""
    return pickle.dumps((type(fault), *_parts(fault, _is_picklable)))


def error_from_pickle(body: bytes) -> BaseException:
    """Read an exception that a trusted process has written."""
    kind: type[BaseException]
    kind, arguments, state = pickle.loads(body)
    return _rebuild(kind, arguments, state)


def error_from_json(body: bytes, base: type[Error]) -> Error:
    """Read an error of the class `base`, or raise `ValueError`: it is from who is not trusted."""
    try:
        name, arguments, state = json.loads(body)
        kind: type[Error] = getattr(errors, name)
        if not issubclass(kind, base):
            raise ValueError(f"{name} is no {base.__name__}.")
        return _rebuild(kind, arguments, state)
    except (AttributeError, TypeError) as fault:
        raise ValueError("What came is no error.") from fault


def _parts(
    fault: BaseException, is_fit: Callable[[Any], bool]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Take an exception apart, into what can be sent."""
    state = {name: value for name, value in vars(fault).items() if is_fit(value)}
    return tuple(value if is_fit(value) else repr(value) for value in fault.args), state


def _rebuild(kind: type[_Fault], arguments: Any, state: dict[str, Any]) -> _Fault:
    # Its own class need not accept the arguments that it has handed on to its base.
    fault = kind.__new__(kind, *arguments)
    fault.args = tuple(arguments)
    vars(fault).update(state)
    return fault


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float)


def _is_picklable(value: Any) -> bool:
    try:
        pickle.dumps(value)
    except (pickle.PicklingError, TypeError, AttributeError):
        return False
    return True
