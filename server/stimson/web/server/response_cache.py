"""Keep responses that cannot change: a snapshot never does, so nothing here grows stale."""

from sys import getsizeof

from cachetools import LRUCache

from ..sparql.messages import HttpResponse

_SHARE = 8  # one response may take this part of the whole
_ENTRY = 1024  # bytes: the key, and what holds the parts of an entry together
_PAIR = 64  # bytes: what holds a name and a value together


class ResponseCache:
    """At most `megabytes` of responses; the least used go first.

    A key is a digest, so that all are of one size: a request may be larger than its response.
    """

    def __init__(self, megabytes: int) -> None:
        self.limit = megabytes * 2**20  # bytes
        self._kept: LRUCache[str, HttpResponse] = LRUCache(self.limit, _size)

    @property
    def size(self) -> int:
        """Count the bytes in use."""
        return int(self._kept.currsize)

    def get(self, key: str) -> HttpResponse | None:
        """Find a response."""
        return self._kept.get(key)

    def put(self, key: str, response: HttpResponse) -> bool:
        """Keep a response, and tell whether there was room for it."""
        if _size(response) > self.limit // _SHARE:
            return False
        self._kept[key] = response
        return True


def _size(response: HttpResponse) -> int:
    head = sum(getsizeof(name) + getsizeof(value) + _PAIR for name, value in response.head)
    return _ENTRY + head + len(response.body or b"")
