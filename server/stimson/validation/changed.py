"""What has changed since a revision: git is asked, and a project is read as it was then."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ..errors import UnknownRevision
from ..files import real
from ..project import Project
from ..rdf import Folders
from ..temporary import temporary_folder

# Names are taken as they are (`a*b.ttl` is one file), nothing is locked, and a sparse
# checkout hides nothing.
_GIT = ("git", "--literal-pathspecs", "--no-optional-locks", "-c", "core.sparseCheckout=false")
_HASH = re.compile(rb"[0-9a-f]{40,64}\n")


def changed_files(root: Path, rev: str) -> set[Path]:
    """List the files that differ from a revision, in the repository that `root` is in.

    New files that git does not ignore are among them, and both names of a renamed one;
    of those deleted, the path stays. `UnknownRevision` says what is missing.
    """
    top = _top(root)
    commit = _commit(top, rev)
    differing = ("diff", "--name-only", "-z", "--no-renames", "--no-ext-diff")
    tracked = _git(top, *differing, "--ignore-submodules=all", commit, "--")
    untracked = _git(top, "ls-files", "-z", "--others", "--exclude-standard")
    return {top / os.fsdecode(name) for name in (tracked + untracked).split(b"\0") if name}


@contextmanager
def at_revision(root: Path, rev: str, project: Project) -> Iterator[Project | None]:
    """Read a project as its files were at a revision; None if it had no data then.

    What lies outside the repository is taken as it is now, and so is what the project's
    file says: the same is asked of both. The files are gone when this ends.
    """
    top = _top(root)
    commit = _commit(top, rev)
    with temporary_folder() as folder:
        then = _Then(top, real(folder))
        then.check_out(commit, project)
        data = then.turtle(project.folders.data)
        if data is None:
            yield None
            return
        folders = project.folders
        yield replace(
            project,
            root=then.path(project.root) or project.root,
            folders=Folders(then.turtle(folders.ontology), then.turtle(folders.shapes), data),
            queries=then.path(project.queries),
            sources=then.path(project.sources),
            waivers=then.path(project.waivers),
        )


class _Then:
    """A folder in which a part of a repository stands as it was."""

    def __init__(self, top: Path, folder: Path) -> None:
        self._top, self._folder, self._index = top, folder / "tree", folder / "index"

    def check_out(self, commit: str, project: Project) -> None:
        """Write the files that a project had at a commit.

        Not by `git archive`, which leaves out what is marked `export-ignore`.
        """
        folders = project.folders.parts().values()
        paths = (*folders, project.queries, project.sources, project.waivers)
        inside = [self._inside(path) for path in paths if path is not None]
        wanted = [str(path) for path in inside if path is not None]
        self._git("read-tree", commit)
        names = self._git("ls-files", "-z", "--", *wanted) if wanted else b""
        self._git("checkout-index", "-z", "--stdin", f"--prefix={self._folder}/", given=names)

    def _git(self, *arguments: str, given: bytes = b"") -> bytes:
        """Ask git with an index of our own; that of the repository stays as it is."""
        return _git(self._top, *arguments, given=given, GIT_INDEX_FILE=str(self._index))

    def turtle(self, folder: Path | None) -> Path | None:
        """Find a folder, if there is Turtle in it."""
        found = self.path(folder)
        return found if found is not None and any(found.rglob("*.ttl")) else None

    def path(self, path: Path | None) -> Path | None:
        """Find where a path stands now, if it is there."""
        inside = None if path is None else self._inside(path)
        found = path if inside is None else self._folder / inside
        return found if found is not None and found.exists() else None

    def _inside(self, path: Path) -> Path | None:
        whole = real(path)
        return whole.relative_to(self._top) if whole.is_relative_to(self._top) else None


def _top(root: Path) -> Path:
    """Find the folder of the repository that `root` is in."""
    try:
        name = _git(root, "rev-parse", "--show-toplevel")
    except FileNotFoundError as fault:
        problem = "git is not installed: without it nobody knows what has changed."
        raise UnknownRevision(problem) from fault
    except UnknownRevision as fault:
        raise UnknownRevision(f"{root} is in no git repository; {fault}") from fault
    return real(Path(os.fsdecode(name.removesuffix(b"\n"))))


def _commit(top: Path, rev: str) -> str:
    """Find the hash of a revision."""
    if rev.startswith("-") or "\0" in rev:  # git would take it for an option
        raise UnknownRevision(f"{rev!r} is no revision: name a branch, a tag or a commit.")
    try:
        name = _git(top, "rev-parse", "--verify", f"{rev}^{{commit}}")
    except UnknownRevision as fault:
        raise UnknownRevision(f"No revision is called {rev!r}: {_cure(top)}.") from fault
    if not _HASH.fullmatch(name):
        raise UnknownRevision(f"{rev!r} is not one revision: name a branch, a tag or a commit.")
    return name.decode("ascii").strip()


def _cure(top: Path) -> str:
    shallow = _git(top, "rev-parse", "--is-shallow-repository").strip() == b"true"
    return "this clone is shallow, so fetch it first" if shallow else "see `git branch --all`"


def _git(folder: Path, *arguments: str, given: bytes = b"", **more: str) -> bytes:
    """Ask git, or raise `UnknownRevision` with its words."""
    command = [*_GIT, "-C", str(folder), *arguments]
    environment = {**os.environ, "LC_ALL": "C", **more}
    try:
        done = subprocess.run(
            command, capture_output=True, check=True, env=environment, input=given
        )
    except subprocess.CalledProcessError as fault:
        words = " ".join(os.fsdecode(fault.stderr).split())
        raise UnknownRevision(f"git {arguments[0]}: {words.removeprefix('fatal: ')}") from fault
    return done.stdout
