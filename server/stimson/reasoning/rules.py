"""Rules as SPARQL CONSTRUCT queries: those of OWL 2 RL that our ontology uses, and our own.

The former are named and meant as in
https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules
(tables 4 to 9). The latter are the files ``rules/*.rq`` beside the ontology, each with
a header of ``#+ `` lines that form YAML: `title`, and `sentence`, which says the rule in words.

An axiom that no rule here covers would be read and then do nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from .. import names, processes
from ..errors import InvalidData, InvalidFile, InvalidQueryFile
from ..queries import read_header, syntax_error
from ..rdf import Dataset, Document, Index, named
from ..sparql_text import strip_literals

_FORM = re.compile(r"CONSTRUCT\s*\{(?P<head>.*?)\}\s*WHERE\s*\{(?P<body>.*)\}\s*", re.DOTALL)
_SECONDS = 60.0  # for a rule to be parsed
_PROLOGUE = """\
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""


@dataclass(frozen=True, slots=True)
class InferenceRule:
    """Where `body` holds, so does `head`; both are SPARQL, read with `prologue`.

    `patterns` are the triple patterns of a body that is nothing else, but for a `condition`.
    One of our own stands in a `file`.
    """

    iri: str
    sentence: str
    prologue: str
    head: str
    body: str
    patterns: tuple[str, ...] = ()
    condition: str = ""
    file: Path | None = None

    @property
    def construct(self) -> str:
        """The rule as a query for its conclusions."""
        return f"{self.prologue}CONSTRUCT {{ {self.head} }} WHERE {{ {self.body} }}"

    def constructs_from(self, graph: str) -> Iterator[str]:
        """The rule as queries for what follows if one of the premises is in a graph.

        Where the patterns of its body are not known, it is asked for all of its conclusions.
        """
        if not self.patterns:
            yield self.construct
        for number in range(len(self.patterns)):
            body = list(self.patterns)
            body[number] = f"GRAPH <{graph}> {{ {body[number]} }}"
            where = f"{' . '.join(body)} {self.condition}"
            yield f"{self.prologue}CONSTRUCT {{ {self.head} }} WHERE {{ {where} }}"

    def select(self, condition: str = "") -> str:
        """The rule as a query for the ways in which its body holds."""
        return f"{self.prologue}SELECT * WHERE {{ {self.body} {condition} }}"


def _owl(name: str, sentence: str, body: str, head: str, condition: str = "") -> InferenceRule:
    """Write a rule of OWL; in its body, a full stop between spaces ends each pattern."""
    patterns = tuple(body.split(" . "))
    whole = f"{body} {condition}"
    return InferenceRule(
        f"{names.OWL_RULE}{name}", sentence, _PROLOGUE, head, whole, patterns, condition
    )


OWL_RL = (
    _owl(
        "scm-sco",
        "A class below a class below a third is below the third.",
        "?a rdfs:subClassOf ?b . ?b rdfs:subClassOf ?c",
        "?a rdfs:subClassOf ?c",
    ),
    _owl(
        "scm-spo",
        "A property below a property below a third is below the third.",
        "?a rdfs:subPropertyOf ?b . ?b rdfs:subPropertyOf ?c",
        "?a rdfs:subPropertyOf ?c",
    ),
    _owl(
        "scm-dom1",
        "What has a domain has each class above it as a domain.",
        "?p rdfs:domain ?c . ?c rdfs:subClassOf ?d",
        "?p rdfs:domain ?d",
    ),
    _owl(
        "scm-dom2",
        "A property has the domains of the properties above it.",
        "?p rdfs:subPropertyOf ?q . ?q rdfs:domain ?c",
        "?p rdfs:domain ?c",
    ),
    _owl(
        "scm-rng1",
        "What has a range has each class above it as a range.",
        "?p rdfs:range ?c . ?c rdfs:subClassOf ?d",
        "?p rdfs:range ?d",
    ),
    _owl(
        "scm-rng2",
        "A property has the ranges of the properties above it.",
        "?p rdfs:subPropertyOf ?q . ?q rdfs:range ?c",
        "?p rdfs:range ?c",
    ),
    _owl(
        "prp-spo1",
        "What is related by a property is related by each property above it.",
        "?p rdfs:subPropertyOf ?q . ?x ?p ?y",
        "?x ?q ?y",
    ),
    _owl(
        "prp-spo2",
        "What is related by a chain of properties is related by the property of the chain.",
        "?p owl:propertyChainAxiom ?l . ?l rdf:first ?q . ?l rdf:rest ?m . "
        "?m rdf:first ?r . ?m rdf:rest rdf:nil . ?x ?q ?y . ?y ?r ?z",
        "?x ?p ?z",
    ),
    _owl(
        "prp-trp",
        "A transitive property relates the first to the third.",
        "?p a owl:TransitiveProperty . ?x ?p ?y . ?y ?p ?z",
        "?x ?p ?z",
    ),
    _owl(
        "prp-symp",
        "A symmetric property relates both ways.",
        "?p a owl:SymmetricProperty . ?x ?p ?y",
        "?y ?p ?x",
    ),
    _owl(
        "prp-inv1",
        "What is related by a property is related the other way round by its inverse.",
        "?p owl:inverseOf ?q . ?x ?p ?y",
        "?y ?q ?x",
        "FILTER(!isLiteral(?y))",
    ),
    _owl(
        "prp-inv2",
        "What is related by the inverse of a property is related the other way round by it.",
        "?p owl:inverseOf ?q . ?x ?q ?y",
        "?y ?p ?x",
        "FILTER(!isLiteral(?y))",
    ),
    _owl(
        "prp-dom",
        "What has a property is in the domain of the property.",
        "?p rdfs:domain ?c . ?x ?p ?y",
        "?x a ?c",
    ),
    _owl(
        "prp-rng",
        "What a property leads to is in the range of the property.",
        "?p rdfs:range ?c . ?x ?p ?y",
        "?y a ?c",
        "FILTER(!isLiteral(?y))",
    ),
    _owl(
        "cax-sco",
        "What is in a class is in each class above it.",
        "?c rdfs:subClassOf ?d . ?x a ?c",
        "?x a ?d",
    ),
)
"""Conclusions."""

_DISJOINT = (
    "{ ?c owl:disjointWith ?d } UNION { ?all a owl:AllDisjointClasses ; owl:members ?l . "
    "?l rdf:rest*/rdf:first ?c , ?d FILTER(STR(?c) < STR(?d)) }"
)
DISJOINT = f"{_PROLOGUE}SELECT DISTINCT ?c ?d {{ {_DISJOINT} }} ORDER BY ?c ?d"
"""Classes that share nobody (cax-dw, cax-adc)."""

BELOW_BOTH = (
    f"{_PROLOGUE}SELECT DISTINCT ?x ?c ?d {{ {_DISJOINT} "
    "{ ?x rdfs:subClassOf ?c , ?d } UNION { ?c rdfs:subClassOf ?d BIND(?c AS ?x) } "
    "UNION { ?d rdfs:subClassOf ?c BIND(?d AS ?x) } } ORDER BY ?x ?c ?d"
)
"""Classes below two classes that share nobody: nothing can ever be in them."""

LITERALS = (
    f"{_PROLOGUE}SELECT DISTINCT ?x ?p ?y ?c {{ ?p rdfs:range ?c . ?c a owl:Class . ?x ?p ?y "
    "FILTER(isLiteral(?y)) } ORDER BY ?x ?p ?y ?c"
)
"""Literals where the range is a class, and so things are expected."""

DATATYPES = (
    f"{_PROLOGUE}SELECT DISTINCT ?x ?p ?y ?c {{ ?p rdfs:range ?c . ?x ?p ?y "
    "FILTER(STRSTARTS(STR(?c), STR(xsd:)) || ?c = rdf:langString) } ORDER BY ?x ?p ?y ?c"
)
"""Values of properties that have a datatype as range."""

TWO_VALUES = (
    f"{_PROLOGUE}SELECT DISTINCT ?x ?p ?y ?z {{ ?p a owl:FunctionalProperty . ?x ?p ?y , ?z "
    "FILTER(!sameTerm(?y, ?z) && !isBlank(?y) && !isBlank(?z) && !COALESCE(?y = ?z, false)) } "
    "ORDER BY ?x ?p ?y ?z"
)
"""Two values of a functional property (prp-fp). Under OWL they would be one thing by two names;
here each name is of a thing of its own, so that both cannot be true."""


def read_rules(folder: Path | None) -> tuple[InferenceRule, ...]:
    """Read ``rules/*.rq`` in an ontology folder, in alphabetical order; there may be none.

    `InvalidFile` tells which one is no rule.
    """
    if folder is None:
        return ()
    paths = sorted((folder / "rules").glob("*.rq"))
    rules = tuple(map(_read_rule, paths))
    # One that is nested deeply would take the process with it that parses it.
    (problems,) = processes.run([[partial(_problem, rule) for rule in rules]], most=_SECONDS)
    for path, problem in zip(paths, problems, strict=True):
        if isinstance(problem, processes.Cut):
            raise InvalidFile(path, f"the rule cannot be parsed: {problem.problem}")
        if problem is not None:
            raise InvalidFile(path, f"this is not SPARQL: {problem}")
    return rules


def _problem(rule: InferenceRule) -> str | None:
    try:
        ox.Store().query(rule.construct)
    except SyntaxError as fault:
        return syntax_error(str(fault)).problem
    return None


def _read_rule(path: Path) -> InferenceRule:
    try:
        header, sparql = read_header(path, ("title", "sentence"))
    except InvalidQueryFile as fault:
        raise InvalidFile(path, str(fault).removeprefix(f"{path}: ")) from fault
    if missing := {"title", "sentence"} - set(header):
        raise InvalidFile(path, f"the header lacks {', '.join(sorted(missing))}")
    start = sparql.find("CONSTRUCT")
    form = _FORM.fullmatch(sparql[start:]) if start >= 0 else None
    if form is None:
        raise InvalidFile(path, "expected a rule of the form CONSTRUCT { … } WHERE { … }")
    if "SERVICE" in strip_literals(sparql).upper():
        raise InvalidFile(path, "a rule asks no other endpoint: remove SERVICE")
    return InferenceRule(
        f"{names.RULE}{path.stem}",
        str(header["sentence"]),
        sparql[:start],
        form["head"],
        form["body"],
        file=path,
    )


_OWL = names.PREFIXES["owl"]
# Terms that only name, describe or join; nothing follows from them.
_SILENT = (
    *("Ontology", "Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty"),
    *("imports", "versionIRI", "versionInfo", "deprecated", "priorVersion"),
)
# Terms that a rule reads.
_COVERED = (
    *("TransitiveProperty", "SymmetricProperty", "inverseOf", "propertyChainAxiom"),
    *("AllDisjointClasses", "members", "disjointWith", "FunctionalProperty"),
)
_KNOWN = frozenset(ox.NamedNode(f"{_OWL}{name}") for name in (*_SILENT, *_COVERED))
_CHAIN = named("owl:propertyChainAxiom")


class UnsupportedAxiom(NamedTuple):
    """An axiom that no rule covers: the OWL term that nothing is done with, and where it is."""

    term: ox.NamedNode
    document: Document
    triple: ox.Triple


def unsupported_axioms(dataset: Dataset) -> list[UnsupportedAxiom]:
    """List the axioms of the ontology that no rule covers, in order of appearance.

    A chain of properties is covered if it has two links.
    """
    return [
        UnsupportedAxiom(term, document, triple)
        for document in dataset.of("ontology")
        for triple in document.triples
        for term in _uncovered(triple, document.index)
    ]


def refuse_unsupported(dataset: Dataset) -> None:
    """Raise `InvalidData` that names each OWL term used in an ontology and covered by no rule."""
    places: dict[str, str] = {}
    for term, document, _ in unsupported_axioms(dataset):
        number = ", not of two links" if term == _CHAIN else ""
        places.setdefault(names.shorten(term.value), f"{document.path.name}{number}")
    if places:
        listed = "; ".join(f"{term} ({place})" for term, place in sorted(places.items()))
        raise InvalidData(f"The reasoner has no rule for {listed}: add one, or drop the axiom.")


def _uncovered(triple: ox.Triple, index: Index) -> Iterator[ox.NamedNode]:
    value = triple.object
    for term in (triple.predicate, value):
        if isinstance(term, ox.NamedNode) and term not in _KNOWN and term.value.startswith(_OWL):
            yield term
    if triple.predicate == _CHAIN and not isinstance(value, ox.Triple):
        yield from [_CHAIN] if len(index.items(value)) != 2 else []
