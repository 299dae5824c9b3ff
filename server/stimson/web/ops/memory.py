"""How much memory the processes of the server use: an answer that only Linux gives."""

import os
from collections import Counter
from pathlib import Path

_PROC = Path("/proc")
_ENGINE = b"stimson.engine"


def by_part(root: int) -> dict[str, int]:
    """Add up the bytes that `root` and its descendants use, by part of the program.

    A page that several processes share counts in part for each: the workers of the engine
    share the data, and to count it for each would be to count it many times.
    """
    total: Counter[str] = Counter()
    for web in (root, *_children(root)):
        total["web"] += _bytes(web)
        for child in _children(web) if web != root else ():
            total[_part(child)] += sum(map(_bytes, _family(child)))
    return {part: size for part, size in total.items() if size}


def _family(pid: int) -> list[int]:
    return [pid, *(each for child in _children(pid) for each in _family(child))]


def _part(pid: int) -> str:
    """Tell what a child of a web process is for."""
    return "engine" if _ENGINE in _read(_PROC / str(pid) / "cmdline") else "checks"


def _children(pid: int) -> list[int]:
    try:
        threads = list((_PROC / str(pid) / "task").iterdir())
    except OSError:  # as in `_read`
        return []
    return [int(child) for each in threads for child in _read(each / "children").split()]


def _bytes(pid: int) -> int:
    for line in _read(_PROC / str(pid) / "smaps_rollup").splitlines():
        if line.startswith(b"Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it ended, or the system has no such file
        return b""


def server() -> int:
    """Find the process that all of this server descend from."""
    return os.getppid()
