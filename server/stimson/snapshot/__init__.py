"""Snapshots: what was built, each named by the hash of its content.

A store is a folder: one folder per snapshot (``dataset.nq``, ``manifest.json``)
and the small text file ``current``, which names the one to serve. Reading needs
only the standard library; `build` does the rest.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import SnapshotMissing

DATASET = "dataset.nq"
MANIFEST = "manifest.json"
CURRENT = "current"
NAME = re.compile("[0-9a-f]{16}")


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
        return self.path / DATASET


def read_current(store: Path) -> Snapshot:
    """Read the snapshot to serve, or raise `SnapshotMissing` that says what to do."""
    try:
        name = (store / CURRENT).read_text(encoding="ascii").strip()
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
    if not NAME.fullmatch(name):  # Nothing but a name may lead out of the store.
        raise ValueError(f"not the name of a snapshot: {name!r}")
    path = store / name
    manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    if not isinstance(manifest, dict) or manifest.get("name") != name:
        raise ValueError(f"{path / MANIFEST} describes another snapshot")
    if not (path / DATASET).is_file():
        raise FileNotFoundError(path / DATASET)
    return Snapshot(name, path, manifest)
