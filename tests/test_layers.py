"""Imports point one way, and each outside library is known to few parts only."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "server" / "stimson"
LAYERS = [  # lowest first
    "__init__",
    "errors",
    "processes",
    "paths",
    "names",
    "networks",
    "temporary",
    "encoding",
    "reading",
    "front_matter",
    "config",
    "logs",
    "queries",
    "findings",
    "rdf",
    "project",
    "http",
    "mappings",
    "sources",
    "reasoning",
    "shacl",
    "validation",
    "snapshot",
    "engine",
    "reconcile",
    "web",
    "cli",
    "__main__",
]
OWNERS = {
    "anyascii": {"reconcile"},
    "brotli": {"web"},
    "cachetools": {"web"},
    "click": {"cli"},
    "flask": {"web"},
    "ftfy": {"reconcile"},
    "multiprocessing": set(),  # all that is forked is forked by `processes`
    "owlrl": {"reasoning"},
    "pyshacl": {"shacl"},
    "rapidfuzz": {"reconcile"},
    "rdflib": {"rdf", "reasoning", "shacl"},
    "rich": {"cli", "validation"},
    "urllib3": {"http"},
    "uvicorn": {"web"},
    "yaml": {"front_matter", "mappings", "queries"},
    "zstandard": {"web"},
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def part(path: Path) -> str:
    """Name the part of the package a file belongs to: ``web/sparql.py`` is in ``web``."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[tuple[int, str]]:
    """List what a file imports, as (number of dots, first name)."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {(0, alias.name.split(".")[0]) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = [node.module] if node.module else [alias.name for alias in node.names]
            found |= {(node.level, name.split(".")[0]) for name in names}
    return found


def test_every_part_has_a_layer():
    assert {"__init__", "errors"} <= {part(path) for path in MODULES} <= set(LAYERS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_imports_from_lower_layers_only(path):
    dots_to_package = len(path.relative_to(PACKAGE).parts)
    siblings = {name for dots, name in imports(path) if dots == dots_to_package} - {"__version__"}

    assert all(LAYERS.index(name) < LAYERS.index(part(path)) for name in siblings), siblings


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_an_outside_library_stays_with_its_owners(path):
    strangers = {
        name
        for dots, name in imports(path)
        if dots == 0 and part(path) not in OWNERS.get(name, {part(path)})
    }
    assert not strangers
