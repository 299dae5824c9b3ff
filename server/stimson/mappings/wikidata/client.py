"""Ask for one item at a time, over one connection, and take no answer for more than it is."""

import http.client
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from ...errors import FetchFailed, StimsonError
from . import Item
from .body import TooLarge, read_body
from .entity import NotAnEntity, complaint, read_entity
from .throttle import Manners, retry_after

_LARGEST = 32 * 2**20  # bytes of an answer, unpacked; the largest item has a tenth of that
_REDIRECTS = (301, 302, 303, 307, 308)
_GONE = (404, 410)
_LATER = (408, 425, 429, 500, 502, 503, 504)
_MOST_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """What came for an item: a status, and with 200 what it holds and which version it is."""

    status: int
    items: tuple[Item, ...] = ()
    etag: str = ""
    last_modified: str = ""


class _Again(Exception):
    """A request that may succeed later; the host may have said when."""

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.why, self.after = why, after


class Client:
    """Fetches items from `endpoint`; `tell` is told of every wait."""

    def __init__(
        self,
        endpoint: str,
        agent: str,
        manners: Manners,
        tell: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._home = _split(endpoint)
        self._endpoint = endpoint if endpoint.endswith("/") else f"{endpoint}/"
        self._agent, self._manners, self._tell = agent, manners, tell
        self._connection: http.client.HTTPConnection | None = None

    def fetch(self, id_: str, etag: str = "", last_modified: str = "") -> Answer:
        """Ask for an item, or for what is new of it, until there is an answer of 200, 304 or 404.

        `FetchFailed` says why there is none and what to do.
        """
        known = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        for failures in range(1, self._manners.attempts + 1):
            try:
                return self._follow(id_, {name: text for name, text in known.items() if text})
            except _Again as fault:
                self.close()
                asked = fault.after
                if asked is not None and asked > self._manners.longest_asked:
                    raise FetchFailed(
                        f"{self._home.netloc} asks to come back in {asked:.0f} seconds "
                        f"({fault.why}); go on then with --resume."
                    ) from fault
                if failures == self._manners.attempts:
                    raise FetchFailed(
                        f"{id_}: {fault.why}, {failures} times in a row; go on later with --resume."
                    ) from fault
                seconds = self._manners.wait_after(failures, asked)
                self._tell(f"{id_}: {fault.why}; waiting {seconds:.1f} s")
                self._manners.sleep(seconds)
        raise AssertionError("the last attempt returns or raises")

    def close(self) -> None:
        """End the connection; the next request opens one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _follow(self, id_: str, headers: dict[str, str]) -> Answer:
        """Send a request, and go where the host redirects it to."""
        address = urljoin(self._endpoint, f"{id_}.json")
        for _ in range(_MOST_REDIRECTS + 1):
            self._manners.keep_pace()
            answer, target = self._ask(address, id_, headers)
            if target is None:
                return answer
            address = urljoin(address, target)
            if _split(address).netloc != self._home.netloc:
                raise FetchFailed(
                    f"{id_}: {self._home.netloc} redirects to {address}, another host; name "
                    "this one with --endpoint if it is meant."
                )
        raise FetchFailed(f"{id_}: more than {_MOST_REDIRECTS} redirects; check --endpoint.")

    def _ask(self, address: str, id_: str, headers: dict[str, str]) -> tuple[Answer, str | None]:
        """Send one request; give its answer, or where it redirects to."""
        try:
            response = self._send(address, headers)
            body = read_body(response, _LARGEST, self._manners.whole)
        except TooLarge as fault:
            raise FetchFailed(
                f"{id_}: the answer has more than {_LARGEST // 2**20} MiB; check --endpoint."
            ) from fault
        except (OSError, http.client.HTTPException, zlib.error) as fault:
            raise _Again(f"the answer broke off ({type(fault).__name__})") from fault
        status = response.status
        if status in _REDIRECTS and (target := response.getheader("Location")):
            return Answer(status), target
        if status in _GONE:
            return Answer(status), None
        if status == 304 and headers:
            return Answer(status), None
        self._refuse(response, body, id_)
        try:
            items = read_entity(body, id_)
        except NotAnEntity as fault:
            raise _Again(f"not the JSON of an item ({fault})") from fault
        etag, modified = response.getheader("ETag", ""), response.getheader("Last-Modified", "")
        return Answer(status, tuple(items), etag, modified), None

    def _refuse(self, response: http.client.HTTPResponse, body: bytes, id_: str) -> None:
        """Raise what an answer that is no item calls for.

        A host that lags behind says so with status 200, and an error in the body.
        """
        status, code = response.status, complaint(body)
        if status in _LATER or (status == 200 and code):
            raise _Again(code or str(status), retry_after(response.getheader("Retry-After")))
        if status != 200:
            raise FetchFailed(f"{id_}: {self._home.netloc} answers {status}{_advice(status)}.")

    def _send(self, address: str, headers: dict[str, str]) -> http.client.HTTPResponse:
        parts, fresh = _split(address), self._connection is None
        if self._connection is None:
            secure = parts.scheme == "https"
            kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
            self._connection = kind(parts.netloc, timeout=self._manners.timeout)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        own = {"User-Agent": self._agent, "Accept": "application/json", "Accept-Encoding": "gzip"}
        try:
            self._connection.request("GET", path, headers={**own, **headers})
            return self._connection.getresponse()
        except ConnectionError:
            self.close()
            if fresh:
                raise
        return self._send(address, headers)  # the host had closed a connection that was idle


def _split(address: str) -> SplitResult:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise StimsonError(f"{address!r} is no address of the web; name one with --endpoint.")
    return parts


def _advice(status: int) -> str:
    if status in (401, 403):
        return "; it may know your contact as one to block: read its policy on user agents"
    return "; check --endpoint"
