"""Temporary folders that go away however this program ends.

One that is left in order is removed at once; one whose program was killed, at the start
of the next. A lock tells which those are: the kernel gives it back when the last process
that holds it has ended. Others may put what they like where temporary files are, so only
folders of this user's that hold such a lock are looked into, and no link is followed.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

try:
    import fcntl
except ImportError:  # Windows: what was killed there leaves its folders
    fcntl = None  # type: ignore[assignment]

_PREFIX = "stimson-"
_LOCK, _UNREADY, _CONTENT = "lock", "lock.new", "content"


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Make an empty folder of this user's alone; it is gone when the context is left."""
    remove_abandoned()
    with TemporaryDirectory(prefix=_PREFIX) as name:
        lock = _hold(Path(name))
        try:
            content = Path(name, _CONTENT)
            content.mkdir()
            yield content
        finally:
            os.close(lock)


@cache
def remove_abandoned() -> None:
    """Remove the folders whose programs were killed; once is enough for each program."""
    if fcntl is None:
        return
    for folder in Path(gettempdir()).glob(f"{_PREFIX}*"):
        # It is in use, somebody else's, no folder of this kind, or gone by now.
        with suppress(OSError), _taken(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _hold(folder: Path) -> int:
    """Lock a folder for as long as this process, or one that it forks, has the file open."""
    file = os.open(folder / _UNREADY, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    if fcntl is not None:
        fcntl.flock(file, fcntl.LOCK_EX)
        # Only now: under this name, a lock that nobody holds means that the holder has ended.
        (folder / _UNREADY).rename(folder / _LOCK)
    return file


@contextmanager
def _taken(folder: Path) -> Iterator[None]:
    """Take over the lock of a folder, or raise `OSError`."""
    top = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(top).st_uid != os.geteuid():
            raise PermissionError
        file = os.open(_LOCK, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=top)
    finally:
        os.close(top)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(file)
