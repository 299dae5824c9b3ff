"""What is shipped works: the wheel, in an empty environment, from a folder of its own."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHIPPED = ("ontology", "shapes", "data", "queries")
NOT_SHIPPED = ("data/generate.py", "data/generators/", "data/reference/")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(command, check=True, capture_output=True)
    [path] = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def stimson(wheel, tmp_path_factory) -> Path:
    """The command, installed where nothing else is."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet"]
    subprocess.run(
        [*pip, "-c", ROOT / "constraints.txt", wheel], check=True, capture_output=True, cwd=folder
    )
    return folder / "bin" / "stimson"


def test_the_wheel_holds_every_file_of_the_four_folders(wheel):
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *SHIPPED],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    ).stdout.split()
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if "/assets/" in name}
    shipped = {name for name in listed if not name.startswith(NOT_SHIPPED)}

    assert len(shipped) > 100
    assert packed == {f"stimson/assets/{name}" for name in shipped}


@pytest.mark.slow  # it installs the wheel with all it needs
def test_it_builds_and_answers_from_any_folder(stimson, tmp_path):
    def run(*arguments: str) -> str:
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
        command = [stimson, *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=tmp_path, env=environment
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("build")
    assert json.loads(run("info", "--format", "json"))["quads"] > 1000
    assert "never—recognize" in run("query", "non-recognition-in-their-own-words")
