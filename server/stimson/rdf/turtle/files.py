"""Files: read for an edit, replaced whole or not at all, and never with anything lost."""

import contextlib
import os
import stat
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from ...errors import NothingToRead, StimsonError
from ...reading import real
from .. import Document, make_document, read_text


def read(path: Path) -> Document:
    """Read one Turtle file as it stands, or raise `InvalidFile` with the place of the fault."""
    if not path.is_file():
        raise NothingToRead(f"{path}: no such file; check its name.")
    return parse(path, read_text(path))


def parse(path: Path, text: str) -> Document:
    """Read `text` as what the file `path` holds or will hold."""
    return make_document(path.as_uri() if path.is_absolute() else path.name, "data", path, text)


def prefixes(document: Document) -> dict[str, str]:
    """List the prefixes that a document declares."""
    parser = ox.parse(document.text, format=ox.RdfFormat.TURTLE)
    for _ in parser:  # they are known when the last line has been read
        pass
    return dict(parser.prefixes)


def same(one: Iterable[ox.Triple], other: Iterable[ox.Triple]) -> bool:
    """Tell whether two sets of triples are one graph, whatever its blank nodes are called."""
    return _canonical(one) == _canonical(other)


def create(path: Path, text: str) -> None:
    """Write a new file; one that is there already stays as it is."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(exist_ok=False)
    except FileExistsError as fault:
        raise StimsonError(f"{path} is there already; choose another name.") from fault
    except OSError as fault:
        raise _unwritable(path, fault) from fault
    try:
        _swap(path, text, stat.S_IMODE(path.stat().st_mode))
    except OSError as fault:
        path.unlink()
        raise _unwritable(path, fault) from fault


def replace(path: Path, before: str, after: str) -> None:
    """Put `after` in the place of `before`, at one stroke; a link is followed."""
    target = real(path)
    mode = target.stat().st_mode
    if not mode & stat.S_IWUSR:
        raise StimsonError(f"{path} is read-only; make it writable, or write elsewhere.")
    if read_text(target) != before:
        raise StimsonError(f"{path} was changed by someone else meanwhile; run the command again.")
    try:
        _swap(target, after, stat.S_IMODE(mode))
    except OSError as fault:
        raise _unwritable(path, fault) from fault


def _swap(target: Path, text: str, mode: int) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def _unwritable(path: Path, fault: OSError) -> StimsonError:
    reason = (fault.strerror or str(fault)).lower()
    return StimsonError(f"{path} cannot be written ({reason}); nothing was changed.")


def _canonical(triples: Iterable[ox.Triple]) -> Counter[str]:
    quads = [ox.Quad(each.subject, each.predicate, each.object) for each in triples]
    graph = ox.Dataset(quads)
    graph.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return Counter(str(quad) for quad in graph)
