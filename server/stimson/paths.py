"""Where the shipped files live: beside the code in a wheel, at the root in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_SHIPPED = _PACKAGE / "assets"
ASSETS = _SHIPPED if _SHIPPED.is_dir() else _PACKAGE.parents[1]

ONTOLOGY = ASSETS / "ontology"
SHAPES = ASSETS / "shapes"
DATA = ASSETS / "data"
QUERIES = ASSETS / "queries"
