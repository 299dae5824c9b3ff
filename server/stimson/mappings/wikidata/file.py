"""The file of what Wikidata said on a day: N-Quads, in lines that are sorted."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyoxigraph as ox

from ... import names
from ...errors import InvalidFile, NothingToRead
from ...files import check_file
from ...rdf import Index, check_file_depth
from . import GRAPH, Item
from .graph import day_of, from_index, to_quads


@dataclass(frozen=True, slots=True)
class Reading:
    """The items that were read on a day."""

    day: date
    items: Mapping[str, Item]


def write_items(path: Path, items: Iterable[Item], day: date, source: str) -> None:
    """Write items to a file, which is there whole or not at all."""
    text = ox.serialize(to_quads(items, day, source), format=ox.RdfFormat.N_QUADS)
    assert text is not None  # None is for output to a file
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        fresh.write_bytes(b"".join(sorted(set(text.splitlines(keepends=True)))))
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def read_quads(path: Path) -> Iterator[ox.Quad]:
    """Read a file, or raise `InvalidFile` where it says anything but what Wikidata says."""
    graph = ox.NamedNode(GRAPH)
    check_file(path)
    try:
        check_file_depth(path)
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.N_QUADS):
            if quad.graph_name != graph:
                raise InvalidFile(path, f"all its lines must be in the graph <{GRAPH}>")
            if _is_ours(quad.subject):
                raise InvalidFile(path, f"it speaks of {quad.subject}, which is not Wikidata's")
            yield quad
    except SyntaxError as fault:
        raise InvalidFile(path, "not N-Quads", fault.lineno, fault.offset) from fault
    except OSError as fault:
        raise NothingToRead(f"{path}: {fault.strerror or fault}.") from fault


def read_items(path: Path) -> Reading:
    """Read the items of a file and its day, or raise `InvalidFile`."""
    index = Index(read_quads(path))
    day = day_of(index)
    if day is None:
        raise InvalidFile(path, "it does not say from which day it is; pull it again")
    return Reading(day, from_index(index))


def latest(folder: Path) -> Path:
    """Find the newest file in a folder, or raise `NothingToRead`."""
    found = sorted(folder.glob("wikidata-*.nq"))
    if not found:
        raise NothingToRead(
            f"No reading of Wikidata in {folder}; run `stimson wikidata pull`, or name a file "
            "with --wikidata."
        )
    return found[-1]


def _is_ours(subject: object) -> bool:
    return (
        isinstance(subject, ox.NamedNode)
        and subject.value.startswith(names.BASE)
        and subject.value != GRAPH
    )
