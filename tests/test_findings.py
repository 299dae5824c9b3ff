"""Findings have one form, an order, and a fingerprint that outlives edits."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from stimson.findings import Finding, report, summary

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

    assert found.findings == (nowhere, other, BASE, late)
    assert [path for path, _ in found.by_file()] == [None, other.file, BASE.file]


def test_only_violations_break_conformance():
    warning = replace(BASE, severity="warning")

    assert report([warning, replace(BASE, severity="info")], files=1).conforms
    assert not report([warning, BASE], files=1).conforms


def test_the_json_form_is_complete():
    found = report([BASE], files=1, notes=["a note"]).to_json()

    assert json.loads(json.dumps(found)) == {
        "conforms": False,
        "files": 1,
        "counts": {"violation": 1, "warning": 0, "info": 0},
        "notes": ["a note"],
        "findings": [
            {
                "rule": BASE.rule,
                "severity": "violation",
                "message": "Name one.",
                "file": "/a/data/x.ttl",
                "line": 3,
                "column": 5,
                "focus": BASE.focus,
                "path": BASE.path,
                "value": '"x"',
                "component": BASE.component,
                "fingerprint": BASE.fingerprint,
            }
        ],
    }


def test_the_summary_counts():
    warnings = [replace(BASE, severity="warning", line=line) for line in (1, 2)]

    assert summary(report([], files=3)) == "3 files checked, nothing found"
    assert summary(report([BASE, *warnings], 1)) == "1 file checked: 1 violation, 2 warnings"
