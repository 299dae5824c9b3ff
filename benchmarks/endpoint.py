"""Compare `stimson serve` with other endpoints over HTTP: same data, queries, machine and run.

The peers are installed, in the versions named in `endpoints/peers.py`, into `build/peers`.
Measurements take turns, so that a noisy machine is noisy for all; the median of all rounds
counts. Run it with the project installed, on a store that `stimson build` made:
``.venv/bin/python benchmarks/endpoint.py --store STORE``. What it prints is Markdown;
how far it has come is told on standard error.

(It is not called http.py: that name would hide the standard library's from its neighbours.)
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import geometric_mean, median

from endpoints import peers
from endpoints.peers import Peer, Server
from endpoints.queries import EXACT, QUERIES

NATIVE, DISK = "oxigraph, memory", "oxigraph, disk"
OURS, CACHED = "stimson", "stimson, cache"
SLOW = ("rdflib-endpoint", "Flask + rdflib")
_DRIVER = str(Path(__file__).parent / "endpoints" / "driver.py")
_LONG, _SHORT = 0.005, 0.001  # seconds: where the goals differ
_QUICK = 10.0  # answers a second: less is left to one client, once
LIMIT = 60.0  # seconds for one answer

Key = tuple[str, str, int]  # a peer, a query, and a number of clients


@dataclass
class Found:
    """Answers a second; for the `bounds`, it is only known that they are fewer."""

    rates: dict[Key, float] = field(default_factory=dict)
    bounds: set[Key] = field(default_factory=set)


class Unanswered(Exception):
    """An answer did not come in time; the rate is less than `bound`."""

    def __init__(self, bound: float, limit: float) -> None:
        super().__init__(f"no answer within {limit:g} s")
        self.bound = bound


def start(stack: ExitStack, store: Path, slow: bool) -> dict[str, Server]:
    """Start every peer."""
    name = (store / "current").read_text(encoding="ascii").strip()
    dataset = store / name / "dataset.nq"
    servers = {
        OURS: Server(partial(peers.stimson, store, cache_mb=0)),
        CACHED: Server(partial(peers.stimson, store, cache_mb=64)),
        NATIVE: Server(partial(peers.oxigraph, dataset, in_memory=True)),
        DISK: Server(partial(peers.oxigraph, dataset, in_memory=False)),
    }
    if slow:
        servers[SLOW[0]] = Server(partial(peers.rdflib_endpoint, dataset))
        servers[SLOW[1]] = Server(partial(peers.flask_rdflib, dataset))
    for name, server in servers.items():
        _tell(f"starting {name}\n")
        stack.enter_context(server)
    return servers


def check(running: dict[str, Server], queries: dict[str, str]) -> None:
    """Stop if two endpoints do not give the same answer."""
    for name, query in queries.items():
        _tell(f"checking {name}\n")
        # Where the order is left open, LIMIT may choose others: then they are only counted.
        read = _rows if name in EXACT else lambda content: len(_rows(content))
        answers = {read(running[peer].peer.ask(query)) for peer in running if peer not in SLOW}
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


def rate(peer: Peer, query: str, clients: int, seconds: float, limit: float = LIMIT) -> float:
    """Count answers a second, from another process; no answer may take longer than `limit`."""
    numbers = [str(number) for number in (peer.port, clients, seconds, limit)]
    command = [sys.executable, _DRIVER, "127.0.0.1", *numbers]
    done = subprocess.run(command, input=peer.request(query), capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr.decode())
    found, whole = json.loads(done.stdout)
    if not whole:
        raise Unanswered(found, limit)
    return float(found)


def measure(
    running: dict[str, Server],
    queries: dict[str, str],
    clients: tuple[int, ...],
    rounds: int,
    seconds: float,
    limit: float,
) -> Found:
    """Measure everything `rounds` times, in turn; the very slow only once, and with one client."""
    rates: dict[Key, list[float]] = {}
    found = Found()
    for number in range(rounds):
        for name, query in queries.items():
            for many in clients:
                for peer, server in running.items():
                    alone = rates.get((peer, name, 1), [_QUICK])[0]
                    if peer in SLOW and (number or (many > 1 and alone < _QUICK)):
                        continue
                    key = peer, name, many
                    _tell(f"round {number + 1} of {rounds}: {peer}, {name}, {many} clients: ")
                    try:
                        one = rate(server.peer, query, many, seconds, limit)
                        _tell(f"{one:.4g}/s\n")
                    except Unanswered as error:
                        one = error.bound
                        found.bounds.add(key)
                        _tell(f"{error}; starting it anew\n")
                        server.restart()
                    rates.setdefault(key, []).append(one)
    found.rates = {key: median(each) for key, each in rates.items()}
    return found


def _ratio(found: Found, one: Key, two: Key) -> tuple[float, str] | None:
    """Divide two rates, and tell whether the true ratio is greater or less; it may be unknown."""
    if not {one, two} <= found.rates.keys() or {one, two} <= found.bounds:
        return None
    sign = ">" if two in found.bounds else "<" if one in found.bounds else ""
    return found.rates[one] / found.rates[two], sign


def _signed(number: float, sign: str, form: str) -> str:
    return f"{sign} {number:{form}}".strip()


def table(
    found: Found, names: Iterable[str], queries: Iterable[str], clients: tuple[int, ...]
) -> None:
    """Print the ratios of every query."""
    names = [name for name in names if name != NATIVE]
    heads = [f"{name}, {many}" for name in names for many in clients]
    _row("query", f"{NATIVE}, ms", *heads)
    _row(*["---"] * (len(heads) + 2))
    for query in queries:
        ratios = [
            _ratio(found, (name, query, many), (NATIVE, query, many))
            for name in names
            for many in clients
        ]
        cells = [_signed(*ratio, ".3g") if ratio else "-" for ratio in ratios]
        alone = NATIVE, query, 1
        sign = ">" if alone in found.bounds else ""
        _row(query, _signed(1000 / found.rates[alone], sign, ".2f"), *cells)


def goals(
    found: Found, names: Iterable[str], queries: Iterable[str], clients: tuple[int, ...]
) -> None:
    """Print geometric means beside what they should be at least."""
    every = list(queries)
    native = {query: 1 / found.rates[NATIVE, query, 1] for query in every}
    long = [query for query in every if native[query] > _LONG]
    short = [query for query in every if native[query] < _SHORT]
    wanted = [
        (f"{OURS} / {NATIVE}, over 5 ms", OURS, NATIVE, long, "0.9"),
        (f"{OURS} / {NATIVE}, under 1 ms", OURS, NATIVE, short, "0.4"),
        (f"{OURS} / {NATIVE}, all", OURS, NATIVE, every, ""),
        (f"{CACHED} / {NATIVE}, all", CACHED, NATIVE, every, ""),
        (f"{CACHED} / {NATIVE}, under 1 ms", CACHED, NATIVE, short, "0.7"),
        (f"{OURS} / {DISK}, all", OURS, DISK, every, "3"),
    ]
    if SLOW[0] in names:
        wanted.append((f"{OURS} / {SLOW[0]}, all", OURS, SLOW[0], every, "40; least 1"))
        wanted.append((f"{OURS} / {SLOW[1]}, all", OURS, SLOW[1], every, ""))
    _row("ratio", "goal", *(f"{many} clients" for many in clients), "least of one query")
    _row(*["---"] * (len(clients) + 3))
    for title, one, two, chosen, goal in wanted:
        ratios = [
            [
                ratio
                for query in chosen
                if (ratio := _ratio(found, (one, query, many), (two, query, many)))
            ]
            for many in clients
        ]
        means = [_mean(each) for each in ratios]
        least = min((ratio for each in ratios for ratio in each), default=None)
        _row(title, goal, *means, _signed(*least, ".2f") if least else "-")


def _mean(ratios: list[tuple[float, str]]) -> str:
    """Write the geometric mean, with the sign of the bounds that it counts."""
    if not ratios:
        return "-"
    signs = "".join(sorted({sign for _, sign in ratios}))
    return _signed(geometric_mean(ratio for ratio, _ in ratios), signs, ".2f")


def _row(*cells: str) -> None:
    sys.stdout.write(f"| {' | '.join(cells)} |\n")
    sys.stdout.flush()


def _tell(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


def _chosen(starts: list[str]) -> dict[str, str]:
    """Choose the queries whose name starts with one of these."""
    for start in starts:
        if not any(name.startswith(start) for name in QUERIES):
            raise SystemExit(f"No query's name starts with {start!r}: {', '.join(QUERIES)}.")
    return {name: query for name, query in QUERIES.items() if name.startswith(tuple(starts))}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.0, help="for each measurement")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds for one answer")
    parser.add_argument("--clients", type=int, nargs="*", default=[1, 8])
    parser.add_argument(
        "--queries", nargs="+", default=[""], metavar="NAME", help="only those that start so"
    )
    parser.add_argument("--fast", action="store_true", help="leave out the peers with rdflib")
    given = parser.parse_args()
    clients = tuple(given.clients)
    queries = _chosen(given.queries)
    peers.install()
    with ExitStack() as stack:
        running = start(stack, given.store, not given.fast)
        ready = running[OURS].peer.start
        check(running, queries)
        found = measure(running, queries, clients, given.rounds, given.seconds, given.limit)
    versions = ", ".join(f"{name} {version}" for name, version in peers.PACKAGES.items())
    sys.stdout.write(f"Python {sys.version.split()[0]}, {versions}.\n")
    sys.stdout.write(f"From start to first answer: {ready:.2f} s.\n\n")
    table(found, running, queries, clients)
    sys.stdout.write("\n")
    goals(found, running, queries, clients)
    if found.bounds:
        sys.stdout.write(
            f"\n`>` and `<`: a query had no answer within {given.limit:g} s, and counts as a bound:"
            " the true ratio is greater, or less.\n"
        )


if __name__ == "__main__":
    main()
