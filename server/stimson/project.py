"""A project: what is to be checked, and by which standards.

Its defaults stand in ``stimson.toml``, found in the working folder or above it; paths in it
are relative to it. Without that file the project is Stimson itself, as installed.
"""

from dataclasses import dataclass, field
from pathlib import Path

from . import names, paths
from .dataset import Folders
from .findings import Severity


@dataclass(frozen=True, slots=True)
class Count:
    """How many things of a class there must be; `None` is no limit."""

    of: str
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """The files of a project, and what it demands of them.

    IRIs that begin with one of `terms` are to be defined in the ontology, those that begin
    with one of `things` in any file. `stages` names those that run; None means all.
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
