"""A small project of our own for every test, and the command line as a real process."""

import gc
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from oxigraph_server import leave_out
from stimson.rdf import Folders
from waiting import PATIENCE

MINI = Path(__file__).parent / "fixtures" / "mini"


@dataclass(frozen=True)
class Project:
    """A copy of the small project that a test may spoil."""

    root: Path

    @property
    def folders(self) -> Folders:
        """The parts of the project."""
        return Folders(self.root / "ontology", self.root / "shapes", self.root / "data")

    @property
    def minutes(self) -> Path:
        """The data file with the quotations."""
        return self.root / "data" / "sources" / "minutes-2031.ttl"

    @property
    def sources(self) -> Path:
        """The archived texts."""
        return self.root / "sources"

    @property
    def store(self) -> Path:
        """Where snapshots go."""
        return self.root / "store"

    def change(self, file: Path, old: str, new: str) -> tuple[int, int]:
        """Replace `old`, which must occur once, and return its line and column."""
        text = file.read_bytes().decode()
        assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times in {file}"
        before = text.partition(old)[0]
        file.write_bytes(text.replace(old, new).encode())
        return before.count("\n") + 1, len(before) - before.rfind("\n")


def pytest_configure() -> None:
    # A shell that runs this in the background has it ignored, also by all that a test starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    leave_out(items)


@pytest.fixture(autouse=True, scope="module")
def leaks_of_the_module() -> Iterator[None]:
    """Find what a file leaves unclosed before the tests of another are blamed for it."""
    yield
    gc.collect()


@pytest.fixture(autouse=True)
def leaks_of_the_test() -> Iterator[None]:
    """Find what a test leaves unclosed; what is old by then is left to the end of its file."""
    yield
    gc.collect(1)  # a fraction of a millisecond, where all of it takes fifty


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(Path(shutil.copytree(MINI, tmp_path / "mini")))


Run = Callable[..., subprocess.CompletedProcess[str]]


def unread(done: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str]:
    """Leave out what a command says that it reads, which `test_workspace` is about."""
    lines = done.stderr.splitlines(keepends=True)
    done.stderr = "".join(line for line in lines if not line.startswith("Reading "))
    return done


@pytest.fixture
def run(project: Project) -> Run:
    """Run the command line inside the project; `stdin` and variables may be given."""

    def run(
        *arguments: str, stdin: str | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        inherited = {key: value for key, value in os.environ.items() if "STIMSON" not in key}
        done = subprocess.run(
            [sys.executable, "-m", "stimson", *arguments],
            cwd=project.root,
            env=inherited | {"PYTHONWARNINGS": "error", **environment},
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )
        return unread(done)

    return run


@pytest.fixture
def work(run: Run) -> Run:
    """Run a command on the files of the project."""

    def work(
        *arguments: str, stdin: str | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        folders = ("--data", "data", "--shapes", "shapes", "--ontology", "ontology")
        return run(*arguments, *folders, stdin=stdin, **environment)

    return work
