"""What all formats have in common: they need no file, they can be repeated, they say it all."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from reports_samples import RULES, STAGES, hostile, render, sample, violation
from stimson.findings import report
from stimson.validation.reports import FORMATS, Style
from waiting import PATIENCE

EACH = pytest.mark.parametrize("name", FORMATS)


def python(code: str) -> str:
    """Run code in a fresh process, in which nothing is imported yet."""
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=PATIENCE
    ).stdout


def test_the_formats_are_those_that_are_promised():
    assert {name: form.extension for name, form in FORMATS.items()} == {
        "text": ".txt",
        "json": ".json",
        "turtle": ".ttl",
        "junit": ".xml",
        "sarif": ".sarif",
        "github": ".txt",
        "html": ".html",
    }
    assert [name for name, form in FORMATS.items() if form.name != name] == []


@EACH
def test_a_report_says_what_was_found(name, tmp_path):
    written = render(name, sample(tmp_path), tmp_path)

    assert "Name one speaker." in written
    assert "Expected a dot." in written


@EACH
def test_a_report_is_the_same_each_time(name, tmp_path):
    found = sample(tmp_path)

    assert render(name, found, tmp_path) == render(name, found, tmp_path)


@EACH
def test_a_report_without_findings_can_be_written(name, tmp_path):
    written = render(name, replace(report([], 3), stages=STAGES, rules=RULES), tmp_path)

    assert ("3 files checked, nothing found" in written) == (name in ("text", "html"))


@EACH
@pytest.mark.parametrize("texts", [None, {}])
def test_a_report_can_be_written_though_the_files_are_gone(name, tmp_path, texts):
    gone = violation(tmp_path / "gone")
    folder = violation(tmp_path, file=tmp_path)
    impossible = violation(tmp_path, file=tmp_path / "a\0b")

    found = report([gone, folder, impossible], 2)

    assert "Name one speaker." in render(name, found, tmp_path, texts=texts)


@EACH
@pytest.mark.parametrize("fail_on", ["violation", "warning", "info", None])
def test_a_report_can_be_written_for_every_threshold(name, tmp_path, fail_on):
    assert render(name, replace(sample(tmp_path), fail_on=fail_on), tmp_path)


@EACH
def test_a_report_hides_what_could_take_over_a_terminal_or_turn_a_line(name, tmp_path):
    written = render(name, hostile(tmp_path), tmp_path)

    assert "\x1b" not in written
    assert ("\u202e" in written) == (name in ("json", "sarif", "turtle"))  # those hold the data


@EACH
def test_a_file_name_that_is_no_utf_8_is_written_as_utf_8(name, tmp_path):
    found = report([violation(tmp_path, file=tmp_path / "caf\udce9.ttl")], 1)

    assert FORMATS[name].render(found, Style(root=tmp_path)).decode("utf-8")


def test_files_are_named_from_the_root(tmp_path, monkeypatch):
    style = Style(root=tmp_path / "a")
    (tmp_path / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a" / "b")
    (tmp_path / "link").symlink_to(tmp_path / "a")

    assert style.name(tmp_path / "a" / "x.ttl") == "x.ttl"
    assert style.name(type(tmp_path)("x.ttl")) == "b/x.ttl"
    assert style.name(tmp_path / "a" / "b" / ".." / "x.ttl") == "x.ttl"
    assert style.name(tmp_path / "link" / "x.ttl") == "x.ttl"
    assert style.name(tmp_path / "x.ttl") == (tmp_path / "x.ttl").as_posix()
    assert (style.holds(tmp_path / "a" / "x.ttl"), style.holds(tmp_path / "x.ttl")) == (True, False)


def test_no_format_is_loaded_before_it_is_asked_for():
    code = """
import sys, stimson.validation.reports
print([name for name in ("rich", "jinja2", "pyoxigraph", "xml.etree") if name in sys.modules])
"""
    assert python(code) == "[]\n"


def test_after_a_preload_no_format_needs_to_open_a_file():
    code = """
import json, os, resource
from pathlib import Path
from stimson.findings import Finding, report
from stimson.validation.reports import FORMATS, Style, preload
preload()
resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
found = report([Finding("urn:x:r", "violation", "Sé 界 \\U0001f5fa", Path("a.ttl"), 1, 2)], 1)
print(json.dumps([len(form.render(found)) > 9 for form in FORMATS.values()]))
"""
    assert json.loads(python(code)) == [True] * len(FORMATS)


def test_what_people_read_stays_short_and_what_programs_read_is_whole(tmp_path):
    sample(tmp_path)
    many = (
        violation(tmp_path, focus=f"https://example.org/{number}", line=number % 4 + 1)
        for number in range(3_000)
    )
    found = report(many, 1)

    written = {name: render(name, found, tmp_path) for name in FORMATS}
    sizes = {name: len(text) for name, text in written.items()}

    assert sizes["text"] < 5_000
    assert sizes["github"] < 5_000
    assert sizes["html"] < 200_000
    for name in ("json", "turtle", "junit", "sarif"):
        assert written[name].count("https://example.org/") >= 3_000


def test_the_formats_are_documented():
    page = Path(__file__).parents[1] / "docs" / "validating.md"
    table = re.findall(r"^\| `(\w+)` \| `([\w/+]+)` \|", page.read_text(encoding="utf-8"), re.M)

    assert table == [(form.name, form.media_type) for form in FORMATS.values()]
