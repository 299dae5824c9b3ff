"""What every check is given."""

from dataclasses import dataclass
from functools import cached_property

from ..dataset import Dataset
from ..locate import Places
from ..project import Project
from ..reasoning import Closure, close


@dataclass(frozen=True)
class Context:
    """A project that has been read."""

    project: Project
    dataset: Dataset
    places: Places

    @cached_property
    def closure(self) -> Closure:
        """All that is asserted and all that follows, contradictions or not."""
        return close(self.dataset, self.project.folders)
