"""Who is asking, and whether it asks for more than its share.

All of this is counted in one process: with several, each client has its share in each.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from ipaddress import IPv6Address, ip_network
from math import ceil

from cachetools import LRUCache

from ...config import Config, environment_name
from ...errors import ClientBusy, RateExceeded
from ...networks import canonical, is_within, read_address, read_networks
from ..sparql.messages import Head

_REMEMBERED = 10_000  # clients
_SITE = 64  # bits: what one IPv6 customer has is one client
_RETRY = 1  # seconds
_HOPS = 32  # addresses of a chain of proxies that are looked at: it is the client's to make long


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
