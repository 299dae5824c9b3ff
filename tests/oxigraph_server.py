"""A SPARQL server that is not ours, to test the endpoint with in place of our engine."""

import os
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ports import free_port
from stimson.snapshot import read_current
from stimson.snapshot.gather import gather
from waiting import PATIENCE, wait_for

PROGRAM = Path(sys.executable).with_name("oxigraph")
IS_REMOTE = os.environ.get("STIMSON_TEST_ENGINE") == "remote"
UNION = "union-default-graph=true"
# It has no limit of its own, and the tests try to take all the memory there is.
_LIMITS = "ulimit -v 3000000; ulimit -c 0"


_PREFIXES = "which prefixes Turtle is written with is the engine's choice"
_MEMORY = "the memory of a remote engine is not ours to limit"
_WORKERS = "it finds the web processes by their query workers, of which there are none"
_SWITCH = "a remote engine holds one snapshot; `test_engine_remote` switches it"
# Tests that are left out over a remote engine, and why. A name may end in the middle.
EMBEDDED_ONLY = {
    "test_web_protocol_parity.py::": "its Flask application has the embedded engine",
    "test_web_formats.py::test_turtle_is_written_with_our_prefixes": _PREFIXES,
    "test_web_pages.py::test_a_graph_is_turtle_to_read": _PREFIXES,
    "test_web_protocol.py::test_a_hostile_query_is_a_clean_error_and_the_server_lives_on[text1-": (
        _MEMORY
    ),
    "test_web_operation.py::test_the_metrics_are_what_happened": _MEMORY,
    "test_web_operation.py::test_what_takes_long_or_fails_is_a_warning": _MEMORY,
    "test_web_operation.py::test_a_message_that_nobody_reads": (
        "it waits for what an engine of ours says"
    ),
    "test_web_operation.py::test_the_folder_of_the_metrics_is_left": _WORKERS,
    "test_web_operation.py::test_several_processes_are_added_up_and_the_dead_stay": _WORKERS,
    "test_web_operation.py::test_a_server_that_has_just_lost_a_process": _WORKERS,
    "test_web_operation.py::test_nothing_outlives_the_first_process": _WORKERS,
    "test_web_operation.py::test_a_new_snapshot_is_served_without_a_failed_request": _SWITCH,
    "test_web_operation.py::test_a_broken_snapshot_leaves_the_old_one_in_service[_not_rdf]": (
        "a remote engine is given the data by `stimson release load`, not by a switch"
    ),
}


def leave_out(items: list[pytest.Item]) -> None:
    """Skip what says nothing about a remote engine, if the tests are run over one."""
    for item in items if IS_REMOTE else []:
        name = item.nodeid.rpartition("/")[2]
        for start, reason in EMBEDDED_ONLY.items():
            if name.startswith(start):
                item.add_marker(pytest.mark.skip(reason=f"embedded engine only: {reason}"))


@dataclass
class Oxigraph:
    """A server whose port stays the same when it is started anew, without its data."""

    port: int
    process: subprocess.Popen | None = None

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """Its endpoint."""
        return f"{self.base}/query"

    def start(self, *options: str) -> None:
        """Start it and wait until it listens."""
        command = f'{_LIMITS}; exec "$0" serve --bind 127.0.0.1:{self.port} "$@"'
        self.process = subprocess.Popen(
            ["sh", "-c", command, str(PROGRAM), *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(self._listens)

    def stop(self) -> None:
        """End it now."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(PATIENCE)
            self.process = None

    def load(self, quads: bytes) -> None:
        """Add N-Quads."""
        self._send("/store", quads, "application/n-quads")

    def update(self, text: str) -> None:
        """Change what it holds."""
        self._send("/update", text.encode(), "application/sparql-update")

    def ask(self, query: str) -> str:
        """Ask it something, past our server."""
        address = f"{self.url}?{urllib.parse.urlencode({'query': query})}"
        wanted = "text/csv, application/n-triples, application/sparql-results+json;q=0.9"
        asked = urllib.request.Request(address, headers={"Accept": wanted})
        with urllib.request.urlopen(asked, timeout=PATIENCE) as reply:
            return reply.read().decode()

    def _listens(self) -> bool:
        assert self.process.poll() is None, "oxigraph ended"
        try:
            return bool(self.ask("ASK {}"))
        except OSError:
            return False

    def _send(self, path: str, body: bytes, kind: str) -> None:
        request = urllib.request.Request(self.base + path, body, {"Content-Type": kind})
        with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
            assert reply.status in (200, 201, 204)


@contextmanager
def oxigraph(quads: bytes = b"", *options: str) -> Iterator[Oxigraph]:
    """Run `oxigraph serve` until the block is left."""
    assert PROGRAM.exists(), "oxigraph is a part of the development set-up: run `make setup`"
    server = Oxigraph(free_port())
    try:
        server.start(*options)
        if quads:
            server.load(quads)
        yield server
    finally:
        server.stop()


@contextmanager
def engine_for(
    arguments: tuple[str, ...], settings: dict[str, str]
) -> Iterator[tuple[tuple[str, ...], dict[str, str]]]:
    """Put `oxigraph serve` behind a server that is about to start, if the tests are run so."""
    if not IS_REMOTE or "engine" in settings:
        yield arguments, settings
        return
    with ExitStack() as stack:
        store, rest = _store(arguments, stack)
        dataset = read_current(store).dataset.read_bytes()
        engine = stack.enter_context(oxigraph(dataset))
        yield (
            ("--store", str(store), *rest),
            {**settings, "engine": engine.url, "engine_union": UNION},
        )


def _store(arguments: tuple[str, ...], stack: ExitStack) -> tuple[Path, tuple[str, ...]]:
    """Find the store that is to be served; files are made into one first."""
    options: dict[str, str] = {}
    files, waiting = [], list(arguments)
    while waiting:
        word = waiting.pop(0)
        if word.startswith("--"):
            options[word] = waiting.pop(0)
        else:
            files.append(Path(word))
    base = options.pop("--base", None)
    if "--store" in options:
        store = Path(options.pop("--store"))
    else:
        store = Path(stack.enter_context(TemporaryDirectory(prefix="stimson-test-")))
        gather(files, store, base)
    return store, tuple(word for pair in options.items() for word in pair)
