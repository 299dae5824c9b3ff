"""How all reports write: names of files, rules and terms, and text made safe to show."""

import re
from collections.abc import Mapping
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
