"""A contributor's project: our ontology and shapes, a small data folder, one text to read.

What stands in the text and the data is made up, and is called an example for that reason.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import unread
from stimson import paths
from waiting import PATIENCE

TEXT = """\
Exampleton Herald, 3 February 2031

Harbour Board will not move

The Harbour Board of Exampleton said on Monday that “we do not recognise
the new line on the map” and that its boats would keep to the old line.
"""
ORGANIZATIONS = """\
@prefix organization: <https://w3id.org/stimson/id/organization/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix st: <https://w3id.org/stimson/ontology#> .

organization:exampleton-herald a st:Organization ;
    rdfs:label "Exampleton Herald"@en .

# The board keeps boats.

organization:harbour-board a st:Organization ;
    rdfs:label "Harbour Board of Exampleton"@en .
"""


@dataclass(frozen=True)
class ContributorProject:
    """A project in a folder of its own, with our ontology and shapes."""

    root: Path

    @property
    def text(self) -> Path:
        """The archived text of an article."""
        return self.root / "texts" / "herald.txt"

    @property
    def organizations(self) -> Path:
        """The one data file there is at first."""
        return self.root / "data" / "actors" / "organizations.ttl"

    @property
    def source(self) -> Path:
        """Where the source is described, once it is."""
        return self.root / "data" / "sources" / "exampleton-herald.ttl"

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the project."""
        inherited = {key: value for key, value in os.environ.items() if "STIMSON" not in key}
        done = subprocess.run(
            [sys.executable, "-m", "stimson", *arguments],
            cwd=self.root,
            env=inherited | {"PYTHONWARNINGS": "error", **environment},
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )
        return unread(done)

    def do(self, *arguments: str) -> str:
        """Run a command that must succeed, and give what it printed."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr or done.stdout
        return done.stdout

    def fail(self, *arguments: str) -> str:
        """Run a command that must fail as wrong use or for its files, and give its message."""
        files = self.files()
        done = self.run(*arguments)
        assert done.returncode in (1, 2), done.stdout
        assert "Traceback" not in done.stderr
        assert self.files() == files, "a command that failed has changed files"
        return done.stderr

    def files(self) -> dict[Path, bytes]:
        """Read every file below the project."""
        return {path: path.read_bytes() for path in self.root.rglob("*") if path.is_file()}


@pytest.fixture
def contributor(tmp_path: Path) -> ContributorProject:
    contributor = ContributorProject(tmp_path)
    for path, text in ((contributor.text, TEXT), (contributor.organizations, ORGANIZATIONS)):
        path.parent.mkdir(parents=True)
        path.write_bytes(text.encode())
    (tmp_path / "stimson.toml").write_text(
        "[validate]\n"
        'data = "data"\n'
        f"shapes = {str(paths.SHAPES)!r}\n"
        f"ontology = {str(paths.ONTOLOGY)!r}\n",
        "utf-8",
    )
    return contributor
