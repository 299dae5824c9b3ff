"""The store on disk: add a snapshot, make it the current one, forget old ones.

A reader never sees half a snapshot: folders and files are made under another name and
renamed into place, and ``current`` is replaced in one step.
"""

import json
import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path

from ..errors import StoreUnusable
from . import CURRENT, DATASET, MANIFEST, NAME, Snapshot, read_snapshot

_UNFINISHED = ".unfinished-"
_DAY = 24 * 60 * 60  # seconds after which an unfinished folder was surely given up


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
        (unfinished / DATASET).write_bytes(content)
        text = json.dumps(manifest, indent=2, ensure_ascii=False)
        (unfinished / MANIFEST).write_text(f"{text}\n", encoding="utf-8")
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
    for file in (DATASET, MANIFEST):
        (unfinished / file).replace(final / file)


def _switch(store: Path, name: str) -> None:
    """Point ``current`` to `name`, and keep only the snapshot that it pointed to before."""
    current = store / CURRENT
    previous = current.read_text(encoding="ascii").strip() if current.is_file() else name
    fresh = store / f".{CURRENT}-{os.getpid()}"
    fresh.write_text(f"{name}\n", encoding="ascii")
    fresh.replace(current)
    if previous != name:
        _forget(store, {name, previous})


def _forget(store: Path, kept: set[str]) -> None:
    for path in store.iterdir():
        old = NAME.fullmatch(path.name) and path.name not in kept
        if old or (path.name.startswith(_UNFINISHED) and _is_given_up(path)):
            shutil.rmtree(path, ignore_errors=True)


def _is_given_up(path: Path) -> bool:
    return time.time() - path.stat().st_mtime > _DAY
