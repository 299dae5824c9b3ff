"""The JUnit report has a case for each rule, and is red where the run is."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from junitparser import Failure, JUnitXml, Skipped

from reports_samples import hostile, render, sample, violation
from stimson.findings import report

# Elements with what may stand in them and on them, by Jenkins' xUnit plug-in (junit-10.xsd).
ALLOWED = {
    "testsuites": ({"testsuite"}, {"name", "tests", "failures", "errors"}),
    "testsuite": ({"testcase", "system-out"}, {"name", "tests", "failures", "errors", "skipped"}),
    "testcase": ({"failure", "skipped", "system-out"}, {"name", "classname"}),
    "failure": (set(), {"message", "type"}),
    "skipped": (set(), {"message"}),
    "system-out": (set(), set()),
}
EACH = pytest.mark.parametrize("make", [sample, hostile, lambda root: report([], 0)])


def cases(found, root) -> dict[str, list]:
    """Read the outcome of each case: a failure, a skip, or nothing."""
    suites = JUnitXml.fromstring(render("junit", found, root).encode())
    return {f"{suite.name}/{case.name}": case.result for suite in suites for case in suite}


@EACH
def test_only_known_elements_and_attributes_are_used(make, tmp_path):
    root = ElementTree.fromstring(render("junit", make(tmp_path), tmp_path).encode())

    for element in root.iter():
        inner, attributes = ALLOWED[element.tag]
        assert {child.tag for child in element} <= inner
        assert set(element.attrib) <= attributes


def test_each_rule_is_a_case_of_its_stage(tmp_path):
    outcomes = {
        name: [type(each) for each in found]
        for name, found in cases(sample(tmp_path), tmp_path).items()
    }

    assert outcomes == {
        "syntax/syntax": [Failure],
        "shacl/shape:Statement-speaker": [Failure],
        "shacl/shape:Act-title": [],
        "shacl/<https://example.org/shapes#Person>": [],
        "counts/count": [Skipped],
        "queries/queries": [Skipped],
        "waivers/waiver-unused": [],
    }


def test_a_failure_names_all_places_and_no_waived_one(tmp_path):
    more = [violation(tmp_path, focus=f"x:{line}", line=line) for line in range(1, 90)]
    found = sample(tmp_path)
    found = replace(found, findings=report([*found.findings, *more], 1).findings)

    (failure,) = cases(found, tmp_path)["shacl/shape:Statement-speaker"]

    assert failure.message == "90 findings: A statement has a speaker."
    lines = failure.text.splitlines()
    assert len(lines) == 90
    assert "data/a.ttl:3:6: violation: Name one speaker. (statement:2, st:speaker)" in lines
    assert "waived" not in failure.text


def test_what_is_milder_or_waived_is_told_in_a_case_that_passes(tmp_path):
    suites = JUnitXml.fromstring(render("junit", sample(tmp_path), tmp_path).encode())
    told = {case.name: case.system_out or "" for suite in suites for case in suite}

    assert told["shape:Statement-speaker"].endswith(
        "(statement:1, st:speaker) [waived: The minutes do not say who spoke.]\n"
    )
    assert told["<https://example.org/shapes#Person>"].count("warning: Name one speaker.") == 2
    assert told["waiver-unused"] == "(no file): info: It waives nothing.\n"


@pytest.mark.parametrize(
    ("fail_on", "failing"), [("violation", 2), ("warning", 3), ("info", 4), (None, 0)]
)
def test_the_threshold_decides_which_cases_fail(tmp_path, fail_on, failing):
    found = replace(sample(tmp_path), fail_on=fail_on)
    suites = JUnitXml.fromstring(render("junit", found, tmp_path).encode())

    assert suites.failures == failing == sum(suite.failures for suite in suites)
    assert (suites.failures == 0) == found.conforms


def test_the_counts_are_those_of_the_cases(tmp_path):
    root = ElementTree.fromstring(render("junit", sample(tmp_path), tmp_path).encode())

    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("7", "2", "0")
    for suite in root:
        for count, tag in (("tests", "."), ("failures", "failure"), ("skipped", "skipped")):
            found = sum(case.find(tag) is not None for case in suite.findall("testcase"))
            assert suite.get(count) == str(found)


def test_a_skip_says_why(tmp_path):
    (skip,) = cases(sample(tmp_path), tmp_path)["counts/count"]

    assert skip.message == "the project file names no counts"


def test_what_was_not_looked_at_is_said(tmp_path):
    assert "<system-out>Nothing was compared.</system-out>" in render(
        "junit", sample(tmp_path), tmp_path
    )


def test_hostile_words_are_text(tmp_path):
    outcomes = cases(hostile(tmp_path), tmp_path)

    (failure,) = (each for found in outcomes.values() for each in found if type(each) is Failure)
    assert "<script>alert('1')</script>" in failure.text
    assert "]]>" in failure.text
    assert "<U+0000> <U+000B> <U+FFFE>" in failure.text
    assert "\U0001f5fa" in failure.text
