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

from ..config import Config

Command = TypeVar("Command", bound=Callable[..., Any])


class CheckedPath(click.Path):
    """A path to what is there, or may be there once somebody makes it."""

    def __init__(self, **more: Any) -> None:
        super().__init__(path_type=Path, **more)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Give the path, or fail."""
        if not str(value):
            self.fail("a path must not be empty.", param, ctx)
        try:
            Path(value).stat()
        except (FileNotFoundError, NotADirectoryError):
            pass  # that is for each command to judge
        except OSError as fault:
            self.fail(f"{value}: {fault.strerror}.", param, ctx)
        return super().convert(value, param, ctx)


class NewFile(CheckedPath):
    """A file to be written."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Give the path, or fail."""
        if reason := obstacle(file := super().convert(value, param, ctx)):
            self.fail(f"{reason}.", param, ctx)
        return file


FOLDER = CheckedPath(file_okay=False)
FILE = CheckedPath(dir_okay=False)
ANY = CheckedPath()
EXISTING_FOLDER = CheckedPath(exists=True, file_okay=False)
EXISTING_FILE = CheckedPath(exists=True, dir_okay=False)
NEW_FILE = NewFile()


def obstacle(file: Path) -> str | None:
    """Say why a file cannot be written, and what to do; None if nothing is in the way."""
    try:
        if not file.parent.is_dir():
            return f"the folder {file.parent} does not exist; make it"
        if file.is_dir():
            return f"{file} is a folder; name a file"
        if not os.access(file if file.exists() else file.parent, os.W_OK):
            return f"{file} may not be written; name another file"
    except OSError as fault:
        return f"{file}: {fault.strerror}"
    return None


@dataclass(frozen=True, slots=True)
class Settings:
    """What was said before the name of the command, and the environment."""

    config: Config
    quiet: bool

    def tell(self, words: str) -> None:
        """Say something beside the answer."""
        if not self.quiet:
            click.echo(words, err=True)

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


def current() -> Settings:
    """Find the settings of the command that is run."""
    settings = click.get_current_context().find_object(Settings)
    assert settings is not None  # the group makes it
    return settings


def _show(step: str) -> None:
    """Show a step in place of the last; no thread draws it, since a process with threads cannot
    safely be forked.
    """
    sys.stderr.write(f"\r\x1b[2K{step}{' …' if step else ''}")
    sys.stderr.flush()


def limits(command: Command) -> Command:
    """Add ``--timeout`` and ``--memory``, which then limit all that the command forks."""

    @wraps(command)
    def wrapper(*args: Any, timeout: float, memory: int, **more: Any) -> Any:
        from .. import processes

        with processes.limited(timeout, memory):
            return command(*args, **more)

    timeout = click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        default=600,
        show_default=True,
        metavar="SECONDS",
        help="Time limit of all checks together; one that takes too much of it is stopped.",
    )
    memory = click.option(
        "--memory",
        type=click.IntRange(min=1),
        default=4096,
        show_default=True,
        metavar="MIB",
        help="Memory limit of one process of the checks, beyond what it starts with.",
    )
    return timeout(memory(wrapper))  # type: ignore[return-value]


def store(command: Command) -> Command:
    """Add ``--store``; the setting is used where it is not given."""

    @wraps(command)
    def wrapper(*args: Any, store: Path | None, **more: Any) -> Any:
        return command(*args, store=store or current().config.store, **more)

    option = click.option("--store", type=FOLDER, help="Folder of the built snapshots.")
    return option(wrapper)  # type: ignore[return-value]
