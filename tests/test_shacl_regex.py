"""Patterns match as in Python, and none of them can hang the run."""

import random
import re

import pytest

from shacl_reference import turtle
from stimson import shacl
from stimson.shacl import regex
from stimson.shacl.regex import Pattern, TooSlow

LONG = "a" * 50_000 + "!"
CATASTROPHIC = ["(a+)+$", "^(a|aa)+$", "(a*)*b", "([a-z]+)*[0-9]", "^(a+)*$", "a*a*a*a*a*b"]
TEXTS = [
    "",
    "a",
    "ab",
    "abab",
    "b",
    "aab!",
    "A",
    "é",
    "їжак",
    "1",
    "٣",
    "x\n",
    "a\nb",
    "a-b",
    "]",
    " ",
]


def matches(pattern: str, texts: list[str], flags: int = 0) -> list[bool]:
    return [re.search(pattern, text, flags) is not None for text in texts]


@pytest.mark.parametrize("pattern", CATASTROPHIC)
def test_a_catastrophic_pattern_is_matched_in_linear_time(pattern):
    assert Pattern(pattern, 0).match([LONG]) == [False]


def test_what_the_linear_matcher_cannot_read_is_ended_at_the_deadline(monkeypatch):
    monkeypatch.setattr(regex, "DEADLINE", 0.5)

    with pytest.raises(TooSlow, match="was not matched"):
        Pattern(r"^(\w+\s?)*$", 0).match(["a" * 60 + "!"])


def test_a_hanging_pattern_is_a_fault_of_its_shape(monkeypatch):
    monkeypatch.setattr(regex, "DEADLINE", 0.5)
    data = turtle(f':x a :C ; :p "{"a" * 60}!" ; :q 1 .')
    shapes = turtle(r"""
        :s a sh:NodeShape ; sh:targetClass :C ; sh:property :slow , :other .
        :slow sh:path :p ; sh:pattern "^(\\w+\\s?)*$" . :other sh:path :q ; sh:maxLength 0 .
    """)
    found = shacl.validate(data, shapes)

    assert [
        (failure.shape.value, "not matched" in failure.problem) for failure in found.failures
    ] == [("https://example.org/slow", True)]
    assert len(found.results) == 1  # that of the other property


@pytest.mark.parametrize("flags", [0, re.I, re.M])
@pytest.mark.parametrize(
    "pattern",
    [
        *("^a", "b$", "^(ab?)*$", "(a|b)+c?", r"^\d$", r"\w", "^[^a-c]*$", "[]a-]", r"^[\]\-a]$"),
        *(r"^(.\n?)+$", "(?i)A", "a(?=b)", r"(a)\1", "a{2}", "^(a{1,2}b?)+$", "(a+?)+", r"(\s)*$"),
    ],
)
def test_all_ways_match_as_python_does(pattern, flags):
    assert Pattern(pattern, flags).match(TEXTS) == matches(pattern, TEXTS, flags)


def test_random_patterns_match_alike_in_the_linear_matcher():
    source = random.Random(7)
    pieces = [
        "a",
        "b",
        ".",
        "[ab]",
        "[^a]",
        "(a|b)",
        "(?:ab)",
        "a*",
        "b+",
        "a?",
        "(ab){2}",
        r"\.",
        r"\d",
    ]
    texts = ["".join(source.choices("ab.1й", k=source.randint(0, 7))) for _ in range(60)]
    for _ in range(150):
        inner = "".join(source.choices(pieces, k=source.randint(1, 4)))
        pattern = source.choice(["", "^"]) + f"({inner})" + source.choice(["", "*", "+", "?"])
        pattern += source.choice(["", "$"])
        assert regex.is_common(pattern)
        assert regex._match_in_linear_time(pattern, texts) == matches(pattern, texts), pattern


@pytest.mark.parametrize(
    "pattern", [r"\w", r"\s", r"\b", "(?i)a", "a*+", "(?=a)", r"(a)\1", "[[a]", "a{,2}"]
)
def test_what_python_and_rust_read_otherwise_is_not_common(pattern):
    assert not regex.is_common(pattern)
