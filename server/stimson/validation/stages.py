"""The stages of validation, in their order; each has one subject and one kind of finding."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ..findings import Finding
from ..quotations.check import check_quotations
from .competency import check_queries
from .context import Context
from .counts import check_counts
from .gaps import check_gaps
from .literals import check_literals
from .ontology import check_ontology
from .references import check_references
from .shacl import check_shapes
from .targets import check_targets

Check = Callable[[Context], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of validation.

    `needs` tells why there is nothing for it to do in a project; None means that there is.
    A stage that `reasons` draws all conclusions first.
    """

    name: str
    title: str
    checks: tuple[Check, ...]
    needs: Callable[[Context], str | None] = lambda context: None
    reasons: bool = False

    def run(self, context: Context) -> Iterator[Finding]:
        """Find what is wrong."""
        for check in self.checks:
            yield from check(context)


def _ontology(context: Context) -> str | None:
    return None if context.project.folders.ontology else "the project has no ontology"


def _shapes(context: Context) -> str | None:
    return None if context.project.folders.shapes else "the project has no shapes"


def _counts(context: Context) -> str | None:
    return None if context.project.counts else "the project file names no counts"


def _queries(context: Context) -> str | None:
    return None if context.project.queries else "the project has no saved queries"


STAGES = (
    Stage("syntax", "Files and values can be read", (check_literals,)),
    Stage("references", "What is named is defined", (check_references, check_gaps)),
    Stage("ontology", "The ontology is sound", (check_ontology,), _ontology, reasons=True),
    Stage("shacl", "The data fit the shapes", (check_targets, check_shapes), _shapes),
    Stage("quotations", "Quotations are what the sources say", (check_quotations,)),
    Stage("counts", "Nothing has gone missing", (check_counts,), _counts),
    Stage("queries", "Saved queries have answers", (check_queries,), _queries, reasons=True),
)
NAMES = tuple(stage.name for stage in STAGES)
