"""The recipes are twenty, short, explained, and their answers are those of the data."""

import re
import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "recipes.md").read_text(encoding="utf-8")
RECIPES = re.findall(
    r"^## (\d+)\. (.+?)\n\n(.+?)\n\n```sparql\n(.+?)```\n\n```text\n(.*?)```",
    PAGE,
    re.DOTALL | re.MULTILINE,
)
TWO = 2
SHORT = 18


@pytest.fixture(scope="module")
def recipes() -> dict:
    return runpy.run_path(str(DOCS / "recipes.py"))


@pytest.fixture(scope="module")
def store(recipes):
    return recipes["everything"]()


def test_there_are_twenty_numbered_from_one():
    assert [int(number) for number, *_ in RECIPES] == list(range(1, 21))
    assert PAGE.count("## ") == len(RECIPES)


@pytest.mark.parametrize(("number", "title", "words", "query", "answer"), RECIPES)
def test_a_recipe_is_short_and_explained_in_two_lines(number, title, words, query, answer):
    assert title.endswith("?")
    assert len(words.splitlines()) == TWO
    assert len([line for line in query.splitlines() if "PREFIX" not in line]) <= SHORT


@pytest.mark.parametrize(("number", "title", "words", "query", "answer"), RECIPES)
def test_the_rows_shown_are_the_first_rows(recipes, store, number, title, words, query, answer):
    assert len(answer.splitlines()) >= TWO, "a recipe has an answer"
    assert recipes["first_rows"](store, query) == answer
