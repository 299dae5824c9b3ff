"""What a project is: ``stimson.toml``, in which the command line has the last word."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import names, paths
from ..errors import NothingToRead, StimsonError
from ..files import exists, real
from ..findings import SEVERITIES, Severity
from ..rdf import Folders
from .toml import Key, TomlFile, read_toml, suggest

STAGES = (
    *("syntax", "references", "ontology", "shacl", "quotations", "neutrality"),
    *("counts", "queries"),
)
NEVER = "never"  # what stands for "nothing fails the run" where severities are named
FAIL_ON = (*SEVERITIES, NEVER)
SHIPPED_WORDS = "stimson"  # what stands for our own list where files of words are named
# Properties whose values are the words of others, or the official titles of things.
OTHERS_WORDS = (
    *("dcterms:title", "oa:exact", "oa:prefix", "oa:suffix"),
    *("st:capacity", "st:citedWords", "st:dateAsPrinted", "st:designationText"),
    *("st:figureAsPrinted", "st:nameAsPrinted", "st:nameGiven", "st:officialName"),
    *("st:roleAsPrinted", "st:wordsAsPrinted"),
)
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]+")
_WHOLE = re.compile(r"[^:]+://|(urn|tag|mailto):")  # else what precedes the colon is a prefix


def is_iri(text: str) -> bool:
    """Tell whether `text` has the form of an absolute IRI."""
    return _IRI.fullmatch(text) is not None


def expand(name: str, prefixes: Mapping[str, str]) -> str:
    """Write a name in full, by `prefixes` or ours, or raise `ValueError` that says why not."""
    prefix, _, local = name.partition(":")
    if _IRI.fullmatch(name) and prefix in prefixes:
        return f"{prefixes[prefix]}{local}"
    if _IRI.fullmatch(name) and (prefix in names.PREFIXES or _WHOLE.match(name)):
        return names.expand(name)
    raise ValueError(
        f"{name!r} is neither an IRI nor begins with a known prefix; "
        "declare prefixes in the table [prefixes] of stimson.toml"
    )


def is_text(value: Any) -> bool:
    """Tell whether a value is text that is not blank."""
    return isinstance(value, str) and bool(value.strip())


def _are_iris(value: Any) -> bool:
    return isinstance(value, list) and all(is_text(item) and is_iri(item) for item in value)


def _is_number(value: Any) -> bool:
    # TOML's true and false are ints to Python.
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(is_text, value))


def _are_words(value: Any) -> bool:
    return _are_texts(value) and bool(value)


def _are_patterns(value: Any) -> bool:
    return _are_texts(value) and not any(Path(each).is_absolute() for each in value)


def _are_stages(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(item in STAGES for item in value)


def _are_tables(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _is_table(value: Any) -> bool:
    return isinstance(value, dict)


def _choice(words: Sequence[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)


_PATH = "a path"
_OWN = "Stimson's, if neither shapes nor an ontology are named; else none"

TABLES = (
    Key("validate", "a table", _is_table, "", "What is validated, and by which standards."),
    Key("prefixes", "a table", _is_table, "", "Prefixes for names in this file and the waivers."),
)
VALIDATE = (
    Key("data", _PATH, is_text, "Stimson's, as for shapes", "Folder of the data."),
    Key("shapes", _PATH, is_text, _OWN, "Folder of the SHACL shapes."),
    Key("ontology", _PATH, is_text, _OWN, "Folder of the ontology."),
    Key(
        "queries",
        _PATH,
        is_text,
        "Stimson's, if no data are named; else none",
        "Folder of the saved queries.",
    ),
    Key("sources", _PATH, is_text, "none", "Folder of the archived texts of the sources."),
    Key("waivers", _PATH, is_text, "`waivers.toml`, if there is one", "File of the waivers."),
    Key(
        "stages",
        f"a list of some of {_choice(STAGES)}",
        _are_stages,
        "all",
        "The stages that run.",
    ),
    Key(
        "fail-on",
        f"one of {_choice(FAIL_ON)}",
        lambda value: value in FAIL_ON,
        '"violation"',
        "The mildest severity that fails the run.",
    ),
    Key(
        "terms",
        "a list of IRIs",
        _are_iris,
        "Stimson's, if there is an ontology; else none",
        "IRIs that begin so must be defined in the ontology.",
    ),
    Key(
        "things",
        "a list of IRIs",
        _are_iris,
        "Stimson's, if there is an ontology; else none",
        "IRIs that begin so must be defined in some file.",
    ),
    Key("counts", "a list of tables", _are_tables, "none", "How many things there must be."),
    Key("neutrality", "a table", _is_table, "none", "Which words take a side."),
)
COUNT = (
    Key("class", "an IRI or a prefixed name", is_text, "", "Class of the things, or one above it."),
    Key("minimum", "a whole number", _is_number, "no limit", "There must be at least so many."),
    Key("maximum", "a whole number", _is_number, "no limit", "There may be at most so many."),
)
NEUTRALITY = (
    Key(
        "words",
        f'a list of paths, or of "{SHIPPED_WORDS}" for the list that is shipped',
        _are_words,
        "",
        "Files of words that take a side; of two entries of one name, the later counts.",
    ),
    Key(
        "severity",
        f"one of {_choice(SEVERITIES)}",
        lambda value: value in SEVERITIES,
        '"warning"',
        "How grave such a word is.",
    ),
    Key(
        "leave-out",
        "a list of IRIs or prefixed names",
        _are_texts,
        ", ".join(OTHERS_WORDS),
        "Properties whose values are not looked at: the words of others.",
    ),
    Key(
        "texts",
        "a list of patterns of relative paths",
        _are_patterns,
        "none",
        "Further files in English whose text is looked at: pages and their templates.",
    ),
)
ALL = (
    *(("validate.", key) for key in VALIDATE[:-2]),
    *(("validate.counts.", key) for key in COUNT),
    *(("validate.neutrality.", key) for key in NEUTRALITY),
)
"""Every key that holds a value, and the table it stands in."""


FILE = paths.PROJECT
WAIVERS = "waivers.toml"


@dataclass(frozen=True, slots=True)
class Count:
    """How many things of a class there must be; `None` is no limit.

    `line` is where the project's file says so.
    """

    of: str
    minimum: int | None = None
    maximum: int | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Neutrality:
    """How a project keeps to neutral wording.

    `words` are the files that list what takes a side, `leave_out` the properties whose values
    are the words of others, `texts` patterns of further files, seen from `root`.
    """

    words: tuple[Path, ...]
    root: Path
    severity: Severity = "warning"
    leave_out: tuple[str, ...] = tuple(map(names.expand, OTHERS_WORDS))
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Project:
    """The files of a project, and what it demands of them.

    IRIs that begin with one of `terms` are to be defined in the ontology, those that begin
    with one of `things` in any file. `stages` names those that run; None means all. `file`
    is the ``stimson.toml`` that was read, and `prefixes` are those it declares.
    """

    root: Path
    folders: Folders = field(default_factory=Folders)
    queries: Path | None = paths.QUERIES
    sources: Path | None = None
    waivers: Path | None = None
    terms: tuple[str, ...] = (names.ST, names.STV)
    things: tuple[str, ...] = (names.ID, names.SHAPE)
    counts: tuple[Count, ...] = ()
    neutrality: Neutrality | None = None
    stages: tuple[str, ...] | None = None
    fail_on: Severity | None = "violation"
    file: Path | None = None
    prefixes: Mapping[str, str] = field(default_factory=dict)

    @property
    def borrows_shapes(self) -> bool:
        """Tell whether Stimson's shapes are applied to data that are not Stimson's."""
        shapes = self.folders.shapes
        ours = shapes is not None and real(shapes) == real(paths.SHAPES)
        return ours and real(self.folders.data) != real(paths.DATA)


def read_project(
    start: Path,
    *,
    data: Path | None = None,
    shapes: Path | None = None,
    ontology: Path | None = None,
    sources: Path | None = None,
    queries: Path | None = None,
    waivers: Path | None = None,
    stages: Sequence[str] = (),
    fail_on: str | None = None,
) -> Project:
    """Read the project that `start` is in; what is given here goes before what the file says.

    `InvalidFile` names a wrong key with its line; `NothingToRead` says what is not named.
    """
    file = paths.find_project(start)
    stated = _Stated(start.resolve()) if file is None else _read(file)
    given = {"data": data, "shapes": shapes, "ontology": ontology}
    folders = _folders(stated, {key: path for key, path in given.items() if path})
    # What the file demands of its own data, it does not demand of others.
    own = stated if data is None else _Stated(stated.root)
    shipped = paths.QUERIES if data is None and "data" not in stated.values else None
    ours = Project(stated.root)
    return Project(
        root=stated.root,
        folders=folders,
        queries=queries or own.path("queries") or shipped,
        sources=sources or own.path("sources"),
        waivers=waivers or own.path("waivers") or own.beside(WAIVERS),
        terms=stated.texts("terms", ours.terms if folders.ontology else ()),
        things=stated.texts("things", ours.things if folders.ontology else ()),
        counts=tuple(own.counts()),
        neutrality=own.neutrality(),
        stages=_stages(stages) or stated.texts("stages", ()) or None,
        fail_on=_severity(fail_on or stated.values.get("fail-on", "violation")),
        file=stated.file,
        prefixes=stated.prefixes,
    )


@dataclass(frozen=True)
class _Stated:
    """What a project's file says; without one, nothing."""

    root: Path
    file: Path | None = None
    toml: TomlFile | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    prefixes: Mapping[str, str] = field(default_factory=dict)

    def path(self, key: str) -> Path | None:
        """Find the folder or file that a key names, or raise `InvalidFile` if it is not there."""
        if key not in self.values:
            return None
        path: Path = self.root / self.values[key]
        if not exists(path):
            assert self.toml is not None  # it holds the value
            raise self.toml.fault(f"`{key}` names {path}, which does not exist", "validate", key)
        return path

    def beside(self, name: str) -> Path | None:
        """Find a file beside the project's, if it is there."""
        return self.root / name if self.file and (self.root / name).is_file() else None

    def texts(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """Take a list of texts."""
        return tuple(self.values.get(key, default))

    def counts(self) -> Iterator[Count]:
        """Read the counts, or raise `InvalidFile` at one that says nothing."""
        for number, entry in enumerate(self.values.get("counts", ())):
            assert self.toml is not None  # it holds the entry
            at = ("validate", "counts", number)
            self.toml.check(entry, COUNT, *at)
            if "class" not in entry or not {"minimum", "maximum"} & set(entry):
                raise self.toml.fault("a count needs `class`, and `minimum` or `maximum`", *at)
            least, most = entry.get("minimum"), entry.get("maximum")
            if least is not None and most is not None and least > most:
                raise self.toml.fault(f"`minimum` {least} is above `maximum` {most}", *at)
            try:
                of = expand(entry["class"], self.prefixes)
            except ValueError as fault:
                raise self.toml.fault(str(fault), *at, "class") from fault
            yield Count(of, least, most, self.toml.line(*at))

    def neutrality(self) -> Neutrality | None:
        """Read what is said of neutral wording, or raise `InvalidFile` at what is amiss."""
        if "neutrality" not in self.values:
            return None
        assert self.toml is not None  # it holds the table
        at, given = ("validate", "neutrality"), self.values["neutrality"]
        self.toml.check(given, NEUTRALITY, *at)
        if "words" not in given:
            raise self.toml.fault("`neutrality` needs `words`: the files that list them", *at)
        files = tuple(
            paths.WORDS if name == SHIPPED_WORDS else self.root / name for name in given["words"]
        )
        if missing := [path for path in files if not exists(path)]:
            raise self.toml.fault(f"`words` names {missing[0]}, which does not exist", *at, "words")
        try:
            names_ = given.get("leave-out", OTHERS_WORDS)
            leave_out = tuple(expand(name, self.prefixes) for name in names_)
        except ValueError as fault:
            raise self.toml.fault(str(fault), *at, "leave-out") from fault
        severity = given.get("severity", "warning")
        texts = tuple(given.get("texts", ()))
        return Neutrality(files, self.root, severity, leave_out, texts)


def _read(path: Path) -> _Stated:
    toml = read_toml(path)
    toml.check(toml.content, TABLES)
    values, prefixes = toml.content.get("validate", {}), toml.content.get("prefixes", {})
    toml.check(values, VALIDATE, "validate")
    for prefix, iri in prefixes.items():
        if not is_text(iri) or not is_iri(iri):
            raise toml.fault(f"prefix `{prefix}` must stand for an IRI", "prefixes", prefix)
    return _Stated(path.parent, path, toml, values, prefixes)


def _folders(stated: _Stated, given: Mapping[str, Path]) -> Folders:
    """Find the folders; whoever names a standard of his own has none of ours."""
    named = {key: given.get(key) or stated.path(key) for key in ("data", "shapes", "ontology")}
    if named["shapes"] is None and named["ontology"] is None:
        return Folders(data=named["data"] or paths.DATA)
    if named["data"] is None:
        raise NothingToRead(
            "Shapes or an ontology are named, but no data: name their folder with --data, "
            f"or by `data` in {stated.file or FILE}."
        )
    return Folders(named["ontology"], named["shapes"], named["data"])


def _stages(given: Sequence[str]) -> tuple[str, ...]:
    for stage in given:
        if stage not in STAGES:
            raise StimsonError(f"No stage is called {stage!r}; {suggest(stage, STAGES)}")
    return tuple(given)


def _severity(name: str) -> Severity | None:
    if name not in FAIL_ON:
        raise StimsonError(f"No severity is called {name!r}; {suggest(name, FAIL_ON)}")
    return next((severity for severity in SEVERITIES if severity == name), None)
