"""A server to attack, a visitor who must not notice, and a count of what is left behind."""

import os
import socket
import threading
import time
import urllib.parse
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from http_fixtures import ENDLESS, Site, running, write_snapshot
from waiting import PATIENCE, wait_for

E = "http://example.org/"
QUADS = "".join(
    f"<{E}{n % 60}> <{E}p{n % 7}> <{E}{(n * 7 + n // 420) % 60}> <{E}g{n % 3}> .\n"
    f'<{E}n{n}> <{E}label> "{"a" * 40}{n}" <{E}g> .\n'
    for n in range(1500)
)
STATEMENTS = len({line.rpartition(" <")[0] for line in QUADS.splitlines()})
LIMITS = {
    "timeout": "2",
    "queue_timeout": "60",
    "memory_mb": "128",
    "result_mb": "16",
    "query_kb": "1024",
    "query_workers": "3",
    "receive_timeout": "2",
    "send_timeout": "2",
    "client_requests": "16",
    # Addresses in the header are clients of their own: one machine can play many.
    "trusted_proxies": "127.0.0.1",
}


@dataclass(frozen=True)
class AttackedServer:
    """A running server, and the folder where it puts what is temporary."""

    site: Site
    temporary: Path

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        parts = urllib.parse.urlsplit(self.site.url)
        return parts.hostname, parts.port

    def connect(self) -> socket.socket:
        """Open a connection."""
        return socket.create_connection(self.address, timeout=PATIENCE)

    def send(self, text: str, client: str = "198.51.100.1") -> socket.socket:
        """Send a query, and leave the answer for later."""
        connection = self.connect()
        path = f"/sparql?{urllib.parse.urlencode({'query': text})}"
        head = f"GET {path} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {client}\r\n\r\n"
        connection.sendall(head.encode())
        return connection

    @property
    def web(self) -> int:
        """The process that talks to clients."""
        return _parents()[self.fork_server]

    @property
    def fork_server(self) -> int:
        """The process that forks the workers, once it is the only one and has some."""
        wait_for(lambda: len(self._fork_servers()) == 1)
        (fork_server,) = self._fork_servers()
        return fork_server

    def _fork_servers(self) -> set[int]:
        parents, own = _parents(), self.site.descendants()
        return {parents[pid] for pid in own if pid in parents and _is_worker(pid)} & own

    @property
    def workers(self) -> set[int]:
        """The processes that run queries."""
        return {pid for pid in self.site.descendants() if _is_worker(pid)}

    def left(self) -> tuple[int, int, int]:
        """Count processes, open files of the web process, and temporary files."""
        files = len(list(Path(f"/proc/{self.web}/fd").iterdir()))
        return len(self.site.descendants()), files, len(list(self.temporary.iterdir()))

    def memory(self) -> float:
        """MiB that all its processes have to themselves or share."""
        return sum(_proportional(pid) for pid in self.site.descendants()) / 1024

    def await_as_before(self, before: tuple[int, int, int]) -> None:
        """Wait until nothing is left of what was begun since, or fail."""

        def is_as_before() -> bool:
            return all(now <= then for now, then in zip(self.left(), before, strict=True))

        wait_for(is_as_before)


@contextmanager
def attacked_server(folder: Path, **limits: str) -> Iterator[AttackedServer]:
    """Run a server with limits that are soon met."""
    temporary = folder / "temporary"
    temporary.mkdir()
    write_snapshot(folder, QUADS)
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = str(temporary)
    try:
        with running(folder, **(LIMITS | limits)) as site:
            yield AttackedServer(site, temporary)
    finally:
        del os.environ["TMPDIR"]
        if before is not None:
            os.environ["TMPDIR"] = before


@contextmanager
def visited(place: AttackedServer, client: str = "192.0.2.1") -> Iterator[None]:
    """Ask a small question again and again: each is to be answered, whatever else goes on."""
    answers = 0
    faults: list[str] = []
    over = threading.Event()

    def visit() -> None:
        nonlocal answers
        while not over.is_set():
            # Never the same text twice, so that the cache is of no help.
            text = f"SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o }} # {answers}"
            path = f"/sparql?{urllib.parse.urlencode({'query': text})}"
            try:
                reply = place.site.request(path, X_Forwarded_For=client, Accept="text/csv")
                if reply.text.split() != ["n", str(STATEMENTS)]:
                    faults.append(reply.text)
            except OSError as fault:
                faults.append(repr(fault))
            answers += 1
            time.sleep(0.02)

    visitor = threading.Thread(target=visit)
    visitor.start()
    try:
        yield
        wait_for(lambda: answers)
    finally:
        over.set()
        visitor.join()
    assert faults == [], faults[:3]


@contextmanager
def asked_slowly(place: AttackedServer, clients: Iterable[str]) -> Iterator[list[socket.socket]]:
    """Send a query that never ends for each of `clients`, and leave when the block does."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(place.send(f"{ENDLESS} # {number}", client))
            for number, client in enumerate(clients)
        ]


def status(connection: socket.socket) -> int:
    """Read the status of the next answer; 0 where the connection ends first."""
    with suppress(OSError):
        head = connection.recv(64)
        return int(head.split()[1]) if head else 0
    return 0


def _parents() -> dict[int, int]:
    """Find the parent of every process."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):  # it ended while we looked
            found[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    return found


def _is_worker(pid: int) -> bool:
    """Recognise a query worker by what no other process has: it may open nothing."""
    try:
        limits = Path(f"/proc/{pid}/limits").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return any(line.split()[:4] == ["Max", "open", "files", "0"] for line in limits)


def _proportional(pid: int) -> int:
    """KiB of a process, what it shares divided among those it shares it with."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
