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
    #+ parameters:
    #+   act: {type: iri, class: st:Act, default: act:referendums-2022, doc: the act asked about}

A parameter is a variable that the query binds by itself, so that the file answers for
all values wherever it is run. `bind` narrows it to one: the value is checked, written as
a term, and joined by a VALUES clause at the head of the outermost WHERE, which stands
on a line of its own.
"""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

import yaml

from . import names
from .errors import (
    InvalidFile,
    InvalidParameter,
    InvalidQueryFile,
    NothingToRead,
    QuerySyntaxError,
    UnknownQuery,
)
from .files import read_text, refuse_mark

# Ten times as fast, where PyYAML was built with it; both build plain values only.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MARK = "#+"
_REQUIRED = ("title", "question", "keywords", "columns")
_OPTIONAL = ("minimum", "parameters")
_TYPES = ("iri", "concept", "date", "language")
_EXPECTED = {"date": "a date such as 2022-10-04", "language": "a language tag such as en"}
_RENAMED = {"class": "of", "scheme": "of"}
_WHERE = re.compile(r"^WHERE \{$", re.MULTILINE)
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
# The parser lists every character that could go on a name, range by range.
_CHARACTERS = re.compile(r"\['0' \.\.=.*\](?=, \[_\]|$)|\['[^\]]*\.\.=[^\]]*\]")
_ANY = re.compile(r"(?:\['_'\], )?\[_\]")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A variable of a saved query that may be given a value.

    `type` is ``iri`` (`of` names the class its values belong to), ``concept`` (`of` names
    the scheme), ``date`` or ``language``. `default` is bound where no value is given.
    """

    name: str
    type: str
    of: str
    default: str
    doc: str

    def term(self, value: str) -> str:
        """Write `value` as a SPARQL term of the right type, or raise `InvalidParameter`."""
        if self.type == "date" and _DATE.fullmatch(value):
            return f'"{value}"^^<{names.PREFIXES["xsd"]}date>'
        if self.type == "language" and _LANGUAGE.fullmatch(value):
            return f'"{value}"'
        if self.type in ("iri", "concept") and _IRI.fullmatch(full := names.expand(value)):
            return f"<{full}>"
        expected = _EXPECTED.get(self.type, "an IRI or a prefixed name")
        raise InvalidParameter(f"{self.name}={value!r}: expected {expected}.")


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
    parameters: tuple[Parameter, ...] = ()

    @property
    def body(self) -> str:
        """The query without its header."""
        lines = (line for line in self.sparql.splitlines() if not line.startswith(_MARK))
        return "\n".join(lines).strip() + "\n"

    def bind(self, values: Mapping[str, str] | None = None) -> str:
        """Write the query with its parameters bound to `values`, else to their defaults.

        An empty value leaves the parameter free. `InvalidParameter` names an unknown
        parameter or a value of the wrong type.
        """
        given = dict(values or {})
        known = {parameter.name for parameter in self.parameters}
        if unknown := sorted(set(given) - known):
            raise InvalidParameter(
                f"{self.name} has no parameter {', '.join(unknown)}; "
                f"it has {', '.join(sorted(known)) or 'none'}."
            )
        clauses = [
            f"  VALUES ?{each.name} {{ {each.term(value)} }}"
            for each in self.parameters
            if (value := given.get(each.name, each.default))
        ]
        return _WHERE.sub(lambda head: "\n".join((head[0], *clauses)), self.sparql, count=1)


def read_query(path: Path) -> SavedQuery:
    """Read one ``.rq`` file, or raise `InvalidQueryFile` that names the file and the key."""
    header, sparql = read_header(path, _REQUIRED, _OPTIONAL)
    return SavedQuery(
        name=path.stem,
        title=_take(path, header, "title", _is_text, "one line of text"),
        question=_take(path, header, "question", _is_text, "one line of text"),
        keywords=tuple(_take(path, header, "keywords", _is_texts, "a list of words")),
        columns=dict(_take(path, header, "columns", _is_glossary, "variable: meaning")),
        minimum=_take(path, {"minimum": 1} | header, "minimum", _is_count, "a whole number >= 0"),
        sparql=sparql,
        parameters=tuple(_parameters(path, header, sparql)),
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


def read_header(
    path: Path, required: tuple[str, ...], optional: tuple[str, ...] = ()
) -> tuple[dict[str, Any], str]:
    """Read a ``.rq`` file as the YAML of its leading comment lines, and its whole text.

    Raises `InvalidQueryFile` where the YAML cannot be read, or holds an unknown key.
    """
    try:
        sparql = read_text(path)
        refuse_mark(path, sparql)
    except InvalidFile as fault:
        place = "" if fault.line is None else f"line {fault.line}: "
        raise InvalidQueryFile(f"{path}: {place}{fault.problem}") from fault
    lines = takewhile(lambda line: line.startswith(_MARK), sparql.splitlines())
    # The space after the mark is taken off, the indentation behind it is YAML's.
    text = "\n".join(line.removeprefix(_MARK).removeprefix(" ") for line in lines)
    try:
        header = read_yaml(text, _LOADER)
    except yaml.YAMLError as fault:
        raise InvalidQueryFile(f"{path}: the header is not valid YAML: {_where(fault)}") from fault
    if not isinstance(header, dict):
        raise InvalidQueryFile(
            f"{path}: begin the file with `{_MARK} key: value` lines ({', '.join(required)})."
        )
    if unknown := [str(key) for key in header if key not in (*required, *optional)]:
        raise InvalidQueryFile(f"{path}: unknown key in the header: {', '.join(unknown)}")
    return header, sparql


def syntax_error(message: str) -> QuerySyntaxError:
    """Take the place out of the parser's message and keep its words, on one line."""
    match = _PLACE.fullmatch(message)
    words = " ".join((match[3] if match else message).split())
    words = _ANY.sub("any character", _CHARACTERS.sub("a letter or digit", words))
    if match is None:
        return QuerySyntaxError(words)
    return QuerySyntaxError(words, int(match[1]), int(match[2]))


def _parameters(path: Path, header: dict[str, Any], sparql: str) -> Iterator[Parameter]:
    """Read the parameters, or raise `InvalidQueryFile` that names the one that is wrong."""
    described = header.get("parameters", {})
    if described and not _WHERE.search(sparql):
        raise InvalidQueryFile(f"{path}: `WHERE {{` must stand on a line of its own")
    for name, given in described.items():
        parts = {"of": ""} | {_RENAMED.get(key, key): str(value) for key, value in given.items()}
        if set(parts) != {"type", "of", "default", "doc"} or parts["type"] not in _TYPES:
            raise InvalidQueryFile(
                f"{path}: parameter `{name}` needs type ({', '.join(_TYPES)}), default and doc, "
                "and for an iri its class, for a concept its scheme"
            )
        parameter = Parameter(name, **parts)
        if parameter.default:
            parameter.term(parameter.default)
        yield parameter


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


_DEEPEST = 20


def read_yaml(text: str, loader: Any) -> Any:
    """Read YAML by a loader of plain values, or raise `YAMLError`."""
    # YAML can do more than a header needs, at a cost: a kilobyte of aliases stands for
    # gigabytes, and a reader goes as deep as the text does.
    depth = 0
    for event in yaml.parse(text, loader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            raise _fault("an alias stands here; write out what it stands for", event)
        if depth > _DEEPEST:
            raise _fault(f"values are nested more than {_DEEPEST} times", event)
    try:
        return yaml.load(text, Loader=loader)
    except ValueError as fault:  # a date that is in no calendar, a number without an end
        raise yaml.YAMLError(f"a value cannot be read: {fault}") from fault


def _fault(problem: str, event: Any) -> yaml.YAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)
