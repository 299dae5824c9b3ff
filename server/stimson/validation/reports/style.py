"""How a report is to look, and how it names files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from ...files import real


@dataclass(frozen=True, slots=True)
class Style:
    """The looks of a report: files are named as seen from `root`.

    `texts` holds the files to take source lines from; without it they are read from the
    disk. A report on files that were never on this disk must come with their texts.
    """

    colour: bool = False
    root: Path = field(default_factory=Path.cwd)
    width: int = 100  # characters of a source line that are shown
    texts: Mapping[Path, str] | None = None

    def name(self, path: Path) -> str:
        """Write a path from the root, with slashes; in full where it is not below it."""
        return _name(path, self.root)[0]

    def holds(self, path: Path) -> bool:
        """Tell whether a path is below the root."""
        return _name(path, self.root)[1]


@lru_cache(maxsize=4096)
def _name(path: Path, root: Path) -> tuple[str, bool]:
    """Write a path, and tell whether it is below the root."""
    path, root = path.absolute(), root.absolute()
    if "\0" in path.name:
        return path.as_posix(), False  # no file has such a name, and none can be looked for
    for below, above in ((path, root), (real(path), real(root))):
        if below.is_relative_to(above) and ".." not in below.parts:
            return below.relative_to(above).as_posix(), True
    return path.as_posix(), False
