"""Mappings: what is said to be the same elsewhere is there, is of one class, and is said once."""

from collections.abc import Iterator

from .. import names
from ..errors import InvalidFile
from ..findings import Finding
from ..mappings import MappingSet, find_files
from ..mappings.mapping_check import check
from ..mappings.sssom_tsv import read_mappings
from .context import Context


def check_mappings(context: Context) -> Iterator[Finding]:
    """Find what is wrong with the files of mappings of a project."""
    sets: list[MappingSet] = []
    for path in find_files(context.project.folders.data):
        try:
            sets.append(read_mappings(path))
        except InvalidFile as fault:
            yield Finding(
                f"{names.RULE}mapping-syntax",
                "violation",
                f"{fault.problem[:1].upper()}{fault.problem[1:]}.",
                file=path,
                line=fault.line,
                column=fault.column or (1 if fault.line else None),
            )
    index = context.dataset.index("ontology", "data")
    yield from check(sets, index, context.project.things)
