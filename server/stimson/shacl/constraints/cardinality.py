"""Constraints on the number of value nodes (https://www.w3.org/TR/shacl/#core-components-count).

Only a property shape may have them; for others pySHACL has a word to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..model import Check, Constraint, Node, Pairs, Violation
from ..vocabulary import component_iri, sh
from .declared import one, whole

if TYPE_CHECKING:
    from ...rdf import Index
    from ..run import Run


@dataclass(frozen=True, eq=False)
class MinCount(Constraint):
    """There are at least so many value nodes."""

    count: int
    component = component_iri("MinCount")

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[MinCount]:
        """Read sh:minCount."""
        return [cls(whole(one(shapes, shape, sh("minCount")), shape))]

    def bind(self, run: Run) -> Check:
        """Count the value nodes."""

        def check(pairs: Pairs) -> Iterator[Violation]:
            return (Violation(focus) for focus, values in pairs if len(values) < self.count)

        return check

    def __str__(self) -> str:
        return f"There are fewer than {self.count} values."


@dataclass(frozen=True, eq=False)
class MaxCount(Constraint):
    """There are at most so many value nodes."""

    count: int
    component = component_iri("MaxCount")

    @classmethod
    def read(cls, shapes: Index, shape: Node) -> list[MaxCount]:
        """Read sh:maxCount."""
        return [cls(whole(one(shapes, shape, sh("maxCount")), shape))]

    def bind(self, run: Run) -> Check:
        """Count the value nodes."""

        def check(pairs: Pairs) -> Iterator[Violation]:
            return (Violation(focus) for focus, values in pairs if len(values) > self.count)

        return check

    def __str__(self) -> str:
        return f"There are more than {self.count} values."
