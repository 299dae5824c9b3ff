"""Keep answers that cannot change: a snapshot never does, so nothing here grows stale."""

from collections import OrderedDict
from collections.abc import Hashable

from .sending import Response

_SHARE = 8  # one answer may take this part of the whole
_OVERHEAD = 1024  # bytes: the key, the head, the entry itself


class Cache:
    """At most `megabytes` of responses; the least used go first."""

    def __init__(self, megabytes: int) -> None:
        self.limit = megabytes * 2**20
        self.size = 0
        self._kept: OrderedDict[Hashable, Response] = OrderedDict()

    def get(self, key: Hashable) -> Response | None:
        """Find a response."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: Hashable, response: Response) -> bool:
        """Keep a response, and tell whether there was room for it."""
        size = _size(response)
        if size > self.limit // _SHARE:
            return False
        if (old := self._kept.pop(key, None)) is not None:
            self.size -= _size(old)
        self._kept[key] = response
        self.size += size
        while self.size > self.limit:
            _, last = self._kept.popitem(last=False)
            self.size -= _size(last)
        return True


def _size(response: Response) -> int:
    return len(response.body or b"") + _OVERHEAD
