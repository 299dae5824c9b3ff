"""The catalogue of rules: those of our own checks by their stage, and the shapes of a project.

A report names each rule that could have been broken, so that what was checked can be read
from it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from .. import names
from ..findings import Rule
from ..project import Project
from ..rdf import Dataset, Index, Term, named
from .wording import read_words

WAIVERS = "waivers"  # where the rules on waivers stand: beside the stages
RUN = "run"  # where the rule stands that any stage may break

_OWN = {
    "syntax": {
        "syntax": "A file can be read as what it is to be: as Turtle or as a rule, in UTF-8.",
        "literal": "A literal is a value of its datatype.",
        "non-canonical": "A number or a date is written as the store will serve it.",
        "unnormalised": "Text is in Unicode's normal form NFC, save for the words of a source.",
        "mixed-script": "No word mixes letters of two scripts: look-alikes are hard to see.",
        "foreign-script": "A text is in the script of its language, save for names.",
        "apostrophe": "A language has one apostrophe.",
    },
    "references": {
        "undefined-reference": "Every term and thing of the project is defined in some file.",
        "deprecated-term": "Data and shapes use no term that the ontology calls deprecated.",
        "gap": "What a scaffold left open is filled in.",
        "mapping-syntax": "A file of mappings is SSSOM/TSV, in UTF-8.",
        "mapping-value": "A date, a number or an address of a mapping is one.",
        "mapping-identifier": "An identifier of a mapping is well formed and leads elsewhere.",
        "mapping-subject": "What is mapped is a thing of the project, and is defined.",
        "mapping-class": "What is said to be one item is of one class, and of the one it is given.",
        "mapping-predicate": "A mapping says how close it is in terms that are known.",
        "mapping-justification": "A mapping says by what kind of work it was found.",
        "mapping-label": "A mapping calls a thing as the data do.",
        "mapping-cardinality": "Things share an item, or have several, only where a row says so.",
        "mapping-conflict": "A mapping stands once, and is not denied elsewhere.",
    },
    "ontology": {
        "unknown-term": "A term of RDF, RDFS or OWL exists.",
        "owl-profile": "The ontology keeps to OWL 2 RL, so that all that it says can be concluded.",
        "unsupported-axiom": "Every axiom is of a kind for which there is a rule.",
        "contradiction": "Nothing follows that cannot be.",
        "import-missing": "What an ontology imports is among the files; nothing is fetched.",
        "version-missing": "An ontology names its version by an IRI of its own.",
    },
    "shacl": {
        "shape-without-effect": "A shape can find something: its target and its terms exist.",
        "shape-unusable": "A shape can be applied as it is written.",
        "anonymous-shape": "What a shape without a name demands; its message says what that is.",
    },
    "quotations": {
        "passage-incomplete": "A passage says all that is needed to check it.",
        "passage-position": "A passage ends after it starts, and within its source.",
        "quotation-empty": "A quotation has words.",
        "quotation-length": "A quotation has as many characters as its position says.",
        "quotation-seal": "Words and context match the hash by which they were sealed.",
        "quotation-overlap": "Passages of one source agree on every character they share.",
        "quotation-text": "A quotation reads as its source does.",
        "source-missing": "The text of every quoted source is in the archive.",
        "source-hash": "The text of a source is the one that was read.",
    },
    "neutrality": {
        "denied-label": "The label of a denied claim denies.",
    },
    "counts": {
        "count": "There are as many things of a class as the project's file says.",
    },
    "queries": {
        "query-header": "A saved query says what it asks, and its parameters have fit defaults.",
        "query-syntax": "A saved query is SPARQL.",
        "query-answer": "A saved query gives its columns, and rows enough, in time.",
    },
    WAIVERS: {
        "waiver-expired": "A waiver is renewed or removed by the day it names.",
        "waiver-unused": "A waiver waives something.",
    },
    RUN: {
        "unfinished": "A check comes to its end in the time and the memory that it may take.",
    },
}
RULES: Mapping[str, Rule] = {
    f"{names.RULE}{slug}": Rule(f"{names.RULE}{slug}", slug, description, stage)
    for stage, rules in _OWN.items()
    for slug, description in rules.items()
}
WORDS = names.RULE + "neutrality-"  # how the rules begin of which there is one for each word
_NEED_SOURCES = ("quotation-text", "source-missing", "source-hash")
_TYPE = named("rdf:type")
_KINDS = (named("sh:NodeShape"), named("sh:PropertyShape"))
_NAMES = (named("sh:name"), named("rdfs:label"))
_TEXTS = (named("sh:message"), named("sh:description"), named("rdfs:comment"))


def stage_of(rule: str) -> str:
    """Name the stage whose findings bear a rule; what is none of ours is a shape."""
    if rule.startswith(WORDS):
        return "neutrality"
    return RULES[rule].stage if rule in RULES else "shacl"


def needs_sources(rule: str) -> bool:
    """Tell whether a rule can only be checked against the texts of the sources."""
    return rule.removeprefix(names.RULE) in _NEED_SOURCES


def own_rules(project: Project) -> dict[str, Rule]:
    """List the rules of our own checks, with one for each word that a project takes for sided."""
    if project.neutrality is None:
        return dict(RULES)
    words = read_words(project.neutrality.words).words
    rules = (
        Rule(f"{WORDS}{word.slug}", f"neutrality-{word.slug}", word.reason, "neutrality")
        for word in words
        if any(word.forms.values())
    )
    return {**RULES, **{rule.iri: rule for rule in rules}}


def catalogue(dataset: Dataset, project: Project) -> dict[str, Rule]:
    """List our own rules, and every named shape of a dataset."""
    shapes = {rule.iri: rule for rule in _shapes(dataset.index("shapes"))}
    return {**own_rules(project), **shapes}


def _shapes(index: Index) -> Iterator[Rule]:
    """Describe the shapes that have an IRI, in alphabetical order."""
    found = {shape for kind in _KINDS for shape in index.subjects(_TYPE, kind)}
    for shape in sorted(term for term in found if isinstance(term, ox.NamedNode)):
        local = re.split("[/#]", shape.value)[-1]
        name = _text(index, shape, _NAMES) or local or shape.value
        demand = _text(index, shape, _TEXTS) or f"What {local} demands."
        yield Rule(shape.value, name, demand, "shacl")


def _text(index: Index, shape: Term, properties: Iterable[ox.NamedNode]) -> str | None:
    """Take the first of some texts that a shape has, in English if there is a choice."""
    for path in properties:
        texts = [text for text in index.objects(shape, path) if isinstance(text, ox.Literal)]
        ordered = sorted(texts, key=lambda text: (text.language != "en", text.value))
        if ordered:
            return " ".join(ordered[0].value.split())
    return None
