"""A report for people: grouped by file, with the line and a caret, and a summary at the end."""

from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import groupby

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from ...findings import Finding, Report, Severity, summary
from .style import (
    Excerpt,
    Rest,
    Style,
    cut,
    number_of,
    one_line,
    place,
    read_excerpts,
    rule_name,
    short,
    shortlist,
    skipped,
)

MANY, FIRST = 50, 10  # a rule with more findings than the one shows as many as the other
_RULES = 20  # of those, how many are listed
_LONGEST = 2000  # characters of a message
_VALUE = 120  # characters of a value
_COLOURS: dict[Severity, str] = {"violation": "bold red", "warning": "yellow", "info": "cyan"}


def write(report: Report, style: Style) -> str:
    """Write a report; of a rule that found very much, only a part."""
    listed = shortlist(report.findings, MANY, FIRST)
    lines: list[Text] = []
    for path, group in groupby(listed.shown, key=lambda finding: finding.file):
        findings = list(group)
        lines.append(Text(one_line(style.name(path)) if path else "(no file)", "bold underline"))
        excerpts = read_excerpts(path, findings, style)
        for finding in findings:
            lines += _finding(finding, excerpts.get((finding.line, finding.column)))
        lines.append(Text())
    lines += _rests(listed.rests)
    lines += [Text(f"skipped: {one_line(each)}", "dim") for each in skipped(report)]
    lines += [Text(f"note: {one_line(note)}", "dim") for note in report.notes]
    lines.append(Text(summary(report), "bold" if report.conforms else "bold red"))
    return _print(lines, style)


def _print(lines: Iterable[Text], style: Style) -> str:
    target = StringIO()
    console = Console(
        file=target,
        force_terminal=style.colour,
        no_color=not style.colour,
        color_system="standard" if style.colour else None,
        legacy_windows=False,
        soft_wrap=True,
        highlight=False,
        emoji=False,
        markup=False,
    )
    for line in lines:
        console.print(line)
    return target.getvalue()


def _finding(finding: Finding, excerpt: Excerpt | None) -> Iterator[Text]:
    """Say where, how grave, what, by which rule, and about what."""
    dim = "dim" if finding.waiver else ""
    text = Text(f"  {place(finding) or '-':<7} ", dim)
    text.append(f"{finding.severity}  ", dim or _COLOURS[finding.severity])
    text.append(cut(one_line(finding.message), _LONGEST))
    text.append(f"  [{one_line(rule_name(finding.rule))}]", "dim")
    yield text
    if subject := _subject(finding):
        yield Text(f"          {subject}", "dim")
    if finding.waiver:
        reason = f"{finding.waiver.reason} (until {finding.waiver.expires})"
        yield Text(f"          waived: {one_line(reason)}", "dim")
    elif excerpt is not None:
        yield from _excerpt(excerpt, finding.column)


def _subject(finding: Finding) -> str:
    """Name focus, path and value, as far as there are any."""
    named = [short(term) for term in (finding.focus, finding.path) if term]
    if finding.value:
        named.append(short(finding.value))
    return f"at {', '.join(cut(one_line(each), _VALUE) for each in named)}" if named else ""


def _excerpt(excerpt: Excerpt, column: int | None) -> Iterator[Text]:
    yield Text(f"        | {excerpt.before}{excerpt.at}{excerpt.after}", "dim")
    if column is not None:
        # A terminal gives some characters two cells, and some none.
        yield Text(f"        | {' ' * cell_len(excerpt.before)}^", "dim")


def _rests(rests: tuple[Rest, ...]) -> Iterator[Text]:
    for rest in rests[:_RULES]:
        where = number_of(rest.files, "file")
        yield Text(f"… {rest.number:,} more in {where}  [{one_line(rule_name(rest.rule))}]", "bold")
    if len(rests) > _RULES:
        number = sum(rest.number for rest in rests[_RULES:])
        rules = number_of(len(rests) - _RULES, "other rule")
        yield Text(f"… {number:,} more of {rules}", "bold")
    if rests:
        yield Text(f"A rule with more than {MANY} findings shows {FIRST}; --format json has all.")
        yield Text()
