"""A report as JUnit XML: a suite for each stage, and in it a case for each rule.

A case fails if its rule found what fails the run; what is milder, or waived, is told in a
case that passes. So the tests are the same in each run, and red where the run is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ...findings import Finding, Report, Rule, StageRun
from .style import Style, located, number_of, rule_name, rules_of, short, visible

_OTHERS = "others"


@dataclass(frozen=True, slots=True)
class _Case:
    """A rule, or a stage that has none of its own, and what it found."""

    name: str
    description: str
    failures: tuple[Finding, ...] = ()
    others: tuple[Finding, ...] = ()


def write(report: Report, style: Style) -> str:
    """Write a report."""
    root = Element("testsuites", name="stimson")
    suites = [_suite(root, run, _cases(report, run), style) for run in _stages(report)]
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in suites)))
    if suites and report.notes:
        SubElement(suites[0], "system-out").text = visible("\n".join(report.notes))
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, "unicode")}\n'


def _stages(report: Report) -> list[StageRun]:
    """List the stages, and after them those that only rules or findings name."""
    known = {run.name: run for run in report.stages}
    named = [rule.stage for rule in rules_of(report).values()]
    named += [finding.stage for finding in report.findings]
    for name in named:
        known.setdefault(name or _OTHERS, StageRun(name or _OTHERS, name or _OTHERS))
    return list(known.values())


def _cases(report: Report, run: StageRun) -> list[_Case]:
    """Make the cases of a stage: its rules in their order, whatever they found."""
    found: dict[str, list[Finding]] = {}
    for finding in report.findings:
        if _stage(finding) == run.name:
            found.setdefault(finding.rule, []).append(finding)
    rules = rules_of(report).values()
    own = [rule for rule in rules if _stage(rule) == run.name or rule.iri in found]
    cases = [_case(report, rule, found.get(rule.iri, ())) for rule in own]
    return cases or [_Case(run.name, run.title)]


def _stage(of: Rule | Finding) -> str:
    return of.stage or _OTHERS


def _case(report: Report, rule: Rule, findings: Iterable[Finding]) -> _Case:
    failures: list[Finding] = []
    others: list[Finding] = []
    for finding in findings:
        (failures if report.fails(finding) else others).append(finding)
    return _Case(rule_name(rule.iri), rule.description, tuple(failures), tuple(others))


def _suite(root: Element, run: StageRun, cases: Iterable[_Case], style: Style) -> Element:
    suite = SubElement(root, "testsuite", name=visible(run.name))
    tests = [_test(suite, run, case, style) for case in cases]
    suite.set("tests", str(len(tests)))
    for count, name in (("failures", "failure"), ("skipped", "skipped")):
        suite.set(count, str(sum(test.find(name) is not None for test in tests)))
    suite.set("errors", "0")
    return suite


def _test(suite: Element, run: StageRun, case: _Case, style: Style) -> Element:
    group = f"stimson.{visible(run.name)}"
    test = SubElement(suite, "testcase", name=visible(case.name), classname=group)
    if run.skipped is not None and not case.failures and not case.others:
        SubElement(test, "skipped", message=visible(run.skipped))
    if case.failures:
        number = number_of(len(case.failures), "finding")
        message = visible(f"{number}: {case.description}")
        failure = SubElement(test, "failure", message=message, type=case.failures[0].severity)
        failure.text = _lines(case.failures, style)
    if case.others:
        SubElement(test, "system-out").text = _lines(case.others, style)
    return test


def _lines(findings: Iterable[Finding], style: Style) -> str:
    return visible("".join(f"{_line(finding, style)}\n" for finding in findings))


def _line(finding: Finding, style: Style) -> str:
    """Write a finding as compilers do, which many viewers turn into a link."""
    where = located(finding, style, "") or "(no file)"
    named = [short(each) for each in (finding.focus, finding.path) if each]
    about = f" ({', '.join(named)})" if named else ""
    waived = "" if finding.waiver is None else f" [waived: {finding.waiver.reason}]"
    return f"{where}: {finding.severity}: {finding.message}{about}{waived}"
