"""Time searches in synthetic data, side by side with a plain lookup of labels in SPARQL.

Both run in this process, one after the other for each search, so their ratio says more than
their times, which are those of the processor. Run it with the project installed:
``.venv/bin/python benchmarks/search.py``, or with numbers of triples after it.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from stimson.search import index_file
from stimson.search.excerpts import excerpt, mark_title
from stimson.search.search_index import SearchIndex
from stimson.snapshot import Snapshot, local_query
from stimson.snapshot.gather import gather

_GENERATOR = str(Path(__file__).parent / "generate.py")
_SEARCHES = (
    *("State 12", "Speaker 0042", "Стейт 12", "Control claim", "Settlement", "state", "0042"),
    *("speaks of what source is about", "a", "Speker", "Outlet speaker river"),
)
_TIMES = 5
_LOOKUP = """SELECT DISTINCT ?thing ?label {{
  ?thing <http://www.w3.org/2000/01/rdf-schema#label> ?label
  FILTER(CONTAINS(LCASE(STR(?label)), "{}"))
}} ORDER BY ?label LIMIT 20"""
_COUNTED = "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a ?class FILTER(isIRI(?s)) }"


def measure(triples: int, folder: Path) -> None:
    """Generate, index and search, and print a row for each search."""
    data = folder / "data"
    command = [sys.executable, _GENERATOR, "--triples", str(triples), "--output", str(data)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    snapshot = gather(sorted(data.rglob("*.ttl")), folder / "store", "http://example.org/")
    graph = local_query.load(snapshot)
    [entities] = next(local_query.ask(graph, _COUNTED, union=True).rows())
    seconds, file = timed(lambda: _make(snapshot)), snapshot.path / "search.sqlite"
    print_line(f"{triples} triples, {entities} entities: index in {seconds:.1f} s,")
    print_line(f"{file.stat().st_size / 2**20:.0f} MiB beside {_size(snapshot):.0f} MiB of data\n")
    index, worst = SearchIndex(file), 0.0
    print_line("| search | found | ms | SPARQL, ms | ratio |\n| --- | ---: | ---: | ---: | ---: |")
    for words in _SEARCHES:
        found = index.find(words).total
        ours = median(lambda words=words: _search(index, words))  # type: ignore[misc]
        query = _LOOKUP.format(words.lower())
        theirs = median(lambda query=query: list(local_query.ask(graph, query, True).rows()))  # type: ignore[misc]
        worst = max(worst, ours)
        print_line(
            f"| {words} | {found} | {1000 * ours:.1f} | {1000 * theirs:.1f} | {ours / theirs:.2f} |"
        )
    print_line(f"\nThe slowest took {1000 * worst:.1f} ms.\n")


def _make(snapshot: Snapshot) -> None:
    index_file.keep(snapshot, {}, is_fresh=True)


def _size(snapshot: Snapshot) -> float:
    return snapshot.dataset.stat().st_size / 2**20


def _search(index: SearchIndex, words: str) -> None:
    """Do what a page does: find, and choose what to show."""
    found = index.find(words)
    for thing in found.things:
        mark_title(thing, found.words)
        excerpt(thing, found.words)


def timed(work: Callable[[], object]) -> float:
    """Measure the seconds of the processor's time that some work takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def median(work: Callable[[], object]) -> float:
    """Measure the seconds of some work that is done several times."""
    return statistics.median(timed(work) for _ in range(_TIMES))


def print_line(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    """Measure at each size."""
    for triples in [int(each) for each in sys.argv[1:]] or [100_000, 700_000]:
        with tempfile.TemporaryDirectory() as folder:
            measure(triples, Path(folder))


if __name__ == "__main__":
    main()
