"""Hold an answer until it is whole: small ones in memory, large ones on disk; and read it."""

import io
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

from ..errors import ResultTooLarge
from .interface import Answer

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

IN_MEMORY = 2**22  # bytes
_CHUNK = 64 * 1024


class Spool:
    """A file of at most `limit_mb` MiB that is gone when it is closed."""

    def __init__(self, limit_mb: int) -> None:
        self.length = 0
        self._limit_mb = limit_mb
        self._parts: list[bytes] = []
        self._file: IO[bytes] | None = None

    def write(self, data: bytes) -> int:
        """Append `data`, or raise `ResultTooLarge` if the answer outgrows its limit."""
        self.length += len(data)
        if self.length > self._limit_mb * 2**20:
            raise ResultTooLarge(
                f"The result is larger than {self._limit_mb} MiB: ask for less, or use LIMIT."
            )
        self._parts.append(data)
        if self._file is not None or self.length > IN_MEMORY:
            self._to_disk()
        return len(data)

    def flush(self) -> None:
        """Do nothing: it will do as a file to write to."""

    def chunks(self) -> Iterator[bytes]:
        """Read everything back from the start."""
        if self._file is None:
            yield from self._parts
            return
        self._file.seek(0)
        while chunk := self._file.read(_CHUNK):
            yield chunk

    def answer(self, media_type: str) -> Answer:
        """Give the whole answer, which is to be closed in place of this."""
        body = b"".join(self._parts) if self._file is None else None
        chunks = self.chunks() if body is None else iter((body,))
        return Answer(media_type, self.length, chunks, body, self.close)

    def close(self) -> None:
        """Free memory and disk."""
        self._parts.clear()
        if self._file is not None:
            self._file.close()

    def _to_disk(self) -> None:
        if self._file is None:
            # It lives as long as the spool, which has a way to end it.
            self._file = TemporaryFile()  # noqa: SIM115
        self._file.writelines(self._parts)
        self._parts.clear()


class ChunkFile(io.RawIOBase):
    """Chunks as a file to read."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._left = b""

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Read as much as fits, of one chunk."""
        target = memoryview(buffer).cast("B")
        while not self._left:
            if (chunk := next(self._chunks, None)) is None:
                return 0
            self._left = chunk
        size = min(len(target), len(self._left))
        target[:size], self._left = self._left[:size], self._left[size:]
        return size
