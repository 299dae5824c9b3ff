"""Wikidata identifiers as SSSOM, with what is not the same said in as many words."""

import csv
import io

from .reference import Row, read
from .turtle import ID, KINDS

_HEADER = """\
# mapping_set_id: https://w3id.org/stimson/mappings/{kind}
# mapping_set_title: "Stimson to Wikidata: {kind}"
# mapping_set_description: "{description}"
# license: https://creativecommons.org/publicdomain/zero/1.0/
# mapping_date: {date}
# curie_map:
"""
_DATE = "2026-11-22"  # the day on which the identifiers were taken over
_DESCRIPTION = (
    "Which item of Wikidata means the same, and which looks alike but does not. "
    "Only identifiers that were seen in a source, named in the comment, are listed."
)
_COLUMNS = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "predicate_modifier",
    "object_id",
    "object_label",
    "mapping_justification",
    "mapping_cardinality",
    "confidence",
    "comment",
)
_CURIES = {
    **{kind: f"{ID}{kind}/" for kind in KINDS},
    "event": f"{ID}event/",
    "semapv": "https://w3id.org/semapv/vocab/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "wikidata": "http://www.wikidata.org/entity/",
}
_CONFIDENCE = {"high": "0.95", "medium": "0.7"}


def files() -> dict[str, str]:
    """Write one set of mappings per kind of thing."""
    rows = read("wikidata")
    citations = {row["slug"]: row["pointer"] for row in read("citations")}
    kinds = dict.fromkeys(row["set"] for row in rows)
    return {
        f"mappings/{kind}.sssom.tsv": _set(kind, [r for r in rows if r["set"] == kind], citations)
        for kind in kinds
    }


def _set(kind: str, rows: list[Row], citations: dict[str, str]) -> str:
    table = [_mapping(row, citations) for row in rows]
    used = {cell.split(":")[0] for row in table for cell in row.values() if ":" in cell}
    out = io.StringIO()
    out.write(_HEADER.format(kind=kind, description=_DESCRIPTION, date=_DATE))
    out.writelines(f'#   {short}: "{_CURIES[short]}"\n' for short in sorted(used & _CURIES.keys()))
    writer = csv.DictWriter(out, _COLUMNS, dialect="excel-tab", lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return out.getvalue()


def _mapping(row: Row, citations: dict[str, str]) -> dict[str, str]:
    pointers = [citations[slug] for slug in row["sources"].split()]
    seen = f"Verified by: {' | '.join(pointers)}."
    return {
        "subject_id": row["subject"],
        "subject_label": row["subject_label"],
        "predicate_id": f"skos:{row['predicate']}",
        "predicate_modifier": row["modifier"],
        "object_id": f"wikidata:{row['qid']}",
        "object_label": row["object_label"],
        "mapping_justification": "semapv:ManualMappingCuration",
        "mapping_cardinality": row["cardinality"],
        "confidence": _CONFIDENCE[row["confidence"]],
        "comment": f"{row['comment']} {seen}".strip(),
    }
