"""Compare `stimson serve` with other endpoints over HTTP: same data, queries, machine and run.

The peers are installed, in the versions named in `endpoints/peers.py`, into `build/peers`.
Measurements take turns, so that a noisy machine is noisy for all; the median of all rounds
counts. Run it with the project installed, on a store that `stimson build` made:
``.venv/bin/python benchmarks/endpoint.py --store STORE``. What it prints is Markdown.

(It is not called http.py: that name would hide the standard library's from its neighbours.)
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from statistics import geometric_mean, median

from endpoints import peers
from endpoints.peers import Peer
from endpoints.queries import EXACT, QUERIES

NATIVE, DISK = "oxigraph, memory", "oxigraph, disk"
OURS, CACHED = "stimson", "stimson, cache"
SLOW = ("rdflib-endpoint", "Flask + rdflib")
_DRIVER = str(Path(__file__).parent / "endpoints" / "driver.py")
_LONG, _SHORT = 0.005, 0.001  # seconds: where the goals differ
_QUICK = 10.0  # answers a second: less is left to one client, once

Rates = dict[tuple[str, str, int], float]  # by peer, query and number of clients


def start(stack: ExitStack, store: Path, slow: bool) -> dict[str, Peer]:
    """Start every peer."""
    name = (store / "current").read_text(encoding="ascii").strip()
    dataset = store / name / "dataset.nq"
    begun = {
        OURS: peers.stimson(store, cache_mb=0),
        CACHED: peers.stimson(store, cache_mb=64),
        NATIVE: peers.oxigraph(dataset, in_memory=True),
        DISK: peers.oxigraph(dataset, in_memory=False),
    }
    if slow:
        begun["rdflib-endpoint"] = peers.rdflib_endpoint(dataset)
        begun["Flask + rdflib"] = peers.flask_rdflib(dataset)
    return {name: stack.enter_context(peer) for name, peer in begun.items()}


def check(running: dict[str, Peer]) -> None:
    """Stop if two endpoints do not give the same answer."""
    for name, query in QUERIES.items():
        # Where the order is left open, LIMIT may choose others: then they are only counted.
        read = _rows if name in EXACT else lambda content: len(_rows(content))
        answers = {read(running[peer].ask(query)) for peer in running if peer not in SLOW}
        if len(answers) > 1:
            raise SystemExit(f"{name}: the answers differ.")


def _rows(content: bytes) -> tuple[str, ...]:
    """Read an answer as lines that can be compared."""
    if not content.startswith(b"{"):
        return tuple(sorted(content.decode().splitlines()))
    found = json.loads(content)
    if "boolean" in found:
        return (str(found["boolean"]),)
    return tuple(sorted(json.dumps(row, sort_keys=True) for row in found["results"]["bindings"]))


def rate(peer: Peer, query: str, clients: int, seconds: float) -> float:
    """Count answers a second, from another process."""
    command = [sys.executable, _DRIVER, "127.0.0.1", str(peer.port), str(clients), str(seconds)]
    done = subprocess.run(command, input=peer.request(query), capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr.decode())
    return float(done.stdout)


def measure(
    running: dict[str, Peer], clients: tuple[int, ...], rounds: int, seconds: float
) -> Rates:
    """Measure everything `rounds` times, in turn; the very slow only once, and with one client."""
    found: dict[tuple[str, str, int], list[float]] = {}
    for number in range(rounds):
        for name, query in QUERIES.items():
            for many in clients:
                for peer, place in running.items():
                    alone = found.get((peer, name, 1), [_QUICK])[0]
                    if peer in SLOW and (number or (many > 1 and alone < _QUICK)):
                        continue
                    rates = found.setdefault((peer, name, many), [])
                    rates.append(rate(place, query, many, seconds))
        sys.stderr.write(f"round {number + 1} of {rounds}\n")
    return {key: median(rates) for key, rates in found.items()}


def table(found: Rates, names: Iterable[str], clients: tuple[int, ...]) -> None:
    """Print the ratios of every query."""
    names = [name for name in names if name != NATIVE]
    heads = [f"{name}, {many}" for name in names for many in clients]
    _row("query", f"{NATIVE}, ms", *heads)
    _row(*["---"] * (len(heads) + 2))
    for query in QUERIES:
        cells = [
            f"{found[name, query, many] / found[NATIVE, query, many]:.3g}"
            if (name, query, many) in found
            else "-"
            for name in names
            for many in clients
        ]
        _row(query, f"{1000 / found[NATIVE, query, 1]:.2f}", *cells)


def goals(found: Rates, names: Iterable[str], clients: tuple[int, ...]) -> None:
    """Print geometric means beside what they should be at least."""
    native = {query: 1 / found[NATIVE, query, 1] for query in QUERIES}
    long = [query for query in QUERIES if native[query] > _LONG]
    short = [query for query in QUERIES if native[query] < _SHORT]
    every = list(QUERIES)
    wanted = [
        (f"{OURS} / {NATIVE}, over 5 ms", OURS, NATIVE, long, 0.9),
        (f"{OURS} / {NATIVE}, under 1 ms", OURS, NATIVE, short, 0.4),
        (f"{OURS} / {NATIVE}, all", OURS, NATIVE, every, None),
        (f"{CACHED} / {NATIVE}, all", CACHED, NATIVE, every, None),
        (f"{CACHED} / {NATIVE}, under 1 ms", CACHED, NATIVE, short, 0.7),
        (f"{OURS} / {DISK}, all", OURS, DISK, every, 3),
    ]
    if SLOW[0] in names:
        wanted.append((f"{OURS} / {SLOW[0]}, all", OURS, SLOW[0], every, 40))
        wanted.append((f"{OURS} / {SLOW[1]}, all", OURS, SLOW[1], every, None))
    _row("ratio", "goal", *(f"{many} clients" for many in clients), "least of one query")
    _row(*["---"] * (len(clients) + 3))
    for title, one, two, queries, goal in wanted:
        ratios = {
            many: [
                found[one, query, many] / found[two, query, many]
                for query in queries
                if (one, query, many) in found and (two, query, many) in found
            ]
            for many in clients
        }
        means = [f"{geometric_mean(each):.2f}" if each else "-" for each in ratios.values()]
        least = min((ratio for each in ratios.values() for ratio in each), default=0)
        _row(title, "" if goal is None else f"{goal:g}", *means, f"{least:.2f}")


def _row(*cells: str) -> None:
    sys.stdout.write(f"| {' | '.join(cells)} |\n")
    sys.stdout.flush()


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.0, help="for each measurement")
    parser.add_argument("--clients", type=int, nargs="*", default=[1, 8])
    parser.add_argument("--fast", action="store_true", help="leave out the peers with rdflib")
    given = parser.parse_args()
    clients = tuple(given.clients)
    peers.install()
    with ExitStack() as stack:
        running = start(stack, given.store, not given.fast)
        check(running)
        found = measure(running, clients, given.rounds, given.seconds)
        versions = ", ".join(f"{name} {version}" for name, version in peers.PACKAGES.items())
        sys.stdout.write(f"Python {sys.version.split()[0]}, {versions}.\n")
        sys.stdout.write(f"From start to first answer: {running[OURS].start:.2f} s.\n\n")
        table(found, running, clients)
        sys.stdout.write("\n")
        goals(found, running, clients)


if __name__ == "__main__":
    main()
