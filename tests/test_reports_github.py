"""Workflow commands: read as GitHub's runner reads them, few enough for it to show."""

import re
from collections import Counter
from dataclasses import replace

import pytest

from reports_samples import HOSTILE, hostile, render, sample, violation
from stimson.findings import report

COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def commands(found, root) -> list[tuple[str, dict[str, str], str]]:
    """Read a report as the runner does: each line a command, its escapes undone."""
    read = []
    for line in render("github", found, root).splitlines():
        match = COMMAND.fullmatch(line)
        assert match, line
        pairs = (pair.partition("=") for pair in match[2].split(","))
        properties = {key: unescape(value, ":,") for key, _, value in pairs}
        read.append((match[1], properties, unescape(match[3], "")))
    return read


def unescape(text: str, more: str) -> str:
    for letter in f"\r\n{more}%":
        text = text.replace(f"%{ord(letter):02X}", letter)
    return text


def test_the_whole_report(tmp_path):
    file = f"{tmp_path}/data/a.ttl"

    assert commands(sample(tmp_path), tmp_path) == [
        ("error", {"title": "violation: syntax", "file": file}, "Expected a dot."),
        (
            "error",
            {
                "title": "violation: shape:Statement-speaker",
                "file": file,
                "line": "3",
                "col": "6",
            },
            "Name one speaker.",
        ),
        *(
            (
                "warning",
                {
                    "title": "warning: <https://example.org/shapes#Person>",
                    "file": file,
                    "line": line,
                    "col": "6",
                },
                "Name one speaker.",
            )
            for line in "34"
        ),
        ("notice", {"title": "info: waiver-unused"}, "It waives nothing."),
        (
            "notice",
            {"title": "Stimson"},
            "7 files checked: 2 violations, 2 warnings, 1 info, 1 waived",
        ),
    ]


def test_where_nothing_was_found_nothing_is_annotated(tmp_path):
    assert render("github", report([], 9), tmp_path) == ""


def test_what_is_waived_is_counted_and_not_annotated(tmp_path):
    found = sample(tmp_path)
    waived = replace(found, findings=tuple(each for each in found.findings if each.waiver))

    assert commands(waived, tmp_path) == [
        ("notice", {"title": "Stimson"}, "7 files checked: 1 waived")
    ]


def test_no_more_are_written_than_are_shown_and_the_gravest_come_first(tmp_path):
    many = [
        violation(tmp_path, severity=severity, focus=f"x:{number}")
        for severity in ("info", "warning", "violation")
        for number in range(30)
    ]

    read = commands(report(many, 1), tmp_path)

    types = [name for name, _, _ in read]
    assert Counter(types) == {"error": 10, "warning": 10, "notice": 10}
    assert types == sorted(types, key=["error", "warning", "notice"].index)
    assert read[-1][2] == (
        "1 file checked: 30 violations, 30 warnings, 30 info"
        " (61 not annotated; the report as text or JSON has them)"
    )


def test_hostile_words_are_one_command_and_come_back_as_they_were(tmp_path):
    read = commands(hostile(tmp_path), tmp_path)

    assert len(read) == 2
    _, properties, message = read[0]
    assert message.splitlines() == [
        "<script>alert('1')</script> \"quoted\" &amp; ]]> 100% a, b: c",
        "::error::x <U+001B>[31m <U+202E> \U0001f5fa {{ 7 * 7 }} \\ <U+0000> <U+000B> <U+FFFE>",
    ]
    assert message.splitlines()[0] == HOSTILE.splitlines()[0]
    assert properties["file"] == f'{tmp_path}/::error,a=b%0A"><img src=x> <U+202E>.ttl'
    assert properties["title"].startswith("violation: <https://example.org/#")


@pytest.mark.parametrize("length", [200_000])
def test_a_long_message_is_cut(tmp_path, length):
    found = report([violation(tmp_path, message="x" * length)], 1)

    assert max(len(message) for _, _, message in commands(found, tmp_path)) == 4000
