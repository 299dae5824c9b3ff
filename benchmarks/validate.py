"""Time `stimson validate` against the `pyshacl` command on the same files, side by side.

Every run is a process of its own, as a user starts it; of several, the fastest counts.
pySHACL gets the same ontology and data in one file and the shapes in another, put together
as text. Before the times count, both must find as many results in data with planted
faults. Run it with the project installed: ``.venv/bin/python benchmarks/validate.py``.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from stimson import paths

_BIN = Path(sys.executable).parent
_GENERATOR = str(Path(__file__).parent / "generate.py")
_ROW = "| {:<12} | {:<34} | {:>8} | {:>8} | {:>7} | {:>8} |\n"


def merge(files: Iterable[Path], target: Path) -> Path:
    """Put Turtle files together as text, so that no literal changes its form."""
    target.write_text("\n".join(path.read_text(encoding="utf-8") for path in files))
    return target


def turtle(*folders: Path) -> list[Path]:
    """List the Turtle files of some folders, shapes' examples left out."""
    found = [path for folder in folders for path in sorted(folder.rglob("*.ttl"))]
    return [path for path in found if path.parent.name != "examples"]


def pyshacl(data: Path, folder: Path) -> tuple[str, ...]:
    """Write the command for pySHACL; our shapes need no advanced features."""
    shapes = merge(turtle(paths.SHAPES), folder / "shapes.ttl")
    merged = merge(turtle(paths.ONTOLOGY, data), folder / "data.ttl")
    return (str(_BIN / "pyshacl"), "--shacl", str(shapes), str(merged))


def stimson(data: Path, *options: str) -> tuple[str, ...]:
    """Write the command for ourselves."""
    return (str(_BIN / "stimson"), "validate", "--data", str(data), *options)


class Run(NamedTuple):
    """What came of a command: seconds by the clock and of processors, and what it printed."""

    seconds: float
    cpu: float
    printed: str


def run(command: tuple[str, ...]) -> Run:
    """Run a command to its end; findings may have it end with 1."""
    before, started = os.times(), time.perf_counter()
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds, after = time.perf_counter() - started, os.times()
    if ended.returncode > 1:
        raise SystemExit(f"{' '.join(command)} ended with {ended.returncode}: {ended.stderr}")
    used = after.children_user + after.children_system
    cpu = used - before.children_user - before.children_system
    return Run(seconds, cpu, ended.stdout)


def compare_results(folder: Path, triples: int) -> int:
    """Count the results of both in data with planted faults; stop where they differ."""
    data = generate(folder / "broken", triples, "--broken")
    theirs = run(pyshacl(data, folder))
    ours = run(stimson(data, "--stage", "shacl", "--format", "json"))
    found = re.search(r"^Results \((\d+)\):", theirs.printed, re.M)
    number = int(found[1]) if found else 0
    findings = json.loads(ours.printed)["findings"]
    spoken = sum(finding["component"] is not None for finding in findings)
    if spoken != number or not number:
        raise SystemExit(f"pySHACL finds {number} results, stimson {spoken}.")
    return number


def generate(folder: Path, triples: int, *options: str) -> Path:
    """Write generated data."""
    run((sys.executable, _GENERATOR, "--triples", str(triples), "--output", str(folder), *options))
    return folder


def change(data: Path) -> None:
    """Change one line: the first label in the biggest file."""
    file = max(turtle(data), key=lambda path: path.stat().st_size)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"', '"X', 1), encoding="utf-8")


def measure(name: str, data: Path, folder: Path, repeat: int) -> None:
    """Run pySHACL and ourselves over some data, and print a row for each."""
    theirs = fastest(pyshacl(data, folder), 1)
    runs = {
        "pyshacl": theirs,
        "stimson validate --stage shacl": fastest(stimson(data, "--stage", "shacl"), repeat),
        "stimson validate": fastest(stimson(data), repeat),
    }
    change(data)
    runs["stimson validate, one line changed"] = fastest(stimson(data), repeat)
    for command, ours in runs.items():
        values = (ours.seconds, theirs.seconds / ours.seconds, ours.cpu, theirs.cpu / ours.cpu)
        sys.stdout.write(_ROW.format(name, command, *(f"{value:.2f}" for value in values)))
    sys.stdout.flush()


def fastest(command: tuple[str, ...], repeat: int) -> Run:
    """Run a command several times, and take the fastest run."""
    return min((run(command) for _ in range(repeat)), key=lambda one: one.seconds)


def main() -> None:
    """Print a table, with rows for our data and for generated ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, default=100_000, help="generated ones")
    parser.add_argument("--faulty", type=int, default=10_000, help="generated ones with faults")
    parser.add_argument("--repeat", type=int, default=3, help="runs of ours, of which one counts")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        number = compare_results(folder, given.faulty)
        sys.stdout.write(f"Both find {number} results in {given.faulty} triples with faults.\n\n")
        sys.stdout.write(_ROW.format("data", "command", "seconds", "x faster", "CPU s", "x less"))
        own = Path(shutil.copytree(paths.DATA, folder / "own"))
        measure("ours", own, folder, given.repeat)
        made = generate(folder / "made", given.triples)
        measure(f"{given.triples:,} made", made, folder, given.repeat)


if __name__ == "__main__":
    main()
