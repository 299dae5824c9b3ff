"""What every check is given."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, get_args

from .. import names
from ..project import Project
from ..rdf import Dataset
from ..rdf.turtle.source_map import SourceMap

if TYPE_CHECKING:
    from ..reasoning import Closure

Engine = Literal["stimson", "pyshacl"]
ENGINES: tuple[Engine, ...] = get_args(Engine)
UNFINISHED = f"{names.RULE}unfinished"  # the rule that any check may break


@dataclass(frozen=True)
class ValidationContext:
    """A project that has been read; `engine` applies its shapes."""

    project: Project
    dataset: Dataset
    places: SourceMap
    engine: Engine = "stimson"

    @cached_property
    def closure(self) -> Closure:
        """All that is asserted and all that follows, contradictions or not."""
        from ..reasoning import close  # only some stages draw conclusions

        return close(self.dataset, self.project.folders)
