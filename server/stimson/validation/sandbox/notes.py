"""What a report on a contribution says it did not look at."""

from ...rdf import Document, named

_COMPARED = "The texts of the sources were not compared with the quotations."
_SHAPES = "Shapes in a contribution are data like the rest: they were not applied."
_IMPORTS = "Nothing was fetched for owl:imports."
_BY_MEDIA_TYPE = {
    "application/ld+json": "JSON-LD passes over a key for which its context has no IRI.",
    "application/trig": "Named graphs were checked as one.",
    "application/n-quads": "Named graphs were checked as one.",
}
_SHAPE_KINDS = (named("sh:NodeShape"), named("sh:PropertyShape"))


def notes_on(document: Document, media_type: str) -> tuple[str, ...]:
    """List what the sender of a contribution may have expected in vain."""
    notes = [_COMPARED]
    if any(document.index.subjects(named("rdf:type"), kind) for kind in _SHAPE_KINDS):
        notes.append(_SHAPES)
    if any(triple.predicate == named("owl:imports") for triple in document.triples):
        notes.append(_IMPORTS)
    if media_type in _BY_MEDIA_TYPE:
        notes.append(_BY_MEDIA_TYPE[media_type])
    return tuple(notes)
