"""The stages of validation, in their order, and what every check of theirs is given.

Each stage has one subject and one kind of finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Literal, get_args

from .. import names
from ..findings import Finding
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


Check = Callable[[ValidationContext], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of validation.

    `checks` are named by their module, which is imported when the stage runs: in a process
    beside the others, and not at all where it is not asked for.

    What it `needs` of a project may not be there; `lacking` says so. A stage that `reasons`
    draws all conclusions first.
    """

    name: str
    title: str
    checks: tuple[str, ...]
    needs: Callable[[Project], object] = lambda project: True
    lacking: str = ""
    reasons: bool = False

    def run(self, check: str, context: ValidationContext) -> Iterable[Finding]:
        """Find what is wrong by one of the checks."""
        module, _, function = check.rpartition(".")
        find: Check = getattr(import_module(module, __package__), function)
        return find(context)


STAGES = (
    Stage("syntax", "Files and values can be read", (".literal_checks.check_literals",)),
    Stage(
        "references",
        "What is named is defined",
        (
            ".references.check_references",
            ".references.check_deprecated",
            ".references.check_gaps",
            ".references.check_mappings",
        ),
    ),
    Stage(
        "ontology",
        "The ontology is sound",
        (".ontology.check_ontology",),
        lambda project: project.folders.ontology,
        "the project has no ontology",
        reasons=True,
    ),
    Stage(
        "shacl",
        "The data fit the shapes",
        (".shape_effect.check_targets", ".shapes.check_shapes"),
        lambda project: project.folders.shapes,
        "the project has no shapes",
    ),
    Stage(
        "quotations",
        "Quotations are what the sources say",
        ("..sources.quotations.check_quotations",),
    ),
    Stage(
        "neutrality",
        "Wording takes no side",
        (".neutrality.check_wording", ".neutrality.check_denials"),
        lambda project: project.neutrality,
        "the project names no words that take a side",
    ),
    Stage(
        "counts",
        "Nothing has gone missing",
        (".completeness.check_counts",),
        lambda project: project.counts,
        "the project file names no counts",
    ),
    Stage(
        "queries",
        "Saved queries have answers",
        (".completeness.check_queries",),
        lambda project: project.queries,
        "the project has no saved queries",
        reasons=True,
    ),
)
