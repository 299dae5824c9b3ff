"""Snapshots: what was built, each named by the hash of its content.

A store is a folder: one folder per snapshot (``dataset.nq``, ``manifest.json``)
and the small text file ``current``, which names the one to serve. Reading needs
only the standard library; `builder` makes a snapshot of a project, `gather` of any
files. A reader never sees half a snapshot: folders and files are made under another
name and renamed into place, and ``current`` is replaced in one step.
"""

import json
import os
import re
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import SnapshotMissing, StoreUnusable

_DATASET = "dataset.nq"
_MANIFEST = "manifest.json"
_CURRENT = "current"
_NAME = re.compile("[0-9a-f]{16}")
_UNFINISHED = ".unfinished-"
_DAY = 24 * 60 * 60  # seconds after which an unfinished folder was surely given up


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One immutable state of the graph, and what is known about it.

    Keys of `manifest`: name, version, created (ISO 8601), inputs (hash of what it
    was built from), quads, triples (distinct ones), graphs {IRI: triples}, classes
    {IRI: entities}; of one made by `files` also files (their names) and default (triples
    in the default graph).
    """

    name: str
    path: Path
    manifest: dict[str, Any]

    @property
    def dataset(self) -> Path:
        """The N-Quads file that holds the whole graph."""
        return self.path / _DATASET


def read_current(store: Path) -> Snapshot:
    """Read the snapshot to serve, or raise `SnapshotMissing` that says what to do."""
    try:
        name = (store / _CURRENT).read_text(encoding="ascii").strip()
    except (FileNotFoundError, NotADirectoryError) as fault:
        raise SnapshotMissing(f"No snapshot in {store}; run `stimson build` first.") from fault
    try:
        return read_snapshot(store, name)
    except (OSError, ValueError) as fault:
        raise SnapshotMissing(
            f"The current snapshot in {store} is damaged; run `stimson build --force`."
        ) from fault


def read_snapshot(store: Path, name: str) -> Snapshot:
    """Read the snapshot called `name`; `OSError` or `ValueError` if it is not whole."""
    if not _NAME.fullmatch(name):  # Nothing but a name may lead out of the store.
        raise ValueError(f"not the name of a snapshot: {name!r}")
    path = store / name
    manifest = json.loads((path / _MANIFEST).read_text(encoding="utf-8"))
    if not isinstance(manifest, dict) or manifest.get("name") != name:
        raise ValueError(f"{path / _MANIFEST} describes another snapshot")
    if not (path / _DATASET).is_file():
        raise FileNotFoundError(path / _DATASET)
    return Snapshot(name, path, manifest)


def check_store(store: Path) -> None:
    """Raise `StoreUnusable` if snapshots cannot be kept in `store`, which need not be there yet."""
    first = next(
        each for each in (store.absolute(), *store.absolute().parents) if os.path.lexists(each)
    )
    if not first.is_dir():
        raise StoreUnusable(f"{first} is no folder: name one for the snapshots with --store.")
    if not os.access(first, os.W_OK):
        raise StoreUnusable(f"{first} may not be written: name another folder with --store.")


def add_snapshot(
    store: Path, name: str, content: bytes, manifest: Mapping[str, object]
) -> Snapshot:
    """Write a snapshot and make it the current one of `store`, or raise `StoreUnusable`."""
    try:
        return _add(store, name, content, manifest)
    except OSError as fault:
        place = fault.filename or store
        raise StoreUnusable(f"{place}: {fault.strerror}; the snapshot was not written.") from fault


def _add(store: Path, name: str, content: bytes, manifest: Mapping[str, object]) -> Snapshot:
    store.mkdir(parents=True, exist_ok=True)
    unfinished = store / f"{_UNFINISHED}{name}-{os.getpid()}"
    unfinished.mkdir()
    try:
        (unfinished / _DATASET).write_bytes(content)
        text = json.dumps(manifest, indent=2, ensure_ascii=False)
        (unfinished / _MANIFEST).write_text(f"{text}\n", encoding="utf-8")
        _put(unfinished, store / name)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    _switch(store, name)
    return read_snapshot(store, name)


def _put(unfinished: Path, final: Path) -> None:
    """Move a snapshot to its place; where it was built before, replace file by file."""
    if not final.exists():
        unfinished.rename(final)
        return
    for file in (_DATASET, _MANIFEST):
        (unfinished / file).replace(final / file)


def _switch(store: Path, name: str) -> None:
    """Point ``current`` to `name`, and keep only the snapshot that it pointed to before."""
    current = store / _CURRENT
    previous = current.read_text(encoding="ascii").strip() if current.is_file() else name
    fresh = store / f".{_CURRENT}-{os.getpid()}"
    fresh.write_text(f"{name}\n", encoding="ascii")
    fresh.replace(current)
    if previous != name:
        _forget(store, {name, previous})


def _forget(store: Path, kept: set[str]) -> None:
    for path in store.iterdir():
        old = _NAME.fullmatch(path.name) and path.name not in kept
        if old or (path.name.startswith(_UNFINISHED) and _is_given_up(path)):
            shutil.rmtree(path, ignore_errors=True)


def _is_given_up(path: Path) -> bool:
    return time.time() - path.stat().st_mtime > _DAY
