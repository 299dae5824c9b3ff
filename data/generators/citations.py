"""The pages, records and packages that generated facts rest on."""

from .reference import Row, read
from .turtle import block, document, string, text, typed


def files() -> dict[str, str]:
    """Write the file of citations."""
    comment = "Cited, not read in full: what generated facts rest on."
    return {"sources/citations.ttl": document(map(_citation, read("citations")), comment)}


def _citation(row: Row) -> str:
    licence = row["licence"]
    return block(
        f"citation:{row['slug']}",
        "st:Citation",
        ("rdfs:label", text(row["title"])),
        ("dcterms:bibliographicCitation", string(row["pointer"])),
        ("schema:url", typed(row["url"], "xsd:anyURI")),
        ("dcterms:license", f"<{licence}>" if licence.startswith("https://") else ""),
        ("dcterms:rights", "" if licence.startswith("https://") else text(licence)),
    )
