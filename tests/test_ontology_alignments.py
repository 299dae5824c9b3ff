"""The alignments are true to the published vocabularies: nothing in the data contradicts them.

``fixtures/published_axioms.ttl`` holds what those vocabularies say of the terms that we use.
"""

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from stimson import names
from stimson.rdf import Dataset, Folders, named, read_dataset, to_quads
from stimson.reasoning import Closure, contradictions
from stimson.reasoning.rules import OWL_RL, read_rules

FIXTURES = Path(__file__).with_name("fixtures")
PUBLISHED = (FIXTURES / "published_axioms.ttl").read_text(encoding="utf-8")
PREFIXES = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in names.PREFIXES.items())


def shipped() -> Dataset:
    """The shipped files, but of the votes, which are all alike, only one resolution."""
    documents = read_dataset(Folders()).documents
    votes = sorted(iri for iri in documents if "/data/votes/" in iri)[1:]
    return Dataset({iri: each for iri, each in documents.items() if iri not in votes})


def close(dataset: Dataset, more: str = "") -> Closure:
    """Conclude what follows with the published axioms, and `more`."""

    def asserted() -> Iterator[ox.Quad]:
        for document in dataset.of("ontology", "data"):
            yield from to_quads(document.triples, document.iri)
        yield from ox.parse(PREFIXES + PUBLISHED + more, format=ox.RdfFormat.TURTLE)

    return Closure(asserted(), (*OWL_RL, *read_rules(Folders().ontology)))


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return shipped()


@pytest.fixture(scope="module")
def closure(dataset) -> Closure:
    return close(dataset)


def things(closure: Closure, pattern: str) -> set[str]:
    prologue = "".join(f"PREFIX {prefix}: <{iri}> " for prefix, iri in names.PREFIXES.items())
    query = f"{prologue} SELECT DISTINCT ?x WHERE {{ {pattern} }}"
    return {row["x"].value for row in closure.select(query)}


def test_nothing_in_the_data_contradicts_what_the_vocabularies_say(closure):
    assert [each.sentence for each in contradictions(closure)] == []


@pytest.mark.parametrize(
    ("axiom", "sentence"),
    [
        ("st:Act rdfs:subClassOf prov:Activity .", "is both prov:Activity and prov:Entity"),
        ("st:Source rdfs:subClassOf prov:Activity .", "is both prov:Activity and prov:Entity"),
        (
            "st:voter rdfs:subPropertyOf prov:wasDerivedFrom . "
            "st:Vote rdfs:subClassOf prov:Activity .",
            "is both prov:Activity and prov:Entity",
        ),
        ("st:State rdfs:subClassOf foaf:Person .", "is both foaf:Person and foaf:Organization"),
        ("st:Place rdfs:subClassOf geo:Geometry .", "is both geo:Feature and geo:Geometry"),
        ("st:between rdfs:subPropertyOf org:member .", "has two values of org:member"),
    ],
)
def test_a_wrong_alignment_is_found(dataset, axiom, sentence):
    found = [each.sentence for each in contradictions(close(dataset, axiom))]

    assert any(sentence in each for each in found)


def test_every_quotation_was_quoted_from_its_source_and_no_utterance_from_an_article(closure):
    quotations = things(closure, "?x a st:Quotation")

    assert len(quotations) > 40
    assert (
        things(closure, "?x a st:Quotation ; oa:hasSource ?s ; prov:wasQuotedFrom ?s") == quotations
    )
    assert things(closure, "?x a st:Statement ; prov:wasDerivedFrom ?s") == set()
    assert things(closure, "?x prov:wasQuotedFrom ?s") == quotations


@pytest.mark.parametrize(
    ("ours", "published"),
    [
        ("st:Actor", "prov:Agent"),
        ("st:Organization", "prov:Agent , org:Organization , foaf:Agent"),
        ("st:Person", "prov:Agent , foaf:Person"),
        ("st:Declaration", "prov:Entity , st:Act , st:Statement"),
        ("st:Claim", "prov:Entity"),
        ("st:Place", "geo:Feature"),
        ("st:Membership", "org:Membership"),
    ],
)
def test_what_we_have_is_what_the_vocabularies_call_so(closure, ours, published):
    own = things(closure, f"?x a {ours}")

    assert own
    assert things(closure, f"?x a {ours} , {published}") == own


def test_alignments_are_axioms_or_pointers_from_our_terms_to_others():
    (document,) = (
        each
        for iri, each in read_dataset(Folders()).documents.items()
        if iri.endswith("alignments")
    )
    header = f"{names.ONTOLOGY}/alignments"
    axioms = {named("rdfs:subClassOf"), named("rdfs:subPropertyOf"), named("rdfs:seeAlso")}
    said = [triple for triple in document.triples if triple.subject.value != header]

    assert {triple.predicate for triple in said} == axioms
    assert {triple.subject.value.startswith(names.ST) for triple in said} == {True}
    assert {triple.object.value.startswith(names.BASE) for triple in said} == {False}
