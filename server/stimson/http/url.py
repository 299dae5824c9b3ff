"""Where another server is."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import SplitResult, unquote, urlsplit

from urllib3.util import make_headers

from ..errors import StimsonError

_SCHEMES = ("http", "https")


@dataclass(frozen=True, slots=True)
class HttpUrl:
    """The parts of a URL. As text it lacks what may be secret: user, password and query."""

    scheme: str
    host: str
    port: int | None
    path: str
    query: str = field(repr=False)
    credentials: Mapping[str, str] = field(repr=False)  # as headers

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port is None else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"

    @property
    def server(self) -> tuple[str, str, int | None]:
        """What two URLs of the same server have in common."""
        return self.scheme, self.host, self.port

    def at(self, path: str) -> "HttpUrl":
        """Name another path on the same server."""
        return replace(self, path=path)

    def target(self, added: str = "") -> str:
        """Write the request target (path and query), with `added` to the query."""
        query = "&".join(part for part in (self.query, added) if part)
        return f"{self.path}?{query}" if query else self.path


def read_url(name: str, url: str, user: str = "", password: str = "", token: str = "") -> HttpUrl:
    """Read a URL, or raise `StimsonError` that speaks of it as `name` and does not show it."""
    parts, port = _split(name, url)
    if token and user:
        raise StimsonError(f"{name}: give a user or a token, not both.")
    user, password = (
        user or unquote(parts.username or ""),
        password or unquote(parts.password or ""),
    )
    credentials: dict[str, str] = {}
    if token:
        credentials = {"Authorization": f"Bearer {token}"}
    elif user:
        credentials = dict(make_headers(basic_auth=f"{user}:{password}", disable_cache=False))
    if not all(value.isprintable() and value.isascii() for value in credentials.values()):
        raise StimsonError(f"{name}: the token may have ASCII characters only.")
    return HttpUrl(
        parts.scheme, parts.hostname or "", port, parts.path or "/", parts.query, credentials
    )


def _split(name: str, url: str) -> tuple[SplitResult, int | None]:
    wrong = StimsonError(f"{name}: expected a URL such as https://example.org/sparql.")
    if not (url.isprintable() and url.isascii()) or " " in url:
        raise wrong
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as fault:
        raise wrong from fault
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise wrong
    return parts, port
