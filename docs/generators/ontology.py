"""The ontology, its vocabularies and its rules: terms with all that explains them to people."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import SDO as SCHEMA
from rdflib.term import Node

from stimson import names
from stimson.queries import read_header

_KINDS = {
    OWL.Class: "class",
    OWL.ObjectProperty: "object property",
    OWL.DatatypeProperty: "datatype property",
    OWL.AnnotationProperty: "annotation property",
    SKOS.Concept: "concept",
    SKOS.ConceptScheme: "vocabulary",
}
_TRAITS = {
    OWL.TransitiveProperty: "transitive",
    OWL.SymmetricProperty: "symmetric",
    OWL.AsymmetricProperty: "asymmetric",
    OWL.IrreflexiveProperty: "irreflexive",
    OWL.FunctionalProperty: "functional",
    OWL.InverseFunctionalProperty: "inverse functional",
}
# What is not listed here is shown under its own name, so nothing is left out in silence.
_ROWS = {
    SKOS.scopeNote: "note",
    SKOS.example: "example",
    RDFS.subClassOf: "kind of",
    RDFS.subPropertyOf: "special case of",
    RDFS.domain: "domain",
    RDFS.range: "range",
    OWL.inverseOf: "inverse of",
    OWL.propertyChainAxiom: "follows from",
    URIRef(f"{names.ST}inverseLabel"): "read the other way round",
    SKOS.broader: "narrower than",
    SKOS.changeNote: "change",
    SCHEMA.rangeIncludes: "values include",
    OWL.deprecated: "deprecated",
    DCTERMS.isReplacedBy: "replaced by",
    RDFS.seeAlso: "see also",
}
_SHOWN_ELSEWHERE = {RDF.type, RDFS.label, SKOS.definition}
_SHOWN_ELSEWHERE |= {SKOS.prefLabel, SKOS.topConceptOf, SKOS.hasTopConcept}
_SHOWN_ELSEWHERE |= {RDFS.isDefinedBy, SKOS.inScheme, DCTERMS.license}


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a row: the name of a term, a chain of names, or plain text."""

    names: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A class, property, concept or vocabulary."""

    name: str
    kind: str
    labels: dict[str, str]
    definition: str
    rows: dict[str, list[Value]]
    traits: tuple[str, ...]

    def named(self, row: str) -> list[str]:
        """List the terms in a row."""
        return [name for value in self.rows.get(row, ()) for name in value.names]


@dataclass(frozen=True, slots=True)
class Module:
    """One file of the ontology, or one vocabulary: what it is about, and its terms."""

    name: str
    labels: dict[str, str]
    abstract: str
    terms: tuple[Term, ...]

    @property
    def classes(self) -> list[Term]:
        """List its classes."""
        return [term for term in self.terms if term.kind == "class"]

    @property
    def properties(self) -> list[Term]:
        """List its properties."""
        return [term for term in self.terms if term.kind.endswith("property")]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of our own: what it concludes, in words and as a query."""

    name: str
    title: str
    sentence: str
    sparql: str


@dataclass(frozen=True, slots=True)
class Ontology:
    """All of it; the modules in the order in which the main file imports them."""

    labels: dict[str, str]
    abstract: str
    version: str
    licence: str
    modules: tuple[Module, ...]
    vocabularies: tuple[Module, ...]
    rules: tuple[Rule, ...]

    @property
    def terms(self) -> dict[str, Term]:
        """Give the classes and properties by name."""
        return {term.name: term for module in self.modules for term in module.terms}


def short(iri: object) -> str:
    """Write an IRI as prefix and name."""
    return names.shorten(str(iri))


def read(files: Iterable[Path]) -> Graph:
    """Merge Turtle files into one graph."""
    graph = Graph()
    for file in sorted(files):
        graph.parse(file)
    return graph


def read_ontology(folder: Path) -> Ontology:
    """Read the ontology in `folder`, its vocabularies and its rules."""
    graph, main = read(folder.rglob("*.ttl")), URIRef(names.ONTOLOGY)
    rules = sorted((folder / "rules").glob("*.rq"))
    schemes = sorted(graph.subjects(RDF.type, SKOS.ConceptScheme), key=str)
    return Ontology(
        labels=_labels(graph, main, DCTERMS.title),
        abstract=_english(graph, main, DCTERMS.abstract),
        version=_english(graph, main, OWL.versionInfo),
        licence=_english(graph, main, DCTERMS.license),
        modules=tuple(_module(graph, name) for name in graph.objects(main, OWL.imports)),
        vocabularies=tuple(_vocabulary(graph, scheme) for scheme in schemes),
        rules=tuple(_rule(path) for path in rules),
    )


def _module(graph: Graph, name: Node) -> Module:
    terms = [_term(graph, term) for term in graph.subjects(RDFS.isDefinedBy, name)]
    return Module(
        name=str(name).removeprefix(f"{names.ONTOLOGY}/"),
        labels=_labels(graph, name, DCTERMS.title),
        abstract=_english(graph, name, DCTERMS.abstract),
        terms=tuple(sorted(terms, key=lambda term: term.name)),
    )


def _vocabulary(graph: Graph, scheme: Node) -> Module:
    own = _term(graph, scheme)
    concepts = [_term(graph, concept) for concept in graph.subjects(SKOS.inScheme, scheme)]
    terms = tuple(sorted(concepts, key=lambda term: term.name))
    return Module(own.name, own.labels, own.definition, terms)


def _rule(path: Path) -> Rule:
    header, sparql = read_header(path, ("title", "sentence"))
    lines = (line for line in sparql.splitlines() if not line.startswith("#+"))
    return Rule(path.stem, header["title"], header["sentence"], "\n".join(lines).strip())


def _term(graph: Graph, iri: Node) -> Term:
    types = sorted(_iris(graph.objects(iri, RDF.type)))
    (kind,) = (_KINDS[one] for one in types if one in _KINDS)
    return Term(
        name=short(iri),
        kind=kind,
        labels=_labels(graph, iri, RDFS.label),
        definition=_english(graph, iri, SKOS.definition),
        rows=_rows(graph, iri) | _disjoint(graph, iri),
        traits=tuple(_TRAITS.get(one, short(one)) for one in types if one not in _KINDS),
    )


def _iris(terms: Iterable[Node]) -> Iterable[URIRef]:
    return (term for term in terms if isinstance(term, URIRef))


def _rows(graph: Graph, iri: Node) -> dict[str, list[Value]]:
    """Collect what is said of a term, the rows we name first and in our order."""
    order = {path: place for place, path in enumerate(_ROWS)}
    said = [
        (order.get(path, len(order)), _ROWS.get(path, short(path)), value)
        for path in set(_iris(graph.predicates(iri))) - _SHOWN_ELSEWHERE
        for value in graph.objects(iri, path)
    ]
    rows: dict[str, list[Value]] = defaultdict(list)
    for _, row, value in sorted(said, key=lambda one: (one[:2], str(one[2]))):
        rows[row].append(_value(graph, value))
    return dict(rows)


def _value(graph: Graph, value: Node) -> Value:
    if isinstance(value, Literal):
        return Value(text=str(value))
    if (value, RDF.first, None) in graph:
        return Value(tuple(map(short, Collection(graph, value))))
    return Value((short(value),))


def _disjoint(graph: Graph, iri: Node) -> dict[str, list[Value]]:
    lists = [list(Collection(graph, head)) for head in graph.objects(None, OWL.members)]
    others = {short(other) for one in lists if iri in one for other in one if other != iri}
    return {"never also": [Value((name,)) for name in sorted(others)]} if others else {}


def _labels(graph: Graph, iri: Node, path: URIRef) -> dict[str, str]:
    texts = [text for text in graph.objects(iri, path) if isinstance(text, Literal)]
    return {text.language or "": str(text) for text in sorted(texts, key=lambda t: str(t.language))}


def _english(graph: Graph, iri: Node, path: URIRef) -> str:
    """Take the one value of a property, of texts the English one."""
    texts = [text for text in graph.objects(iri, path) if getattr(text, "language", "") != "uk"]
    (text,) = texts
    return str(text)
