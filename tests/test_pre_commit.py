"""The hooks for pre-commit: what they say, and (slowly) what they do under pre-commit itself."""

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest
import yaml

from stimson.cli import COMMANDS

ROOT = Path(__file__).parents[1]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
HOOKS = {hook["id"]: hook for hook in yaml.safe_load(MANIFEST.read_text("utf-8"))}
PAGE = (ROOT / "docs" / "validating.md").read_text("utf-8")
FOLDERS = ("data", "shapes", "ontology")


def test_the_hooks_run_commands_that_there_are():
    assert {hook["entry"] for hook in HOOKS.values()} == {"stimson validate", "stimson fmt"}
    assert {hook["entry"].split()[1] for hook in HOOKS.values()} <= set(COMMANDS)


def test_the_example_names_all_hooks():
    section = PAGE.split("### pre-commit\n")[1].split("\n### ")[0]
    (repository,) = yaml.safe_load(re.search(r"```yaml\n(.*?)```", section, re.DOTALL)[1])["repos"]

    assert [hook["id"] for hook in repository["hooks"]] == list(HOOKS)


@pytest.mark.parametrize(
    ("path", "is_ours"),
    [
        ("data/sources/x.ttl", True),
        ("x.ttl", True),
        ("queries/states.rq", True),
        ("stimson.toml", True),
        ("kg/waivers.toml", True),
        ("pyproject.toml", False),
        ("x.ttl.orig", False),
        ("README.md", False),
    ],
)
def test_what_is_validated_starts_a_validation(path, is_ours):
    assert bool(re.search(HOOKS["stimson-validate"]["files"], path)) == is_ours


def test_the_formatter_is_the_one_we_use():
    pins = re.findall(r"turtlefmt==[\d.]+", (ROOT / "pyproject.toml").read_text("utf-8"))

    assert set(HOOKS["stimson-fmt"]["additional_dependencies"]) == set(pins)


def git(root, *arguments):
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    command = ["git", *who, *arguments]
    done = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(root):
    git(root, "add", "-A")
    git(root, "commit", "-q", "--no-verify", "-m", "x")
    return git(root, "rev-parse", "HEAD")


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """A repository with the files of this one as they are now."""
    root = tmp_path_factory.mktemp("ours")
    names = git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, root / name)
    git(root, "init", "-q", "-b", "main")
    commit(root)
    return root


@pytest.fixture(scope="module")
def pre_commit(tmp_path_factory):
    """Run pre-commit, installed for these tests only."""
    home = tmp_path_factory.mktemp("pre-commit")
    venv.create(home / "venv", with_pip=True)
    python = home / "venv" / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "pre-commit>=4"], check=True)

    def run(root, *arguments):
        kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        return subprocess.run(
            [python, "-m", "pre_commit", *arguments],
            cwd=root,
            env=kept | {"PRE_COMMIT_HOME": str(home / "cache"), "LC_ALL": "C.UTF-8"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=600,
        )

    return run


@pytest.fixture
def repository(project):
    """The small project in a repository of its own."""
    (project.root / "stimson.toml").write_text(
        "[validate]\n" + "".join(f'{part} = "{part}"\n' for part in FOLDERS)
    )
    subprocess.run([sys.executable, "-m", "stimson", "fmt", "data"], cwd=project.root, check=True)
    git(project.root, "init", "-q", "-b", "main")
    commit(project.root)
    return project


@pytest.mark.slow
def test_the_manifest_is_valid_to_pre_commit(pre_commit):
    done = pre_commit(ROOT, "validate-manifest", MANIFEST)

    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_the_hooks_can_be_tried(pre_commit, ours, repository):
    done = pre_commit(repository.root, "try-repo", str(ours), "--files", "data/actors/states.ttl")

    assert done.returncode == 0, done.stdout
    passed = re.findall(r"(stimson \w+)\.+Passed", done.stdout)
    assert sorted(passed) == ["stimson fmt", "stimson validate"]


@pytest.mark.slow
def test_the_hooks_stop_what_is_wrong(pre_commit, ours, repository):
    root = repository.root
    section = PAGE.split("### pre-commit\n")[1].split("\n### ")[0]
    config = re.search(r"```yaml\n(.*?)```", section, re.DOTALL)[1]
    config = config.replace("https://github.com/OWNER/stimson", str(ours))
    config = config.replace("COMMIT", git(ours, "rev-parse", "HEAD"))
    (root / ".pre-commit-config.yaml").write_text(config)
    commit(root)

    (root / "readme.md").write_text("Nothing to do with it.")
    git(root, "add", "-A")
    assert "(no files to check)Skipped" in pre_commit(root, "run").stdout

    repository.change(repository.minutes, "as binding", "as bindinq")
    states = root / "data" / "actors" / "states.ttl"
    states.write_text(states.read_text().replace(" ;\n    ", ";"))
    git(root, "add", "-A")
    done = pre_commit(root, "run")
    assert done.returncode == 1
    assert "[quotation-seal]" in done.stdout
    assert re.findall(r"(stimson \w+)\.+Failed", done.stdout) == ["stimson validate", "stimson fmt"]
    assert "formatted data/actors/states.ttl" in done.stdout
