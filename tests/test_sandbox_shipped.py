"""A contribution answers for its own faults, and never for those of what is shipped around it."""

import pytest

from sandbox import sandbox
from stimson import names
from stimson.rdf import Folders

PREFIXES = f"""\
@prefix gap: <{names.GAP}> .
@prefix oa: <{names.PREFIXES["oa"]}> .
@prefix owl: <{names.PREFIXES["owl"]}> .
@prefix rdf: <{names.PREFIXES["rdf"]}> .
@prefix rdfs: <{names.PREFIXES["rdfs"]}> .
@prefix sh: <{names.PREFIXES["sh"]}> .
@prefix st: <{names.ST}> .
@prefix state: <{names.ID}state/> .
@prefix xsd: <{names.PREFIXES["xsd"]}> .

"""
ONTOLOGY = """st:State a owl:Class ; rdfs:comment "2022-9-30"^^xsd:date ; rdfs:seeAlso st:Nowhere .
st:Passage a owl:Class .
st:note a rdf:Property ."""
SHAPES = """st:StateShape a sh:NodeShape ; sh:targetClass st:State ;
  sh:property [ sh:path rdfs:label ; sh:minCount 1 ] ;
  sh:property [ sh:path st:note ; sh:node st:NoteShape ] ;
  sh:property [ sh:path rdfs:label ; sh:maxLength 5 ] .
st:Unprefixed a sh:NodeShape ; sh:targetClass st:State ;
  sh:sparql [ sh:select "SELECT $this { $this st:nothing ?x }" ] .
st:NoteShape a sh:NodeShape ; sh:property [ sh:path rdfs:label ; sh:minCount 1 ] .
st:Broken a sh:NodeShape ; sh:targetClass st:State ;
  sh:property [ sh:path st:note ; sh:pattern "(" ] ."""
# A date that is none, things that are not defined, a gap, no label (of a thing with a name, of
# one without, and of what it holds), a text that is too long, a number that is not canonical,
# and a passage that is none.
DATA = """state:faulty a st:State ;
  rdfs:seeAlso state:nowhere ; st:note gap:a-note , [ st:note "x" ] ;
  rdfs:comment "2022-9-30"^^xsd:date , 007 , "e\u0301" .
state:wordy a st:State ; rdfs:label "Wordy indeed" .
[] a st:State .
state:passage a oa:TextQuoteSelector , st:Passage ; oa:exact "" ; oa:start 7 ; oa:end 3 ."""
NAMESPACE = "https://w3id.org/stimson/"
CLEAN = """state:clean a st:State ; rdfs:label "Clean"@en ."""


@pytest.fixture(scope="module")
def among_faults(tmp_path_factory):
    """A checker among shipped files that have faults of every stage."""
    root = tmp_path_factory.mktemp("faulty")
    folders = Folders(root / "ontology", root / "shapes", root / "data")
    for folder, text in zip(folders.parts().values(), (ONTOLOGY, SHAPES, DATA), strict=True):
        folder.mkdir()
        (folder / "a.ttl").write_text(PREFIXES + text, encoding="utf-8")
    with sandbox(root) as made:
        yield made


@pytest.mark.parametrize(
    "more",
    [
        "",
        "state:clean rdfs:seeAlso state:faulty .",
        "state:clean st:note state:clean .",
        'state:faulty rdfs:comment "One word more."@en .',
        "state:faulty a st:State .",
        "state:passage rdfs:seeAlso state:clean .",
    ],
    ids=["apart", "refers", "nested", "adds", "repeats", "quotes"],
)
def test_a_clean_contribution_conforms_among_faults(among_faults, more):
    watch = among_faults.check(f"{PREFIXES}{CLEAN}\n{more}\n")

    assert watch.findings == []
    assert watch.conforms


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ('state:clean rdfs:comment "2022-9-30"^^xsd:date .', "rule/literal"),
        ("state:clean rdfs:comment 007 .", "rule/non-canonical"),
        ("state:clean rdfs:seeAlso state:nowhere .", "rule/undefined-reference"),
        ("state:clean rdfs:seeAlso gap:a-note .", "rule/gap"),
        ("state:mine a st:Passage .", "rule/passage-incomplete"),
        ("state:mine a st:State .", "ontology#StateShape"),
        ('state:mine a st:State ; rdfs:label "Too long" .', "ontology#StateShape"),
    ],
)
def test_of_a_contribution_with_a_fault_only_that_is_told(among_faults, fault, rule):
    watch = among_faults.check(f"{PREFIXES}{CLEAN}\n{fault}\n")

    told = {
        (each["rule"].removeprefix(NAMESPACE), each["file"], each["line"])
        for each in watch.findings
    }
    assert told == {(rule, "sent.ttl", PREFIXES.count("\n") + 2)}
    assert not watch.conforms


def test_the_shipped_files_have_the_faults_that_are_not_told(among_faults):
    """Sent as a contribution, what is shipped is blamed for all of them."""
    with sandbox() as made:
        watch = made.check(PREFIXES + DATA)

    rules = {each["rule"].rpartition("/")[2] for each in watch.findings}
    expected = {"literal", "non-canonical", "undefined-reference", "gap", "passage-incomplete"}
    assert rules >= expected


def test_a_name_like_that_of_a_part_lets_nothing_through(among_faults):
    for name in ("data", "ontology", "a.ttl"):
        assert among_faults.check(f"{PREFIXES}{CLEAN}", name=name).findings == []
