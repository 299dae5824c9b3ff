"""Options that several commands share."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from .. import paths
from ..config import Config

Command = TypeVar("Command", bound=Callable[..., Any])
FOLDER = click.Path(path_type=Path)
EXISTING_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class Settings:
    """What was said before the name of the command, and the environment."""

    config: Config
    quiet: bool

    @contextmanager
    def progress(self) -> Iterator[Callable[[str], None]]:
        """Show on a terminal which step is under way; elsewhere, nothing."""
        if self.quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
            yield lambda step: None
            return
        try:
            yield _show
        finally:
            _show("")


def _show(step: str) -> None:
    """Show a step in place of the last; no thread draws it, since a process with threads cannot
    safely be forked.
    """
    sys.stderr.write(f"\r\x1b[2K{step}{' …' if step else ''}")
    sys.stderr.flush()


def folders(command: Command) -> Command:
    """Add ``--ontology``, ``--shapes`` and ``--data``, given on as one `Folders` value."""

    @wraps(command)
    def wrapper(*args: Any, ontology: Path, shapes: Path, data: Path, **more: Any) -> Any:
        from ..dataset import Folders

        return command(*args, folders=Folders(ontology, shapes, data), **more)

    decorated: Any = wrapper
    for name, default in (
        ("data", paths.DATA),
        ("shapes", paths.SHAPES),
        ("ontology", paths.ONTOLOGY),
    ):
        option = click.option(
            f"--{name}", type=FOLDER, default=default, help=f"Folder of the {name} files."
        )
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]


def project(command: Command) -> Command:
    """Add ``--data``, ``--shapes`` and ``--ontology``, given on as the `Project` they make."""

    @wraps(command)
    def wrapper(
        *args: Any, data: Path | None, shapes: Path | None, ontology: Path | None, **more: Any
    ) -> Any:
        from ..project import read_project

        read = read_project(Path.cwd(), data=data, shapes=shapes, ontology=ontology)
        return command(*args, project=read, **more)

    decorated: Any = wrapper
    for name in ("data", "shapes", "ontology"):
        option = click.option(f"--{name}", type=FOLDER, help=f"Folder of the {name} files.")
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]


def store(command: Command) -> Command:
    """Add ``--store``; the setting is used where it is not given."""

    @wraps(command)
    def wrapper(*args: Any, store: Path | None, **more: Any) -> Any:
        settings = click.get_current_context().find_object(Settings)
        assert settings is not None  # the group makes it
        return command(*args, store=store or settings.config.store, **more)

    option = click.option("--store", type=FOLDER, help="Folder that holds the built snapshots.")
    return option(wrapper)  # type: ignore[return-value]
