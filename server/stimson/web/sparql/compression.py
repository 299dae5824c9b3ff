"""Compress what is sent, where the client takes it: zstd, Brotli or gzip.

An answer is packed whole before its status goes out, so that its length is still known.
"""

import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import IO, Protocol

import brotli  # type: ignore[import-untyped]
import zstandard
from flask import Flask, Response, request

SMALLEST = 1024  # bytes; less is not worth the work
_IN_MEMORY = 2**20  # bytes
_PIECE = 64 * 1024
_TEXTS = frozenset(
    (
        "application/json",
        "application/xml",
        "application/n-triples",
        "application/n-quads",
        "application/trig",
        "application/javascript",
    )
)


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


def register(app: Flask) -> None:
    """Compress what `app` answers."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if not _is_text(response.mimetype):
        return response
    response.vary.add("Accept-Encoding")
    coding = _coding()
    if coding is None or not _is_worth_it(response):
        return response
    with ExitStack() as stack:
        packed = stack.enter_context(SpooledTemporaryFile(max_size=_IN_MEMORY))
        _pack(response, _PACKERS[coding](), packed)
        response.call_on_close(stack.pop_all().close)
    response.content_length = packed.tell()
    response.response = _pieces(packed)
    response.direct_passthrough = False
    response.content_encoding = coding
    response.headers.pop("Accept-Ranges", None)
    etag, is_weak = response.get_etag()
    if etag and not is_weak:  # byte for byte, it is another representation
        response.set_etag(etag, weak=True)
    return response


def _is_text(media_type: str | None) -> bool:
    name = media_type or ""
    return name.startswith("text/") or name in _TEXTS or name.endswith(("+json", "+xml"))


def _is_worth_it(response: Response) -> bool:
    return (
        response.status_code not in (204, 206, 304)
        and response.content_encoding is None
        and (response.content_length or response.calculate_content_length() or 0) >= SMALLEST
    )


def _coding() -> str | None:
    """Choose what the client likes best; None to send the answer as it is."""
    accepted = request.accept_encodings
    best = max(_PACKERS, key=lambda name: accepted.quality(name))
    quality = accepted.quality(best)
    return best if quality > 0 and quality >= accepted["identity"] else None


def _pack(response: Response, packer: _Packer, target: IO[bytes]) -> None:
    for chunk in response.response:
        target.write(packer.compress(chunk.encode() if isinstance(chunk, str) else chunk))
    target.write(packer.flush())


def _pieces(packed: IO[bytes]) -> Iterator[bytes]:
    packed.seek(0)
    while piece := packed.read(_PIECE):
        yield piece
