"""The documents name what there is: settings, commands, files."""

import dataclasses
import re
import subprocess
import sys
from pathlib import Path

import pytest

from stimson.cli import COMMANDS
from stimson.config import Config, environment_name

ROOT = Path(__file__).parents[1]
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("setting", dataclasses.fields(Config), ids=lambda field: field.name)
def test_every_setting_is_documented_as_it_is(setting):
    default = f"`{setting.default}` " if str(setting.default) else ""

    assert (
        f"| `{environment_name(setting.name)}` | {default}| {setting.metadata['doc']} |"
        in OPERATING
    )


def test_no_other_setting_is_documented():
    known = {environment_name(setting.name) for setting in dataclasses.fields(Config)}

    assert set(re.findall(r"STIMSON_\w+", OPERATING)) <= known


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_the_readme_names_every_command(command):
    assert f"stimson {command}" in README


def test_the_answer_in_the_readme_is_the_answer():
    shown = re.search(r"\$ \.venv/bin/stimson (query .*?)\n(.*?)\n```", README, re.DOTALL)

    def stimson(*arguments: str) -> str:
        command = [sys.executable, "-m", "stimson", *arguments]
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
        return done.stdout

    stimson("build")  # does nothing where `make test` has just built
    assert stimson(*shown[1].split()).splitlines() == shown[2].splitlines()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_documents_lead_somewhere(page):
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []
