"""What a snapshot is made of, in one hash: files, this package, and the libraries it uses."""

import hashlib
from importlib.metadata import version
from pathlib import Path

from .. import __version__
from ..dataset import Folders, find_files
from ..mappings import find_files as find_mappings

_LIBRARIES = ("pyoxigraph", "pyshacl", "rdflib")
_PACKAGE = Path(__file__).resolve().parents[1]
# Who changes a rule in a checkout wants a new build without raising the version.
_CODE = (
    *("dataset", "locate", "mappings", "names.py", "quotations", "reasoning", "shacl", "snapshot"),
    *("validation", "wikidata"),
)


def hash_inputs(folders: Folders, *others: Path | None) -> str:
    """Hash all that decides what is built; equal hashes promise equal snapshots.

    `others` are files that are no part of the folders; None stands for none.
    """
    digest = hashlib.sha256()
    for fact in (__version__, *(f"{name} {version(name)}" for name in _LIBRARIES)):
        digest.update(f"{fact}\n".encode())
    files = {iri: path for iri, (_, path) in find_files(folders).items()}
    rules = {path.name: path for path in _rules(folders)}
    found = find_mappings(folders.data)
    tables = {path.relative_to(folders.data).as_posix(): path for path in found}
    more = {f"{number}": path for number, path in enumerate(others) if path is not None}
    for name, path in (files | rules | tables | more | _code()).items():
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{name} {content}\n".encode())
    return digest.hexdigest()


def _rules(folders: Folders) -> list[Path]:
    return sorted(folders.ontology.glob("rules/*.rq")) if folders.ontology else []


def _code() -> dict[str, Path]:
    """Find the modules that take part in a build."""
    parts = (_PACKAGE / part for part in _CODE)
    files = (path for part in parts for path in ([part] if part.is_file() else part.rglob("*.py")))
    return {path.relative_to(_PACKAGE).as_posix(): path for path in sorted(files)}
