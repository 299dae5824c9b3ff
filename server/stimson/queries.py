"""Saved queries: SPARQL files that explain themselves.

A saved query is a plain ``.rq`` file. Its leading ``#+`` comment lines together
form a small YAML document, so any other SPARQL tool runs the file unchanged:

    #+ title: Positions on one act
    #+ question: Who has taken which position on the act, and since when?
    #+ keywords: [stance, act]
    #+ columns:
    #+   holder: who holds the position
    #+   position: which position it is
    #+ minimum: 3
"""

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

import yaml

from .errors import InvalidQueryFile, NothingToRead, UnknownQuery

_MARK = "#+"
_REQUIRED = ("title", "question", "keywords", "columns")
_KNOWN = (*_REQUIRED, "minimum")


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A question the graph can answer, with the SPARQL that answers it.

    `columns` says what each variable means; `minimum` is the number of rows
    below which the answer is taken for a fault.
    """

    name: str
    title: str
    question: str
    keywords: tuple[str, ...]
    columns: dict[str, str]
    minimum: int
    sparql: str


def read_query(path: Path) -> SavedQuery:
    """Read one ``.rq`` file, or raise `InvalidQueryFile` that names the file and the key."""
    try:
        sparql = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        raise InvalidQueryFile(f"{path}: save the file as UTF-8 ({fault.reason})") from fault
    header = _header(path, sparql)
    return SavedQuery(
        name=path.stem,
        title=_take(path, header, "title", _is_text, "one line of text"),
        question=_take(path, header, "question", _is_text, "one line of text"),
        keywords=tuple(_take(path, header, "keywords", _is_texts, "a list of words")),
        columns=dict(_take(path, header, "columns", _is_glossary, "variable: meaning")),
        minimum=_take(path, {"minimum": 1} | header, "minimum", _is_count, "a whole number >= 0"),
        sparql=sparql,
    )


def read_queries(folder: Path) -> dict[str, SavedQuery]:
    """Read every query in `folder`, keyed by name, in alphabetical order."""
    found = {path.stem: read_query(path) for path in sorted(folder.glob("*.rq"))}
    if not found:  # An empty folder is a packaging fault, never a valid state.
        raise NothingToRead(f"{folder}: no .rq file found; name the folder that holds the queries.")
    return found


def find_query(folder: Path, name: str) -> SavedQuery:
    """Read the query called `name`, or raise `UnknownQuery` that suggests close names."""
    known = sorted(path.stem for path in folder.glob("*.rq"))
    if name in known:
        return read_query(folder / f"{name}.rq")
    close = difflib.get_close_matches(name, known)
    hint = f"did you mean {' or '.join(close)}?" if close else "see `stimson query --list`."
    raise UnknownQuery(f"No saved query is called {name!r}; {hint}")


def _header(path: Path, sparql: str) -> dict[str, Any]:
    """Read the YAML in the leading comment lines."""
    lines = takewhile(lambda line: line.startswith(_MARK), sparql.splitlines())
    # The space after the mark is taken off, the indentation behind it is YAML's.
    text = "\n".join(line.removeprefix(_MARK).removeprefix(" ") for line in lines)
    try:
        header = yaml.safe_load(text)
    except yaml.YAMLError as fault:
        raise InvalidQueryFile(f"{path}: the header is not valid YAML: {_where(fault)}") from fault
    if not isinstance(header, dict):
        raise InvalidQueryFile(
            f"{path}: begin the file with `{_MARK} key: value` lines ({', '.join(_REQUIRED)})."
        )
    if unknown := [str(key) for key in header if key not in _KNOWN]:
        raise InvalidQueryFile(f"{path}: unknown key in the header: {', '.join(unknown)}")
    return header


def _where(fault: yaml.YAMLError) -> str:
    """Say in one line what is wrong and on which line of the file."""
    if isinstance(fault, yaml.MarkedYAMLError) and fault.problem_mark is not None:
        return f"line {fault.problem_mark.line + 1}: {fault.problem}"
    return str(fault).splitlines()[0]


def _take(
    path: Path, header: dict[str, Any], key: str, fits: Callable[[Any], bool], shape: str
) -> Any:
    """Take one value out of the header, or raise `InvalidQueryFile`."""
    if key not in header:
        raise InvalidQueryFile(f"{path}: the header lacks `{key}`")
    if not fits(header[key]):
        raise InvalidQueryFile(f"{path}: `{key}` in the header must be {shape}")
    return header[key]


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(_is_text(item) for item in value)


def _is_glossary(value: object) -> bool:
    return isinstance(value, dict) and all(
        _is_text(part) for pair in value.items() for part in pair
    )


def _is_count(value: object) -> bool:
    # YAML's true and false are ints to Python.
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
