"""What text and HTML share: a few findings of very many, and the lines that they are about.

A rule that finds much is mostly one fault made again and again: a few of its findings
show what it is, and the number says how much there is of it. A file may be gone, or be no
text; its lines may be long, and it may have many. Only the lines asked for are kept, and of
each only what surrounds the column.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ...findings import Finding
from .style import Style, visible

_BINARY = "\0"
Excerpts = dict[tuple[int | None, int | None], "Excerpt"]


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left out of one rule."""

    rule: str
    number: int
    files: int


@dataclass(frozen=True, slots=True)
class Shortlist:
    """The findings to show, in their order, and what is left out, the most first."""

    shown: tuple[Finding, ...]
    rests: tuple[Rest, ...]


def shortlist(findings: Iterable[Finding], many: int, first: int) -> Shortlist:
    """Keep the first of each rule that has more than `many`, and all of the others.

    What is waived is counted apart: it must not hide what is not.
    """
    findings = tuple(findings)
    totals = Counter(_kind(finding) for finding in findings)
    seen: Counter[tuple[str, bool]] = Counter()
    shown: list[Finding] = []
    hidden: list[Finding] = []
    for finding in findings:
        kind = _kind(finding)
        seen[kind] += 1
        keep = totals[kind] <= many or seen[kind] <= first
        (shown if keep else hidden).append(finding)
    return Shortlist(tuple(shown), tuple(_rests(hidden)))


def _kind(finding: Finding) -> tuple[str, bool]:
    return finding.rule, finding.waiver is None


def _rests(hidden: Iterable[Finding]) -> list[Rest]:
    numbers: Counter[str] = Counter()
    files: dict[str, set[object]] = {}
    for finding in hidden:
        numbers[finding.rule] += 1
        files.setdefault(finding.rule, set()).add(finding.file)
    return [Rest(rule, number, len(files[rule])) for rule, number in numbers.most_common()]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a line: what is before the place, the character there, and what follows."""

    before: str
    at: str
    after: str


def read_excerpts(path: Path | None, findings: Iterable[Finding], style: Style) -> Excerpts:
    """Read what stands at the places of the findings of one file, by line and column."""
    places = [(each.line, each.column) for each in findings if each.line is not None]
    if path is None or not places:
        return {}
    lines = _lines(path, {line for line, _ in places}, style)
    return {
        (line, column): _excerpt(lines[line], column, style.width)
        for line, column in places
        if line in lines and _BINARY not in lines[line]
    }


def _lines(path: Path, wanted: set[int], style: Style) -> dict[int, str]:
    last = max(wanted)
    found = {}
    for number, line in enumerate(_read(path, style), 1):
        if number in wanted:
            found[number] = line.rstrip("\r\n")
        if number >= last:
            break
    return found


def _read(path: Path, style: Style) -> Iterator[str]:
    # Only line feeds end a line, as in Turtle. What is no UTF-8 is shown as well as it can
    # be, since a finding may be about just that.
    if style.texts is not None:
        yield from style.texts.get(path, "").removeprefix("\ufeff").split("\n")
        return
    try:
        with path.open("rb") as file:
            text = ""
            for number, line in enumerate(file):
                text = line.decode("utf-8", "replace")
                yield text if number else text.removeprefix("\ufeff")
            if text.endswith("\n"):
                yield ""
    except (OSError, ValueError):
        # The file may have been moved since it was checked; the finding says what is wrong
        # without it. A ValueError is a name that no file can have.
        return


def _excerpt(line: str, column: int | None, width: int) -> Excerpt:
    at = min((column or 1) - 1, len(line))
    start = max(0, min(at - width // 2, len(line) - width))
    end = start + width
    before = ("…" if start else "") + line[start:at]
    after = line[at + 1 : end] + ("…" if end < len(line) else "")
    return Excerpt(_shown(before), _shown(line[at : at + 1]), _shown(after))


def _shown(text: str) -> str:
    return visible(text.replace("\t", " "))
