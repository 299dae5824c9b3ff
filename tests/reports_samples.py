"""A report with one finding of every kind, and files to go with it, for the tests of formats."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from stimson import names
from stimson.findings import Finding, Report, Rule, StageRun, Waiver, report
from stimson.validation.reports import FORMATS, Style

SHAPE = f"{names.SHAPE}Statement-speaker"
OTHER = "https://example.org/shapes#Person"
SH = "http://www.w3.org/ns/shacl#"
MIN_COUNT = f"{SH}MinCountConstraintComponent"
STATEMENT = f"{names.ID}statement/1"
SPEAKER = f"{names.ST}speaker"
TEXT = "@prefix st: <x> .\n\nst:a st:speaker st:b ;\n  st:says 'c' .\n"
WAIVER = Waiver(SHAPE, "The minutes do not say who spoke.", date(2031, 12, 31), focus=STATEMENT)
# Markup, an end of a CDATA section, a workflow command, a terminal's escape, a mark that
# turns the direction, a sign beyond the 16-bit plane, and what XML forbids.
HOSTILE = (
    "<script>alert('1')</script> \"quoted\" &amp; ]]> 100% a, b: c\n::error::x \x1b[31m \u202e "
    "\U0001f5fa {{ 7 * 7 }} \\ \x00 \x0b \ufffe"
)
STAGES = (
    StageRun("syntax", "Files can be read"),
    StageRun("shacl", "The data fit the shapes"),
    StageRun("counts", "Nothing has gone missing", "the project file names no counts"),
    StageRun("queries", "Saved queries have answers", "not asked for"),
)
RULES = {
    rule.iri: rule
    for rule in (
        Rule(f"{names.RULE}syntax", "syntax", "A file is Turtle.", "syntax"),
        Rule(SHAPE, "speaker", "A statement has a speaker.", "shacl"),
        Rule(f"{names.SHAPE}Act-title", "title", "An act has a title.", "shacl"),
        Rule(f"{names.RULE}count", "count", "There are enough.", "counts"),
    )
}


def violation(root: Path, **changes: object) -> Finding:
    """A finding about the third line of a file below `root`."""
    finding = Finding(
        SHAPE,
        "violation",
        "Name one speaker.",
        root / "data" / "a.ttl",
        3,
        6,
        f"{names.ID}statement/2",
        SPEAKER,
        component=MIN_COUNT,
        stage="shacl",
    )
    return replace(finding, **changes)


def sample(root: Path) -> Report:
    """Write a small project and report on it."""
    file = root / "data" / "a.ttl"
    file.parent.mkdir(exist_ok=True)
    file.write_text(TEXT, encoding="utf-8")
    findings = [
        violation(root),
        violation(root, line=4, column=3, focus=STATEMENT, waiver=WAIVER),
        violation(root, rule=OTHER, severity="warning", focus="_:b1", value='"01"^^<x:y>', line=4),
        violation(root, rule=OTHER, severity="warning", focus="_:b2", value='"01"^^<x:y>', line=3),
        Finding(f"{names.RULE}syntax", "violation", "Expected a dot.", file, stage="syntax"),
        Finding(f"{names.RULE}waiver-unused", "info", "It waives nothing.", stage="waivers"),
    ]
    found = report(findings, 7, ["Nothing was compared."])
    return replace(found, stages=STAGES, rules=RULES)


def hostile(root: Path) -> Report:
    """Report on a file that is not there, with everything in the words that could do harm."""
    rule = "https://example.org/#\"><script>alert('2')</script>"
    finding = Finding(
        rule,
        "violation",
        HOSTILE,
        root / '::error,a=b%0A"><img src=x> \u202e.ttl',
        9,
        9,
        HOSTILE,
        HOSTILE,
        f'"{HOSTILE}',
        component=HOSTILE,
        stage=HOSTILE,
    )
    waiver = Waiver(rule, HOSTILE, date(2031, 12, 31), path="*")
    found = report([finding, replace(finding, line=8, path="b", waiver=waiver)], 1, [HOSTILE])
    return replace(
        found,
        stages=(StageRun(HOSTILE, HOSTILE), StageRun("x", HOSTILE, HOSTILE)),
        rules={rule: Rule(rule, HOSTILE, HOSTILE, HOSTILE)},
    )


def render(name: str, found: Report, root: Path, **style: object) -> str:
    """Write a report in one of the formats."""
    return FORMATS[name].render(found, Style(root=root, **style)).decode()
