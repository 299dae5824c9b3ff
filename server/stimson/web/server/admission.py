"""How many connections may be open, and how many of one client.

Whoever comes beyond that may still ask whether the server is alive: an orchestrator that is
kept out would start it anew. For that a few connections are kept in reserve.
"""

from collections import Counter
from dataclasses import dataclass

from ...config import Config
from .clients import Clients
from .refusals import Refusal

OPERATOR_PATHS = ("/healthz", "/readyz", "/metrics")  # the operator is not a client
RESERVE = 64  # connections
_RESERVE_OF_ONE = 8  # of these, for one client
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
