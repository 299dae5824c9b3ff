"""A report as one page that needs nothing else: no scripts, no fonts, no other file.

Of a rule that found very much, only a part is shown, so that a browser can hold the page.
"""

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ... import __version__
from ...findings import SEVERITIES, Finding, Report, Rule, Severity, StageRun, summary
from .style import (
    Excerpt,
    Rest,
    Style,
    cut,
    located,
    number_of,
    one_line,
    read_excerpts,
    rule_name,
    rules_of,
    short,
    shortlist,
    visible,
)

MANY, FIRST = 200, 100  # a rule with more findings than the one shows as many as the other
_LONGEST = 4000  # characters of a message or a value
_FOLDER = Path(__file__).with_name("templates")
_CSS = (_FOLDER / "report.css").read_text(encoding="utf-8")
_HASH = b64encode(sha256(_CSS.encode()).digest()).decode()
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(_FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters.update(
    seen=lambda text: visible(cut(text, _LONGEST)),
    line=lambda text: one_line(cut(text, _LONGEST)),
    short=short,
    rule=rule_name,
    number=number_of,
)
_TEMPLATE = _ENVIRONMENT.get_template("report.html")


@dataclass(frozen=True, slots=True)
class _Item:
    """A finding with its place, and the line where it stands."""

    finding: Finding
    place: str
    excerpt: Excerpt | None

    @property
    def anchor(self) -> str:
        """The name by which the page can be opened at the finding."""
        return f"finding-{self.finding.fingerprint}"


@dataclass(frozen=True, slots=True)
class _File:
    """A file, its findings that are shown, and how many there are."""

    name: str
    items: tuple[_Item, ...]
    number: int


@dataclass(frozen=True, slots=True)
class _Group:
    """A rule that found something."""

    rule: Rule
    counts: dict[Severity, int]
    waived: int
    items: tuple[_Item, ...]
    left: int

    @property
    def gravest(self) -> Severity:
        """The gravest severity of what it found; of what is waived, the mildest there is."""
        return next((each for each in SEVERITIES if self.counts[each]), SEVERITIES[-1])


def write(report: Report, style: Style) -> str:
    """Write a report."""
    listed = shortlist(report.findings, MANY, FIRST)
    items = _items(listed.shown, style)
    groups = _groups(report, items, listed.rests)
    broken = {finding.rule for finding in report.findings}
    return _TEMPLATE.render(
        report=report,
        summary=summary(report),
        version=__version__,
        css=Markup(_CSS),  # ours, with no text of a user in it
        style_hash=_HASH,
        groups=groups,
        unbroken=[rule for rule in report.rules.values() if rule.iri not in broken],
        files=_files(report, [item for item in items if item.finding.waiver is None], style),
        waived=[item for item in items if item.finding.waiver is not None],
        stages=[(run, _result(run, report)) for run in report.stages],
        left=sum(rest.number for rest in listed.rests),
        many=MANY,
        first=FIRST,
    )


def _items(findings: Iterable[Finding], style: Style) -> list[_Item]:
    items = []
    for path, group in groupby(findings, key=lambda finding: finding.file):
        found = list(group)
        excerpts = read_excerpts(path, found, style)
        for finding in found:
            excerpt = excerpts.get((finding.line, finding.column))
            items.append(_Item(finding, located(finding, style, "the project"), excerpt))
    return items


def _files(report: Report, items: Iterable[_Item], style: Style) -> list[_File]:
    numbers = Counter(finding.file for finding in report.open)
    return [
        _File(style.name(path) if path else "The project", tuple(group), numbers[path])
        for path, group in groupby(items, key=lambda item: item.finding.file)
    ]


def _groups(report: Report, items: Iterable[_Item], rests: Iterable[Rest]) -> list[_Group]:
    """Group by rule, the gravest and the most frequent first."""
    by_rule: dict[str, list[_Item]] = {}
    for item in items:
        by_rule.setdefault(item.finding.rule, []).append(item)
    left = {rest.rule: rest.number for rest in rests}
    rules = rules_of(report)
    counts: Counter[tuple[str, Severity | None]] = Counter(
        (finding.rule, None if finding.waiver else finding.severity) for finding in report.findings
    )
    groups = [
        _Group(
            rules[iri],
            {severity: counts[iri, severity] for severity in SEVERITIES},
            counts[iri, None],
            tuple(found),
            left.get(iri, 0),
        )
        for iri, found in by_rule.items()
    ]
    return sorted(groups, key=lambda each: tuple(-each.counts[severity] for severity in SEVERITIES))


def _result(run: StageRun, report: Report) -> str:
    """Say how a stage went."""
    if run.skipped is not None:
        return f"skipped: {run.skipped}"
    number = sum(finding.stage == run.name for finding in report.open)
    return number_of(number, "finding") if number else "nothing found"
