"""The page on the architecture, and the decisions, tell of code that exists."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from test_layers import LAYERS, PACKAGE

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
CODE = re.compile(r"`([^`\n]+)`")
STEP = re.compile(r"^\d+\. (.+?)(?=^\d+\. |\Z)", re.MULTILINE | re.DOTALL)
MOST_STEPS = 12


def section(title: str) -> str:
    """Cut one section out of the page, with the sections below it."""
    level = re.search(rf"^(#+) {re.escape(title)}$", PAGE, re.MULTILINE)
    assert level, f"the page has no section {title!r}"
    rest = PAGE[level.end() :]
    end = re.search(rf"^#{{1,{len(level[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def drawn() -> dict[str, list[str]]:
    """Read the drawing: the parts of the package, and of those packages that it opens."""
    drawing = re.search(r"```text\n(.*?)```", section("Packages"), re.DOTALL)
    found: dict[str, list[str]] = {"": []}
    parent = ""
    for line in drawing[1].splitlines():
        indent, name = re.match(r"( *)([\w/]+)", line).groups()
        if not indent:
            parent = name.rstrip("/")
        found.setdefault(parent if indent else "", []).append(name.rstrip("/"))
    return found


@cache
def defined(path: Path) -> set[str]:
    """List what a module defines: functions, classes, and methods as ``Class.method``."""
    found: set[str] = set()

    def walk(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                found.add(prefix + child.name)
                walk(child, f"{prefix}{child.name}.")
            else:
                walk(child, prefix)

    walk(ast.parse(path.read_text(encoding="utf-8")), "")
    return found


def steps(title: str) -> list[str]:
    """List the steps of a walk."""
    return STEP.findall(section(title))


WALKS = re.findall(r"^### (.+)$", section("Two walks"), re.MULTILINE)


def test_the_drawing_shows_the_packages_in_the_order_of_their_imports():
    shown = drawn()

    assert shown[""] == [part for part in LAYERS["."] if not part.startswith("__")]
    for package, parts in shown.items():
        assert parts == [part for part in LAYERS[package or "."] if not part.startswith("__")]


def test_the_drawing_marks_what_is_a_package():
    drawing = re.search(r"```text\n(.*?)```", section("Packages"), re.DOTALL)[1]
    marked = {name.rstrip("/") for name in re.findall(r"^(\w+/)", drawing, re.MULTILINE)}

    assert marked == {path.parent.name for path in PACKAGE.glob("*/__init__.py")}


def test_there_are_two_walks():
    assert len(WALKS) == 2


@pytest.mark.parametrize("walk", WALKS)
def test_a_walk_is_short_and_every_step_names_a_file_and_a_function_of_it(walk):
    found = steps(walk)

    assert 3 < len(found) <= MOST_STEPS
    for step in found:
        file, function, *_ = CODE.findall(step)
        assert function in defined(PACKAGE / file), step


def test_what_a_change_touches_exists():
    rows = [line for line in section("To add something").splitlines() if line.startswith("| ")]
    named = [name for row in rows[1:] for name in CODE.findall(row.split("|")[2]) if "/" in name]

    assert len(rows) > 8
    assert [name for name in named if not list(ROOT.glob(name))] == []


def test_the_glossary_is_in_order_and_of_words_that_the_code_uses():
    words = re.findall(r"^- \*\*(.+?)\*\*", section("Glossary"), re.MULTILINE)
    code = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")).lower()

    assert len(words) > 12
    assert words == sorted(set(words), key=str.casefold)
    assert [
        word for word in words if word not in code and word.replace(" ", "") not in code
    ] == []  # a class is written without the space


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.name)
def test_a_decision_names_files_that_exist(decision):
    text = decision.read_text(encoding="utf-8")
    named = [name for name in CODE.findall(text) if re.fullmatch(r"[\w/*.-]+\.(py|md|toml)", name)]

    assert [
        name for name in named if not (list(ROOT.glob(name)) or list(PACKAGE.rglob(name)))
    ] == []


def test_what_the_mutants_are_made_of_and_judged_by_exists():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]
    code = [path.replace("src/", "server/") for path in settings["only_mutate"]]
    tests = settings["pytest_add_cli_args_test_selection"]

    assert [path for path in [*code, *tests] if not list(ROOT.glob(path))] == []
