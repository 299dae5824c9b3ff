"""A report as JSON: `docs/report.schema.json` says what is in it.

Each finding has a line of its own, so that a report can be searched line by line.
"""

import json
from dataclasses import asdict
from typing import Any

from ... import __version__
from ...findings import Finding, Report
from .style import Style, rules_of

VERSION = 1  # rises when a program that reads reports must change


def write(report: Report, style: Style) -> str:
    """Write a report."""
    return f"{spread(_report(report, style), 2)}\n"


def spread(value: Any, depth: int, indent: str = "") -> str:
    """Write JSON on several lines down to a depth, and on one below it."""
    if depth == 0 or not isinstance(value, dict | list) or not value:
        return json.dumps(value, ensure_ascii=False)
    inner = f"{indent} "
    if isinstance(value, dict):
        parts = [f"{json.dumps(key)}: {spread(value[key], depth - 1, inner)}" for key in value]
    else:
        parts = [spread(item, depth - 1, inner) for item in value]
    first, last = "{}" if isinstance(value, dict) else "[]"
    separator = f",\n{inner}"
    return f"{first}\n{inner}{separator.join(parts)}\n{indent}{last}"


def _report(report: Report, style: Style) -> dict[str, Any]:
    return {
        "version": VERSION,
        "tool": {"name": "stimson", "version": __version__},
        "conforms": report.conforms,
        "fail_on": report.fail_on,
        "files": report.files,
        "counts": report.counts,
        "waived": report.waived,
        "stages": [asdict(run) for run in report.stages],
        "notes": list(report.notes),
        "rules": [asdict(rule) for rule in rules_of(report).values()],
        "findings": [_finding(finding, style) for finding in report.findings],
    }


def _finding(finding: Finding, style: Style) -> dict[str, Any]:
    waiver = finding.waiver
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "file": None if finding.file is None else style.name(finding.file),
        "line": finding.line,
        "column": finding.column,
        "focus": finding.focus,
        "path": finding.path,
        "value": finding.value,
        "component": finding.component,
        "stage": finding.stage,
        "waiver": waiver and {"reason": waiver.reason, "expires": waiver.expires.isoformat()},
        "fingerprint": finding.fingerprint,
    }
