"""What another server answers."""

import time
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Self

import urllib3
from urllib3.exceptions import HTTPError, ReadTimeoutError

from ..errors import PeerError, PeerLost, PeerSlow, PeerTooLarge

_CHUNK = 64 * 1024
_EXCERPT = 4096  # bytes of an error that are read
_GZIP = 31  # zlib's number for it


class HttpResponse:
    """The head of a response, and the way to its body.

    One that is no success is read at once, as far as its `text` goes. Leaving the context lets go
    of what was not read, and the connection with it.
    """

    def __init__(self, response: urllib3.HTTPResponse, url: str, size: int | None) -> None:
        self.status = response.status
        self.reason = response.reason or ""
        self.headers: Mapping[str, str] = response.headers
        self._response, self._url, self._size = response, url, size
        self.text = "" if self.is_success else self._excerpt()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self.close()

    @property
    def is_success(self) -> bool:
        """Tell whether this is what was asked for."""
        return 200 <= self.status < 300

    @property
    def media_type(self) -> str:
        """The type of the body, without parameters."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def is_framed(self) -> bool:
        """Tell whether the end of the body can be told from a broken connection."""
        return self._response.chunked or self._response.length_remaining is not None

    @property
    def retry_after(self) -> float | None:
        """The seconds after which to come back, as the server sees it; None if it does not say."""
        return read_retry_after(self.headers.get("Retry-After"))

    def chunks(self) -> Iterator[bytes]:
        """Read the body piece by piece, unpacked; `PeerError` if it is not whole, or too large."""
        length = 0
        try:
            for chunk in self._unpacked():
                length += len(chunk)
                if self._size is not None and length > self._size:
                    raise PeerTooLarge(self._url, f"sends more than {self._size // 2**20} MiB")
                yield chunk
        except (HTTPError, OSError, zlib.error) as fault:
            raise _body_fault(self._url, fault) from fault
        finally:
            self.close()  # which a connection that has brought all of it survives

    def read(self) -> bytes:
        """Read the whole body; `PeerError` if it is not whole, or too large."""
        return b"".join(self.chunks())

    def close(self) -> None:
        """Let go of what was not read: the connection with it."""
        self._response.close()
        self._response.release_conn()  # its place, for a new connection

    def _unpacked(self) -> Iterator[bytes]:
        """Unpack gzip, a chunk at a time. (urllib3 takes one that was cut off for a whole one.)"""
        encoding = self.headers.get("Content-Encoding", "").strip().lower()
        packed = self._response.stream(_CHUNK, decode_content=False)
        if encoding in ("", "identity"):
            yield from packed
        elif encoding in ("gzip", "x-gzip"):
            yield from _gunzip(packed)
        else:
            raise PeerLost(self._url, f"packs its response in a way not asked for ({encoding})")

    def _excerpt(self) -> str:
        text = b""
        try:
            for chunk in self._unpacked():
                text += chunk
                if len(text) >= _EXCERPT:
                    break
        except (HTTPError, OSError, zlib.error, PeerError):
            text = b""
        self.close()
        return text[:_EXCERPT].decode("utf-8", "replace")


def read_retry_after(text: str | None) -> float | None:
    """Read ``Retry-After``, which is a number of seconds or a date; None if it is neither."""
    if text is None:
        return None
    if text.strip().isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, moment.timestamp() - time.time())


def _gunzip(packed: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack what may be several packed parts, or raise `zlib.error` if the last has no end."""
    unpacker, is_begun = zlib.decompressobj(_GZIP), False
    for chunk in packed:
        waiting = chunk
        while True:
            if unpacker.eof:
                unpacker, is_begun = zlib.decompressobj(_GZIP), False
            data = unpacker.decompress(waiting, _CHUNK)
            is_begun = True
            if data:
                yield data
            waiting = unpacker.unused_data or unpacker.unconsumed_tail
            if not waiting and len(data) < _CHUNK:
                break
    if is_begun and not unpacker.eof:
        raise zlib.error("the packed data have no end")


def _body_fault(url: str, fault: Exception) -> PeerError:
    if isinstance(fault, (ReadTimeoutError, TimeoutError)):
        return PeerSlow(url, "stopped in the middle of a response")
    return PeerLost(url, f"broke off in the middle of a response ({fault})")
