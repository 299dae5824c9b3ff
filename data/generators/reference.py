"""The verified tables below `data/reference/`."""

import csv
from pathlib import Path

REFERENCE = Path(__file__).resolve().parents[1] / "reference"

Row = dict[str, str]


def read(name: str) -> list[Row]:
    """Read a table; a row that is not well verified stops the work."""
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        raise SystemExit(f"data/reference/{name}.csv holds no row; restore it from git.")
    for number, row in enumerate(rows, start=2):
        if row.get("confidence", "high") not in ("high", "medium"):
            raise SystemExit(
                f"data/reference/{name}.csv:{number}: confidence is {row['confidence']!r}; "
                "only high and medium may enter the graph, so take the row out."
            )
    return rows


def by(key: str, name: str) -> dict[str, Row]:
    """Read a table with one row per value of the column `key`."""
    return {row[key]: row for row in read(name)}
