"""Compress what is sent, where the client takes it: zstd, Brotli or gzip.

An answer is packed whole before its status goes out, so that its length is still known.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from tempfile import SpooledTemporaryFile
from typing import IO, Protocol

import brotli  # type: ignore[import-untyped]
import zstandard
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from .messages import WebResponse
from .negotiation import GRAPHS

SMALLEST = 1024  # bytes; less is not worth the work
_IN_MEMORY = 2**20  # bytes
_PIECE = 64 * 1024
_SHORT = 512  # characters of an Accept-Encoding that is worth remembering
_TEXTS = (*GRAPHS, "application/json", "application/xml", "application/javascript")


class _Packer(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


class _Brotli:
    def __init__(self) -> None:
        self._compressor = brotli.Compressor(quality=5)
        self.flush: Callable[[], bytes] = self._compressor.finish
        self.compress: Callable[[bytes], bytes] = self._compressor.process


_PACKERS: dict[str, Callable[[], _Packer]] = {  # the first is taken if the client has no wish
    "zstd": lambda: zstandard.ZstdCompressor(level=3).compressobj(),
    "br": _Brotli,
    "gzip": lambda: zlib.compressobj(6, zlib.DEFLATED, 16 + zlib.MAX_WBITS),
}


def is_text(media_type: str | None) -> bool:
    """Tell whether a media type is worth compressing."""
    name = media_type or ""
    return name.startswith("text/") or name in _TEXTS or name.endswith(("+json", "+xml"))


def is_worth_compressing(status: int, length: int) -> bool:
    """Tell whether compressing pays off."""
    return length >= SMALLEST and status not in (204, 206, 304)


def choose_coding(accept_encoding: str) -> str | None:
    """Choose the content coding a client likes best; None to send everything as it is."""
    choose = _choose if len(accept_encoding) <= _SHORT else _choose.__wrapped__
    return choose(accept_encoding)


def compress(response: WebResponse, coding: str) -> WebResponse:
    """Compress a response, which is closed; the new one is to be closed."""
    packed = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # the response closes it
    try:
        length = _pack(response.chunks(), coding, packed)
    except BaseException:
        packed.close()
        raise
    finally:
        response.close()
    head = [pair for pair in response.head if pair[0] != "content-length"]
    head += [("content-encoding", coding), ("content-length", str(length))]
    if length > _IN_MEMORY:
        return WebResponse(response.status, head, None, _read_back(packed), packed.close)
    with packed:
        return WebResponse(response.status, head, b"".join(_read_back(packed)))


def _pack(chunks: Iterable[bytes], coding: str, target: IO[bytes]) -> int:
    packer = _PACKERS[coding]()
    for chunk in chunks:
        target.write(packer.compress(chunk))
    target.write(packer.flush())
    return target.tell()


def _read_back(packed: IO[bytes]) -> Iterator[bytes]:
    packed.seek(0)
    while piece := packed.read(_PIECE):
        yield piece


@lru_cache(256)
def _choose(accept_encoding: str) -> str | None:
    accepted = parse_accept_header(accept_encoding, Accept)
    best = max(_PACKERS, key=lambda name: accepted.quality(name))
    quality = accepted.quality(best)
    return best if quality > 0 and quality >= accepted["identity"] else None
