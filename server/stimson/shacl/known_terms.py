"""The terms of SHACL, RDF and RDFS that the engine knows."""

import pyoxigraph as ox

from ..rdf import named

Node = ox.NamedNode | ox.BlankNode  # what a shape, and most else in a shapes graph, may be
RDF_TYPE, RDF_FIRST = named("rdf:type"), named("rdf:first")
RDF_REST, RDF_NIL = named("rdf:rest"), named("rdf:nil")
RDFS_CLASS, RDFS_SUBCLASS = named("rdfs:Class"), named("rdfs:subClassOf")
RDFS_RESOURCE = named("rdfs:Resource")
OWL_CLASS, OWL_ONTOLOGY = named("owl:Class"), named("owl:Ontology")
OWL_IMPORTS = named("owl:imports")


def sh(name: str) -> ox.NamedNode:
    """Make a term of SHACL from its local name."""
    return named(f"sh:{name}")


def component_iri(name: str) -> ox.NamedNode:
    """Name a constraint component: ``MinCount`` is ``sh:MinCountConstraintComponent``."""
    return sh(f"{name}ConstraintComponent")
