"""What another server answers."""

import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime

from urllib3 import HTTPResponse
from urllib3.exceptions import HTTPError, ReadTimeoutError

from ..errors import PeerLost, PeerSlow

_PIECE = 64 * 1024
_EXCERPT = 4096  # bytes of an error that are read


class Reply:
    """The head of an answer, and the way to its body. One that is no success is read at once."""

    def __init__(self, response: HTTPResponse, name: str) -> None:
        self.status = response.status
        self.headers: Mapping[str, str] = response.headers
        self._response = response
        self._name = name
        self.text = "" if self.is_success else self._excerpt()

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
        chunked = "chunked" in self.headers.get("Transfer-Encoding", "").lower()
        return chunked or "Content-Length" in self.headers

    @property
    def retry_after(self) -> float:
        """The seconds after which to come back, as the server sees it."""
        value = self.headers.get("Retry-After", "").strip()
        if value.isdigit():
            return float(value)
        try:
            return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
        except ValueError:
            return 0.0

    def chunks(self) -> Iterator[bytes]:
        """Read the body piece by piece; `PeerError` if it is not all there."""
        try:
            yield from self._response.stream(_PIECE, decode_content=True)
        except ReadTimeoutError as fault:
            raise PeerSlow(f"{self._name} stopped in the middle of an answer.") from fault
        except (HTTPError, OSError) as fault:
            raise PeerLost(f"{self._name} broke off in the middle of an answer.") from fault

    def close(self) -> None:
        """Let go of what was not read: the connection with it."""
        self._response.close()
        self._response.release_conn()  # its place, for a new connection

    def _excerpt(self) -> str:
        try:
            text = self._response.read(_EXCERPT, decode_content=True)
            if self._response.length_remaining != 0:
                self.close()
        except (HTTPError, OSError):
            self.close()
            text = b""
        return text.decode("utf-8", "replace")
