"""Ask a running `stimson serve` over HTTP, as multiples of one pyoxigraph in one process.

The same queries go to both, on the same snapshot and in the same run, and both give the
same JSON. Clients keep their connections alive. Run it with the project installed, on a
store that `stimson build` made: ``.venv/bin/python benchmarks/load.py --store STORE``.
"""

import argparse
import http.client
import json
import os
import re
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox

_PREFIX = "PREFIX st: <https://w3id.org/stimson/ontology#>\n"
_STATE = "<https://w3id.org/stimson/id/state/state-001>"
QUERIES = {
    "stances of a state": f"SELECT ?s ?o {{ ?s st:holder {_STATE} ; st:stanceObject ?o }}",
    "who contradicts whom": (
        "SELECT ?one ?two { ?a st:contradicts ?b . ?a st:claimant ?one . ?b st:claimant ?two } "
        "LIMIT 100"
    ),
    "votes by choice": (
        "SELECT ?choice (COUNT(*) AS ?n) { ?vote st:choice ?choice } GROUP BY ?choice"
    ),
    "claims by kind and side": (
        "SELECT ?kind ?side (COUNT(*) AS ?n) "
        "{ ?claim a ?kind ; st:claimedIn ?said . ?said st:onBehalfOf ?side } GROUP BY ?kind ?side"
    ),
    "speakers by statements": (
        "SELECT ?who (COUNT(*) AS ?n) { ?said st:speaker ?who } "
        "GROUP BY ?who ORDER BY DESC(?n) LIMIT 10"
    ),
}
_ROW = "| {:<24} | {:>10} | {:>9} | {:>9} |\n"
_JSON = "application/sparql-results+json"


def read_store(store: Path) -> ox.Store:
    """Load the current snapshot of a store."""
    name = (store / "current").read_text(encoding="ascii").strip()
    loaded = ox.Store()
    loaded.bulk_load(path=str(store / name / "dataset.nq"), format=ox.RdfFormat.N_QUADS)
    return loaded


def answer(store: ox.Store, query: str) -> bytes:
    """Answer a query in this process."""
    solutions = store.query(_PREFIX + query, use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)
    content = solutions.serialize(format=ox.QueryResultsFormat.JSON)
    assert content is not None  # None is for output to a file
    return content


@contextmanager
def serving(store: Path) -> Iterator[http.client.HTTPConnection]:
    """Run the server until the block is left; what comes is a connection to it."""
    environment = os.environ | {"STIMSON_QUERY_WORKERS": "2"}
    command = [sys.executable, "-m", "stimson", "serve", "--port", "0", "--store", str(store)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None  # as asked for
            address = re.search(r"http://([\d.]+:\d+)", process.stdout.readline())
            if address is None:
                raise SystemExit("The server did not start.")
            connection = http.client.HTTPConnection(address[1], timeout=60)
            _await(connection)
            yield connection
        finally:
            process.terminate()


def _await(connection: http.client.HTTPConnection) -> None:
    for _ in range(600):
        try:
            connection.request("GET", "/readyz")
            reply = connection.getresponse()
            reply.read()
            if reply.status == http.client.OK:
                return
        except OSError:
            connection.close()
        time.sleep(0.1)
    raise SystemExit("The server did not become ready.")


def ask(connection: http.client.HTTPConnection, query: str) -> bytes:
    """Ask a query over HTTP."""
    path = f"/sparql?{urllib.parse.urlencode({'query': _PREFIX + query})}"
    connection.request("GET", path, headers={"Accept": _JSON})
    reply = connection.getresponse()
    content = reply.read()
    if reply.status != http.client.OK:
        raise SystemExit(f"{reply.status}: {content.decode(errors='replace')}")
    return content


def rate(clients: int, seconds: float, address: tuple[str, int], query: str) -> float:
    """Count the answers a second that so many clients get."""
    end = time.perf_counter() + seconds

    def client(_: int) -> int:
        connection, count = http.client.HTTPConnection(*address, timeout=60), 0
        while time.perf_counter() < end:
            ask(connection, query)
            count += 1
        connection.close()
        return count

    with ThreadPoolExecutor(clients) as pool:  # what a client raises is raised here
        return sum(pool.map(client, range(clients))) / seconds


def rate_here(store: ox.Store, seconds: float, query: str) -> float:
    """Count the answers a second of one pyoxigraph in this process."""
    end, count = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        answer(store, query)
        count += 1
    return count / seconds


def rows(content: bytes) -> list[str]:
    """Read the rows of a result, in an order that depends on nothing."""
    found = json.loads(content)["results"]["bindings"]
    return sorted(json.dumps(row, sort_keys=True) for row in found)


def main() -> None:
    """Print a table, one row for each query."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=3.0, help="for each measurement")
    given = parser.parse_args()
    store = read_store(given.store)
    heads = ("query", "here, 1/s", "1 client", "8 clients")
    sys.stdout.write(_ROW.format(*heads))
    with serving(given.store) as connection:
        address = (connection.host, connection.port)
        for name, query in QUERIES.items():
            if "LIMIT" not in query and rows(ask(connection, query)) != rows(answer(store, query)):
                raise SystemExit(f"{name}: the server answers otherwise.")
            before = rate_here(store, given.seconds / 2, query)
            served = [rate(clients, given.seconds, address, query) for clients in (1, 8)]
            # Half before and half after: a noisy machine drifts.
            here = (before + rate_here(store, given.seconds / 2, query)) / 2
            ratios = [f"{each / here:.2f}" for each in served]
            sys.stdout.write(_ROW.format(name, f"{here:.0f}", *ratios))
            sys.stdout.flush()


if __name__ == "__main__":
    main()
