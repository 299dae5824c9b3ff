"""Plan how processes fail, and count what is left of them."""

import os
from pathlib import Path

import pytest

import failing_processes


@pytest.fixture
def faults(tmp_path, monkeypatch):
    """Have a program replaced by one that fails as planned: give a function that does so.

    It takes the module and the attribute that name the program, and gives the plan: a function
    that takes the next faults, and gives the folder that is empty once all have happened.
    """
    folder = tmp_path / "faults"
    folder.mkdir()
    monkeypatch.setenv(failing_processes.FOLDER, str(folder))

    def plan(*planned):
        for number, fault in enumerate(planned):
            fresh = folder.parent / f"{number:03}"
            fresh.write_text(fault)
            fresh.rename(folder / fresh.name)
        return folder

    def replace(module, attribute):
        monkeypatch.setenv(failing_processes.PROGRAM, getattr(module, attribute))
        monkeypatch.setattr(module, attribute, failing_processes.__name__)
        return plan

    return replace


def held():
    """Count what this process holds: its descriptors, and its children, the dead ones included."""
    own = str(os.getpid())
    stats = (_stat(path) for path in Path("/proc").glob("[0-9]*/stat"))
    children = [fields for fields in stats if fields[1:2] == [own]]
    return len(list(Path("/proc/self/fd").iterdir())), len(children)


def _stat(path):
    """Give state, parent and so on of a process; nothing, if it has ended meanwhile."""
    try:
        return path.read_text().rpartition(")")[2].split()
    except OSError:
        return []
