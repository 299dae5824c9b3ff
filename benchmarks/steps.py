"""Time what `stimson` does with synthetic data, as multiples of reading them with pyoxigraph.

Every step is a process of its own, as a user runs it, so its memory can be told. Run it
with the project installed: ``.venv/bin/python benchmarks/steps.py 10000 100000``.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_READ = """
import pathlib, pyoxigraph, sys
store = pyoxigraph.Store()
for path in pathlib.Path(sys.argv[1]).rglob("*.ttl"):
    store.bulk_load(path=str(path), format=pyoxigraph.RdfFormat.TURTLE)
"""
_GENERATOR = str(Path(__file__).parent / "generate.py")
_STIMSON = (sys.executable, "-m", "stimson", "--quiet")
_ROW = "| {:>9} | {:<8} | {:>8} | {:>8} | {:>7} |\n"


def steps(triples: int, folder: Path) -> dict[str, tuple[str, ...]]:
    """List the steps and their commands, the one that others are compared with first."""
    data = str(folder / "data")
    files = ("--data", data)
    return {
        "generate": (sys.executable, _GENERATOR, "--triples", str(triples), "--output", data),
        "read": (sys.executable, "-c", _READ, data),
        "reason": (*_STIMSON, "reason", *files, "--output", str(folder / "inferred.ttl")),
        "validate": (*_STIMSON, "validate", *files),
        "build": (*_STIMSON, "build", *files, "--store", str(folder / "store")),
    }


def run(command: tuple[str, ...]) -> tuple[float, float]:
    """Run a command to its end: seconds, and MiB at its peak."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}.")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def measure(triples: int, folder: Path) -> None:
    """Run all steps at one size, and print a row for each."""
    times = {step: run(command) for step, command in steps(triples, folder).items()}
    for step, (seconds, memory) in times.items():
        ratio = seconds / times["read"][0]
        row = (triples, step, f"{seconds:.2f}", f"{ratio:.1f}", f"{memory:.0f}")
        sys.stdout.write(_ROW.format(*row))
    sys.stdout.flush()


def main() -> None:
    """Print a table, one row for each size and step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("triples", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--keep", type=Path, help="a new folder to leave data and store in")
    given = parser.parse_args()
    sys.stdout.write(_ROW.format("triples", "step", "seconds", "x read", "MiB"))
    for triples in given.triples:
        with tempfile.TemporaryDirectory() as name:
            measure(triples, (given.keep or Path(name)) / str(triples))


if __name__ == "__main__":
    main()
