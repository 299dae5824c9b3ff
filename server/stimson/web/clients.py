"""Who is asking, and whether it asks for more than its share.

All of this is counted in one process: with several, each client has its share in each.
"""

import time
from collections import Counter, OrderedDict
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from math import ceil

from ..config import Config, environment_name
from ..errors import ClientBusy, RateExceeded, StimsonError
from .sending import Head

_REMEMBERED = 10_000  # clients
_SITE = 64  # bits: what one IPv6 customer has is one client
_RETRY = 1  # seconds


class Clients:
    """The shares of all clients."""

    def __init__(self, config: Config) -> None:
        self._most = config.client_requests
        self._rate, self._burst = config.client_rate, max(1, config.client_burst)
        self._header = config.client_header.lower()
        self._proxies = networks("trusted_proxies", config.trusted_proxies)
        self._open: Counter[str] = Counter()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def address(self, peer: str, headers: Mapping[str, str]) -> str:
        """Find out where a client calls from, or where a trusted proxy says it does."""
        address = peer
        if self._proxies:
            chain = [part.strip() for part in headers.get(self._header, "").split(",")]
            while chain and self.is_proxy(address) and _is_address(chain[-1]):
                address = chain.pop()
        return address

    def name(self, address: str) -> str:
        """Name the client that calls from `address`."""
        if ":" in address:
            return str(ip_network((address, _SITE), strict=False))
        return address

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
        now = time.monotonic()
        tokens, then = self._buckets.pop(name, (float(self._burst), now))
        tokens = min(self._burst, tokens + (now - then) * self._rate)
        is_enough = tokens >= 1
        self._buckets[name] = (tokens - 1 if is_enough else tokens, now)
        if len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)
        if not is_enough:
            raise RateExceeded(
                f"A client may send {self._rate:g} requests a second: slow down.",
                ceil((1 - tokens) / self._rate),
            )

    def is_proxy(self, address: str) -> bool:
        """Tell whether others call through `address`."""
        return any(ip_address(address) in network for network in self._proxies)


def networks(setting: str, listed: str) -> list[IPv4Network | IPv6Network]:
    """Read a list of networks (CIDR), or raise `StimsonError` naming the setting it is from."""
    try:
        return [ip_network(part.strip()) for part in listed.split(",") if part.strip()]
    except ValueError as fault:
        raise StimsonError(f"{environment_name(setting)}={listed!r}: {fault}.") from fault


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
