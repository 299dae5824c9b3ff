"""What a command reads, and that it says so: one rule for all of them.

The project is the one that the working folder is in: the nearest folder, here or above and
not beyond the repository, that holds ``stimson.toml``. ``--project`` names another folder to
start from. Where there is no such file, the project is Stimson itself, as it was installed.
What the options of a command name goes before both.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import NothingToRead
from ..paths import INSTALLED, PROJECT, find_project
from . import options

if TYPE_CHECKING:
    from ..config import Config
    from ..project import Project
    from ..snapshot import Snapshot

_PARTS = ("data", "shapes", "ontology")
ALL = (*_PARTS, "queries", "sources", "waivers")
_NONE = f"no {PROJECT} here or above"


def home(named: Path | None) -> Path:
    """Find the folder of the project, as seen from here; `named` is the one to start from."""
    file = find_project(named or working_folder())
    if file is None and named is not None:
        raise NothingToRead(f"{named} holds no {PROJECT}, nor does a folder above it.")
    return Path() if file is None else Path(near(file)).parent


def project(*parts: str) -> Callable[[options.Command], options.Command]:
    """Add ``--data``, ``--shapes`` and ``--ontology``, given on as the `Project` they make.

    So is what the command has other options for, such as ``--sources``. `parts` are those
    that it reads; without any, these three.
    """

    def decorate(command: options.Command) -> options.Command:
        @wraps(command)
        def wrapper(*args: Any, **values: Any) -> Any:
            given = {part: values.pop(part) for part in ALL if part in values}
            found = read_project(options.current(), *parts, **given)
            return command(*args, project=found, **values)

        decorated: Any = wrapper
        for name in ("data", "shapes", "ontology"):
            option = click.option(
                f"--{name}", type=options.FOLDER, help=f"Folder of the {name} files."
            )
            decorated = option(decorated)
        return decorated  # type: ignore[no-any-return]

    return decorate


def read_project(settings: options.Settings, *parts: str, **given: Any) -> Project:
    """Read the project, what the options say in its place, and tell which parts are read."""
    project = find(settings, **given)
    settings.tell(f"Reading {describe(project, *parts)}.")
    return project


def read_own_project(settings: options.Settings, *parts: str, **given: Any) -> Project:
    """Read a project whose files are to be written: what is installed is not for writing."""
    project = find(settings, **given)
    if project.file is None and not any(given.values()):
        raise NothingToRead(f"There is {_NONE}, so no project: say which files are meant.")
    settings.tell(f"Reading {describe(project, *parts)}.")
    return project


def find(settings: options.Settings, **given: Any) -> Project:
    """Read the project, with what the options say in its place."""
    from ..project import read_project as read

    config = settings.config
    start = Path(config.project) if config.project else working_folder()
    return read(start, **given | {"sources": given.get("sources") or _sources(config)})


def _sources(config: Config) -> Path | None:
    folder = config.sources_folder
    if folder is not None and not folder.is_dir():
        raise NothingToRead(f"STIMSON_SOURCES={folder}: no such folder; name that of the texts.")
    return folder


def read_snapshot(settings: options.Settings, store: Path) -> Snapshot:
    """Read the current snapshot of a store, and tell which it is."""
    from ..snapshot import read_current

    snapshot = read_current(store)
    settings.tell(f"Reading snapshot {snapshot.name} in {near(store)}.")
    return snapshot


def describe(project: Project, *parts: str) -> str:
    """Say where the parts of a project are, and which project it is."""
    found = places(project)
    listed = ", ".join(_named(part, found[part]) for part in parts or _PARTS if part in found)
    which = _NONE if project.file is None else f"project {near(project.file)}"
    return f"{listed} ({which})"


def places(project: Project) -> dict[str, Path]:
    """Map the parts that a project has, and ``file``, which makes it one, to where they are."""
    folders = project.folders
    known = {
        "file": project.file,
        "data": folders.data,
        "shapes": folders.shapes,
        "ontology": folders.ontology,
        "queries": project.queries,
        "sources": project.sources,
        "waivers": project.waivers,
    }
    return {part: path for part, path in known.items() if path is not None}


def _named(part: str, path: Path) -> str:
    """Name a part by where it is; what is installed, by what it is."""
    is_installed = path == INSTALLED.get(part) and not path.is_relative_to(working_folder())
    return f"Stimson's {part}" if is_installed else near(path)


def near(path: Path) -> str:
    """Write a path from here, where it is below here."""
    here, whole = working_folder(), path.absolute()
    return str(whole.relative_to(here)) if whole.is_relative_to(here) else str(path)


def working_folder() -> Path:
    """Find out where we are, or raise `NothingToRead` if that folder is gone."""
    try:
        return Path.cwd()
    except FileNotFoundError as fault:
        raise NothingToRead("The working folder is gone: change to one that is there.") from fault
