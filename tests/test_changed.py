"""Git says what has changed, and a project can be read as it was."""

import os
import subprocess
from pathlib import Path

import pytest

from stimson.errors import UnknownRevision
from stimson.project import Project, read_project
from stimson.rdf import Folders, read_dataset
from stimson.validation.changed import at_revision, changed_files

TURTLE = "<https://example.org/x> a <https://example.org/y> .\n"
FILE = """
[validate]
data = "data"
shapes = "shapes"
queries = "queries"
waivers = "waivers.toml"
"""


class Repository:
    """A git repository with a project in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def git(self, *arguments: str) -> str:
        """Run git, and give what it says."""
        who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        command = ["git", *who, "-c", "init.defaultBranch=main", *arguments]
        done = subprocess.run(command, cwd=self.root, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def write(self, name: str, text: str = TURTLE) -> Path:
        """Write a file."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def commit(self) -> str:
        """Commit everything, and name the commit."""
        self.git("add", "-A")
        self.git("commit", "-q", "--no-verify", "-m", "x")
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    root = tmp_path / "repo"
    root.mkdir()
    repository = Repository(root.resolve())
    repository.git("init", "-q")
    repository.write("stimson.toml", FILE)
    repository.write("waivers.toml", "")
    repository.write("data/a.ttl")
    repository.write("shapes/s.ttl")
    repository.write("queries/q.rq")
    return repository


@pytest.fixture
def project(repository) -> Project:
    repository.commit()
    return read_project(repository.root)


def test_nothing_has_changed_after_a_commit(repository):
    repository.commit()

    assert changed_files(repository.root, "HEAD") == set()


def test_what_is_changed_staged_new_renamed_and_deleted_is_listed(repository):
    names = ["data/with space.ttl", "data/Інша країна.ttl", "data/old.ttl", "data/gone.ttl"]
    spaced, other, old, gone = (repository.write(name) for name in names)
    repository.write(".gitignore", "ignored.ttl\n")
    repository.commit()
    spaced.write_text("", encoding="utf-8")
    other.write_text("", encoding="utf-8")
    repository.git("add", str(other))
    repository.git("mv", "data/old.ttl", "data/new.ttl")
    gone.unlink()
    new = repository.write('data/нове "x".ttl')
    repository.write("data/ignored.ttl")

    assert changed_files(repository.root / "data", "HEAD") == {
        spaced,
        other,
        old,
        repository.root / "data" / "new.ttl",
        gone,
        new,
    }


def test_any_name_of_a_revision_will_do(repository):
    first = repository.commit()
    repository.git("tag", "-a", "v1", "-m", "x")
    repository.git("branch", "feature/x")
    changed = repository.write("data/b.ttl")
    repository.commit()
    repository.git("checkout", "-q", "--detach")

    for rev in (first, first[:8], "v1", "feature/x", "HEAD~1", "HEAD^"):
        assert changed_files(repository.root, rev) == {changed}


@pytest.mark.parametrize(
    ("rev", "message"),
    [
        *((rev, "No revision is called") for rev in ("nowhere", "", "HEAD..HEAD", "HEAD:data")),
        ("^HEAD", "is not one revision"),
        *((rev, "is no revision: name a") for rev in ("--all", "--output=x", "-h", "a\0b")),
    ],
)
def test_what_is_no_revision_is_refused_and_never_an_option(repository, rev, message):
    repository.commit()

    with pytest.raises(UnknownRevision, match=message):
        changed_files(repository.root, rev)
    assert not (repository.root / "x").exists()


def test_outside_of_a_repository_that_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    with pytest.raises(UnknownRevision, match="is in no git repository"):
        changed_files(tmp_path, "HEAD")


def test_without_git_that_is_said(repository, monkeypatch, tmp_path):
    repository.commit()
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(UnknownRevision, match="git is not installed"):
        changed_files(repository.root, "HEAD")


def test_before_the_first_commit_there_is_no_revision(repository):
    with pytest.raises(UnknownRevision, match="No revision is called 'HEAD'"):
        changed_files(repository.root, "HEAD")


def test_a_shallow_clone_knows_what_it_has(repository, tmp_path):
    repository.commit()
    repository.write("data/b.ttl")
    repository.commit()
    clone = Repository(tmp_path / "clone")
    url = repository.root.as_uri()
    subprocess.run(["git", "clone", "-q", "--depth=1", url, clone.root], check=True)
    new = clone.write("data/c.ttl")

    assert changed_files(clone.root, "HEAD") == {new.resolve()}
    with pytest.raises(UnknownRevision, match="this clone is shallow, so fetch it first"):
        changed_files(clone.root, "HEAD~1")


def test_a_linked_worktree_and_a_submodule(repository, tmp_path):
    repository.commit()
    inner = Repository(tmp_path / "inner")
    inner.root.mkdir()
    inner.git("init", "-q")
    inner.write("i.ttl")
    inner.commit()
    repository.git("-c", "protocol.file.allow=always", "submodule", "add", str(inner.root), "sub")
    repository.commit()
    (repository.root / "sub" / "i.ttl").write_text("changed", encoding="utf-8")
    assert changed_files(repository.root, "HEAD") == set()

    tree = Repository(tmp_path / "tree")
    repository.git("worktree", "add", "-q", str(tree.root), "-b", "other")
    new = tree.write("data/b.ttl")
    assert changed_files(tree.root, "HEAD") == {new.resolve()}
    with at_revision(tree.root, "HEAD", read_project(tree.root)) as before:
        assert [path.name for path in before.folders.data.iterdir()] == ["a.ttl"]


def test_a_project_is_read_as_it_was(repository, project):
    repository.write("data/a.ttl", "broken")
    repository.write("data/b.ttl")
    (repository.root / "shapes" / "s.ttl").unlink()
    now = repository.git("status", "--porcelain")

    with at_revision(repository.root, "HEAD", project) as before:
        texts = [document.text for document in read_dataset(before.folders).of()]
        assert texts == [TURTLE, TURTLE]
        assert before.folders.ontology is None
        assert before.queries.joinpath("q.rq").is_file()
        assert before.waivers.is_file()
        assert repository.root not in before.folders.data.parents
        assert before.root != project.root

    assert not before.folders.data.exists()
    assert repository.git("status", "--porcelain") == now


def test_what_was_not_there_is_not_there(repository, project):
    first = repository.commit() if repository.git("status", "--porcelain") else "HEAD"
    ontology = repository.write("ontology/o.ttl").parent
    repository.write("новий/b.ttl")
    grown = Project(
        repository.root,
        Folders(ontology, project.folders.shapes, project.folders.data),
        queries=repository.root / "other",
    )

    with at_revision(repository.root, first, grown) as before:
        assert (before.folders.ontology, before.queries) == (None, None)
    newer = Project(repository.root, Folders(None, None, repository.root / "новий"))
    with at_revision(repository.root, first, newer) as before:
        assert before is None


def test_what_lies_outside_of_the_repository_stays(repository, project, tmp_path):
    shapes = Repository(tmp_path).write("elsewhere/s.ttl").parent
    moved = Project(repository.root, Folders(None, shapes, project.folders.data))

    with at_revision(repository.root, "HEAD", moved) as before:
        assert before.folders.shapes == shapes


def test_the_name_of_a_folder_is_no_pattern(repository, project):
    folder = repository.write(":!b/b.ttl").parent
    newer = Project(repository.root, Folders(None, None, folder), queries=project.queries)

    with at_revision(repository.root, "HEAD", newer) as before:
        assert before is None
    repository.commit()
    with at_revision(repository.root, "HEAD", newer) as before:
        assert {path.name for path in before.root.iterdir()} == {folder.name, "queries"}


def test_names_and_attributes_do_not_hide_files(repository):
    repository.write("data/[a]*.ttl")
    repository.write("data/.gitattributes", "*.ttl export-ignore\n")
    repository.commit()

    with at_revision(repository.root, "HEAD", read_project(repository.root)) as before:
        assert {path.name for path in before.folders.data.glob("*.ttl")} == {"a.ttl", "[a]*.ttl"}
