"""Print each import inside a function of ours that is not carried out when a checker is ready.

Run in a process of its own: what others have imported does not count.
"""

import ast
import sys
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path

from stimson.validation.sandbox.validator import load


def late_imports() -> Iterator[str]:
    """List them as ``module:line imported``, for all modules of ours that are loaded."""
    for name, module in sorted(sys.modules.items()):
        if name.split(".")[0] == "stimson" and module.__file__:
            tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
            for line, imported in _inside_functions(tree, module.__spec__.parent):
                if imported not in sys.modules:
                    yield f"{name}:{line} {imported}"


def _inside_functions(tree: ast.AST, package: str) -> Iterator[tuple[int, str]]:
    functions = (each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef))
    for node in (node for function in functions for node in ast.walk(function)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, resolve_name("." * node.level + (node.module or ""), package)


if __name__ == "__main__":
    load()
    sys.stdout.writelines(f"{late}\n" for late in late_imports())
