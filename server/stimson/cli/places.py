"""Paths on the command line: what is wrong with one is said before any work."""

import os
from pathlib import Path
from typing import Any

import click


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
