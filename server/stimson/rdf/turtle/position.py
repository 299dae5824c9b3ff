"""A place in a file."""

from typing import NamedTuple


class Position(NamedTuple):
    """A place in a file; both count from 1, columns in characters."""

    line: int
    column: int
