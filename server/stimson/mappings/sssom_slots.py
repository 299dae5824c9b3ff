"""The slots of SSSOM that are kept: what each holds, and by which property it is written.

Order, names and properties are those of the schema (https://w3id.org/sssom/schema/).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .. import names

_SSSOM = names.PREFIXES["sssom"]
ID, TEXT, DATE, NUMBER, ADDRESS, MODIFIER = "id", "text", "date", "number", "address", "modifier"
NEGATED = f"{_SSSOM}NegatedPredicate"


@dataclass(frozen=True, slots=True)
class SssomSlot:
    """A slot: `kind` is one of the words above; `many` allows several values, parted by ``|``.

    One that `propagates` may stand in the head of a file, for all rows that lack it.
    """

    name: str
    kind: str
    iri: str
    many: bool = False
    propagates: bool = False


def _slot(name: str, kind: str = TEXT, iri: str = "", **more: bool) -> SssomSlot:
    return SssomSlot(name, kind, names.expand(iri) if iri else f"{_SSSOM}{name}", **more)


def _table(*slots: SssomSlot) -> Mapping[str, SssomSlot]:
    return {slot.name: slot for slot in slots}


_AUTHOR = "http://purl.org/pav/authoredBy"
ROW = _table(
    _slot("subject_id", ID, "owl:annotatedSource"),
    _slot("subject_label"),
    _slot("subject_category"),
    _slot("predicate_id", ID, "owl:annotatedProperty"),
    _slot("predicate_label"),
    _slot("predicate_modifier", MODIFIER),
    _slot("object_id", ID, "owl:annotatedTarget"),
    _slot("object_label"),
    _slot("object_category"),
    _slot("mapping_justification", ID),
    _slot("author_id", ID, _AUTHOR, many=True),
    _slot("author_label", many=True),
    _slot("reviewer_id", ID, many=True),
    _slot("reviewer_label", many=True),
    _slot("creator_id", ID, "dcterms:creator", many=True),
    _slot("creator_label", many=True),
    _slot("license", ADDRESS, "dcterms:license"),
    _slot("subject_source", ID, propagates=True),
    _slot("subject_source_version", propagates=True),
    _slot("object_source", ID, propagates=True),
    _slot("object_source_version", propagates=True),
    _slot("mapping_provider", ADDRESS, propagates=True),
    _slot("mapping_source", ID),
    _slot("mapping_cardinality"),
    _slot("mapping_tool", propagates=True),
    _slot("mapping_tool_version", propagates=True),
    _slot("mapping_date", DATE, "dcterms:created", propagates=True),
    _slot("publication_date", DATE, "dcterms:issued"),
    _slot("confidence", NUMBER),
    _slot("see_also", ADDRESS, "rdfs:seeAlso", many=True),
    _slot("issue_tracker_item", ID),
    _slot("other"),
    _slot("comment", TEXT, "rdfs:comment"),
)
SET = _table(
    _slot("mapping_set_id", ADDRESS),
    _slot("mapping_set_version", TEXT, "owl:versionInfo"),
    _slot("mapping_set_source", ADDRESS, "prov:wasDerivedFrom", many=True),
    _slot("mapping_set_title", TEXT, "dcterms:title"),
    _slot("mapping_set_description", TEXT, "dcterms:description"),
    _slot("creator_id", ID, "dcterms:creator", many=True),
    _slot("creator_label", many=True),
    _slot("license", ADDRESS, "dcterms:license"),
    _slot("publication_date", DATE, "dcterms:issued"),
    _slot("see_also", ADDRESS, "rdfs:seeAlso", many=True),
    _slot("issue_tracker", ADDRESS),
    _slot("other"),
    _slot("comment", TEXT, "rdfs:comment"),
)
PROPAGATED = _table(*(slot for slot in ROW.values() if slot.propagates))
REQUIRED = ("subject_id", "predicate_id", "object_id", "mapping_justification")
JUSTIFICATIONS = frozenset(
    f"https://w3id.org/semapv/vocab/{kind}"
    for kind in (
        *("MappingReview", "ManualMappingCuration", "LogicalReasoning", "LexicalMatching"),
        *("CompositeMatching", "UnspecifiedMatching", "MappingChaining", "MappingInversion"),
        *("SemanticSimilarityThresholdMatching", "LexicalSimilarityThresholdMatching"),
        *("StructuralMatching", "InstanceBasedMatching", "BackgroundKnowledgeBasedMatching"),
    )
)
CARDINALITIES = frozenset(("1:1", "1:n", "n:1", "n:n"))
