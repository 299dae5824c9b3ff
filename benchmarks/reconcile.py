"""Reconcile a thousand names over HTTP, and measure how the work grows with the graph.

The names are labels of the graph with one letter changed, so that none is found at once.
Run it with the project installed, on a store that ``stimson build`` made:
``.venv/bin/python benchmarks/reconcile.py --store .stimson``.
"""

import argparse
import json
import random
import re
import string
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from stimson.reconcile.matching import reconcile
from stimson.reconcile.name_index import NameIndex
from stimson.reconcile.named_things import Catalogue, Name, NameSource, Thing
from stimson.reconcile.normalization import normalize
from stimson.reconcile.request_parser import ReconciliationQuery

_LABELS = """SELECT DISTINCT ?label WHERE {
  ?thing a ?type ; <http://www.w3.org/2000/01/rdf-schema#label> ?label
  FILTER(REGEX(STR(?thing), "/id/(state|person|place|territory|organization)/"))
} ORDER BY ?label"""
_SIZES = (1000, 4000, 16_000, 64_000)
_BATCH = 50


def main() -> None:
    """Print two tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--store", type=Path, default=Path(".stimson"))
    options.add_argument("--names", type=int, default=1000)
    chosen = options.parse_args()
    with serving(chosen.store) as (url, pid):
        names = damaged(labels(url), chosen.names)
        post(url, names[:1])  # the first request builds the index
        before = memory(pid)
        for clients in (1, 4):
            print_load(url, names, clients)
        sys.stdout.write(f"memory of the web process: {before} MiB, then {memory(pid)} MiB\n")
    print_growth()


@contextmanager
def serving(store: Path) -> Iterator[tuple[str, int]]:
    """Run a server on a free port."""
    command = [sys.executable, "-m", "stimson", "serve", "--port", "0", "--store", str(store)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            assert server.stdout is not None
            found = re.search(r"http://\S+", server.stdout.readline())
            assert found, "no address"
            await_answer(found[0])
            yield found[0], web_process(server.pid)
        finally:
            server.terminate()


def await_answer(url: str) -> None:
    """Wait until the server listens."""
    for _ in range(200):
        try:
            urllib.request.urlopen(f"{url}/healthz").close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("the server did not start")


def web_process(pid: int) -> int:
    """Find the process that answers: the first child of the server, or the server."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[0]) if children else pid


def memory(pid: int) -> int:
    """Read the memory of a process, in MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024


def labels(url: str) -> list[str]:
    """Ask the graph for names of its things."""
    asked = urllib.parse.urlencode({"query": _LABELS})
    request = urllib.request.Request(
        f"{url}/sparql?{asked}", headers={"Accept": "application/sparql-results+json"}
    )
    with urllib.request.urlopen(request) as reply:
        rows = json.load(reply)["results"]["bindings"]
    return [row["label"]["value"] for row in rows]


def damaged(known: list[str], count: int) -> list[str]:
    """Change one letter in each of `count` names."""
    chance = random.Random(1932)
    found = []
    for _ in range(count):
        letters = list(chance.choice(known)[:200])
        letters[chance.randrange(len(letters))] = chance.choice(string.ascii_lowercase)
        found.append("".join(letters))
    return found


def post(url: str, names: list[str]) -> float:
    """Reconcile a batch, and say how many seconds it took."""
    queries = {str(n): {"query": name, "limit": 5} for n, name in enumerate(names)}
    body = urllib.parse.urlencode({"queries": json.dumps(queries)}).encode()
    start = time.perf_counter()
    with urllib.request.urlopen(f"{url}/reconcile", body) as reply:
        assert len(json.load(reply)) == len(names)
    return time.perf_counter() - start


def print_load(url: str, names: list[str], clients: int) -> None:
    """Reconcile all names with so many clients at once."""
    batches = [names[first : first + _BATCH] for first in range(0, len(names), _BATCH)]
    start = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        times = sorted(pool.map(lambda batch: post(url, batch), batches))
    took = time.perf_counter() - start
    sys.stdout.write(
        f"{len(names)} names, {clients} clients: {took:.2f} s, {len(names) / took:.0f} names/s; "
        f"a batch of {_BATCH}: median {times[len(times) // 2] * 1000:.0f} ms, "
        f"slowest {times[-1] * 1000:.0f} ms\n"
    )


def print_growth() -> None:
    """Measure a query over ever larger graphs of made-up names."""
    for size in _SIZES:
        start = time.process_time()
        index = made_up(size)
        built = time.process_time() - start
        chance = random.Random(1)
        queries = [ReconciliationQuery(f"{word(chance)} {word(chance)} region") for _ in range(50)]
        start = time.process_time()
        for query in queries:
            reconcile(index, query)
        took = (time.process_time() - start) / len(queries)
        sys.stdout.write(f"{size} things: built in {built:.2f} s, {took * 1000:.2f} ms a name\n")


def made_up(size: int) -> NameIndex:
    """Index things with names of two words and one that they all share."""
    chance = random.Random(size)
    things = [Thing(f"place/p{n}", f"{word(chance)} {word(chance)}") for n in range(size)]
    names = [
        Name(n, NameSource.LABEL, normalized)
        for n, thing in enumerate(things)
        for normalized in normalize(f"{thing.label} region of Russia")
    ]
    return NameIndex(Catalogue(tuple(things), tuple(names), {}, {}, {}))


def word(chance: random.Random) -> str:
    """Make up a word."""
    return "".join(chance.choice("bdgklmnprstvz") + chance.choice("aeiou") for _ in range(4))


if __name__ == "__main__":
    main()
