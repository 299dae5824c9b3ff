"""The walk through a contribution is carried out as it is written, in an empty folder."""

import os
import re
import subprocess
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from stimson import names
from stimson.rdf.turtle.reader import tokens

PAGE = (Path(__file__).parents[1] / "docs" / "contributing.md").read_text("utf-8")
BLOCK = re.compile(r"(?P<before>[^`]*(?:`[^`\n]+`[^`]*)*)```(?P<kind>\w+)\n(?P<text>.*?)```", re.S)
NAMED = re.compile(r"(?P<how>Save this as|so that) `(?P<path>[^`]+)`")


@dataclass(frozen=True)
class Command:
    """A command, and what the page says that it prints."""

    words: str
    output: str


@dataclass(frozen=True)
class Step:
    """A fenced block: a file to be saved, a part of one to be written anew, or commands."""

    kind: str
    text: str
    how: str = ""
    path: str = ""

    def commands(self) -> Iterator[Command]:
        """Take apart what was typed and what was printed."""
        typed = re.split(r"^\$ ", self.text, flags=re.M)
        assert typed[0] == ""
        for each in typed[1:]:
            words = re.match(r"(?:.*\\\n)*.*\n", each)[0]
            yield Command(words, each[len(words) :])


def steps() -> list[Step]:
    """Read the fenced blocks of the walk, in their order."""
    walk = PAGE.partition("## Add a source")[2].partition("\n## ")[0]
    found = []
    for block in BLOCK.finditer(walk):
        named = list(NAMED.finditer(block["before"]))
        how, path = (named[-1]["how"], named[-1]["path"]) if named else ("", "")
        found.append(Step(block["kind"], block["text"], how, path))
    return found


def run(command: Command, folder: Path) -> str:
    """Carry out a command in a shell, and give what a reader would see."""
    scripts = sysconfig.get_path("scripts")
    inherited = {key: value for key, value in os.environ.items() if "STIMSON" not in key}
    return subprocess.run(
        ["bash", "-c", command.words],
        cwd=folder,
        env=inherited | {"PATH": f"{scripts}:{os.environ['PATH']}", "PYTHONWARNINGS": "error"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=120,
        check=False,
    ).stdout


def fill_in(file: Path, block: str) -> None:
    """Put a block in the place of the one with its subject; mend the prefixes as the page says."""
    text = file.read_text("utf-8")
    start = text.index(f"\n{block.partition(' ')[0]} ") + 1
    end = start + next(each.end for each in tokens(text[start:]) if each.text == ".")
    head = re.sub(r"@prefix gap:.*\n", f"@prefix organization: <{names.ID}organization/> .\n", text)
    prefixes = head[: head.index("\n\n")]
    file.write_text(f"{prefixes}\n\n{block.rstrip()}{text[end:]}", "utf-8")


def carry_out(step: Step, folder: Path) -> None:
    """Do what a step says, and compare what is printed."""
    if step.kind == "console":
        for command in step.commands():
            assert run(command, folder) == command.output, command.words
    elif step.how == "so that":
        fill_in(folder / step.path, step.text)
    else:
        (folder / step.path).write_text(step.text, "utf-8")


@pytest.fixture(scope="module")
def contribution(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which every step of the walk has been carried out."""
    folder = tmp_path_factory.mktemp("practice")
    for step in steps():
        carry_out(step, folder)
    return folder


def test_the_page_has_the_steps_that_are_needed():
    kinds = [step.kind for step in steps()]
    commands = [
        each.words for step in steps() if step.kind == "console" for each in step.commands()
    ]

    assert {"console", "text", "toml", "turtle"} == set(kinds)
    for needed in ("new source", "new statement", "new stance", "new act", "quote add", "validate"):
        assert any(words.startswith(f"stimson {needed}") for words in commands), needed


def test_the_commands_print_what_the_page_says(contribution):
    assert (contribution / "data" / "sources" / "herald-old-line.ttl").is_file()


def test_what_comes_of_it_is_without_gaps(contribution):
    files = sorted((contribution / "data").rglob("*.ttl"))

    assert len(files) == 3
    assert not any("gap:" in file.read_text("utf-8") for file in files)


def test_a_changed_letter_would_have_been_found(contribution):
    source = contribution / "data" / "sources" / "herald-old-line.ttl"
    text = source.read_text("utf-8")
    source.write_text(
        text.replace("we do not recognise\\nthe", "we do now recognise\\nthe"), "utf-8"
    )

    assert "quotation" in run(Command("stimson validate", ""), contribution)
    source.write_text(text, "utf-8")
