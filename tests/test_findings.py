"""Findings have one form, an order, and a fingerprint that outlives edits."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from stimson.findings import SEVERITIES, Finding, Waiver, report, summary

BASE = Finding(
    rule="https://w3id.org/stimson/shapes#Statement-speaker",
    severity="violation",
    message="Name one.",
    file=Path("/a/data/x.ttl"),
    line=3,
    column=5,
    focus="https://w3id.org/stimson/id/statement/1",
    path="https://w3id.org/stimson/ontology#speaker",
    value='"x"',
    component="http://www.w3.org/ns/shacl#ClassConstraintComponent",
)
BLANK = replace(BASE, focus="_:a1")


@pytest.mark.parametrize(
    "changes",
    [
        {"line": 9, "column": 1},
        {"line": None, "column": None},
        {"file": Path("/elsewhere/data/y.ttl")},
        {"message": "Name exactly one."},
    ],
)
def test_the_fingerprint_outlives_moves_and_new_wording(changes):
    assert replace(BASE, **changes).fingerprint == BASE.fingerprint


@pytest.mark.parametrize(
    "changes", [{name: "z"} for name in ("rule", "focus", "path", "value", "component")]
)
def test_the_fingerprint_tells_different_findings_apart(changes):
    assert replace(BASE, **changes).fingerprint != BASE.fingerprint


def test_the_fingerprint_of_a_blank_node_depends_on_file_and_words_not_on_its_label():
    assert replace(BLANK, focus="_:b7", line=8).fingerprint == BLANK.fingerprint
    assert replace(BLANK, file=Path("/b/x.ttl")).fingerprint == BLANK.fingerprint
    assert replace(BLANK, file=Path("/a/data/y.ttl")).fingerprint != BLANK.fingerprint
    assert replace(BLANK, message="z").fingerprint != BLANK.fingerprint


def test_the_fingerprint_is_fixed():
    # Waivers and CI histories hold fingerprints: a change here breaks them.
    assert BASE.fingerprint == "dd251cf47b434318"


def test_a_report_is_ordered_by_file_and_place_and_holds_each_finding_once():
    late, other = replace(BASE, line=20), replace(BASE, file=Path("/a/b.ttl"))
    nowhere = replace(BASE, file=None, line=None, column=None)

    found = report([late, BASE, other, late, nowhere], files=2)

    assert tuple(replace(each, ordinal=1) for each in found.findings) == (
        nowhere,
        other,
        BASE,
        late,
    )


def test_only_violations_break_conformance():
    warning = replace(BASE, severity="warning")

    assert report([warning, replace(BASE, severity="info")], files=1).conforms
    assert not report([warning, BASE], files=1).conforms


def test_findings_that_are_alike_have_fingerprints_of_their_own():
    nameless = [replace(BLANK, focus=f"_:b{line}", line=line) for line in (4, 8, 6)]

    prints = [finding.fingerprint for finding in report([*nameless, BASE], files=1).findings]

    assert len(set(prints)) == 4


def test_the_first_of_several_keeps_the_fingerprint_it_has_alone():
    first, second = (replace(BLANK, focus=f"_:b{line}", line=line) for line in (4, 8))

    (alone,) = report([first], files=1).findings
    both = report([second, first], files=1).findings

    assert both[0].fingerprint == alone.fingerprint == first.fingerprint


def test_fingerprints_of_findings_that_are_alike_outlive_moves():
    nameless = [replace(BLANK, focus=f"_:b{line}", line=line) for line in (4, 8)]
    moved = [replace(each, focus=f"_:z{each.line}", line=each.line + 90) for each in nameless]

    def prints(findings):
        return [finding.fingerprint for finding in report(findings, files=1).findings]

    assert prints(nameless) == prints(moved)


def test_a_part_of_a_report_can_be_reported_again():
    nameless = [replace(BLANK, focus=f"_:b{line}", line=line) for line in (4, 8)]

    last = report(nameless, files=1).findings[1:]

    assert report(last, files=1).findings[0].fingerprint == BLANK.fingerprint


@pytest.mark.parametrize(
    ("severity", "fails"),
    [("violation", ["violation", "warning", "info"]), ("warning", ["warning", "info"])],
)
def test_a_run_fails_on_what_is_as_grave_as_its_threshold(severity, fails):
    found = report([replace(BASE, severity=severity)], files=1)

    for threshold in (*SEVERITIES, None):
        assert replace(found, fail_on=threshold).conforms == (threshold not in fails)


def test_what_is_waived_does_no_harm_and_is_counted_apart():
    waived = replace(BASE, waiver=Waiver(BASE.rule, "It is so.", date(2031, 12, 31)))

    found = replace(report([waived], files=1), fail_on="info")

    assert found.conforms
    assert (found.open, found.waived, found.counts["violation"]) == ((), 1, 0)
    assert summary(found) == "1 file checked: 1 waived"


def test_the_summary_counts():
    warnings = [replace(BASE, severity="warning", line=line) for line in (1, 2)]

    assert summary(report([], files=3)) == "3 files checked, nothing found"
    assert summary(report([BASE, *warnings], 1)) == "1 file checked: 1 violation, 2 warnings"
