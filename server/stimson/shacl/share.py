"""Share work out among processes, so that all are done at about the same time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .model import Shape

_PIECES = 4  # for each process, so that big shapes can be split
_LOADING = 1  # what a triple costs on the average that may be loaded, in checks of a node


@dataclass(frozen=True, slots=True)
class Piece:
    """A shape with some of its focus nodes; `size` is the number of shapes for each of them.

    A shape that `asks` queries needs the data loaded into a store.
    """

    shape: Shape
    focus: Sequence[int]
    size: int
    asks: bool

    @property
    def weight(self) -> int:
        """How much work it is, in checks of a node."""
        return len(self.focus) * self.size


def share(work: Sequence[Piece], number: int, triples: int) -> list[list[Piece]]:
    """Make up to `number` shares of some work, of much the same weight.

    All that asks queries is in one share, so that the data are loaded there only.
    """
    shares: list[list[Piece]] = [[] for _ in range(number)]
    weights = [0.0] * number
    shares[0] = [piece for piece in work if piece.asks]
    if shares[0]:
        weights[0] = _LOADING * triples + sum(piece.weight for piece in shares[0])
    rest = [piece for piece in work if not piece.asks]
    most = (weights[0] + sum(piece.weight for piece in rest)) / (number * _PIECES)
    pieces = [part for piece in rest for part in _split(piece, most)]
    for piece in sorted(pieces, key=lambda each: -each.weight):
        lightest = weights.index(min(weights))
        shares[lightest].append(piece)
        weights[lightest] += piece.weight
    return [each for each in shares if each]


def _split(piece: Piece, most: float) -> Iterator[Piece]:
    """Split the focus nodes of a shape, so that no part weighs more than `most`."""
    step = max(1, int(most / piece.size))
    for start in range(0, len(piece.focus), step):
        yield replace(piece, focus=piece.focus[start : start + step])
