"""HTTP messages without a framework: what the protocol reads, and what it makes."""

from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol

Head = list[tuple[str, str]]  # names in lower case


class HttpHeaders(Protocol):
    """Headers by their names in lower case; values of one that came several times are joined."""

    def __contains__(self, name: str, /) -> bool:
        """Tell whether there is such a header."""

    def get(self, name: str, default: str, /) -> str:
        """Find a value."""


class WebRequest(Protocol):
    """What is read of a request: those of Flask have it, and those of the ASGI application."""

    @property
    def method(self) -> str:
        """The method, in capitals."""

    @property
    def path(self) -> str:
        """The path, decoded."""

    @property
    def query_string(self) -> bytes:
        """The query of the URL, as it came."""

    @property
    def headers(self) -> HttpHeaders:
        """The headers."""


def _nothing() -> None:
    """Free nothing."""


class WebResponse(NamedTuple):
    """What is sent: in memory, or in pieces where that would be too large."""

    status: int
    head: Head
    body: bytes | None
    pieces: Iterable[bytes] = ()
    close: Callable[[], None] = _nothing

    def header(self, name: str) -> str:
        """Find the value of a header, "" if there is none."""
        return next((value for each, value in self.head if each == name), "")

    @property
    def length(self) -> int:
        """The number of bytes of the body."""
        return int(self.header("content-length")) if self.body is None else len(self.body)

    def chunks(self) -> Iterable[bytes]:
        """Give the body piece by piece, wherever it is."""
        return self.pieces if self.body is None else (self.body,)
