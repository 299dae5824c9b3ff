"""Hold an answer until it is whole: small ones in memory, large ones on disk."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Self

from ..errors import QueryTooLarge

_IN_MEMORY = 2**20  # bytes
_CHUNK = 64 * 1024


class Spool(AbstractContextManager["Spool"]):
    """A file of at most `limit_mb` MiB that is gone when its context is left."""

    def __init__(self, limit_mb: int) -> None:
        self.length = 0
        self._limit_mb = limit_mb
        # The context of the spool is the context of the file.
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(self, data: bytes) -> None:
        """Append `data`, or raise `QueryTooLarge` if the answer outgrows its limit."""
        self.length += len(data)
        if self.length > self._limit_mb * 2**20:
            raise QueryTooLarge(
                f"The result is larger than {self._limit_mb} MiB: ask for less, or use LIMIT."
            )
        self._file.write(data)

    def chunks(self) -> Iterator[bytes]:
        """Read everything back from the start."""
        self._file.seek(0)
        while chunk := self._file.read(_CHUNK):
            yield chunk
