"""Time our rules against owlrl on synthetic data, and check that both conclude the same.

Both do OWL 2 RL alone here; our own rules have no counterpart in owlrl. Run it with the
project installed: ``.venv/bin/python benchmarks/reason.py``.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from generate import generate
from synthetic.world import World

from stimson.rdf import Dataset, Folders, read_dataset
from stimson.reasoning import infer
from stimson.reasoning.owlrl_closure import infer_by_reference

_ROW = "| {:>9} | {:>11} | {:>7} | {:>7} | {:>15} | {:>7} |\n"


def compare(triples: int) -> tuple[int, float, float, float]:
    """Reason three ways over one world: conclusions of OWL, seconds of ours, all ours, owlrl."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate(World(triples, 1), folder / "data")
        dataset = read_dataset(Folders(data=folder / "data"))
        # A folder without rules leaves those of OWL 2 RL.
        owl_only, started = Folders(ontology=folder), time.perf_counter()
        ours = infer(dataset, owl_only)
        owl = time.perf_counter() - started
        started = time.perf_counter()
        infer(dataset, Folders())
        everything = time.perf_counter() - started
        reference = _reference(dataset, set(ours.graph()))
        return len(ours.inferred), owl, everything, reference


def _reference(dataset: Dataset, ours: set[object]) -> float:
    """Time owlrl, and stop where it concludes anything else."""
    started = time.perf_counter()
    theirs = set(infer_by_reference(dataset))
    seconds = time.perf_counter() - started
    if theirs != ours:
        raise SystemExit(f"The two differ in {len(theirs ^ ours)} triples.")
    return seconds


def main() -> None:
    """Print a table, one row for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("triples", type=int, nargs="*", default=[3000, 10_000, 30_000])
    heads = ("triples", "conclusions", "ours, s", "owlrl, s", "+ own rules, s", "ratio")
    sys.stdout.write(_ROW.format(*heads))
    for triples in parser.parse_args().triples:
        count, owl, everything, reference = compare(triples)
        times = [f"{seconds:.2f}" for seconds in (owl, reference, everything)]
        sys.stdout.write(_ROW.format(triples, count, *times, f"{reference / owl:.0f}"))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
