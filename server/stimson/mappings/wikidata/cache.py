"""What was fetched, item by item: nothing is asked for twice without need."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyoxigraph as ox

from ...rdf import Index
from . import LANGUAGES, PROPERTIES, Item
from .graph import from_index, to_quads

# What is kept of an item depends on these; what was kept by other ones is of no use.
_KEPT = [*sorted(LANGUAGES), *sorted(PROPERTIES)]
_ANY_DAY, _ANYWHERE = date(1970, 1, 1), "http://www.wikidata.org/"


@dataclass(frozen=True, slots=True)
class Entry:
    """What came for an item, and what tells the host which version of it that was."""

    items: tuple[Item, ...]
    etag: str = ""
    last_modified: str = ""


class Cache:
    """A folder with a file for each item, and one that lists what an unfinished pull has asked."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._list = folder / "unfinished.txt"

    def read(self, id_: str) -> Entry | None:
        """Give what is known of an item; None if it is nothing that can be used."""
        try:
            kept = json.loads(self._path(id_).read_text(encoding="utf-8"))
            if kept["kept"] != _KEPT:
                return None
            quads = ox.parse(kept["quads"], format=ox.RdfFormat.N_QUADS)
            items = from_index(Index(quads))
            return Entry(tuple(items.values()), kept["etag"], kept["last_modified"])
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, SyntaxError):
            return None  # cut off, or written by another version: it will be fetched again

    def write(self, id_: str, entry: Entry) -> None:
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
