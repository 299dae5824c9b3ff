"""Who uses what a library does not promise to keep, keeps to the versions that have it."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "server" / "stimson").rglob("*.py"))
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
# Modules that are imported though no documentation names them.
UNDOCUMENTED = (
    *("pyshacl.constraints.", "pyshacl.monkey", "pyshacl.rdfutil."),
    *("rdflib.plugins.parsers.", "rdflib.plugins.sparql.", "uvicorn.protocols."),
)
NO_PACKAGES = {*sys.stdlib_module_names, "_typeshed"}  # the latter is for type checkers alone


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def imported(tree: ast.AST) -> dict[str, str]:
    """Map the names that a file has from other packages to the modules they are from."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {(each.asname or each.name).split(".")[0]: each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found |= {each.asname or each.name: str(node.module) for each in node.names}
    return {
        name: module for name, module in found.items() if module.split(".")[0] not in NO_PACKAGES
    }


def root_of(node: ast.expr) -> str | None:
    """Name what an expression such as ``a.b(c).d`` starts from."""
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return None
    return node.id


def private_uses(source: str) -> Iterator[tuple[str, str]]:
    """List the private parts of other packages that a file uses, as package and name."""
    tree = ast.parse(source)
    known = imported(tree)
    for name, module in known.items():
        if is_private(name) or any(map(is_private, module.split("."))):
            yield module.split(".")[0], name
        elif module.startswith(UNDOCUMENTED):
            yield module.split(".")[0], module
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and is_private(node.attr):
            if module := known.get(str(root_of(node.value))):
                yield module.split(".")[0], node.attr
        elif isinstance(node, ast.ClassDef):
            bases = [module for base in node.bases if (module := known.get(str(root_of(base))))]
            for inner in ast.walk(node) if bases else ():
                is_inherited = isinstance(inner, ast.Attribute) and root_of(inner.value) == "super"
                if is_inherited and is_private(inner.attr):
                    yield bases[0].split(".")[0], inner.attr


USES = {use for path in MODULES for use in private_uses(path.read_text(encoding="utf-8"))}


def dependency(package: str) -> str | None:
    """Find the line of ``pyproject.toml`` that asks for a package."""
    listed = tomllib.loads(PYPROJECT)["project"]["dependencies"]
    (wanted,) = [each for each in listed if re.split(r"[<>=~!\[ ]", each)[0] == package] or [None]
    return wanted and next(line for line in PYPROJECT.splitlines() if f'"{wanted}"' in line)


@pytest.mark.parametrize("package", sorted({package for package, _ in USES}))
def test_a_package_whose_private_parts_are_used_has_an_upper_bound_and_a_reason(package):
    line = dependency(package)

    assert line is not None, f"{package} is not asked for itself"
    assert re.search(r'<[\d.]+",\s+# \S', line), line


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import lib\nlib.sub._part", {("lib", "_part")}),
        ("from lib import Thing\nThing().part._other", {("lib", "_other")}),
        ("from lib._sub import x", {("lib", "x")}),
        ("from lib import _x", {("lib", "_x")}),
        ("from pyshacl.monkey import x", {("pyshacl", "pyshacl.monkey")}),
        ("from rdflib.plugins.sparql import prepareQuery", set()),
        (
            "from lib import Base\nclass C(Base):\n def f(self): return super()._f()",
            {("lib", "_f")},
        ),
        ("import os\nos._exit(1)\nself._x\nclass C:\n def f(self): super()._f()", set()),
        ("from .lib import x\nx._y\nfrom lib import y\ny.__doc__", set()),
    ],
)
def test_private_uses_are_found(source, found):
    assert set(private_uses(source)) == found
