"""Findings: what any check has to say, in one form for all of them.

A finding names the rule, what broke it (focus, path, value) and where that stands.
Terms are written as text: an IRI bare, a literal in quotes as in Turtle, a blank
node as ``_:label``.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

Severity = Literal["violation", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("violation", "warning", "info")  # gravest first


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule found wrong, or worth a word.

    `line` and `column` count from 1. `component` is the SHACL constraint component,
    where a shape speaks.
    """

    rule: str
    severity: Severity
    message: str
    file: Path | None = None
    line: int | None = None
    column: int | None = None
    focus: str | None = None
    path: str | None = None
    value: str | None = None
    component: str | None = None

    @property
    def fingerprint(self) -> str:
        """Identify the finding over time: the same after lines or folders have moved."""
        named = self.focus is not None and not self.focus.startswith("_:")
        parts = (
            self.rule,
            self.component,
            # Labels of blank nodes change with the file; its name and the message do not.
            self.focus if named else self.file and self.file.name,
            self.path,
            "_:" if self.value is not None and self.value.startswith("_:") else self.value,
            None if named else self.message,
        )
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]

    @property
    def order(self) -> tuple[Any, ...]:
        """Sort by file and place, then severity, then words; without a file comes first."""
        return (
            str(self.file or ""),
            self.line or 0,
            self.column or 0,
            SEVERITIES.index(self.severity),
            *(text or "" for text in (self.rule, self.focus, self.path, self.value, self.message)),
        )

    def to_json(self) -> dict[str, Any]:
        """Write the finding as plain values, its fingerprint included."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "message": self.message,
            "file": None if self.file is None else self.file.as_posix(),
            "line": self.line,
            "column": self.column,
            "focus": self.focus,
            "path": self.path,
            "value": self.value,
            "component": self.component,
            "fingerprint": self.fingerprint,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """What one run of checks found; `notes` say what it did not look at."""

    findings: tuple[Finding, ...]
    files: int
    notes: tuple[str, ...] = field(default=())

    @property
    def conforms(self) -> bool:
        """Tell whether there is no violation; warnings and infos do no harm."""
        return not self.counts["violation"]

    @property
    def counts(self) -> dict[Severity, int]:
        """Count the findings of each severity."""
        found = Counter(finding.severity for finding in self.findings)
        return {severity: found[severity] for severity in SEVERITIES}

    def by_file(self) -> Iterator[tuple[Path | None, list[Finding]]]:
        """Group the findings by file, in order of place."""
        for path, group in groupby(self.findings, key=lambda finding: finding.file):
            yield path, list(group)

    def to_json(self) -> dict[str, Any]:
        """Write the report as plain values."""
        return {
            "conforms": self.conforms,
            "files": self.files,
            "counts": self.counts,
            "notes": list(self.notes),
            "findings": [finding.to_json() for finding in self.findings],
        }


def report(findings: Iterable[Finding], files: int, notes: Iterable[str] = ()) -> Report:
    """Make a report in which every finding stands once, in order."""
    ordered = sorted(set(findings), key=lambda finding: finding.order)
    return Report(tuple(ordered), files, tuple(notes))


def summary(found: Report) -> str:
    """Say in one line how a run went."""
    files = _plural(found.files, "file")
    if not found.findings:
        return f"{files} checked, nothing found"
    counts = (_plural(number, severity) for severity, number in found.counts.items() if number)
    return f"{files} checked: {', '.join(counts)}"


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 or noun == "info" else f"{number} {noun}s"
