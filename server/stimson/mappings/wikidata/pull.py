"""Fetch every item that is mapped, and the places in which mapped places lie.

What was fetched is kept item by item: nothing is asked for twice without need.
"""

import json
import os
from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyoxigraph as ox

from ...rdf import Index
from .. import MappingSet
from . import LANGUAGES, PROPERTIES, WikidataItem, item_id
from .entity_client import WikidataClient
from .item_graph import from_index, to_quads

_WITHIN = "P131"
_LEVELS = 4  # from a settlement over community and district to the region
# What is kept of an item depends on these; what was kept by other ones is of no use.
_KEPT = [*sorted(LANGUAGES), *sorted(PROPERTIES)]
_ANY_DAY, _ANYWHERE = date(1970, 1, 1), "http://www.wikidata.org/"


@dataclass(frozen=True, slots=True)
class CachedItem:
    """What came for an item, and what tells the host which version of it that was."""

    items: tuple[WikidataItem, ...]
    etag: str = ""
    last_modified: str = ""


class ItemCache:
    """A folder with a file for each item, and one that lists what an unfinished pull has asked."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._list = folder / "unfinished.txt"

    def read(self, id_: str) -> CachedItem | None:
        """Give what is known of an item; None if it is nothing that can be used."""
        try:
            kept = json.loads(self._path(id_).read_text(encoding="utf-8"))
            if kept["kept"] != _KEPT:
                return None
            quads = ox.parse(kept["quads"], format=ox.RdfFormat.N_QUADS)
            items = from_index(Index(quads))
            return CachedItem(tuple(items.values()), kept["etag"], kept["last_modified"])
        except (FileNotFoundError, ValueError, KeyError, TypeError, SyntaxError):
            return None  # cut off, or written by another version: it will be fetched again

    def write(self, id_: str, entry: CachedItem) -> None:
        """Remember what came for an item."""
        text = ox.serialize(to_quads(entry.items, _ANY_DAY, _ANYWHERE), format=ox.RdfFormat.N_QUADS)
        assert text is not None  # None is for output to a file
        kept = {
            "kept": _KEPT,
            "etag": entry.etag,
            "last_modified": entry.last_modified,
            "quads": text.decode("utf-8"),
        }
        self._folder.mkdir(parents=True, exist_ok=True)
        fresh = self._path(f".{os.getpid()}")
        fresh.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        fresh.replace(self._path(id_))

    def unfinished(self) -> set[str]:
        """List the items that a pull had asked for when it was broken off."""
        return set(self._list.read_text("ascii").split()) if self._list.is_file() else set()

    def start(self, done: Iterable[str] = ()) -> None:
        """Begin the list of a pull, with what is done of it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._list.write_text("".join(f"{id_}\n" for id_ in done), encoding="ascii")

    def tick(self, id_: str) -> None:
        """Note that an item has been asked for."""
        with self._list.open("a", encoding="ascii") as file:
            file.write(f"{id_}\n")

    def finish(self) -> None:
        """End the list: the pull has all it wanted."""
        self._list.unlink(missing_ok=True)

    def _path(self, id_: str) -> Path:
        return self._folder / f"{id_}.json"


@dataclass
class PullResult:
    """The items that were found, and how many of them were sent, known before, or not asked."""

    items: dict[str, WikidataItem] = field(default_factory=dict)
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
    ids = {id_ for found in sets for row in found.rows if (id_ := item_id(row.object))}
    return sorted(ids, key=lambda id_: int(id_[1:]))


def pull(
    wanted: Iterable[str],
    places: Collection[str],
    client: WikidataClient,
    cache: ItemCache,
    resume: bool,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> PullResult:
    """Fetch the items `wanted`; from `places` among them, go up to what they lie in.

    With `resume`, what an unfinished pull has fetched is not asked for again. Whatever ends
    this, all that has come is kept.
    """
    known = cache.unfinished() if resume else set()
    cache.start(sorted(known))
    pulled, queue = PullResult(), deque((id_, _LEVELS if id_ in places else 0) for id_ in wanted)
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
    id_: str, client: WikidataClient, cache: ItemCache, is_done: bool, pulled: PullResult
) -> tuple[WikidataItem, ...]:
    """Take an item from the cache or from Wikidata."""
    entry = cache.read(id_)
    if is_done and entry is not None:
        pulled.resumed += 1
        return entry.items
    etag, modified = (entry.etag, entry.last_modified) if entry else ("", "")
    response = client.fetch(id_, etag, modified)
    if response.status == 304 and entry is not None:
        pulled.unchanged += 1
    else:
        pulled.sent += 1
        items = response.items or (WikidataItem(id_, missing=True),)
        entry = CachedItem(items, response.etag, response.last_modified)
        cache.write(id_, entry)
    cache.tick(id_)
    return entry.items
