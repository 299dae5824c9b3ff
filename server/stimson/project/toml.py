"""TOML files whose keys are known: whatever is amiss is named with its line.

`tomllib` tells no lines, so a text in which something was found is read once more,
statement by statement: the shortest run of lines that is TOML by itself.
"""

import difflib
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import InvalidFile
from ..files import read_text, refuse_mark

_PLACE = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)
KeyPath = tuple[str | int, ...]
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table; `shape` says what its value must be, and `default` what holds else."""

    name: str
    shape: str
    fits: Callable[[Any], bool]
    default: str
    doc: str


@dataclass(frozen=True)
class TomlFile:
    """A TOML file, and where in it what stands."""

    path: Path
    text: str
    content: Mapping[str, Any]

    @cached_property
    def lines(self) -> Mapping[KeyPath, int]:
        """The line of each table and key, by the keys and numbers that lead to it."""
        return dict(reversed(list(_lines(self.text))))  # what comes first counts

    def line(self, *key_path: str | int) -> int | None:
        """Find the line of a key, else that of the table that holds it."""
        above = (key_path[:length] for length in range(len(key_path), 0, -1))
        return next((self.lines[each] for each in above if each in self.lines), None)

    def fault(self, problem: str, *key_path: str | int) -> InvalidFile:
        """Make the error for a problem at a key path."""
        return InvalidFile(self.path, problem, self.line(*key_path))

    def check(self, table: Any, keys: Iterable[Key], *key_path: str | int) -> None:
        """Raise `InvalidFile` at the first unknown key or unfit value of the table there."""
        known = {key.name: key for key in keys}
        if not isinstance(table, dict):
            raise self.fault(f"`{_written(key_path)}` must be a table", *key_path)
        for name, value in table.items():
            if name not in known:
                raise self.fault(self._unknown(name, known, key_path), *key_path, name)
            if not known[name].fits(value):
                problem = f"`{name}` must be {known[name].shape}, not {value!r}"
                raise self.fault(problem, *key_path, name)

    def _unknown(self, name: str, known: Iterable[str], key_path: KeyPath) -> str:
        place = f" in `{_written(key_path)}`" if key_path else ""
        return f"unknown key `{name}`{place}; {suggest(name, known)}"


def read_toml(path: Path) -> TomlFile:
    """Read a TOML file, or raise `InvalidFile` with the place of the fault."""
    text = read_text(path)
    refuse_mark(path, text)
    try:
        found = TomlFile(path, text, tomllib.loads(text))
    except RecursionError as fault:
        raise InvalidFile(path, f"values are nested more than {_DEEPEST} times") from fault
    except tomllib.TOMLDecodeError as fault:
        match = _PLACE.fullmatch(str(fault))
        if match is None or match[2] is None:
            end = text.count("\n") + 1
            raise InvalidFile(path, match[1] if match else str(fault), end) from fault
        raise InvalidFile(path, match[1], int(match[2]), int(match[3])) from fault
    except ValueError as fault:  # a number without an end
        raise InvalidFile(path, f"a value cannot be read: {fault}") from fault
    for key_path in _key_paths(found.content):
        if len(key_path) > _DEEPEST:
            problem = f"values are nested more than {_DEEPEST} times here; nest them less"
            raise found.fault(problem, *key_path)
    return found


def suggest(name: str, known: Iterable[str]) -> str:
    """Name what is spelt almost like `name`, else all there is."""
    known = sorted(known)
    if close := difflib.get_close_matches(name, known, n=2):
        return f"did you mean {' or '.join(close)}?"
    return f"choose from {', '.join(known)}"


def _written(key_path: KeyPath) -> str:
    """Write a path of keys as people count: the first entry of ``counts`` is ``counts 1``."""
    words = ""
    for step in key_path:
        words += f" {step + 1}" if isinstance(step, int) else f".{step}"
    return words.removeprefix(".")


def _lines(text: str) -> Iterator[tuple[KeyPath, int]]:
    """List where everything stands; tables within the entries of a list are left out."""
    table: KeyPath = ()
    entries: Counter[KeyPath] = Counter()
    for line, statement, content in _statements(text):
        if statement.startswith("["):
            way = [key_path for key_path in _key_paths(content) if 0 not in key_path]
            yield from ((key_path, line) for key_path in way)
            table = way[-1]
            if statement.startswith("[["):
                entries[table] += 1
                table = (*table, entries[table] - 1)
            yield table, line
        else:
            for key_path in _key_paths(content):
                yield (*table, *key_path), line


def _statements(text: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Cut a text into statements: the line where each begins, its words, what it says."""
    first, held = 1, ""
    for number, line in enumerate(text.split("\n"), 1):
        held += f"{line}\n"
        try:
            content = tomllib.loads(held)
        except tomllib.TOMLDecodeError:
            continue  # It goes on in the next line, as a string or a list may.
        yield first, held.strip(), content
        first, held = number + 1, ""


def _key_paths(content: Any, above: KeyPath = ()) -> Iterator[KeyPath]:
    """List what a statement defines, the outer before the inner, as deep as it may be nested."""
    if len(above) > _DEEPEST:
        return
    inner: Iterable[tuple[str | int, Any]] = ()
    if isinstance(content, dict):
        inner = content.items()
    elif isinstance(content, list):
        inner = enumerate(content)
    for step, value in inner:
        yield (*above, step)
        yield from _key_paths(value, (*above, step))
