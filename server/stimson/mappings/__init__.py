"""Mappings: what elsewhere means the same as a thing of ours, and what only looks like it.

They stand in ``data/**/*.sssom.tsv``, in SSSOM/TSV (https://mapping-commons.github.io/sssom/):
a head in YAML behind ``#``, then a table with one mapping in each row. `sssom_tsv` reads and
writes them, `mapping_check` holds them against the data, `mapping_graph` turns them into RDF and
back. In memory every identifier is an IRI in full, and each mapping has all its values: what
the head of a file says for all of its rows is in every row.
"""

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from pathlib import Path

from .. import names

GRAPH = names.MAPPINGS_GRAPH
ENDING = ".sssom.tsv"
NOT = "Not"  # the one value of `predicate_modifier`

_SKOS = names.PREFIXES["skos"]
EXACT = frozenset((f"{_SKOS}exactMatch", f"{names.PREFIXES['schema']}sameAs"))
CLOSE = f"{_SKOS}closeMatch"
PREDICATES = EXACT | {CLOSE, *(f"{_SKOS}{kind}Match" for kind in ("broad", "narrow", "related"))}

Values = Dictionary[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class MappingRow:
    """One mapping: its values by slot, and where in its file it stands.

    `columns` tells for each slot at which character of the line its cell begins.
    """

    values: Values
    line: int = field(default=1, compare=False)
    columns: Dictionary[str, int] = field(default_factory=dict, compare=False)

    def first(self, slot: str) -> str:
        """Give the value of a slot that has one; nothing, if it is empty."""
        return next(iter(self.values.get(slot, ())), "")

    @property
    def subject(self) -> str:
        """What is mapped."""
        return self.first("subject_id")

    @property
    def predicate(self) -> str:
        """How it is mapped."""
        return self.first("predicate_id")

    @property
    def object(self) -> str:
        """What it is mapped to."""
        return self.first("object_id")

    @property
    def negated(self) -> bool:
        """Tell whether the mapping says that this is not so."""
        return self.first("predicate_modifier") == NOT

    @property
    def is_exact(self) -> bool:
        """Tell whether both are said to be the same."""
        return self.predicate in EXACT and not self.negated

    @property
    def key(self) -> tuple[str, str, str, bool]:
        """What tells one mapping of a set from the others."""
        return self.subject, self.predicate, self.object, self.negated


@dataclass(frozen=True, slots=True)
class CellFault:
    """A place in a file that cannot be read; `slot` is the column, where there is one."""

    slug: str
    message: str
    line: int
    column: int = 1


@dataclass(frozen=True, slots=True)
class MappingSet:
    """A file of mappings: what is said of all of them, its prefixes, and its rows.

    A row with a fault that keeps it from being understood is not among the `rows`.
    """

    values: Values
    prefixes: Dictionary[str, str]
    rows: tuple[MappingRow, ...]
    path: Path = field(default=Path(), compare=False)
    faults: tuple[CellFault, ...] = field(default=(), compare=False)

    @property
    def iri(self) -> str:
        """The name of the set."""
        return next(iter(self.values.get("mapping_set_id", ())), "")

    @property
    def name(self) -> str:
        """The last part of its name, which its file bears, too."""
        return self.iri.rstrip("/").rpartition("/")[2]


def find_files(folder: Path) -> list[Path]:
    """List the files of mappings below a folder, in alphabetical order."""
    return sorted(folder.rglob(f"*{ENDING}"))
