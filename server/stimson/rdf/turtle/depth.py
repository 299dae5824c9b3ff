"""Triple terms that are nested too deeply: pyoxigraph has no bound for them, and crashes."""

import mmap
import re
from pathlib import Path

from ...errors import InvalidFile

DEEPEST = 100
# Of Turtle, TriG, N-Triples and N-Quads: what may hold brackets that are none, and those.
_TOKEN = re.compile(
    rb"""
      \#[^\r\n]* | \\.
    | \"{3}(?:\\.|\"{0,2}[^\"\\])*\"{0,2}\"{3} | '{3}(?:\\.|'{0,2}[^'\\])*'{0,2}'{3}
    | \"(?:\\.|[^\"\\\r\n])*\" | '(?:\\.|[^'\\\r\n])*'
    | <[^<>\"{}|^`\x00-\x20]*>
    | (?P<open> << ) | (?P<close> >> )
    """,
    re.VERBOSE | re.DOTALL,
)


def check_depth(path: Path, content: bytes | mmap.mmap) -> None:
    """Raise `InvalidFile` where triple terms are nested more than `DEEPEST` times."""
    if not _may_be_deep(content):
        return
    depth = 0
    for match in _TOKEN.finditer(content):
        depth += (match.lastgroup == "open") - (match.lastgroup == "close")
        if depth > DEEPEST:
            before = content[: match.start()]
            line, column = before.count(b"\n") + 1, len(_last_line(before)) + 1
            problem = f"triple terms are nested more than {DEEPEST} times here; nest them less"
            raise InvalidFile(path, problem, line, column)


def check_file_depth(path: Path) -> None:
    """Do so for a file, without reading it into memory."""
    if path.stat().st_size:  # nothing cannot be mapped
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as all_:
            check_depth(path, all_)


def _may_be_deep(content: bytes | mmap.mmap) -> bool:
    """Tell in little time that most files have few brackets, if any."""
    at = -1
    for _ in range(DEEPEST + 1):
        at = content.find(b"<<", at + 1)
        if at < 0:
            return False
    return True


def _last_line(before: bytes) -> str:
    return before.rpartition(b"\n")[2].decode("utf-8", "replace")
