"""Whatever a path leads to, an option that takes one ends in a sentence, never in a traceback.

The options are found where click keeps them, so that a new one is tried, too.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from conftest import MINI
from stimson.cli import main, validate
from stimson.cli.options import NewFile

TEXT = "sources/minutes-2031.txt"
# What a path may lead to, and how it is brought about.
PLACES = {
    "a file": "file.txt",
    "a folder": "folder",
    "an empty folder": "empty",
    "nothing": "missing",
    "a missing folder": "missing/deep/x.ttl",
    "through a file": "file.txt/x.ttl",
    "through a file, deeper": "file.txt/x/y.ttl",
    "a dangling link": "dangling",
    "a dangling link to a Turtle file": "dangling.ttl",
    "through a dangling link": "dangling/x.ttl",
    "a link onto itself": "loop",
    "through a link onto itself": "loop/x.ttl",
    "a name that is too long": "x" * 300,
    "a name that is no text": "\udcff.ttl",
    "a name with a line feed": "a\nb.ttl",
    "nowhere": "",
}
SETTINGS = ("STIMSON_PROJECT", "STIMSON_STORE", "STIMSON_SOURCES", "STIMSON_WIKIDATA")


def commands(
    command: click.Command = main, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """List every command, and the words that lead to it."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from commands(command.get_command(context, name), (*path, name))


def takes_path(parameter: click.Parameter) -> bool:
    return isinstance(parameter.type, click.Path | NewFile) or "FILE" in (parameter.metavar or "")


def options() -> Iterator[tuple[str, ...]]:
    """List every option and argument that takes a path: the words of its command, and its name."""
    for path, command in commands():
        for parameter in command.params:
            if takes_path(parameter):
                yield (*path, parameter.opts[0])


def required(command: click.Command, but: str) -> list[str]:
    """Fill in what a command must have beside the option that is tried."""
    words = []
    for parameter in command.params:
        if parameter.required and parameter.opts[0] != but:
            value = TEXT if takes_path(parameter) else "words"
            words += (
                [value] if isinstance(parameter, click.Argument) else [parameter.opts[0], value]
            )
    return words


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A project to stand in, and beside it what a path may lead to."""
    root = Path(shutil.copytree(MINI, tmp_path / "mini"))
    parts = ("data", "shapes", "ontology", "queries", "sources")
    (root / "stimson.toml").write_text(
        "[validate]\n" + "".join(f'{part} = "{part}"\n' for part in parts)
    )
    (root / "file.txt").write_text("A file.\n")
    (root / "folder" / "inner").mkdir(parents=True)
    (root / "empty").mkdir()
    for name, target in (("dangling", "gone"), ("dangling.ttl", "gone"), ("loop", "loop")):
        (root / name).symlink_to(target)
    monkeypatch.chdir(root)
    for name in [name for name in os.environ if name.startswith("STIMSON_")]:
        monkeypatch.delenv(name)

    def leave(code: int) -> None:
        raise SystemExit(code)

    monkeypatch.setattr(validate, "_leave", leave)  # else it would end this process
    return root


def check(*arguments: str, **environment: str) -> str:
    """Run a command; if it does not succeed, it must say why."""
    done = CliRunner().invoke(main, arguments, env=environment)
    if not isinstance(done.exception, SystemExit | None):
        raise done.exception
    assert done.exit_code in (0, 1, 2), done.output
    assert "Traceback" not in done.output
    if done.exit_code:
        assert "rror: " in done.stderr or "violation" in done.output, done.output
    return done.stderr


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("option", list(options()), ids=" ".join)
def test_no_path_ends_in_a_traceback(folder, option, place):
    *path, name = option
    command = dict(commands())[tuple(path)]
    (parameter,) = (each for each in command.params if each.opts[0] == name)
    value = f"json={place}" if parameter.metavar == "FORMAT=FILE" else place
    words = [value] if isinstance(parameter, click.Argument) else [f"{name}={value}"]
    if not path:
        words += ["reason"]
    check(*path, *required(command, name), *words)


@pytest.mark.parametrize("place", list(PLACES.values())[:-1], ids=list(PLACES)[:-1])
@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("command", ["build", "info", "quote verify", "validate"])
def test_no_setting_ends_in_a_traceback(folder, command, setting, place):
    check(*command.split(), **{setting: place})


@pytest.mark.parametrize("place", list(PLACES.values())[:-1], ids=list(PLACES)[:-1])
@pytest.mark.parametrize("key", ["data", "shapes", "ontology", "queries", "sources", "waivers"])
def test_no_path_in_a_project_file_ends_in_a_traceback(folder, key, place):
    written = place.encode("unicode_escape", "surrogateescape").decode().replace("\\x", "\\u00")
    toml = (folder / "stimson.toml").read_text().replace(f'{key} = "{key}"\n', "")
    (folder / "stimson.toml").write_text(f'{toml}{key} = "{written}"\n')
    for command in ("validate", "build", "reason"):
        check(command)


def test_every_option_that_names_a_file_or_folder_is_tried():
    words = ("file", "folder", "text file", "turtle file")
    for path, command in commands():
        for parameter in command.params:
            meaning = (getattr(parameter, "help", "") or "").lower()
            if meaning.startswith(words):
                assert takes_path(parameter), (path, parameter.name)


def test_a_store_that_is_a_file_is_refused_before_any_work(folder):
    said = check("build", "--store=file.txt")
    assert "Invalid value for '--store': Directory 'file.txt' is a file." in said
    assert check("build", STIMSON_STORE="file.txt/x").endswith(
        f"error: {folder}/file.txt is no folder: name one for the snapshots with --store.\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("build", "--store=locked/store"), "locked may not be written: name another folder"),
        (("build", "--store=locked"), "locked may not be written: name another folder"),
        (("reason", "--output=locked/x.ttl"), "locked/x.ttl may not be written"),
        (("validate", "--output=json=locked/x.json"), "locked/x.json may not be written"),
        (("info", "--store=locked/shut"), "is not readable"),
        (("query", "states", "--store=locked/shut"), "is not readable"),
        (("fmt", "locked/shut/x.ttl"), "Permission denied"),
        (("quote", "find", "words", "--source=locked/shut/x.txt"), "Permission denied"),
        (("new", "act", "--to=locked/shut/x.ttl"), "Permission denied"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_may_not_be_read_or_written_is_said(folder, words, said):
    """Run as a user for whom the rights of files count, as they do not for root."""
    drop = [] if os.geteuid() else ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    if drop and shutil.which("setpriv") is None:
        pytest.skip("root may do everything, and there is no setpriv")
    locked = folder / "locked"
    (locked / "shut").mkdir(parents=True)
    (locked / "shut").chmod(0)
    locked.chmod(0o500)
    command = [*drop, sys.executable, "-m", "stimson", *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    finally:
        locked.chmod(0o700)
        (locked / "shut").chmod(0o700)
    assert (done.returncode in (1, 2), done.stdout) == (True, ""), done
    assert said in done.stderr
    assert "Traceback" not in done.stderr
