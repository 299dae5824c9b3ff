"""A project that has been read, for the tests of one stage."""

from pathlib import Path

from stimson.project import read_project
from stimson.rdf import read_dataset
from stimson.rdf.turtle.source_map import SourceMap
from stimson.validation.stages import ValidationContext


def read_context(root: Path, **more) -> ValidationContext:
    """Read the project whose folders stand in `root`, or whose file does."""
    if not (root / "stimson.toml").is_file():
        more = {part: root / part for part in ("ontology", "shapes", "data")} | more
    project = read_project(root, **more)
    dataset = read_dataset(project.folders)
    return ValidationContext(project, dataset, SourceMap(dataset))


def found(findings) -> list[tuple]:
    """List short name of the rule, severity, file, line and column of findings, in order."""
    ordered = sorted(findings, key=lambda finding: finding.order)
    return [
        (
            each.rule.rpartition("/")[2],
            each.severity,
            each.file and each.file.name,
            each.line,
            each.column,
        )
        for each in ordered
    ]
