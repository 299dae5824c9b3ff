"""How the code hangs together: imports point one way, and a name means one thing.

`LAYERS` says which part may import which, in the package and inside the parts that have a
table of their own; in no part may modules import each other in a circle. Each outside library
is known to few parts only.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "server" / "stimson"
# The parts of a package, the lowest first: each may import from those before it. A new
# file or folder needs a place here.
LAYERS = {
    ".": (
        *("__init__", "errors", "processes", "paths", "names", "networks", "temporary", "files"),
        *(
            "sparql_text",
            "query_names",
            "config",
            "logs",
            "queries",
            "parameter_values",
            "findings",
            "rdf",
        ),
        *("project", "http", "mappings", "sources", "reasoning", "shacl", "validation"),
        *("snapshot", "engine", "reconcile", "search", "web", "cli", "__main__"),
    ),
    "shacl": (
        *("declarations", "data_graph", "property_paths", "regex", "query_analysis"),
        *("constraint_query", "shape_model", "constraints", "reference", "shapes_graph"),
        *("processor", "__init__"),
    ),
    "validation": (
        *("__init__", "reports", "stages", "wording", "scripts", "catalogue", "literal_checks"),
        *("references", "ontology", "shape_effect", "shapes", "neutrality", "completeness"),
        *("input_files", "waivers", "changed", "pipeline", "sandbox"),
    ),
    "web": ("__init__", "ops", "sparql", "pages", "views", "app", "server"),
}
OWNERS = {
    "anyascii": {"reconcile"},
    "brotli": {"web"},
    "cachetools": {"web"},
    "click": {"cli"},
    "flask": {"web"},
    "ftfy": {"reconcile"},
    "openpyxl": {"web"},
    "pyarrow": {"web"},
    "multiprocessing": set(),  # all that is forked is forked by `processes`
    "owlrl": {"reasoning"},
    "prometheus_client": {"web"},
    "numpy": {"web"},
    "pyproj": {"web"},
    "pyshacl": {"shacl"},
    "rapidfuzz": {"parameter_values", "reconcile", "search", "snapshot"},
    "rdflib": {"rdf", "reasoning", "shacl"},
    "rich": {"cli", "validation"},
    "urllib3": {"http"},
    "shapely": {"web"},
    "sqlite3": {"search"},
    "uvicorn": {"web"},
    "yaml": {"mappings", "queries"},
    "zstandard": {"web"},
}
MODULES = sorted(PACKAGE.rglob("*.py"))
# Public class names that mean two things in the package, and why they may.
TWICE_CLASSES: dict[str, str] = {}
# Likewise modules and packages.
TWICE_MODULES = {
    "explain": "the command, and the proofs that it prints",
    "mappings": "the command, and the package that it works with",
    "reconcile": "the package, and the pages that serve it",
    "search": "the command, the package that it works with, and the page that does the same",
    "validate": "the command, and the page that does the same",
    "wikidata": "the command, and the package that it works with",
}


def name_of(path: Path) -> str:
    """Write a module as it is imported; a package is its ``__init__``."""
    parts = ("stimson", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


PATHS = {name_of(path): path for path in MODULES}


def outside(path: Path) -> set[str]:
    """List the outside packages that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module.split(".")[0])
    return found - {"stimson"}


def inside(path: Path) -> Iterator[str]:
    """List the modules of ours that a file imports: anywhere in it, for types alone included."""
    package = [*name_of(path).split("."), "x"][: -1 if path.name == "__init__.py" else -2]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            above = package[: len(package) - node.level + 1]
            module = ".".join([*above, *(node.module.split(".") if node.module else ())])
            for alias in node.names:
                whole = f"{module}.{alias.name}"
                yield whole if whole in PATHS else module


IMPORTS = {name: set(inside(path)) for name, path in PATHS.items()}


def part_of(module: str, package: str) -> str | None:
    """Name the part of a package that a module is in; None if it is outside of the package.

    The package itself is the part ``__init__``.
    """
    whole = "stimson" if package == "." else f"stimson.{package}"
    if module == whole:
        return "__init__"
    inner = module.removeprefix(f"{whole}.")
    return None if inner == module else inner.split(".")[0]


@pytest.mark.parametrize("package", LAYERS)
def test_every_part_has_a_layer(package):
    parts = {part_of(module, package) for module in PATHS} - {None}

    assert parts == set(LAYERS[package])
    assert len(LAYERS[package]) == len(parts)


@pytest.mark.parametrize("package", LAYERS)
def test_imports_point_to_lower_layers(package):
    layers, wrong = LAYERS[package], []
    for module, imported in IMPORTS.items():
        part = part_of(module, package)
        others = {part_of(each, package) for each in imported} - {part, None}
        if part is not None:
            wrong += [
                f"{module} imports from {other}"
                for other in others
                if layers.index(other) > layers.index(part)
            ]

    assert not wrong


def circles() -> list[list[str]]:
    """Find the groups of modules that import each other in a circle."""
    edges = {name: dict.fromkeys(sorted(each - {name})) for name, each in sorted(IMPORTS.items())}
    found = []
    while True:
        try:
            TopologicalSorter(edges).prepare()
        except CycleError as fault:
            circle = fault.args[1]
            found.append(circle)
            del edges[circle[1]][circle[0]]  # it imports the one before it
        else:
            return found


def test_no_modules_import_each_other_in_a_circle():
    assert [" <- ".join(circle) for circle in circles()] == []


def test_a_circle_would_be_found(monkeypatch):
    monkeypatch.setitem(IMPORTS, "stimson.errors", {"stimson.web.app"})

    assert any("stimson.errors" in circle for circle in circles())


def repeated(names: dict[str, list[str]], allowed: dict[str, str]) -> dict[str, list[str]]:
    """Leave the names that mean two things; those that may are not among them, but must."""
    twice = {name: places for name, places in names.items() if len(places) > 1}
    assert allowed.keys() <= twice.keys(), "what is no longer there twice needs no excuse"
    return {name: places for name, places in twice.items() if name not in allowed}


def test_no_class_has_the_name_of_another():
    # Those that begin with an underscore are known in their own file only.
    found = defaultdict(list)
    for module, path in PATHS.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(module)

    assert repeated(found, TWICE_CLASSES) == {}


def test_no_module_has_the_name_of_another():
    found = defaultdict(list)
    for module in PATHS:
        found[module.rpartition(".")[2]].append(module)

    assert repeated(found, TWICE_MODULES) == {}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_an_outside_library_stays_with_its_owners(path):
    part = part_of(name_of(path), ".")
    foreign = {name for name in outside(path) if part not in OWNERS.get(name, {part})}
    assert not foreign
