"""The report for people: what it shows, how it lines up, and how much of very much."""

from dataclasses import replace

import pytest

from reports_samples import OTHER, hostile, render, sample, violation
from stimson.findings import report


def lines_of(found, root, **style) -> list[str]:
    return render("text", found, root, **style).splitlines()


def shown(root, content: bytes, line: int, column: int | None) -> list[str]:
    """Write a file and show one place of it: the excerpt, without its margin."""
    file = root / "x.ttl"
    file.write_bytes(content)
    found = report([violation(root, file=file, line=line, column=column)], 1)
    return [each[10:] for each in lines_of(found, root) if each.startswith("        |")]


def test_the_whole_report(tmp_path):
    assert render("text", sample(tmp_path), tmp_path) == (
        "(no file)\n"
        "  -       info  It waives nothing.  [waiver-unused]\n"
        "\n"
        "data/a.ttl\n"
        "  -       violation  Expected a dot.  [syntax]\n"
        "  3:6     violation  Name one speaker.  [shape:Statement-speaker]\n"
        "          at statement:2, st:speaker\n"
        "        | st:a st:speaker st:b ;\n"
        "        |      ^\n"
        "  3:6     warning  Name one speaker.  [<https://example.org/shapes#Person>]\n"
        '          at _:b2, st:speaker, "01"^^<x:y>\n'
        "        | st:a st:speaker st:b ;\n"
        "        |      ^\n"
        "  4:3     violation  Name one speaker.  [shape:Statement-speaker]\n"
        "          at statement:1, st:speaker\n"
        "          waived: The minutes do not say who spoke. (until 2031-12-31)\n"
        "  4:6     warning  Name one speaker.  [<https://example.org/shapes#Person>]\n"
        '          at _:b1, st:speaker, "01"^^<x:y>\n'
        "        |   st:says 'c' .\n"
        "        |      ^\n"
        "\n"
        "skipped: counts (the project file names no counts)\n"
        "skipped: queries (not asked for)\n"
        "note: Nothing was compared.\n"
        "7 files checked: 2 violations, 2 warnings, 1 info, 1 waived\n"
    )


def test_stages_that_were_skipped_for_one_reason_share_a_line(tmp_path):
    found = sample(tmp_path)
    runs = tuple(replace(run, skipped="not asked for") for run in found.stages[1:])

    lines = lines_of(replace(found, stages=(found.stages[0], *runs)), tmp_path)

    assert "skipped: shacl, counts, queries (not asked for)" in lines


def test_colour_is_used_only_when_asked_for(tmp_path, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")  # whether to honour it is for the caller to decide
    monkeypatch.setenv("FORCE_COLOR", "1")
    found = sample(tmp_path)

    assert "\x1b" not in render("text", found, tmp_path)
    assert "\x1b[1;31mviolation" in render("text", found, tmp_path, colour=True)


def test_what_is_waived_is_dim(tmp_path):
    lines = lines_of(sample(tmp_path), tmp_path, colour=True)

    assert next(line for line in lines if "4:3" in line).startswith("\x1b[2m  4:3")


@pytest.mark.parametrize(
    ("content", "line", "column", "expected"),
    [
        (b"a\n\tb\tc\n", 2, 4, [" b c", "   ^"]),
        (b"a\r\nb c\r\n", 2, 3, ["b c", "  ^"]),
        (b"\xef\xbb\xbfa b", 1, 3, ["a b", "  ^"]),
        ("\U0001f600界é x".encode(), 1, 5, ["\U0001f600界é x", "      ^"]),  # six cells wide
        ("e\u0301 x".encode(), 1, 4, ["e\u0301 x", "  ^"]),
        (b"caf\xe9 x", 1, 6, ["caf\ufffd x", "     ^"]),
        (b"a\x0cb\x85\x1b[2J", 1, 1, ["a<U+000C>b\ufffd<U+001B>[2J", "^"]),
        (b"a\n", 2, 1, ["", "^"]),
        (b"ab", 1, 3, ["ab", "  ^"]),
        (b"ab", 1, 99, ["ab", "  ^"]),
        (b"ab", 1, None, ["ab"]),
        (b"ab", 7, 1, []),
        (b"\x7fELF\x00\x01\n\x00\xff", 1, 2, []),
    ],
)
def test_the_caret_stands_below_the_column(tmp_path, content, line, column, expected):
    assert [each.rstrip() for each in shown(tmp_path, content, line, column)] == expected


@pytest.mark.parametrize("column", [1, 2, 60, 100_000, 199_990, 200_000])
def test_of_a_long_line_the_place_is_shown(tmp_path, column):
    content = bytearray(b"." * 200_000)
    content[column - 1] = ord("#")

    line, caret = shown(tmp_path, bytes(content), 1, column)

    assert line[caret.index("^")] == "#"
    assert len(line) <= 102
    assert line.startswith("…") == (column > 51)
    assert line.endswith("…") == (column < 199_950)


def test_lines_are_taken_from_the_texts_that_are_given_and_from_nowhere_else(tmp_path):
    found = sample(tmp_path)
    file = tmp_path / "data" / "a.ttl"

    given = render("text", found, tmp_path, texts={file: "\ufeff1\n2\nthree\nfour"})

    assert "        | three\n" in given
    assert "        |" not in render("text", found, tmp_path, texts={})


def test_hostile_words_stay_on_their_line(tmp_path):
    lines = lines_of(hostile(tmp_path), tmp_path)

    assert len([line for line in lines if "::error::x" in line]) > 3
    assert [line for line in lines if line.startswith("::error::")] == []
    assert all(line.isprintable() for line in lines)


def test_of_a_rule_with_very_many_findings_a_few_are_shown(tmp_path):
    sample(tmp_path)
    many = [
        violation(tmp_path, file=tmp_path / f"{number % 300}.ttl", focus=f"x:{number}")
        for number in range(5_000)
    ]
    few = [violation(tmp_path, rule=OTHER, focus=f"x:{number}") for number in range(50)]

    lines = lines_of(report([*many, *few], 300), tmp_path)

    assert sum("  [shape:Statement-speaker]" in line for line in lines) == 11
    assert "… 4,990 more in 300 files  [shape:Statement-speaker]" in lines
    assert sum(f"  [<{OTHER}>]" in line for line in lines) == 50
    assert "A rule with more than 50 findings shows 10; --format json has all." in lines
    assert lines[-1] == "300 files checked: 5050 violations"


def test_what_is_waived_does_not_crowd_out_what_is_not(tmp_path):
    waiver = sample(tmp_path).findings[4].waiver
    assert waiver is not None
    waived = [violation(tmp_path, focus=f"x:{number}", waiver=waiver) for number in range(90)]

    lines = lines_of(report([*waived, violation(tmp_path, line=4)], 1), tmp_path)

    assert "  4:6     violation  Name one speaker.  [shape:Statement-speaker]" in lines


def test_many_rules_with_very_many_findings_are_summed_up(tmp_path):
    many = [
        violation(tmp_path, rule=f"urn:x:{rule}", focus=f"x:{number}")
        for rule in range(25)
        for number in range(51)
    ]

    lines = lines_of(report(many, 1), tmp_path)

    assert sum(line.startswith("… 41 more in 1 file  ") for line in lines) == 20
    assert "… 205 more of 5 other rules" in lines


def test_a_long_value_is_cut(tmp_path):
    value = '"' + "x" * 200_000 + '"'

    lines = lines_of(report([violation(tmp_path, value=value, message=value)], 1), tmp_path)

    assert max(len(line) for line in lines) < 2_200
