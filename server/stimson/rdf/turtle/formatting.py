"""House format: what turtlefmt makes of a file, refused wherever it would lose something.

turtlefmt is a program of its own, installed by version (``stimson[fmt]``); it is run on a
copy, and its answer is believed only when graph and comments are the same as before.
"""

import shutil
import subprocess
import sysconfig
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from ...errors import InvalidFile, NothingToRead, StimsonError
from ...temporary import temporary_folder
from .edit import is_same_graph, parse_turtle, read_turtle
from .reader import TurtleToken, comments, position_at

_MISSING = (
    "turtlefmt is not installed; it formats the files. "
    "Install it with: python -m pip install 'stimson[fmt]'"
)
_SECONDS = 60


def find_turtle(places: Iterable[Path]) -> list[Path]:
    """List the Turtle files among files and folders, or raise `NothingToRead`."""
    found: dict[Path, None] = {}
    for place in places:
        inside = [place]
        if place.is_dir():
            inside = sorted(path for path in place.rglob("*.ttl") if not path.is_dir())
        if not inside or not inside[0].is_file():
            what = "no Turtle file (*.ttl) found" if place.is_dir() else "no such file or folder"
            raise NothingToRead(f"{place}: {what}; name Turtle files or folders of them.")
        found |= dict.fromkeys(inside)
    return list(found)


def formatted(path: Path) -> tuple[str, str]:
    """Give the text of a Turtle file, and the same in house format."""
    before = read_turtle(path)
    text = _turtlefmt(path, before.text)
    if text == before.text:
        return text, text
    if not is_same_graph(before.triples, parse_turtle(path, text).triples):
        raise InvalidFile(path, "turtlefmt would change what this file states; format it by hand")
    if lost := _lost_comment(before.text, text):
        problem = "turtlefmt would move or drop this comment; put it on a line between statements"
        raise InvalidFile(path, problem, *position_at(before.text, lost.start))
    return before.text, text


def _turtlefmt(path: Path, text: str) -> str:
    with temporary_folder() as folder:
        copy = folder / "copy.ttl"
        copy.write_bytes(text.encode("utf-8"))
        try:
            run = subprocess.run(
                [_program(), str(copy)], capture_output=True, timeout=_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as fault:
            problem = f"turtlefmt was not done within {_SECONDS} seconds; split this file"
            raise InvalidFile(path, problem) from fault
        if run.returncode:
            words = run.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
            problem = f"turtlefmt cannot read this ({words.removeprefix('Error: ')})"
            raise InvalidFile(path, f"{problem}; write it in plainer Turtle")
        return copy.read_bytes().decode("utf-8")


def _program() -> str:
    """Find turtlefmt beside this Python, else where programs are looked for."""
    found = shutil.which("turtlefmt", path=sysconfig.get_path("scripts"))
    if found := found or shutil.which("turtlefmt"):
        return found
    raise StimsonError(_MISSING)


def _lost_comment(before: str, after: str) -> TurtleToken | None:
    """Find the first comment that is not a comment of its own any more."""
    kept = Counter(_words(comment) for comment in comments(after))
    for comment in comments(before):
        if not kept[_words(comment)]:
            return comment
        kept[_words(comment)] -= 1
    return None


def _words(comment: TurtleToken) -> str:
    return comment.text.lstrip("#").strip()
