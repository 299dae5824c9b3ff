"""Queries as RDF, as SIB publishes its examples: SHACL executables, with what they ask in words.

https://github.com/sib-swiss/sparql-examples
"""

import re
from collections.abc import Iterator

import pyoxigraph as ox

from .. import names
from ..queries import SavedQuery
from .terms import named

_FORM = re.compile(r"^\s*(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.MULTILINE | re.IGNORECASE)

Said = tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]


def describe_query(saved: SavedQuery) -> Iterator[Said]:
    """Say what a saved query asks."""
    iri = f"{names.QUERY}{saved.name}"
    yield from describe_executable(iri, saved.title, saved.question, saved.sparql)
    yield ox.NamedNode(iri), named("sh:prefixes"), ox.NamedNode(names.DATASET)
    for keyword in saved.keywords:
        yield ox.NamedNode(iri), named("schema:keywords"), ox.Literal(keyword)


def describe_executable(iri: str, title: str, sentence: str, sparql: str) -> Iterator[Said]:
    """Say what a query is, by its title, in a sentence and in SPARQL."""
    match = _FORM.search(sparql)
    assert match is not None  # what does not parse is neither saved nor a rule
    form, subject = match[1].lower(), ox.NamedNode(iri)
    for kind in ("sh:SPARQLExecutable", f"sh:SPARQL{form.capitalize()}Executable"):
        yield subject, named("rdf:type"), named(kind)
    yield subject, named("rdfs:label"), ox.Literal(title, language="en")
    yield subject, named("rdfs:comment"), ox.Literal(sentence, language="en")
    yield subject, named(f"sh:{form}"), ox.Literal(sparql)
