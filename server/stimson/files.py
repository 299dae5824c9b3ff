"""Files: reading those that anybody may have written, and writing so that nothing is lost.

A name may lead in a circle, to a pipe that nobody writes to or to a device without an end;
the functions of `pathlib` raise bare errors at the first, and wait for ever at the others.
Text is UTF-8 without a byte order mark. Formats that allow one
(https://www.w3.org/TR/xml/#charencoding for RDF/XML,
https://www.rfc-editor.org/rfc/rfc8259#section-8.1 for JSON-LD) are read with it.
"""

import codecs
import contextlib
import os
import re
import stat
import tempfile
from pathlib import Path

from .errors import InvalidFile, StimsonError

MARK = "\ufeff"
_MARKED = "begins with a byte order mark; save it as UTF-8 without one"
_OTHERS = (  # the first of the first two begins as the second does
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
)
_PLACE = re.compile(r"^Parser error at [^:]*: ")


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


def decode(path: Path, content: bytes) -> str:
    """Read the content of `path` as UTF-8, or raise `InvalidFile`."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as fault:
        before = content[: fault.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8")) + 1
        problem = "not UTF-8; save the file as UTF-8"
        raise InvalidFile(path, mark_problem(content) or problem, line, column) from fault


def refuse_mark(path: Path, text: str) -> None:
    """Raise `InvalidFile` for a text that begins with a mark, in a format that has none."""
    if text.startswith(MARK):
        raise InvalidFile(path, _MARKED, 1, 1)


def mark_problem(content: bytes) -> str | None:
    """Say what is wrong with a content that begins with a mark; None if it does not."""
    if content.startswith(codecs.BOM_UTF8):
        return _MARKED
    names = (name for mark, name in _OTHERS if content.startswith(mark))
    name = next(names, None)
    return name and f"is in {name}; save it as UTF-8"


def parser_words(fault: SyntaxError) -> str:
    """Take the parser's words without the place, which is given apart, nor what is not seen."""
    return _PLACE.sub("", fault.msg).replace(MARK, "U+FEFF (a byte order mark)")


def create(path: Path, text: str) -> None:
    """Write a new file; one that is there already stays as it is."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(exist_ok=False)
    except FileExistsError as fault:
        raise StimsonError(f"{path} is there already; choose another name.") from fault
    except OSError as fault:
        raise _unwritable(path, fault) from fault
    try:
        _swap(path, text, stat.S_IMODE(path.stat().st_mode))
    except OSError as fault:
        path.unlink()
        raise _unwritable(path, fault) from fault


def replace(path: Path, before: str, after: str) -> None:
    """Put `after` in the place of `before`, at one stroke; a link is followed."""
    target = real(path)
    mode = target.stat().st_mode
    if not mode & stat.S_IWUSR:
        raise StimsonError(f"{path} is read-only; make it writable, or write elsewhere.")
    if read_text(target) != before:
        raise StimsonError(f"{path} was changed by someone else meanwhile; run the command again.")
    try:
        _swap(target, after, stat.S_IMODE(mode))
    except OSError as fault:
        raise _unwritable(path, fault) from fault


def _swap(target: Path, text: str, mode: int) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def _unwritable(path: Path, fault: OSError) -> StimsonError:
    reason = (fault.strerror or str(fault)).lower()
    return StimsonError(f"{path} cannot be written ({reason}); nothing was changed.")


def _unreadable(path: Path, reason: str | None) -> InvalidFile:
    return InvalidFile(path, f"cannot be read ({reason}); make it readable, or remove it")
