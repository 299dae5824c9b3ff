"""The frames a worker sends: a tag of one byte, then what it says.

Errors travel as JSON, never pickled: a worker has run a stranger's query, and
the server reads from it nothing but text.
"""

import json
from enum import Enum

from .. import errors
from ..errors import QueryError, QuerySyntaxError

FRAME = 64 * 1024  # bytes


class Tag(bytes, Enum):
    """What a frame is."""

    READY = b"R"  # the data is loaded
    HEAD = b"H"  # the media type of the answer that follows
    DATA = b"D"  # a part of the answer
    END = b"E"  # the answer is whole
    ERROR = b"X"  # there is none, and why


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
