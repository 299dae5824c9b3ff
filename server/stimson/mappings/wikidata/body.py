"""Read the body of an answer of HTTP that may be too large, too slow, or cut off."""

import http.client
import time
import zlib

_CHUNK = 64 * 2**10


class TooLarge(Exception):
    """A body that has more bytes than it may have."""


def read_body(response: http.client.HTTPResponse, largest: int, seconds: float) -> bytes:
    """Read a body and unpack it; it is whole, or an error is raised.

    `TooLarge` for one that is larger than `largest`, `TimeoutError` for one that takes longer
    than `seconds`; `http.client.IncompleteRead` for one that ends too soon, `zlib.error` for one
    that cannot be unpacked. A body that only dribbles is given up as well.
    """
    deadline = time.monotonic() + seconds
    packed = response.getheader("Content-Encoding", "").lower() == "gzip"
    unpacker = zlib.decompressobj(wbits=31) if packed else None
    body, left = bytearray(), response.length
    # `read` would wait for the whole chunk, and `read1` does not count what it has read.
    while left != 0 and (chunk := response.read1(_CHUNK if left is None else min(_CHUNK, left))):
        left = None if left is None else left - len(chunk)
        body += unpacker.decompress(chunk, largest + 1 - len(body)) if unpacker else chunk
        if len(body) > largest:
            raise TooLarge
        if time.monotonic() > deadline:
            raise TimeoutError
    if left or (unpacker is not None and body and not unpacker.eof):
        raise http.client.IncompleteRead(bytes(body))
    response.close()  # the connection is free for the next request
    return bytes(body)
