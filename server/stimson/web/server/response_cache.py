"""Keep responses that cannot change: a snapshot never does, so nothing here grows stale."""

from typing import NamedTuple

from cachetools import LRUCache

from ..sparql.messages import WebResponse

_SHARE = 8  # one response may take this part of the whole
_ENTRY = 1024  # bytes: the key, and what holds the parts of an entry together
_PAIR = 168  # bytes: what a name and a value take beside their letters


class _Kept(NamedTuple):
    size: int  # bytes
    response: WebResponse


class ResponseCache:
    """At most `megabytes` of responses; the least used go first.

    A key is a digest, so that all are of one size: a request may be larger than its response.
    """

    def __init__(self, megabytes: int) -> None:
        self.limit = megabytes * 2**20  # bytes
        self._kept: LRUCache[str, _Kept] = LRUCache(self.limit, lambda entry: entry.size)

    @property
    def size(self) -> int:
        """Count the bytes in use."""
        return int(self._kept.currsize)

    def get(self, key: str) -> WebResponse | None:
        """Find a response."""
        entry = self._kept.get(key)
        return None if entry is None else entry.response

    def put(self, key: str, response: WebResponse) -> bool:
        """Keep a response, and tell whether there was room for it."""
        entry = _Kept(_size(response), response)
        if entry.size > self.limit // _SHARE:
            return False
        self._kept[key] = entry
        return True


def _size(response: WebResponse) -> int:
    head = sum([len(name) + len(value) for name, value in response.head])
    return _ENTRY + head + _PAIR * len(response.head) + len(response.body or b"")
