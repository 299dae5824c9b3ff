"""Where files are: those that were shipped, and the one that makes a folder a project.

What was shipped is beside the code in a wheel, at the root in a checkout.
"""

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_SHIPPED = _PACKAGE / "assets"
ASSETS = _SHIPPED if _SHIPPED.is_dir() else _PACKAGE.parents[1]

ONTOLOGY = ASSETS / "ontology"
SHAPES = ASSETS / "shapes"
DATA = ASSETS / "data"
QUERIES = ASSETS / "queries"
WORDS = _PACKAGE / "validation" / "neutrality.toml"
INSTALLED = {"data": DATA, "shapes": SHAPES, "ontology": ONTOLOGY, "queries": QUERIES}
PROJECT = "stimson.toml"


def find_project(start: Path) -> Path | None:
    """Look for the file of a project in a folder and those above, up to the root of the repository.

    Whatever bears its name is found, so that one that cannot be read is not passed over.
    """
    whole = start.resolve()
    for folder in (whole, *whole.parents):
        if os.path.lexists(folder / PROJECT):
            return folder / PROJECT
        if (folder / ".git").exists():
            return None
    return None
