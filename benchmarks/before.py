"""Compare this checkout with another one, side by side: serving, starting, memory, validating.

``.venv/bin/python benchmarks/before.py --before CHECKOUT --store STORE``, where the other
checkout needs no environment of its own: its code runs with the libraries of this one. The two
take turns, so that a noisy machine is noisy for both. What counts most is the processor time,
which noise changes least. It prints Markdown: each number is this checkout divided by the other.
Linux only.
"""

import argparse
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from statistics import geometric_mean, median

from endpoint import rate
from endpoints import peers
from endpoints.peers import Peer
from endpoints.queries import QUERIES

_ROOT = Path(__file__).parents[1]
_TICKS = os.sysconf("SC_CLK_TCK")
Pair = tuple[float, float]  # the other checkout's number, and ours


def _turns(rounds: int, measure: Callable[[int], tuple[float, ...]]) -> list[Pair]:
    """Measure both in turns; the median of each number counts."""
    found: tuple[list[tuple[float, ...]], list[tuple[float, ...]]] = ([], [])
    for number in range(rounds):
        for which in (0, 1) if number % 2 else (1, 0):
            found[which].append(measure(which))
    before, now = (map(median, zip(*each, strict=True)) for each in found)
    return list(zip(before, now, strict=True))


def _family(port: int) -> list[int]:
    """List the processes of the server at a port: those whose command line or parent says so."""
    parents, first = {}, set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int(_fields(folder)[1])
            if f"--port\0{port}\0".encode() in (folder / "cmdline").read_bytes():
                first.add(int(folder.name))
        except OSError:  # it has ended
            continue
    family = set(first)
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return sorted(family)


def _fields(folder: Path) -> list[str]:
    """Read what the kernel says of a process, from its state on (proc_pid_stat(5))."""
    return (folder / "stat").read_text().rpartition(")")[2].split()


def _seconds(port: int) -> float:
    """Add up the processor time of a server."""
    fields = [_fields(Path(f"/proc/{pid}")) for pid in _family(port)]
    return sum(int(each[11]) + int(each[12]) for each in fields) / _TICKS


def _proportional(port: int) -> float:
    """Add up the memory of a server in MiB, each shared page once."""
    total = 0
    for pid in _family(port):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def _ask(peer: Peer, query: str, clients: int, seconds: float) -> tuple[float, float]:
    """Measure answers a second, and the processor time for one."""
    start = _seconds(peer.port)
    answers = rate(peer, query, clients, seconds)
    return answers, (_seconds(peer.port) - start) / (answers * seconds)


def _compare(both: list[Peer], clients: int, rounds: int, seconds: float) -> list[list[float]]:
    """Give the ratios of rates and of costs, for every query."""

    def ratios(query: str) -> list[float]:
        found = _turns(rounds, lambda which: _ask(both[which], query, clients, seconds))
        return [now / before for before, now in found]

    return [list(each) for each in zip(*map(ratios, QUERIES.values()), strict=True)]


def _serve(checkouts: tuple[Path, Path], store: Path, rounds: int, seconds: float) -> None:
    _row("serving", "clients", "answers a second", "processor time for one")
    _row("---", "---", "---", "---")
    for cache_mb, title in ((0, "each query anew"), (64, "from the cache")):
        with ExitStack() as stack:
            both = [stack.enter_context(_server(each, store, cache_mb)) for each in checkouts]
            for clients in (1, 8):
                rates, costs = _compare(both, clients, rounds, seconds)
                _row(title, str(clients), _mean(rates), _mean(costs))


def _server(checkout: Path, store: Path, cache_mb: int) -> AbstractContextManager[Peer]:
    os.environ["PYTHONPATH"] = str(checkout / "server")
    return peers.stimson(store, cache_mb)


def _start(checkouts: tuple[Path, Path], store: Path, rounds: int) -> None:
    def begin(which: int) -> tuple[float, float]:
        with _server(checkouts[which], store, 64) as peer:
            return peer.start, _proportional(peer.port)

    start, memory = _turns(rounds, begin)
    _ratio("start to first answer", start, "s")
    _ratio("memory at rest, all processes", memory, "MiB")


def _validate(checkouts: tuple[Path, Path], data: Path | None, rounds: int) -> None:
    more = ["--data", str(data)] if data else []

    def check(which: int) -> tuple[float, ...]:
        command = [sys.executable, "-m", "stimson", "--quiet", "validate", *more]
        environment = os.environ | {"PYTHONPATH": str(checkouts[which] / "server")}
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, env=environment, check=True, capture_output=True, cwd=_ROOT)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,)

    title = f"validate {data.name if data else 'the shipped data'}, processor time"
    _ratio(title, _turns(rounds, check)[0], "s")


def _ratio(title: str, pair: Pair, unit: str) -> None:
    before, now = pair
    _row(title, f"{before:.2f} {unit}", f"{now:.2f} {unit}", f"{now / before:.2f}")


def _mean(ratios: list[float]) -> str:
    return f"{geometric_mean(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def _row(*cells: str) -> None:
    sys.stdout.write(f"| {' | '.join(cells)} |\n")
    sys.stdout.flush()


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--before", type=Path, required=True, help="the other checkout")
    parser.add_argument("--store", type=Path, required=True, help="what `stimson build` made")
    parser.add_argument("--data", type=Path, help="a folder to validate besides the shipped data")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="for each measurement")
    given = parser.parse_args()
    if not (given.before / "server" / "stimson").is_dir():
        parser.error(f"{given.before} is no checkout: it has no server/stimson.")
    checkouts = given.before.resolve(), _ROOT
    _row("", "before", "now", "ratio")
    _row("---", "---", "---", "---")
    _start(checkouts, given.store, given.rounds)
    _validate(checkouts, None, given.rounds)
    if given.data:
        _validate(checkouts, given.data.resolve(), given.rounds)
    sys.stdout.write("\n")
    _serve(checkouts, given.store, given.rounds, given.seconds)


if __name__ == "__main__":
    main()
