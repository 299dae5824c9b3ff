"""Which findings a person is shown when there are very many.

A rule that finds much is mostly one fault made again and again: a few of its findings
show what it is, and the number says how much there is of it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ...findings import Finding


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left out of one rule."""

    rule: str
    number: int
    files: int


@dataclass(frozen=True, slots=True)
class Selection:
    """The findings to show, in their order, and what is left out, the most first."""

    shown: tuple[Finding, ...]
    rests: tuple[Rest, ...]


def select(findings: Iterable[Finding], many: int, first: int) -> Selection:
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
    return Selection(tuple(shown), tuple(_rests(hidden)))


def _kind(finding: Finding) -> tuple[str, bool]:
    return finding.rule, finding.waiver is None


def _rests(hidden: Iterable[Finding]) -> list[Rest]:
    numbers: Counter[str] = Counter()
    files: dict[str, set[object]] = {}
    for finding in hidden:
        numbers[finding.rule] += 1
        files.setdefault(finding.rule, set()).add(finding.file)
    return [Rest(rule, number, len(files[rule])) for rule, number in numbers.most_common()]
