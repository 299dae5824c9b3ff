"""How reports write: names of files, rules and terms, and text made safe to show.

Those for people (text and HTML) show a few findings of very many, and the lines that they are
about. A rule that finds much is mostly one fault made again and again: a few of its findings
show what it is, and the number says how much there is of it. A file may be gone, or be no
text; its lines may be long, and it may have many. Only the lines asked for are kept, and of
each only what surrounds the column.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from ... import names
from ...files import real
from ...findings import Finding, Report, Rule

# Controls, which move a terminal's cursor; marks of direction, which reorder what follows;
# and what is no character at all. Tabs and line ends are for each format to deal with.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufffe\uffff\U000e0000-\U000e007f]"
)
_BLANKS = re.compile(r"\s+")
_BINARY = "\0"
Excerpts = dict[tuple[int | None, int | None], "Excerpt"]


@dataclass(frozen=True, slots=True)
class Style:
    """The looks of a report: files are named as seen from `root`.

    `texts` holds the files to take source lines from; without it they are read from the
    disk. A report on files that were never on this disk must come with their texts.
    """

    colour: bool = False
    root: Path = field(default_factory=Path.cwd)
    width: int = 100  # characters of a source line that are shown
    texts: Mapping[Path, str] | None = None

    def name(self, path: Path) -> str:
        """Write a path from the root, with slashes; in full where it is not below it."""
        return _name(path, self.root)[0]

    def holds(self, path: Path) -> bool:
        """Tell whether a path is below the root."""
        return _name(path, self.root)[1]


@lru_cache(maxsize=4096)
def _name(path: Path, root: Path) -> tuple[str, bool]:
    """Write a path, and tell whether it is below the root."""
    path, root = path.absolute(), root.absolute()
    if "\0" in path.name:
        return path.as_posix(), False  # no file has such a name, and none can be looked for
    for below, above in ((path, root), (real(path), real(root))):
        if below.is_relative_to(above) and ".." not in below.parts:
            return below.relative_to(above).as_posix(), True
    return path.as_posix(), False


def visible(text: str) -> str:
    """Write what cannot be seen, or would change how the rest is seen, as ``<U+001B>``."""
    return _UNSEEN.sub(lambda match: f"<U+{ord(match[0]):04X}>", text)


def one_line(text: str) -> str:
    """Make text safe to show, on one line."""
    return visible(_BLANKS.sub(" ", text).strip())


def cut(text: str, length: int) -> str:
    """Shorten a text that is too long to be read."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


@lru_cache(maxsize=4096)
def short(term: str) -> str:
    """Write a term of a finding for people: an IRI with its prefix where one fits."""
    return names.shorten(term) if "://" in term and term[0] not in "\"'<(^" else term


def rule_name(iri: str) -> str:
    """Name a rule of ours by its last part, a shape as a term."""
    return iri.removeprefix(names.RULE) if iri.startswith(names.RULE) else short(iri)


def number_of(number: int, noun: str) -> str:
    """Write a number with its noun, in figures that can be read."""
    return f"{number:,} {noun}" if number == 1 or noun == "info" else f"{number:,} {noun}s"


def place(finding: Finding) -> str:
    """Write line and column, as far as they are known."""
    return ":".join(str(part) for part in (finding.line, finding.column) if part is not None)


def located(finding: Finding, style: Style, elsewhere: str) -> str:
    """Write file, line and column, as far as they are known; `elsewhere` stands for no file."""
    name = style.name(finding.file) if finding.file else elsewhere
    return ":".join(part for part in (name, place(finding)) if part)


def rules_of(found: Report) -> dict[str, Rule]:
    """List the rules of a report, and those that it names without describing them."""
    rules = dict(found.rules)
    for finding in found.findings:
        rule = rules.get(finding.rule)
        if rule is None:
            name = rule_name(finding.rule)
            rules[finding.rule] = Rule(finding.rule, name, f"What {name} demands.", finding.stage)
        elif not rule.stage and finding.stage:
            rules[finding.rule] = replace(rule, stage=finding.stage)
    return rules


def skipped(found: Report) -> list[str]:
    """Say which stages did not run, those with the same reason together."""
    reasons: dict[str, list[str]] = {}
    for run in found.stages:
        if run.skipped is not None:
            reasons.setdefault(run.skipped, []).append(run.name)
    return [f"{', '.join(stages)} ({reason})" for reason, stages in reasons.items()]


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
