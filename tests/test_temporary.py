"""Temporary folders go away with their program, also where it was killed; and no others do."""

import multiprocessing
import os
import signal
from contextlib import suppress
from pathlib import Path

import pytest

from http_fixtures import running, serving
from http_fixtures import store as store
from pools import is_running
from stimson.temporary import remove_abandoned, temporary_folder
from waiting import PATIENCE, wait_for

TURTLE = "<http://example.org/a> <http://example.org/b> 1 .\n"
TRIES = 25


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder for temporary files alone."""
    made = tmp_path / "tmp"
    made.mkdir()
    monkeypatch.setenv("TMPDIR", str(made))
    monkeypatch.setattr("tempfile.tempdir", None)  # where it keeps what it found before
    remove_abandoned.cache_clear()
    return made


@pytest.fixture
def file(tmp_path):
    """A file to serve."""
    path = tmp_path / "a.ttl"
    path.write_text(TURTLE)
    return str(path)


def folders(folder: Path) -> set[Path]:
    return set(folder.glob("stimson-*"))


def kill(site):
    """Kill a server with all that it has started, and wait until nothing of it is left."""
    family = site.descendants()
    for pid in family:
        with suppress(ProcessLookupError):  # it ended along with another
            os.kill(pid, signal.SIGKILL)
    site.process.wait(PATIENCE)
    wait_for(lambda: not any(map(is_running, family)))


def test_what_a_killed_server_left_goes_at_the_next_start_and_a_living_one_keeps_its_own(
    folder, file, store
):
    with serving(file, web_workers="2") as living:
        kept = folders(folder)
        with serving(file, web_workers="2") as site:
            left = folders(folder) - kept
            kill(site)
        assert len(kept) == len(left) == 2, "the snapshot and the metrics of each"
        assert folders(folder) == kept | left, "nobody was there to remove them"

        with running(store):
            assert folders(folder) == kept, "one that makes no folder removes them, too"
            assert living.query("ASK { ?s ?p 1 }").json["boolean"] is True
            assert living.request("/metrics").status == 200
    assert folders(folder) == set()


def test_a_folder_is_this_users_alone_and_empty(folder):
    with temporary_folder() as made:
        (top,) = folders(folder)
        assert list(made.iterdir()) == []
        assert made.is_relative_to(top)
        assert top.stat().st_mode & 0o777 == 0o700
    assert folders(folder) == set()


def abandon() -> None:
    """Be a program that is killed while it has a temporary folder."""
    with temporary_folder() as made:
        (made / "a").write_text("a")
        os.kill(os.getpid(), signal.SIGKILL)


def abandoned() -> None:
    process = multiprocessing.get_context("spawn").Process(target=abandon)
    process.start()
    process.join(30)
    assert process.exitcode == -signal.SIGKILL


def test_only_folders_that_a_killed_program_left_are_removed(folder, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "lock").write_text("precious")
    (folder / "stimson-link").symlink_to(elsewhere)
    (folder / "stimson-file").write_text("precious")
    os.mkfifo(folder / "stimson-pipe")
    (folder / "stimson-notes").mkdir()
    (folder / "stimson-notes" / "a.ttl").write_text("precious")
    (folder / "stimson-lead").mkdir()
    (folder / "stimson-lead" / "lock").symlink_to(elsewhere / "lock")
    (folder / "stimson-fifo").mkdir()
    os.mkfifo(folder / "stimson-fifo" / "lock")
    (folder / "other").mkdir()
    (folder / "other" / "lock").touch()
    before = set(folder.rglob("*"))
    abandoned()
    (left,) = folders(folder) - before

    remove_abandoned()

    assert not left.exists()
    assert set(folder.rglob("*")) == before
    assert (elsewhere / "lock").read_text() == "precious"


def test_links_in_a_folder_are_removed_and_not_followed(folder, tmp_path):
    (tmp_path / "kept.txt").write_text("precious")
    abandoned()
    (left,) = folders(folder)
    (left / "content" / "link").symlink_to(tmp_path)

    remove_abandoned()

    assert not left.exists()
    assert (tmp_path / "kept.txt").read_text() == "precious"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_left_alone(folder):
    abandoned()
    (left,) = folders(folder)
    os.chown(left, 65534, 65534)

    remove_abandoned()

    assert (left / "content" / "a").exists()


def make_and_remove() -> None:
    """Make folders while others look for such as are abandoned, and look for them, too."""
    for _ in range(TRIES):
        with temporary_folder() as made:
            (made / "a").write_text("a")
            remove_abandoned.cache_clear()
            remove_abandoned()
            assert (made / "a").read_text() == "a"


def test_programs_that_start_at_once_leave_each_other_alone(folder):
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=make_and_remove) for _ in range(6)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * len(processes)
    assert folders(folder) == set()
