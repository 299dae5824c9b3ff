"""What every check is given."""

from dataclasses import dataclass
from functools import cached_property

from ..dataset import Dataset
from ..locate import Places
from ..project import Project
from ..reasoning import Closure, infer


@dataclass(frozen=True)
class Context:
    """A project that has been read."""

    project: Project
    dataset: Dataset
    places: Places

    @cached_property
    def closure(self) -> Closure:
        """All that is asserted and all that follows; `InvalidData` at a contradiction."""
        return infer(self.dataset, self.project.folders)
