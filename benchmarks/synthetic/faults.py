"""Known faults: at least one of every kind of constraint, each with the findings it must cause.

A faulty thing is right in everything but one, and has a name of its own, ending in
``faulty-`` and the fault. What the list says of a finding is what `stimson validate`
must say of it: file, rule, focus node and, where a shape speaks, the component.
"""

from collections.abc import Callable
from dataclasses import asdict

from .article import Article
from .expected import Finding
from .faulty_sources import quotation_faults, sentences, source_faults
from .faulty_things import PLANTS
from .turtle import File


class Faults:
    """Plants faults into files as they are written, and lists what must be found."""

    def __init__(self) -> None:
        self._found: list[Finding] = []

    def listed(self) -> list[dict[str, object]]:
        """List what must be found, in the order of the files."""
        ordered = sorted(self._found, key=lambda finding: (finding.file, finding.focus))
        return [asdict(finding) for finding in ordered]

    def finish(self, file: File) -> None:
        """Add to a file the faults that belong there."""
        if plant := PLANTS.get(str(file.path)):
            self._found += plant(file)

    def extra(self, article: Article, file: File) -> Callable[[], None]:
        """Add sentences to a text; what comes back adds faulty quotations of them to the file."""
        spans = sentences(article)

        def plant() -> None:
            self._found += quotation_faults(article, spans, file)
            self._found += source_faults(file)

        return plant
