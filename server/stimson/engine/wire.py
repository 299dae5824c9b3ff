"""What goes between the server and a worker: frames of a tag, a length and a body.

What a worker sends is never more than text to the server (JSON at most): a worker has
run a stranger's query, and is not to be trusted with anything that builds objects.
"""

import json
import marshal
import struct
from collections.abc import Iterator
from enum import IntEnum

from .. import errors
from ..errors import QueryError, QuerySyntaxError
from . import Request

HEADER = struct.Struct("<BI")  # tag, bytes of the body
READ = 2**16  # bytes taken at once; for much more, each time, memory is had from the kernel
WRITTEN = 2**18  # bytes of an answer sent at once: a frame is put together from what was read


class Tag(IntEnum):
    """What a frame is."""

    READY = 0  # the data is loaded
    HEAD = 1  # the media type of the answer that follows
    DATA = 2  # a part of the answer
    END = 3  # the answer is whole
    ERROR = 4  # there is none, and why
    ASK = 5  # a query, and the seconds it may take; the only one that a worker reads


def frame(tag: Tag, body: bytes | memoryview = b"") -> bytes:
    """Write one frame."""
    return HEADER.pack(tag, len(body)) + body


class Frames:
    """Cut what comes from a socket into frames."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Give the frames that are complete with `data`, and keep what is left."""
        if self._rest:
            data = self._rest + data
        start, length = 0, len(data)
        while length - start >= HEADER.size:
            tag, size = HEADER.unpack_from(data, start)
            end = start + HEADER.size + size
            if end > length:
                break
            yield tag, data[start + HEADER.size : end]
            start = end
        self._rest = data[start:]


def pack_request(request: Request, seconds: float) -> bytes:
    """Write a query as a frame."""
    # marshal is the fastest by far. Only a worker reads this, and it trusts the server.
    return frame(Tag.ASK, marshal.dumps((tuple(request), seconds)))


def unpack_request(body: bytes) -> tuple[Request, float]:
    """Read a query back."""
    fields, seconds = marshal.loads(body)
    return Request(*fields), seconds


def pack_error(error: QueryError) -> bytes:
    """Write an error as the body of a frame."""
    if isinstance(error, QuerySyntaxError):
        arguments: list[object] = [error.problem, error.line, error.column]
    else:
        arguments = [str(error)]
    return json.dumps([type(error).__name__, arguments]).encode()


def unpack_error(body: bytes) -> QueryError:
    """Read an error back."""
    name, arguments = json.loads(body)
    kind: type[QueryError] = getattr(errors, name)
    return kind(*arguments)
