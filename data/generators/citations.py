"""The pages, records and packages that generated facts rest on."""

from .reference import Row, read
from .turtle import block, date, document, string, text, typed


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
        ("dcterms:title", string(row["work_title"])),
        ("schema:publisher", string(row["publisher"])),
        ("dcterms:issued", date(row["date"])),
        ("dcterms:bibliographicCitation", string(row["pointer"])),
        ("schema:url", typed(row["url"], "xsd:anyURI")),
        ("dcterms:license", f"<{licence}>" if licence.startswith("https://") else ""),
        ("dcterms:rights", "" if licence.startswith("https://") else text(licence)),
        ("skos:editorialNote", text(_read_at(row))),
    )


def _read_at(row: Row) -> str:
    """Say where it was read, and of what the page says that it is a copy or a report."""
    where = f"Read at {row['publisher']}." if row["url"] and row["publisher"] else ""
    original = f"The original: {row['original']}." if row["original"] else ""
    return " ".join(part for part in (where, original) if part)
