"""Read files that anybody may have written: what cannot be read is an `InvalidFile`.

A name may lead in a circle, to a pipe that nobody writes to or to a device without an end;
the functions of `pathlib` raise bare errors at the first, and wait for ever at the others.
"""

import os
import stat
from pathlib import Path

from .encoding import decode
from .errors import InvalidFile


def real(path: Path) -> Path:
    """Follow all links of a path; where they lead in a circle, the path stays as it is."""
    return Path(os.path.realpath(path))


def exists(path: Path) -> bool:
    """Tell whether something is there; a name that no file can have is none."""
    return os.path.exists(path)  # noqa: PTH110  (Path.exists raises at a name that is too long)


def check_file(path: Path) -> None:
    """Raise `InvalidFile` unless there is a plain file, which can be read to its end."""
    try:
        mode = path.stat().st_mode
    except OSError as fault:
        raise _unreadable(path, fault.strerror) from fault
    except ValueError as fault:  # a name with a zero in it
        raise _unreadable(path, str(fault)) from fault
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "a pipe, a socket or a device"
        raise InvalidFile(path, f"is {kind}, not a file; name a file")


def read_bytes(path: Path) -> bytes:
    """Read a file, or raise `InvalidFile` that says why that is not possible."""
    check_file(path)
    try:
        return path.read_bytes()
    except OSError as fault:
        raise _unreadable(path, fault.strerror) from fault


def read_text(path: Path) -> str:
    """Read a UTF-8 file, or raise `InvalidFile` with the place of the first wrong byte."""
    return decode(path, read_bytes(path))


def _unreadable(path: Path, reason: str | None) -> InvalidFile:
    return InvalidFile(path, f"cannot be read ({reason}); make it readable, or remove it")
