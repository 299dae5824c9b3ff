"""The places of subjects in a text that is too long to be read once more.

Nothing is parsed: a line that begins with a name is where something is said of it, save
for lines inside of long texts. Of a million triples, few are worth a minute's wait.
"""

import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

import pyoxigraph as ox

from .. import Term
from .position import Position

_PREFIX = re.compile(r"^[ \t]*@?prefix[ \t]+([^\s:]*):[ \t]*<([^>\s]*)>", re.MULTILINE | re.I)
_SUBJECT = re.compile(r"^[ \t]*(?:<([^>\s]+)>|([^\s<>\"'@#:]*):([^\s<>\"'#]*))(?=\s)", re.MULTILINE)


class Glimpse:
    """Where lines begin with which names."""

    def __init__(self, text: str) -> None:
        self._text = text

    def find(
        self, subject: Term, predicate: ox.NamedNode | None = None, value: Term | None = None
    ) -> Position | None:
        """Find where a subject that has a name begins; never the property, nor the value."""
        if not isinstance(subject, ox.NamedNode) or subject.value not in self._subjects:
            return None
        offset = self._subjects[subject.value]
        line = bisect_right(self._lines, offset)
        return Position(line, offset - self._lines[line - 1] + 1)

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *accumulate(len(line) + 1 for line in self._text.split("\n"))]

    @cached_property
    def _subjects(self) -> dict[str, int]:
        """The offset of each name that begins a line, where it does so first."""
        spaces = dict(_PREFIX.findall(self._text))
        found: dict[str, int] = {}
        for match in _SUBJECT.finditer(self._text):
            full, prefix, local = match.groups()
            if full is not None:
                found.setdefault(full, match.start(1) - 1)
            elif prefix in spaces:
                found.setdefault(f"{spaces[prefix]}{local}", match.start(2))
        return found
