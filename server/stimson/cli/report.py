"""Print a report of findings: grouped by file, with the line and a caret."""

import json
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from .. import names
from ..findings import Finding, Report, Severity, summary

_STYLES: dict[Severity, str] = {"violation": "bold red", "warning": "yellow", "info": "cyan"}
_WIDTH = 100  # characters of a source line that are shown
_BEFORE = 40  # of them, at least these stand before the caret in a long line


def print_json(report: Report) -> None:
    """Print a report as JSON."""
    click.echo(json.dumps(report.to_json(), indent=2, ensure_ascii=False))


def print_text(report: Report, stderr: bool = False) -> None:
    """Print a report for people; in colour on a terminal only."""
    console = Console(stderr=stderr, highlight=False, soft_wrap=True, emoji=False)
    for path, findings in report.by_file():
        console.print(Text(_near(path) if path else "(no file)", style="bold underline"))
        lines = _lines(path)
        for finding in findings:
            console.print(_headline(finding))
            for line in _excerpt(finding, lines):
                console.print(Text(line, style="dim"))
        console.print()
    for note in report.notes:
        console.print(Text(f"note: {note}", style="dim"))
    console.print(Text(summary(report), style="bold" if report.conforms else "bold red"))


def _headline(finding: Finding) -> Text:
    """Say where, how grave, what and by which rule."""
    place = f"{finding.line}:{finding.column}" if finding.line else "-"
    text = Text(f"  {place:<8}")
    text.append(f"{finding.severity}  ", _STYLES[finding.severity])
    text.append(finding.message)
    text.append(f"  [{_rule(finding.rule)}]", "dim")
    if finding.focus:
        text.append(f"\n          at {_term(finding.focus)}", "dim")
        text.append(f", {_term(finding.path)}" if finding.path else "", "dim")
    return text


def _excerpt(finding: Finding, lines: list[str]) -> list[str]:
    """Show the line of a finding, with a caret below the column."""
    if finding.line is None or finding.column is None or finding.line > len(lines):
        return []
    line, caret = lines[finding.line - 1].replace("\t", " "), finding.column - 1
    cut = max(0, caret - _BEFORE) if len(line) > _WIDTH else 0
    return [f"        | {line[cut : cut + _WIDTH]}", f"        | {' ' * (caret - cut)}^"]


def _lines(path: Path | None) -> list[str]:
    # Not splitlines(): Turtle counts only line feeds. What is no UTF-8 is shown as well as
    # it can be, since a finding may be about just that.
    if path is None:
        return []
    return [line.rstrip("\r") for line in path.read_text("utf-8", errors="replace").split("\n")]


def _near(path: Path) -> str:
    """Write a path from here, where it is below here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _rule(iri: str) -> str:
    return iri.removeprefix(names.RULE) if iri.startswith(names.RULE) else _term(iri)


def _term(text: str) -> str:
    return names.shorten(text) if "://" in text and text[0] not in "\"'<(^" else text
