"""Read a SPARQL constraint (https://www.w3.org/TR/shacl/#sparql-constraints)."""

import re
from dataclasses import dataclass

import pyoxigraph as ox

from ...rdf import Index, Term
from ...sparql_text import NotUnderstood
from ..declarations import UnsupportedShape
from ..known_terms import OWL_IMPORTS, OWL_ONTOLOGY, RDF_TYPE, Node, sh
from ..property_paths import Path, write_path
from .analysis import QueryFacts, analyse

_PREFIXES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
}
# Words of which pySHACL refuses or reinterprets a query, wherever they stand in it.
_REFUSED = re.compile(r"\b(minus|values|service)\b|[?$]failure\b", re.I)
_ABOUT_SHAPES = re.compile(r"[?$](shapesGraph|currentShape)\b")
_THIS = re.compile(r"[\s{}()][$?]this\b")
_PATH = re.compile(r"([\s{}()])[$?]PATH")
_DECLARE = sh("declare")
FOCUS = "urn:x-stimson:focus"
SHAPES = "urn:x-stimson:shapes"


@dataclass(frozen=True, slots=True)
class ConstraintQuery:
    """A query that pyoxigraph may be asked for many focus nodes at once."""

    text: str
    facts: QueryFacts
    shape: ox.NamedNode | None  # that it asks about, as $currentShape

    def about(self, graph: str) -> str:
        """Write the query for the focus nodes that the graph `graph` lists.

        Each group is joined with them, so that ``?this`` is bound wherever it is used,
        as if it had been put in before (https://www.w3.org/TR/shacl/#pre-binding). What
        is inside EXISTS is asked for each solution around it, which binds it already.
        """
        clause = f" GRAPH <{graph}> {{ <{FOCUS}> <{FOCUS}> ?this }} "
        if self.shape is not None:
            clause += f"VALUES (?shapesGraph ?currentShape) {{ (<{SHAPES}> {self.shape}) }} "
        text, added = self.text, 0
        for place in self.facts.groups:
            text = text[: place + added] + clause + text[place + added :]
            added += len(clause)
        return text


def read_query(
    shapes: Index, shape: Node, constraint: Term, text: str, path: Path | None
) -> ConstraintQuery:
    """Read the query of a constraint, or raise `UnsupportedShape` for `shape`."""
    if _REFUSED.search(text) or not _THIS.search(text):
        raise UnsupportedShape(shape, "only pySHACL can ask its query")
    if path is not None:
        written = write_path(path)
        text = _PATH.sub(lambda found: f"{found[1]}{written}", text)
    elif _PATH.search(text):
        raise UnsupportedShape(shape, "its query asks for a path, and there is none")
    prefixes = _prefixes(shapes, shape, constraint)
    head = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in prefixes.items())
    whole = f"{head}\n{text}"
    try:
        facts = analyse(whole)
    except (NotUnderstood, RecursionError) as reason:
        raise UnsupportedShape(shape, str(reason)) from reason
    if not _ABOUT_SHAPES.search(text):
        return ConstraintQuery(whole, facts, None)
    if not isinstance(shape, ox.NamedNode):
        raise UnsupportedShape(shape, "it has no name that its query could be given")
    return ConstraintQuery(whole, facts, shape)


def _prefixes(shapes: Index, shape: Node, constraint: Term) -> dict[str, str]:
    """Collect the prefixes of a query (https://www.w3.org/TR/shacl/#sparql-prefixes).

    Like pySHACL, take those of every ontology where sh:prefixes points to none; unlike it,
    follow owl:imports, as the Recommendation says.
    """
    found = dict(_PREFIXES)
    ontologies = shapes.subjects(RDF_TYPE, OWL_ONTOLOGY)
    for owner in shapes.objects(constraint, sh("prefixes")):
        own = [each for one in _imported(shapes, owner) for each in shapes.objects(one, _DECLARE)]
        everywhere = [each for one in ontologies for each in shapes.objects(one, _DECLARE)]
        declarations = own if own and owner in ontologies else [*everywhere, *own]
        for declaration in dict.fromkeys(declarations):
            names = ("prefix", "namespace")
            prefix, iri = (_text(shapes, shape, declaration, name) for name in names)
            if found.setdefault(prefix, iri) != iri:
                raise UnsupportedShape(shape, f"the prefix {prefix} is declared twice")
    return found


def _imported(shapes: Index, ontology: Term) -> list[Term]:
    """List an ontology and all that it imports, as far as they are in the shapes graph."""
    found = [ontology]
    for each in found:
        found += [other for other in shapes.objects(each, OWL_IMPORTS) if other not in found]
    return found


def _text(shapes: Index, shape: Node, declaration: Term, name: str) -> str:
    values = shapes.objects(declaration, sh(name))
    if len(values) != 1 or not isinstance(values[0], ox.Literal):
        raise UnsupportedShape(shape, "a prefix is not well declared")
    return values[0].value
