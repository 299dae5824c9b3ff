"""Write a synthetic graph of any size, valid under our ontology and shapes.

The same seed and size give the same bytes. Everything in it is made up, and is called
so: State 12, Speaker 0042. Standard library only; memory does not grow with the size.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from synthetic.actors import write_actors, write_citations
from synthetic.acts import write_acts, write_events
from synthetic.faults import Faults
from synthetic.places import write_places
from synthetic.sources import Sources, write_silences
from synthetic.turtle import Sink
from synthetic.world import World

LEAST = 2000  # below that, the actors and acts alone are more


def generate(
    world: World,
    output: Path,
    texts: Path | None = None,
    broken: bool = False,
    progress: Callable[[int], None] = lambda triples: None,
) -> Sink:
    """Write the files of `world` below `output`, and its list of faults if it is to be broken."""
    sink = Sink(output, progress)
    sources = Sources(world, sink, texts)
    if broken:
        faults = Faults()
        sink.finish, sources.extra = faults.finish, faults.extra
    for write in (write_actors, write_places, write_acts, write_events):
        write(world, sink)
    write_citations(world, sink)
    write_silences(world, sink)
    sources.write_all()
    if broken:
        listed = json.dumps(faults.listed(), indent=1)
        (output / "faults.json").write_text(f"{listed}\n", encoding="utf-8")
    return sink


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, default=100_000, help="how many, at least")
    parser.add_argument("--output", type=Path, required=True, help="a new or empty folder")
    parser.add_argument("--texts", type=Path, help="a folder for the source texts, too")
    parser.add_argument("--seed", type=int, default=1, help="another world of the same size")
    parser.add_argument("--broken", action="store_true", help="plant faults, listed in faults.json")
    given = parser.parse_args()
    if given.triples < LEAST:
        parser.error(f"--triples: at least {LEAST} are needed")
    for folder in (given.output, given.texts):
        if folder and folder.exists() and any(folder.iterdir()):
            parser.error(f"{folder} is not empty; name a new folder, or empty it first")
    return given


def main() -> None:
    """Write what the command line asks for."""
    given = read_arguments()
    for folder in filter(None, (given.output, given.texts)):
        folder.mkdir(parents=True, exist_ok=True)
    terminal = sys.stderr.isatty()

    def progress(triples: int) -> None:
        if terminal:
            sys.stderr.write(f"\r{triples:,} of {given.triples:,} triples")

    world = World(given.triples, given.seed)
    sink = generate(world, given.output, given.texts, given.broken, progress)
    sys.stderr.write("\n" if terminal else "")
    sys.stdout.write(f"{sink.triples} triples in {sink.files} files below {given.output}\n")


if __name__ == "__main__":
    main()
