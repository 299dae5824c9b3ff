"""What a project is, once its file and the command line have been read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .. import names, paths
from ..files import real
from ..findings import Severity
from ..rdf import Folders

STAGES = ("syntax", "references", "ontology", "shacl", "quotations", "counts", "queries")
NEVER = "never"  # what stands for "nothing fails the run" where severities are named


@dataclass(frozen=True, slots=True)
class Count:
    """How many things of a class there must be; `None` is no limit.

    `line` is where the project's file says so.
    """

    of: str
    minimum: int | None = None
    maximum: int | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """The files of a project, and what it demands of them.

    IRIs that begin with one of `terms` are to be defined in the ontology, those that begin
    with one of `things` in any file. `stages` names those that run; None means all. `file`
    is the ``stimson.toml`` that was read, and `prefixes` are those it declares.
    """

    root: Path
    folders: Folders = field(default_factory=Folders)
    queries: Path | None = paths.QUERIES
    sources: Path | None = None
    waivers: Path | None = None
    terms: tuple[str, ...] = (names.ST, names.STV)
    things: tuple[str, ...] = (names.ID, names.SHAPE)
    counts: tuple[Count, ...] = ()
    stages: tuple[str, ...] | None = None
    fail_on: Severity | None = "violation"
    file: Path | None = None
    prefixes: Mapping[str, str] = field(default_factory=dict)

    @property
    def borrows_shapes(self) -> bool:
        """Tell whether Stimson's shapes are applied to data that are not Stimson's."""
        shapes = self.folders.shapes
        ours = shapes is not None and real(shapes) == real(paths.SHAPES)
        return ours and real(self.folders.data) != real(paths.DATA)
