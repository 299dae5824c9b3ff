"""Measure each kind of page: the time to its first byte when warm, and its size.

Run it with the project installed, on a store that `stimson build` made:
``.venv/bin/python benchmarks/pages.py --store STORE``. For every class of our ontology it opens
the pages of the things that most is said of, as the worst there are, and all pages beside.
What it prints is Markdown; it exits with 1 if a page is over a limit.
"""

import argparse
import http.client
import json
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

FIRST_BYTE, SIZE = 0.1, 150_000  # seconds, bytes
_ID = "https://w3id.org/stimson/id/"
_ST = "https://w3id.org/stimson/ontology#"
_OTHERS = (
    *("/", "/about", "/data", "/queries", "/sparql", "/validate", "/reconcile/help"),
    *("/ontology.html", "/vocabulary.html", "/shapes.html"),
)
_WORST = f"""SELECT ?class ?thing ?count WHERE {{
  ?thing a ?class FILTER(STRSTARTS(STR(?class), "{_ST}"))
  {{ SELECT ?thing (COUNT(*) AS ?count) WHERE {{
    {{ ?thing ?p ?o }} UNION {{ ?s ?q ?thing }} FILTER(STRSTARTS(STR(?thing), "{_ID}"))
  }} GROUP BY ?thing }}
}} ORDER BY DESC(?count)"""


class Site:
    """A server that runs, asked over one connection."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def open(self, path: str) -> tuple[float, int]:
        """Open a page; return seconds to the first byte, and bytes."""
        start = time.perf_counter()
        self._connection.request("GET", path, headers={"Accept": "text/html"})
        reply = self._connection.getresponse()
        taken = time.perf_counter() - start
        body = reply.read()
        if reply.status != 200:
            raise SystemExit(f"{path}: {reply.status} {body[:300]!r}")
        return taken, len(body)

    def select(self, text: str) -> list[dict[str, str]]:
        """Ask a query."""
        path = f"/sparql?{urllib.parse.urlencode({'query': text, 'as': 'json'})}"
        self._connection.request("GET", path)
        rows = json.loads(self._connection.getresponse().read())["results"]["bindings"]
        return [{name: term["value"] for name, term in row.items()} for row in rows]


@contextmanager
def serving(store: Path) -> Iterator[Site]:
    """Serve a store until the block is left."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "stimson", "serve", "--store", str(store)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([*command, "--port", str(port)], **quiet) as process:
        try:
            for _ in range(600):
                try:
                    Site(port).open("/sparql")
                    break
                except OSError:
                    time.sleep(0.1)
            yield Site(port)
        finally:
            process.terminate()


def pages(site: Site, queries: bool) -> Iterator[tuple[str, str]]:
    """List what is measured: a kind of page, and an address."""
    yield from ((path, path) for path in _OTHERS)
    seen = set()
    for row in site.select(_WORST):
        if row["class"] not in seen and row["thing"].isascii():
            seen.add(row["class"])
            path = f"/id/{row['thing'].removeprefix(_ID)}.html"
            yield row["class"].removeprefix(_ST), urllib.parse.quote(path)
    if queries:
        for path in sorted((Path(__file__).parents[1] / "queries").glob("*.rq")):
            yield f"answer: {path.stem}", f"/queries/{path.stem}"


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, required=True, help="what `stimson build` made")
    parser.add_argument("--rounds", type=int, default=5, help="of each page, after a first")
    parser.add_argument("--queries", action="store_true", help="also the answers of all queries")
    given = parser.parse_args()
    over = 0
    sys.stdout.write("| page | address | ms | kB | |\n| --- | --- | --- | --- | --- |\n")
    with serving(given.store) as site:
        for kind, path in list(pages(site, given.queries)):
            site.open(path)
            measured = [site.open(path) for _ in range(given.rounds)]
            taken, size = median(each for each, _ in measured), measured[0][1]
            mark = " ".join(
                name
                for name, is_over in (("slow", taken > FIRST_BYTE), ("large", size > SIZE))
                if is_over
            )
            over += bool(mark)
            row = f"| {kind} | `{path}` | {taken * 1000:.0f} | {size / 1000:.0f} | {mark} |\n"
            sys.stdout.write(row)
            sys.stdout.flush()
    sys.stderr.write(f"{over} pages are over {FIRST_BYTE * 1000:.0f} ms or {SIZE // 1000} kB.\n")
    sys.exit(over > 0)


if __name__ == "__main__":
    main()
