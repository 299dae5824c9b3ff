"""Turtle, block by block, straight to disk: nothing is kept but a count of triples."""

import datetime
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TextIO

BASE = "https://w3id.org/stimson/"
KINDS = (
    *("act", "citation", "claim", "conflict", "designation", "event", "geometry", "hypothesis"),
    *("membership", "mention", "norm", "organization", "passage", "person", "place"),
    *("placement", "post", "quotation", "selector", "source", "stance", "state", "statement"),
    *("step", "tenure", "territory", "vote"),
)
PREFIXES = {
    **{kind: f"{BASE}id/{kind}/" for kind in KINDS},
    "dcterms": "http://purl.org/dc/terms/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "oa": "http://www.w3.org/ns/oa#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "st": f"{BASE}ontology#",
    "stv": f"{BASE}vocabulary/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_HEAD = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in sorted(PREFIXES.items()))
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})

Pair = tuple[str, str | Iterable[str]]


def string(value: str) -> str:
    """Write a plain string."""
    return f'"{value.translate(_ESCAPES)}"'


def text(value: str, language: str = "en") -> str:
    """Write a text with its language."""
    return f"{string(value)}@{language}"


def date(day: datetime.date | str) -> str:
    """Write a day."""
    return f'"{day}"^^xsd:date'


def label(english: str, **others: str) -> Pair:
    """Name a thing in English, and in other languages by their tags."""
    return "rdfs:label", [text(english), *(text(words, tag) for tag, words in others.items())]


def expand(name: str) -> str:
    """Write a prefixed name in full."""
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


class File:
    """One Turtle file that is being written."""

    def __init__(self, path: PurePosixPath, stream: TextIO, count: Callable[[int], None]) -> None:
        self.path = path
        self._stream = stream
        self._count = count
        stream.write(_HEAD)

    def add(self, subject: str, kind: str, *pairs: Pair) -> None:
        """Write what is said of one thing; `kind` may name several classes, divided by commas."""
        lines, triples = [f"{subject} a {kind}"], 1 + kind.count(",")
        for predicate, values in pairs:
            objects = [values] if isinstance(values, str) else list(dict.fromkeys(values))
            if objects:
                lines.append(f"{predicate} {' , '.join(objects)}")
                triples += len(objects)
        self._stream.write("\n" + " ;\n    ".join(lines) + " .\n")
        self._count(triples)


class Sink:
    """The folder that is written to."""

    def __init__(self, folder: Path, progress: Callable[[int], None]) -> None:
        self.triples = 0
        self.files = 0
        self._folder = folder
        self._progress = progress
        # What is added to a file before it is closed, where faults are to be planted.
        self.finish: Callable[[File], None] = lambda file: None

    @contextmanager
    def file(self, path: str) -> Iterator[File]:
        """Write the file at `path` below the folder."""
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("w", encoding="utf-8", newline="\n") as stream:
            file = File(PurePosixPath(path), stream, self._add)
            yield file
            self.finish(file)
        self.files += 1
        self._progress(self.triples)

    def _add(self, triples: int) -> None:
        self.triples += triples
