"""Who is let in: which connections, and which requests on them.

A client may have so many connections, and so many requests under way; of each there may be so
many in all. All of this is counted in one process: with several, each client has its share in
each. Whoever comes beyond that may still ask whether the server is alive: an orchestrator that is
kept out would start it anew. For that a few connections are kept in reserve.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_network
from math import ceil

from cachetools import LRUCache

from ...config import Config, environment_name
from ...errors import ClientBusy, RateExceeded
from ...networks import canonical, is_within, read_address, read_networks
from ..sparql.messages import Head
from ..sparql.problems import Problem

OPERATOR_PATHS = ("/healthz", "/readyz", "/metrics")  # the operator is not a client
RESERVE = 64  # connections
_RESERVE_OF_ONE = 8  # of these, for one client
_REMEMBERED = 10_000  # clients
_SITE = 64  # bits: what one IPv6 customer has is one client
_RETRY = 1  # seconds
_HOPS = 32  # addresses of a chain of proxies that are looked at: it is the client's to make long
_FULL = Problem(
    503,
    "connections",
    "Too many connections are open",
    "Too many connections are open: try again in a few seconds.",
)


class Clients:
    """The shares of all clients."""

    def __init__(self, config: Config, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock  # in seconds
        self._most = config.client_requests
        self._rate, self._burst = config.client_rate, max(1, config.client_burst)
        self._header = config.client_header.lower()
        name = environment_name("trusted_proxies")
        self._proxies = read_networks(name, config.trusted_proxies)
        self._open: Counter[str] = Counter()
        self._buckets: LRUCache[str, tuple[float, float]] = LRUCache(_REMEMBERED)

    def address(self, peer: str, headers: Mapping[str, str]) -> str:
        """Find out where a client calls from, or where a trusted proxy says it does."""
        address = canonical(peer)
        if self._proxies:
            chain = headers.get(self._header, "").rsplit(",", _HOPS)[-_HOPS:]
            while chain and self.is_proxy(address) and read_address(chain[-1]):
                address = canonical(chain.pop())
        return address

    @staticmethod
    def name(address: str) -> str:
        """Name the client that calls from `address`, however that is written."""
        found = read_address(address)
        # On a link-local network every neighbour would have the same 64 bits.
        if isinstance(found, IPv6Address) and not found.is_link_local:
            return str(ip_network((found, _SITE), strict=False))
        return canonical(address)

    def enter(self, name: str) -> None:
        """Count a request as begun, or raise `TooManyRequests`; one begun must `leave`."""
        if self._most and self._open[name] >= self._most:
            raise ClientBusy(
                f"Only {self._most} requests of one client are answered at once: "
                "wait for the others.",
                _RETRY,
            )
        if self._rate:
            self._pay(name)
        self._open[name] += 1

    def leave(self, name: str) -> None:
        """Count a request as over."""
        self._open[name] -= 1
        if not self._open[name]:
            del self._open[name]

    def head(self, name: str) -> Head:
        """Say what is left, in the terms of draft-ietf-httpapi-ratelimit-headers."""
        if not self._rate:
            return []
        window = ceil(self._burst / self._rate)
        left, _ = self._buckets.get(name, (float(self._burst), 0.0))
        return [
            ("ratelimit-policy", f'"client";q={self._burst};w={window}'),
            ("ratelimit", f'"client";r={int(left)};t={ceil((self._burst - left) / self._rate)}'),
        ]

    def _pay(self, name: str) -> None:
        now = self._clock()
        tokens, then = self._buckets.get(name, (float(self._burst), now))
        tokens = min(self._burst, tokens + (now - then) * self._rate)
        is_enough = tokens >= 1
        self._buckets[name] = (tokens - 1 if is_enough else tokens, now)
        if not is_enough:
            raise RateExceeded(
                f"A client may send {self._rate:g} requests a second: slow down.",
                ceil((1 - tokens) / self._rate),
            )

    def is_proxy(self, address: str) -> bool:
        """Tell whether others call through `address`."""
        return is_within(address, self._proxies)


@dataclass(frozen=True, slots=True)
class Admitted:
    """What one connection takes up; `refusal` says what it gets for all but the operator's paths.

    It is to be left.
    """

    client: str
    taken: Counter[str]
    refusal: Problem | None

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

    def enter(self, peer: str) -> Admitted | Problem:
        """Count a connection from the address `peer`, or say why there is no place for it."""
        client = self._clients.name(peer)
        refusal = self._refusal(client, peer)
        has_reserve = self._reserved.total() < RESERVE and self._reserved[client] < _RESERVE_OF_ONE
        if refusal is not None and not has_reserve:
            return refusal
        taken = self._open if refusal is None else self._reserved
        taken[client] += 1
        return Admitted(client, taken, refusal)

    def _refusal(self, client: str, peer: str) -> Problem | None:
        if self._open.total() >= self._most:
            return _FULL
        if self._open[client] < self._share or self._clients.is_proxy(peer):
            return None
        return Problem(
            429,
            "client-connections",
            "The client has too many open connections",
            f"One client may have {self._share} connections: close some, or use them again.",
        )
