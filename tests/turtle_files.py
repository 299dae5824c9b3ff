"""Turtle files as graphs, for the tests that judge them."""

from collections.abc import Iterable
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.term import Node

from stimson import paths

SHAPE_FILES = sorted(paths.SHAPES.glob("*.ttl"))
EXAMPLE_FILES = sorted((paths.SHAPES / "examples").glob("*.ttl"))
ONTOLOGY_FILES = sorted(paths.ONTOLOGY.rglob("*.ttl"))
DATA_FILES = sorted(paths.DATA.rglob("*.ttl"))


def read(*files: Path) -> Graph:
    """Merge Turtle files into one graph."""
    graph = Graph()
    for path in files:
        graph.parse(path)
    return graph


def local(term: Node) -> str:
    """Cut an IRI down to its last part."""
    return str(term).replace("#", "/").rsplit("/", 1)[-1]


def iris(terms: Iterable[Node]) -> set[URIRef]:
    """Keep the IRIs among `terms`."""
    return {term for term in terms if isinstance(term, URIRef)}
