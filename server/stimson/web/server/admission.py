"""What is refused before anything is made of it: a connection too many, or a wrong head.

So many connections may be open, and so many of one client. Whoever comes beyond that may still
ask whether the server is alive: an orchestrator that is kept out would start it anew. For that a
few connections are kept in reserve.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import NamedTuple

from ...config import Config
from .clients import Clients

OPERATOR_PATHS = ("/healthz", "/readyz", "/metrics")  # the operator is not a client
RESERVE = 64  # connections
_RESERVE_OF_ONE = 8  # of these, for one client
Headers = Iterable[tuple[bytes, bytes]]  # names in lower case
# A name whose labels a resolver could look up, or an address in brackets; then a port.
_HOST = re.compile(
    rb"(?:(?:[A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{1,63}\.?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?"
)
_LONGEST_NAME = 253 + len(":65535")  # characters (RFC 1035, section 2.3.4)


class Refusal(NamedTuple):
    """Why a request is not taken: a kind of problem, in a few words and in a sentence."""

    status: int
    slug: str
    title: str
    detail: str


def refuse(status: HTTPStatus, detail: str) -> Refusal:
    """Refuse with a kind of problem that HTTP has a name for."""
    return Refusal(status, status.phrase.lower().replace(" ", "-"), status.phrase, detail)


def fault_in(version: str, headers: Headers) -> Refusal | None:
    """Find out why a request of HTTP/`version` with these headers is wrong (RFC 9112), if it is."""
    hosts: list[bytes] = []
    for name, value in headers:
        if name == b"host":
            hosts.append(value)
        elif name == b"transfer-encoding" and value.lower() != b"chunked":
            return refuse(
                HTTPStatus.NOT_IMPLEMENTED, "Of transfer codings, only `chunked` is read here."
            )
    if len(hosts) > 1 or (not hosts and version >= "1.1"):
        return _wrong(f"A request has one header `Host`: this one has {len(hosts) or 'none'}.")
    if hosts and not (len(hosts[0]) <= _LONGEST_NAME and _HOST.fullmatch(hosts[0])):
        return _wrong("The header `Host` is the name or address of a host, and a port.")
    return None


def _wrong(detail: str) -> Refusal:
    return refuse(HTTPStatus.BAD_REQUEST, detail)


_FULL = Refusal(
    503,
    "connections",
    "Too many connections are open",
    "Too many connections are open: try again in a few seconds.",
)


@dataclass(frozen=True, slots=True)
class Admitted:
    """What one connection takes up; `refusal` says what it gets for all but the operator's paths.

    It is to be left.
    """

    client: str
    taken: Counter[str]
    refusal: Refusal | None

    def leave(self) -> None:
        """Make room for another connection."""
        self.taken[self.client] -= 1
        if not self.taken[self.client]:
            del self.taken[self.client]


class Admission:
    """The connections of one web process, counted in all and by client."""

    def __init__(self, config: Config, clients: Clients) -> None:
        self._most = config.connections
        self._share = config.client_connections or config.connections
        self._clients = clients
        self._open: Counter[str] = Counter()
        self._reserved: Counter[str] = Counter()

    def enter(self, peer: str) -> Admitted | Refusal:
        """Count a connection from the address `peer`, or say why there is no place for it."""
        client = self._clients.name(peer)
        refusal = self._refusal(client, peer)
        if refusal is not None and not self._has_reserve(client):
            return refusal
        taken = self._open if refusal is None else self._reserved
        taken[client] += 1
        return Admitted(client, taken, refusal)

    def _refusal(self, client: str, peer: str) -> Refusal | None:
        if self._open.total() >= self._most:
            return _FULL
        if self._open[client] < self._share or self._clients.is_proxy(peer):
            return None
        return Refusal(
            429,
            "client-connections",
            "The client has too many open connections",
            f"One client may have {self._share} connections: close some, or use them again.",
        )

    def _has_reserve(self, client: str) -> bool:
        return self._reserved.total() < RESERVE and self._reserved[client] < _RESERVE_OF_ONE
