"""A report as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), for code scanning."""

import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ... import __version__, names
from ...findings import SEVERITIES, Finding, Report, Rule, Severity
from .json_report import spread
from .style import Style, rules_of, short, skipped

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS: dict[Severity, str] = {"violation": "error", "warning": "warning", "info": "note"}
_ROOT = "%SRCROOT%"  # the name by which code scanning knows the root of a repository
_IN_URI = "/:?#[]@!$&'()*+,;=~%"  # besides letters, digits and -._


def write(report: Report, style: Style) -> str:
    """Write a report; each result has a line of its own."""
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(report, style)]}
    return f"{spread(log, 4)}\n"


def _run(report: Report, style: Style) -> dict[str, Any]:
    rules = rules_of(report)
    numbers = {iri: number for number, iri in enumerate(rules)}
    gravest = _gravest(report.findings)
    return {
        "tool": {
            "driver": {
                "name": "Stimson",
                "version": __version__,
                "semanticVersion": __version__,
                "informationUri": names.BASE,
                "rules": [_rule(rule, gravest.get(rule.iri)) for rule in rules.values()],
            }
        },
        "automationDetails": {"id": "stimson/validate/"},
        "originalUriBaseIds": {_ROOT: {"uri": f"{style.root.absolute().as_uri().rstrip('/')}/"}},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    {"level": "note", "message": {"text": text}} for text in _unchecked(report)
                ],
            }
        ],
        "results": [_result(finding, numbers[finding.rule], style) for finding in report.findings],
    }


def _gravest(findings: Iterable[Finding]) -> dict[str, Severity]:
    """Tell for each rule the gravest severity with which it was broken."""
    found: dict[str, Severity] = {}
    for finding in findings:
        known = found.get(finding.rule, finding.severity)
        found[finding.rule] = min(known, finding.severity, key=SEVERITIES.index)
    return found


def _unchecked(report: Report) -> list[str]:
    return [*(f"Not checked: {each}" for each in skipped(report)), *report.notes]


def _rule(rule: Rule, severity: Severity | None) -> dict[str, Any]:
    written: dict[str, Any] = {
        "id": rule.iri,
        "name": rule.name,
        "shortDescription": {"text": rule.description},
        "fullDescription": {"text": rule.description},
        "help": {"text": f"{rule.description} The rule is {rule.iri}."},
        "properties": {"tags": [rule.stage] if rule.stage else []},
    }
    if rule.iri.startswith(("https://", "http://")):
        written["helpUri"] = quote(rule.iri, safe=_IN_URI)
    if severity is not None:
        written["defaultConfiguration"] = {"level": _LEVELS[severity]}
    return written


def _result(finding: Finding, number: int, style: Style) -> dict[str, Any]:
    return {
        "ruleId": finding.rule,
        "ruleIndex": number,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [_location(finding, style)],
        "partialFingerprints": {"stimson/v1": finding.fingerprint},
        # Were it left out where nothing is waived, it would not be known that nothing is.
        "suppressions": _suppressions(finding),
        "properties": {
            key: value
            for key in ("path", "value", "component", "stage")
            if (value := getattr(finding, key))
        },
    }


def _location(finding: Finding, style: Style) -> dict[str, Any]:
    """Name the place and the node."""
    # Code scanning refuses a whole report for one result without a file or a line.
    region = {"startLine": finding.line or 1}
    if finding.line is not None and finding.column is not None:
        region["startColumn"] = finding.column
    physical = {"artifactLocation": _artifact(finding.file, style), "region": region}
    written: dict[str, Any] = {"physicalLocation": physical}
    if finding.focus is not None:
        node = {"name": short(finding.focus), "fullyQualifiedName": finding.focus}
        written["logicalLocations"] = [{**node, "kind": "resource"}]
    return written


def _artifact(path: Path | None, style: Style) -> dict[str, str]:
    if path is None:
        return {"uri": ".", "uriBaseId": _ROOT}  # the project itself
    if style.holds(path):
        return {"uri": _quoted(style.name(path)), "uriBaseId": _ROOT}
    return {"uri": Path(style.name(path)).as_uri()}


@lru_cache(maxsize=4096)
def _quoted(name: str) -> str:
    return quote(os.fsencode(name))


def _suppressions(finding: Finding) -> list[dict[str, str]]:
    if finding.waiver is None:
        return []
    reason = f"{finding.waiver.reason} (until {finding.waiver.expires})"
    return [{"kind": "external", "status": "accepted", "justification": reason}]
