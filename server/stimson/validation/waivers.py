"""Waivers: findings that are let pass, for a written reason and until a day.

A file of waivers is TOML, each one a table:

    [[waiver]]
    rule = "shape:Statement-speaker"     # the IRI of a rule, or its name
    focus = "statement:minutes-2031-01"  # the node, or …
    path = "data/sources/minutes-*.ttl"  # … the files, from the folder of this one
    reason = "The minutes do not say who spoke."
    expires = 2031-12-31                 # the last day on which it holds
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path, PurePath
from typing import Any

from .. import names
from ..files import real
from ..findings import Finding, Rule, Severity, Waiver
from ..project import Key, Project, TomlFile, expand, read_toml, suggest
from .catalogue import RULES, WAIVERS, needs_sources, own_rules, stage_of


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_glob(value: Any) -> bool:
    return _is_text(value) and not PurePath(value).is_absolute()


def _is_day(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _are_tables(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


KEYS = (
    Key("rule", "the IRI or the name of a rule", _is_text, "", "The rule, or the shape."),
    Key("focus", "an IRI or a prefixed name", _is_text, "any", "The node."),
    Key("path", "a pattern of relative paths", _is_glob, "any", "The files."),
    Key("reason", "a sentence", _is_text, "", "Why it may be so."),
    Key("expires", "a date such as 2031-12-31", _is_day, "", "The last day on which it holds."),
)
_REQUIRED = ("rule", "reason", "expires")
_TABLES = (Key("waiver", "a list of tables, each begun by [[waiver]]", _are_tables, "", ""),)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A waiver, where it stands, and the files and folders that its path matches."""

    waiver: Waiver
    file: Path
    line: int | None
    matched: frozenset[Path]

    def covers(self, finding: Finding) -> bool:
        """Tell whether a finding is one of those that are waived."""
        waiver = self.waiver
        if finding.rule != waiver.rule or waiver.focus not in (None, finding.focus):
            return False
        if waiver.path is None:
            return True
        path = finding.file and real(finding.file)
        return path is not None and not self.matched.isdisjoint((path, *path.parents))

    def finding(self, rule: str, severity: Severity, message: str) -> Finding:
        """Make a finding about the waiver itself."""
        return Finding(
            f"{names.RULE}{rule}",
            severity,
            message,
            file=self.file,
            line=self.line,
            column=None if self.line is None else 1,
            focus=self.waiver.rule,
            value=self.waiver.focus or self.waiver.path,
            stage=WAIVERS,
        )


def apply_waivers(
    findings: Iterable[Finding],
    project: Project,
    today: date,
    ran: Collection[str] | None = None,
) -> list[Finding]:
    """Mark the findings that a waiver covers, and add those about the waivers themselves.

    `ran` names the stages that did; None means those that the project names. A waiver is
    unused only if what it waives was looked for.
    """
    entries = (
        []
        if project.waivers is None
        else _read(project.waivers, project.prefixes, own_rules(project))
    )
    valid = [entry for entry in entries if today <= entry.waiver.expires]
    used: set[_Entry] = set()
    marked = [_mark(finding, valid, used) for finding in findings]
    expired = [entry for entry in entries if today > entry.waiver.expires]
    unused = [
        entry
        for entry in valid
        if entry not in used and _was_checked(entry.waiver.rule, project, ran)
    ]
    return [
        *marked,
        *(_expired(entry, marked) for entry in expired),
        *(_unused(entry) for entry in unused),
    ]


def read_waivers(
    path: Path, prefixes: Mapping[str, str], rules: Mapping[str, Rule] = RULES
) -> list[Waiver]:
    """Read a file of waivers, or raise `InvalidFile` at the first that is malformed.

    `rules` are those of our own checks that can be waived.
    """
    return [entry.waiver for entry in _read(path, prefixes, rules)]


def _mark(finding: Finding, entries: Iterable[_Entry], used: set[_Entry]) -> Finding:
    covering = [entry for entry in entries if entry.covers(finding)]
    used.update(covering)
    return replace(finding, waiver=covering[0].waiver) if covering else finding


def _expired(entry: _Entry, findings: Iterable[Finding]) -> Finding:
    still = any(entry.covers(finding) for finding in findings)
    cure = "correct what it waived, or renew it" if still else "remove it: it waives nothing now"
    message = f"This waiver expired on {entry.waiver.expires}; {cure}."
    return entry.finding("waiver-expired", "violation", message)


def _unused(entry: _Entry) -> Finding:
    message = "This waiver waives nothing; remove it, or correct its rule, focus or path."
    return entry.finding("waiver-unused", "warning", message)


def _was_checked(rule: str, project: Project, ran: Collection[str] | None) -> bool:
    stages = project.stages if ran is None else ran
    if needs_sources(rule) and project.sources is None:
        return False
    return stages is None or stage_of(rule) in stages


def _read(path: Path, prefixes: Mapping[str, str], rules: Mapping[str, Rule]) -> list[_Entry]:
    toml = read_toml(path)
    toml.check(toml.content, _TABLES)
    entries = enumerate(toml.content.get("waiver", ()))
    return [_entry(toml, number, entry, prefixes, rules) for number, entry in entries]


def _entry(
    toml: TomlFile,
    number: int,
    entry: dict[str, Any],
    prefixes: Mapping[str, str],
    rules: Mapping[str, Rule],
) -> _Entry:
    at = ("waiver", number)
    toml.check(entry, KEYS, *at)
    if missing := [key for key in _REQUIRED if key not in entry]:
        raise toml.fault(f"waiver {number + 1} lacks {', '.join(missing)}", *at)
    if not {"focus", "path"} & set(entry):
        raise toml.fault(f"waiver {number + 1} needs `focus` or `path`: what it is about", *at)
    waiver = Waiver(
        rule=_rule(toml, entry["rule"], prefixes, rules, *at),
        reason=" ".join(entry["reason"].split()),
        expires=entry["expires"],
        focus=_expanded(toml, entry.get("focus"), prefixes, *at, "focus"),
        path=entry.get("path"),
    )
    return _Entry(waiver, toml.path, toml.line(*at), _matched(toml, waiver.path, *at))


def _matched(toml: TomlFile, pattern: str | None, *at: str | int) -> frozenset[Path]:
    """Find what a pattern matches; a folder stands for all that is in it."""
    if pattern is None:
        return frozenset()
    try:
        return frozenset(real(path) for path in toml.path.parent.glob(pattern))
    except ValueError as fault:
        raise toml.fault(f"`path` is no pattern of paths: {fault}", *at, "path") from fault


def _rule(
    toml: TomlFile,
    name: str,
    prefixes: Mapping[str, str],
    rules: Mapping[str, Rule],
    *at: str | int,
) -> str:
    """Name a rule in full; a name without a colon is one of our own."""
    iri = f"{names.RULE}{name}" if ":" not in name else _expanded(toml, name, prefixes, *at, "rule")
    assert iri is not None  # only nothing is expanded to nothing
    if iri.startswith(names.RULE) and iri not in rules:
        known = [rule.name for rule in rules.values()]
        problem = f"no rule is called `{name}`; {suggest(iri.removeprefix(names.RULE), known)}"
        raise toml.fault(problem, *at, "rule")
    return iri


def _expanded(
    toml: TomlFile, name: str | None, prefixes: Mapping[str, str], *at: str | int
) -> str | None:
    try:
        return None if name is None else expand(name, prefixes)
    except ValueError as fault:
        raise toml.fault(str(fault), *at) from fault
