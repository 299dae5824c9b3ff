"""The JSON report is what its schema says, and the schema says all of it."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError

from reports_samples import MIN_COUNT, SHAPE, SPEAKER, STATEMENT, hostile, render, sample, violation
from stimson import __version__
from stimson.findings import report

SCHEMA = json.loads(
    (Path(__file__).parents[1] / "docs" / "report.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("make", [sample, hostile, lambda root: report([], 0)])
def test_a_report_is_valid(make, tmp_path):
    VALIDATOR.validate(json.loads(render("json", make(tmp_path), tmp_path)))


def objects(value, path=()):
    """List the paths of all keys within a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        if isinstance(key, str):
            yield (*path, key)
        if isinstance(inner, dict | list):
            yield from objects(inner, (*path, key))


def test_the_schema_demands_every_key_and_knows_no_other(tmp_path):
    written = render("json", sample(tmp_path), tmp_path)
    whole = json.loads(written)
    whole["findings"] = whole["findings"][4:]  # the one that is waived has all keys
    written = json.dumps(whole | {"rules": whole["rules"][:1]})
    paths = list(objects(json.loads(written)))
    assert len(paths) > 40

    for path in paths:
        less, more = json.loads(written), json.loads(written)
        for spoilt in (less, more):
            holder = spoilt
            for step in path[:-1]:
                holder = holder[step]
            if spoilt is less:
                del holder[path[-1]]
            else:
                holder["surplus"] = 1
            with pytest.raises(ValidationError, match=r"required|Additional"):
                VALIDATOR.validate(spoilt)


def test_a_finding_in_full(tmp_path):
    written = json.loads(render("json", sample(tmp_path), tmp_path))

    assert written["findings"][4] == {
        "rule": SHAPE,
        "severity": "violation",
        "message": "Name one speaker.",
        "file": "data/a.ttl",
        "line": 4,
        "column": 3,
        "focus": STATEMENT,
        "path": SPEAKER,
        "value": None,
        "component": MIN_COUNT,
        "stage": "shacl",
        "waiver": {"reason": "The minutes do not say who spoke.", "expires": "2031-12-31"},
        "fingerprint": "91abaa19dffba20b",
    }


def test_the_rest_of_a_report(tmp_path):
    written = json.loads(render("json", sample(tmp_path), tmp_path))
    rules = {rule["iri"]: rule for rule in written.pop("rules")}
    findings = written.pop("findings")

    assert written == {
        "version": 1,
        "tool": {"name": "stimson", "version": __version__},
        "conforms": False,
        "fail_on": "violation",
        "files": 7,
        "counts": {"violation": 2, "warning": 2, "info": 1},
        "waived": 1,
        "stages": [
            {"name": "syntax", "title": "Files can be read", "skipped": None},
            {"name": "shacl", "title": "The data fit the shapes", "skipped": None},
            {
                "name": "counts",
                "title": "Nothing has gone missing",
                "skipped": "the project file names no counts",
            },
            {"name": "queries", "title": "Saved queries have answers", "skipped": "not asked for"},
        ],
        "notes": ["Nothing was compared."],
    }
    assert rules[SHAPE] == {
        "iri": SHAPE,
        "name": "speaker",
        "description": "A statement has a speaker.",
        "stage": "shacl",
    }
    assert {finding["rule"] for finding in findings} <= set(rules)


def test_each_finding_has_a_line_of_its_own(tmp_path):
    lines = render("json", sample(tmp_path), tmp_path).splitlines()

    findings = [line for line in lines if '"fingerprint"' in line]

    assert len([json.loads(line.strip().rstrip(",")) for line in findings]) == 6


def test_no_two_findings_share_a_fingerprint(tmp_path):
    alike = [violation(tmp_path, focus=f"_:b{line}", line=line) for line in range(1, 9)]

    written = json.loads(render("json", report(alike, 1), tmp_path))

    assert len({finding["fingerprint"] for finding in written["findings"]}) == 8


def test_a_file_name_that_is_no_utf_8_comes_back_as_it_was(tmp_path):
    found = report([violation(tmp_path, file=tmp_path / "caf\udce9.ttl")], 1)

    (finding,) = json.loads(render("json", found, tmp_path))["findings"]

    assert finding["file"] == "caf\udce9.ttl"
