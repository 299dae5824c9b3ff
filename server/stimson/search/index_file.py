"""The index as a file: written beside the snapshot when it is built, else when it is wanted.

It belongs to a snapshot and the saved queries, and says so; one that does not is written anew,
in a temporary folder. It is no part of what the snapshot's name is the hash of, and is opened
for reading only.
"""

import hashlib
import os
import sqlite3
import weakref
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from threading import Lock

from .. import __version__
from ..errors import SearchUnavailable, StoreUnusable
from ..queries import SavedQuery
from ..snapshot import Snapshot
from ..temporary import temporary_folder
from .search_index import SearchIndex, open_read_only
from .search_results import KIND_BITS
from .searched_things import Role, SearchedText, SearchedThing, read_things
from .word_forms import code_form, name_tokens, tokens, whole_forms

_FILE = "search.sqlite"
_FORM = 1  # of the index: to be counted up when what is written here changes
_LARGEST = 2 * 2**30  # bytes of a dataset: reading a larger one takes minutes
_NAME_ROLES = (Role.NAME, Role.PRINTED, Role.CODE)
_SCHEMA = """
CREATE TABLE about (key TEXT);
CREATE TABLE kind (number INTEGER PRIMARY KEY, things INTEGER);
CREATE TABLE property (number INTEGER PRIMARY KEY, iri TEXT, label TEXT);
CREATE TABLE thing (id INTEGER PRIMARY KEY, iri TEXT, title TEXT, language TEXT, type TEXT);
CREATE UNIQUE INDEX by_iri ON thing (iri);
CREATE TABLE piece (
  thing INTEGER, position INTEGER, role INTEGER, property INTEGER, language TEXT, text TEXT,
  PRIMARY KEY (thing, position)
) WITHOUT ROWID;
CREATE TABLE form (
  form TEXT, weight INTEGER, thing INTEGER, PRIMARY KEY (form, weight, thing)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE word USING fts5(
  names, sounds, texts, notes, content='', prefix='3', tokenize='unicode61 remove_diacritics 0'
);
"""


def keep(snapshot: Snapshot, queries: Mapping[str, SavedQuery], is_fresh: bool = False) -> None:
    """Write the index beside a snapshot, if it is not there or must be written afresh."""
    file, key = snapshot.path / _FILE, _key(snapshot, queries)
    if not is_fresh and _is_of(file, key):
        return
    unfinished = snapshot.path / f".{_FILE}-{os.getpid()}"
    try:
        _write(unfinished, snapshot, queries, key)
        unfinished.replace(file)
    except OSError as fault:
        raise StoreUnusable(f"{file}: {fault.strerror}; the index was not written.") from fault
    except sqlite3.Error as fault:
        raise StoreUnusable(f"{file}: {fault}; the index was not written.") from fault
    finally:
        unfinished.unlink(missing_ok=True)


class SearchCache:
    """Finds the index of the snapshot that is served, or makes one when it is first wanted."""

    def __init__(self) -> None:
        self._making = Lock()
        self._kept: tuple[str, SearchIndex] | None = None
        self._temporary = ExitStack()
        weakref.finalize(self, self._temporary.close)

    def index(
        self, snapshot: Snapshot, queries: Mapping[str, SavedQuery], seconds: float
    ) -> SearchIndex:
        """Find the index; requests that come while it is made wait for it, for a while."""
        kept = self._kept
        if kept is not None and kept[0] == snapshot.name:
            return kept[1]
        with self._turn(seconds):
            if self._kept is None or self._kept[0] != snapshot.name:
                file = self._file(snapshot, queries)
                self._kept = (snapshot.name, SearchIndex(file))
            return self._kept[1]

    def close(self) -> None:
        """Remove what was made for a time."""
        self._temporary.close()

    @contextmanager
    def _turn(self, seconds: float) -> Iterator[None]:
        if not self._making.acquire(timeout=seconds):
            raise SearchUnavailable("The index is being made: try again in a moment.")
        try:
            yield
        finally:
            self._making.release()

    def _file(self, snapshot: Snapshot, queries: Mapping[str, SavedQuery]) -> Path:
        file, key = snapshot.path / _FILE, _key(snapshot, queries)
        if _is_of(file, key):
            return file
        made = self._temporary.enter_context(temporary_folder()) / _FILE
        try:
            _write(made, snapshot, queries, key)
        except (OSError, sqlite3.Error) as fault:
            raise SearchUnavailable(f"The index cannot be made: {fault}.") from fault
        return made


def _key(snapshot: Snapshot, queries: Mapping[str, SavedQuery]) -> str:
    """Name all that an index depends on."""
    digest = hashlib.sha256(f"{_FORM} {__version__} {snapshot.name}\n".encode())
    for name, saved in sorted(queries.items()):
        facts = (name, saved.title, saved.question, sorted(saved.columns.items()), saved.keywords)
        digest.update(f"{facts!r}\n".encode())
    return digest.hexdigest()


def _is_of(file: Path, key: str) -> bool:
    """Tell whether a file is the index that has this key."""
    with suppress(sqlite3.Error), closing(open_read_only(file)) as index:
        return bool(index.execute("SELECT key FROM about").fetchone() == (key,))
    return False


def _write(file: Path, snapshot: Snapshot, queries: Mapping[str, SavedQuery], key: str) -> None:
    if snapshot.dataset.stat().st_size > _LARGEST:
        raise SearchUnavailable("This graph is too large to be searched by words; use SPARQL.")
    things, labels = read_things(snapshot.dataset, queries)
    file.unlink(missing_ok=True)
    with closing(sqlite3.connect(file, isolation_level=None)) as index:
        index.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)
        index.execute("BEGIN")
        _fill(index, things, labels)
        index.execute("INSERT INTO about VALUES (?)", (key,))
        index.execute("COMMIT")
        index.execute("INSERT INTO word(word) VALUES ('optimize')")
        index.execute("ANALYZE")


def _fill(
    index: sqlite3.Connection, things: Iterable[SearchedThing], labels: Mapping[str, str]
) -> None:
    numbers = {iri: number for number, iri in enumerate(labels)}
    rows = ((number, iri, labels[iri]) for iri, number in numbers.items())
    index.executemany("INSERT INTO property VALUES (?, ?, ?)", rows)
    counts: dict[int, int] = {}
    for thing in things:
        place = counts[thing.kind] = counts.get(thing.kind, 0) + 1
        _add(index, (thing.kind << KIND_BITS) + place, thing, numbers)
    index.executemany("INSERT INTO kind VALUES (?, ?)", counts.items())


def _add(
    index: sqlite3.Connection, id: int, thing: SearchedThing, numbers: Mapping[str, int]
) -> None:
    row = (id, thing.iri, thing.title, thing.language, thing.type)
    index.execute("INSERT INTO thing VALUES (?, ?, ?, ?, ?)", row)
    pieces = (
        (id, position, text.role, numbers.get(text.property, -1), text.language, text.text)
        for position, text in enumerate(sorted(thing.texts, key=lambda each: each.role))
    )
    index.executemany("INSERT INTO piece VALUES (?, ?, ?, ?, ?, ?)", pieces)
    forms = (
        (form, text.role == Role.PRINTED, id)
        for text in thing.texts
        if text.role in _NAME_ROLES
        for form in _forms(text)
    )
    index.executemany("INSERT OR IGNORE INTO form VALUES (?, ?, ?)", forms)
    words = (_names(thing), _sounds(thing), _words(thing, Role.WORDS), _words(thing, Role.NOTE))
    index.execute(
        "INSERT INTO word(rowid, names, sounds, texts, notes) VALUES (?, ?, ?, ?, ?)", (id, *words)
    )


def _forms(text: SearchedText) -> set[str]:
    if text.role is Role.CODE:
        return code_form(text.text)
    return whole_forms(text.text, text.language)


def _names(thing: SearchedThing) -> str:
    """Write the names and codes of a thing; only a code is found by the digits in it."""
    texts = (text.text for text in thing.texts if text.role in _NAME_ROLES)
    return " ".join(token for text in texts for token in tokens(text))


def _sounds(thing: SearchedThing) -> str:
    found: set[str] = set()
    for text in thing.texts:
        if text.role in (Role.NAME, Role.PRINTED):
            found |= name_tokens(text.text, text.language)
    return " ".join(sorted(found))


def _words(thing: SearchedThing, role: Role) -> str:
    texts = (text.text for text in thing.texts if text.role is role)
    return " ".join(token for text in texts for token in tokens(text))
