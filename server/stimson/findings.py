"""Findings: what any check has to say, in one form for all of them.

A finding names the rule, what broke it (focus, path, value) and where that stands.
Terms are written as text: an IRI bare, a literal in quotes as in Turtle, a blank
node as ``_:label``.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

Severity = Literal["violation", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("violation", "warning", "info")  # gravest first


@dataclass(frozen=True, slots=True)
class Rule:
    """What a check or a shape demands; `name` is short, `description` one sentence.

    `stage` names the stage that looks into it.
    """

    iri: str
    name: str
    description: str
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A written reason for letting findings of a rule pass, until the day `expires`.

    `focus` is the node, and `path` the file (a glob below the folder of the waivers'
    file), to which it is confined; at least one of them is given.
    """

    rule: str
    reason: str
    expires: date
    focus: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class StageRun:
    """One stage of a run; `skipped` says why it was not carried out."""

    name: str
    title: str
    skipped: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule found wrong, or worth a word.

    `line` and `column` count from 1. `component` is the SHACL constraint component,
    where the rule is a shape. A finding with a `waiver` is shown and does no harm. `ordinal`
    tells findings of one report apart that are alike in all that outlives edits.
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
    stage: str = ""
    waiver: Waiver | None = None
    ordinal: int = 1

    @property
    def identity(self) -> tuple[str | None, ...]:
        """All that outlives edits: not the place, nor the words about a thing with a name."""
        named = self.focus is not None and not self.focus.startswith("_:")
        file = None if self.file is None else self.file.name
        return (
            self.rule,
            self.component,
            # Labels of blank nodes change with the file; its name and the message do not.
            self.focus if named else file,
            self.path,
            "_:" if self.value is not None and self.value.startswith("_:") else self.value,
            None if named else self.message,
        )

    @property
    def fingerprint(self) -> str:
        """Identify the finding over time: the same after lines or folders have moved."""
        parts: tuple[Hashable, ...] = self.identity
        if self.ordinal > 1:
            parts = (*parts, self.ordinal)
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


@dataclass(frozen=True, slots=True)
class Report:
    """What one run of checks found; `notes` say what it did not look at.

    `fail_on` is the mildest severity that fails the run; None lets everything pass.
    `rules` describes the rules by their IRIs, those that found nothing included.
    """

    findings: tuple[Finding, ...]
    files: int
    notes: tuple[str, ...] = ()
    stages: tuple[StageRun, ...] = ()
    rules: Mapping[str, Rule] = field(default_factory=dict)
    fail_on: Severity | None = "violation"

    @property
    def conforms(self) -> bool:
        """Tell whether no open finding is as grave as `fail_on`."""
        return not any(map(self.fails, self.findings))

    def fails(self, finding: Finding) -> bool:
        """Tell whether a finding is open, and as grave as `fail_on`."""
        if self.fail_on is None or finding.waiver is not None:
            return False
        return SEVERITIES.index(finding.severity) <= SEVERITIES.index(self.fail_on)

    @property
    def open(self) -> tuple[Finding, ...]:
        """The findings that no waiver covers."""
        return tuple(finding for finding in self.findings if finding.waiver is None)

    @property
    def counts(self) -> dict[Severity, int]:
        """Count the open findings of each severity."""
        found = Counter(finding.severity for finding in self.open)
        return {severity: found[severity] for severity in SEVERITIES}

    @property
    def waived(self) -> int:
        """Count the findings that a waiver covers."""
        return len(self.findings) - len(self.open)


def report(findings: Iterable[Finding], files: int, notes: Iterable[str] = ()) -> Report:
    """Make a report in which every finding stands once, in order, with its own fingerprint."""
    ordered = sorted(set(findings), key=lambda finding: finding.order)
    return Report(tuple(_told_apart(ordered)), files, tuple(notes))


def _told_apart(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Number the findings of one identity: nameless nodes of a file, say, in their order."""
    seen: Counter[Hashable] = Counter()
    for finding in findings:
        seen[finding.identity] += 1
        ordinal = seen[finding.identity]
        yield finding if finding.ordinal == ordinal else replace(finding, ordinal=ordinal)


def summary(found: Report) -> str:
    """Say in one line how a run went."""
    files = _plural(found.files, "file")
    if not found.findings:
        return f"{files} checked, nothing found"
    counts = [_plural(number, severity) for severity, number in found.counts.items() if number]
    if found.waived:
        counts.append(f"{found.waived} waived")
    return f"{files} checked: {', '.join(counts)}"


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 or noun == "info" else f"{number} {noun}s"
