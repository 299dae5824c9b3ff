"""Fetch every item that is mapped, and the places in which mapped places lie."""

from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from .. import MappingSet
from . import Item
from .cache import Cache, Entry
from .client import Client
from .graph import ENTITY

_WITHIN = "P131"
_LEVELS = 4  # from a settlement over community and district to the region


@dataclass
class Pulled:
    """The items that were found, and how many of them were sent, known before, or not asked."""

    items: dict[str, Item] = field(default_factory=dict)
    sent: int = 0
    unchanged: int = 0
    resumed: int = 0

    @property
    def redirected(self) -> int:
        """Count the items that are other ones now."""
        return sum(1 for item in self.items.values() if item.redirect)

    @property
    def missing(self) -> int:
        """Count the items that are not there."""
        return sum(item.missing for item in self.items.values())


def mapped_items(sets: Iterable[MappingSet]) -> list[str]:
    """List the items of Wikidata in mappings, the denied ones too, in order of their numbers."""
    targets = {record.object for found in sets for record in found.records}
    ids = {iri.removeprefix(ENTITY) for iri in targets if iri.startswith(f"{ENTITY}Q")}
    return sorted(ids, key=lambda id_: int(id_[1:]))


def pull(
    wanted: Iterable[str],
    places: Collection[str],
    client: Client,
    cache: Cache,
    resume: bool,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Pulled:
    """Fetch the items `wanted`; from `places` among them, go up to what they lie in.

    With `resume`, what an unfinished pull has fetched is not asked for again. Whatever ends
    this, all that has come is kept.
    """
    known = cache.unfinished() if resume else set()
    cache.start(sorted(known))
    pulled, queue = Pulled(), deque((id_, _LEVELS if id_ in places else 0) for id_ in wanted)
    queued = {id_ for id_, _ in queue}
    try:
        while queue:
            id_, levels = queue.popleft()
            progress(len(queued) - len(queue) - 1, len(queued))
            for item in _obtain(id_, client, cache, id_ in known, pulled):
                pulled.items[item.id] = item
                above = sorted(item.items(_WITHIN)) if levels else []
                new = [each for each in above if each not in queued]
                queued.update(new)
                queue.extend((each, levels - 1) for each in new)
    finally:
        client.close()
    progress(len(queued), len(queued))
    cache.finish()
    return pulled


def _obtain(
    id_: str, client: Client, cache: Cache, is_done: bool, pulled: Pulled
) -> tuple[Item, ...]:
    """Take an item from the cache or from Wikidata."""
    entry = cache.read(id_)
    if is_done and entry is not None:
        pulled.resumed += 1
        return entry.items
    etag, modified = (entry.etag, entry.last_modified) if entry else ("", "")
    answer = client.fetch(id_, etag, modified)
    if answer.status == 304 and entry is not None:
        pulled.unchanged += 1
    else:
        pulled.sent += 1
        items = answer.items or (Item(id_, missing=True),)
        entry = Entry(items, answer.etag, answer.last_modified)
        cache.write(id_, entry)
    cache.tick(id_)
    return entry.items
