"""Shapes that could never speak: pySHACL is silent on a misspelt target or term."""

from collections.abc import Iterator

from rdflib import URIRef
from rdflib.namespace import OWL, RDF, RDFS, SH
from rdflib.term import Node

from .. import names
from ..dataset import Dataset
from ..errors import NothingToRead
from ..findings import Finding
from ..locate import Places, shown

_CLASS_KINDS = (OWL.Class, RDFS.Class)
_BY_PROPERTY = (SH.targetSubjectsOf, SH.targetObjectsOf)


def check_targets(dataset: Dataset, places: Places) -> Iterator[Finding]:
    """Find shapes without a target they could ever have, and unknown SHACL terms."""
    if not any((None, RDF.type, SH.NodeShape) in shapes.graph for shapes in dataset.of("shapes")):
        raise NothingToRead("The shapes hold no sh:NodeShape; name their folder with --shapes.")
    classes, properties = _classes(dataset), _properties(dataset)
    for document in dataset.of("shapes"):
        for shape, path, value in document.graph:
            message = None
            if path == SH.targetClass and value not in classes:
                message = (
                    f"{shown(value)} is no class of the ontology, so this shape checks nothing."
                )
            elif path in _BY_PROPERTY and value not in properties:
                message = f"{shown(value)} is no known property, so this shape checks nothing."
            elif unknown := [term for term in (path, value) if _is_unknown(term)]:
                message = f"{shown(unknown[0])} is no term of SHACL, so it checks nothing."
            if message is not None:
                yield places.finding(
                    f"{names.RULE}shape-without-effect",
                    "violation",
                    message,
                    shape,
                    path,
                    value,
                    document=document,
                )


def _classes(dataset: Dataset) -> set[Node]:
    """List the classes the ontology defines, and the borrowed ones that something belongs to."""
    found: set[Node] = set()
    for document in dataset.of("ontology"):
        for kind in _CLASS_KINDS:
            found.update(document.graph.subjects(RDF.type, kind))
    for document in dataset.of("ontology", "data"):
        found.update(document.graph.objects(None, RDF.type))
    return found


def _properties(dataset: Dataset) -> set[Node]:
    """List the properties the ontology speaks of, and those that are in use."""
    found: set[Node] = set()
    for document in dataset.of("ontology"):
        found.update(document.graph.subjects(RDF.type))
    for document in dataset.of("ontology", "data"):
        found.update(document.graph.predicates())
    return found


def _is_unknown(term: Node) -> bool:
    # rdflib ships the list of SHACL's terms; asking whether one is in it is silent.
    return isinstance(term, URIRef) and str(term).startswith(str(SH)) and term not in SH
