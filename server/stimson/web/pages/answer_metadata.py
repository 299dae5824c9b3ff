"""What an answer is: its columns in words, its licence, its edition, and how to cite it.

In the terms of CSV on the Web (https://www.w3.org/TR/tabular-metadata/), which describe the CSV;
the other formats hold the same columns.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ...queries import SavedQuery
from ..sparql.metadata import LICENCE
from ..sparql.site import site
from . import citation

_CONTEXT = ["http://www.w3.org/ns/csvw", {"@language": "en"}]


def describe(
    saved: SavedQuery, base: str, address: Callable[..., str], values: Mapping[str, str]
) -> dict[str, Any]:
    """Describe the answer of a query with these values; `address` writes its addresses."""
    own = site().is_ours
    return {
        "@context": _CONTEXT,
        "url": f"{base}{address('.csv')}",
        "dc:title": saved.title,
        "dc:description": saved.question,
        "dc:subject": list(saved.keywords),
        "dc:identifier": f"{base}{address()}",
        "dc:bibliographicCitation": citation.of_answer(saved, address()).text,
        **({"dc:license": {"@id": LICENCE}} if own else {}),
        "dc:source": {"@id": f"{base}/dataset/{site().snapshot.name}"},
        "schema:version": site().snapshot.name,
        "schema:query": saved.bind(values),
        "notes": [{"parameter": name, "value": value} for name, value in values.items()],
        "tableSchema": {
            "columns": [
                {"name": name, "titles": name, "dc:description": meaning}
                for name, meaning in saved.columns.items()
            ]
        },
    }
