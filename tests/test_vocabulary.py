"""Terms exist: a typo is not a new term, and a prefix means the same everywhere."""

import re
from pathlib import Path

import pytest
from rdflib import DCTERMS, FOAF, ORG, OWL, PROV, RDF, RDFS, SH, SKOS, VANN, XSD, Graph, URIRef
from rdflib.namespace import GEO

from stimson import names, paths
from turtle_files import DATA_FILES, EXAMPLE_FILES, ONTOLOGY_FILES, SHAPE_FILES, iris, read

TURTLE_FILES = [*ONTOLOGY_FILES, *SHAPE_FILES, *EXAMPLE_FILES, *DATA_FILES]
QUERY_FILES = sorted([*paths.QUERIES.rglob("*.rq"), *paths.ONTOLOGY.rglob("*.rq")])
FILES = [*TURTLE_FILES, *QUERY_FILES]
# Vocabularies that rdflib lists in full.
CLOSED = (DCTERMS, FOAF, GEO, ORG, OWL, PROV, RDF, RDFS, SH, SKOS, VANN, XSD)
# Vocabularies that it does not list: the terms we use, each looked up in the vocabulary.
LISTED = {
    "http://www.w3.org/ns/oa#": "SpecificResource TextPositionSelector TextQuoteSelector "
    "end exact hasSelector hasSource prefix start suffix",
    "https://schema.org/": "Claim Quotation domainIncludes publisher rangeIncludes url",
    "http://data.europa.eu/eli/ontology#": "LegalResource",
    "http://data.europa.eu/eli/eli-draft-legislation-ontology#": "Process ProcessStage Vote",
    "http://semanticweb.cs.vu.nl/2009/11/sem/": "Event View accordingTo",
    "http://www.cidoc-crm.org/extensions/crminf/": "I2_Belief",
}
EX = "https://example.org/test/"
DECLARATION = re.compile(r"^(?:@prefix|PREFIX) ([\w-]*): <([^>]*)>", re.MULTILINE | re.IGNORECASE)
NOT_NAMES = re.compile(
    r'"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"|<[^<>\s]*>|#.*|^(?:@prefix|PREFIX) .*', re.M
)
OURS = re.compile(r"(?<![\w:/-])(stv?):([A-Za-z]\w*(?:-\w+)*)")
DEFINED = {str(term) for term in iris(read(*ONTOLOGY_FILES).subjects())}


def place(path: Path) -> str:
    return path.relative_to(paths.ASSETS).as_posix()


def prefixes(path: Path) -> dict[str, str]:
    """List the prefixes that a file declares."""
    return dict(DECLARATION.findall(path.read_text(encoding="utf-8")))


def unknown_terms(graph: Graph) -> set[str]:
    """Find terms that are in a borrowed vocabulary's namespace, but not in the vocabulary."""
    terms = {term for triple in graph for term in iris(triple)}
    unlisted = {
        term
        for term in terms
        for space, listed in LISTED.items()
        if term.startswith(space) and term.removeprefix(space) not in listed.split()
    }
    return {str(term) for term in unlisted} | {
        str(term)
        for term in terms
        for space in CLOSED
        if term.startswith(str(space)) and term != str(space) and term not in space
    }


def test_there_are_files_to_check():
    assert all((ONTOLOGY_FILES, SHAPE_FILES, EXAMPLE_FILES))


def test_a_misspelt_term_is_found():
    right = URIRef(f"{DCTERMS}license")
    wrong = {f"{DCTERMS}licence", f"{SH}minCuont", "http://www.w3.org/ns/oa#exakt"}
    graph = Graph()
    for term in (right, *map(URIRef, wrong)):
        graph.add((RDFS.label, term, RDFS.label))

    assert unknown_terms(graph) == wrong


@pytest.mark.parametrize("path", TURTLE_FILES, ids=place)
def test_borrowed_terms_exist(path):
    assert unknown_terms(read(path)) == set()


@pytest.mark.parametrize("path", TURTLE_FILES, ids=place)
def test_properties_and_classes_are_ours_or_of_a_vocabulary_we_check(path):
    graph = read(path)
    spaces = (names.ST, names.SHAPE, EX, *LISTED, *(str(space) for space in CLOSED))
    used = set(graph.predicates()) | set(graph.objects(None, RDF.type))

    assert {term for term in map(str, used) if not term.startswith(spaces)} == set()


@pytest.mark.parametrize("path", FILES, ids=place)
def test_our_terms_are_defined_in_the_ontology(path):
    # Comments, messages and queries inside strings count: they speak to people.
    found = OURS.findall(path.read_text(encoding="utf-8"))
    terms = {f"{names.PREFIXES[prefix]}{name}" for prefix, name in found}
    if path.suffix == ".ttl":
        written = {str(term) for triple in read(path) for term in iris(triple)}
        terms |= {term for term in written if term.startswith((names.ST, names.STV))}

    assert terms - DEFINED - {names.ST, names.STV} == set()


def test_a_prefix_means_the_same_in_every_file():
    meanings = {(prefix, space) for path in FILES for prefix, space in prefixes(path).items()}
    known = set(names.PREFIXES.items())

    assert len({prefix for prefix, _ in meanings | known}) == len(meanings | known)


@pytest.mark.parametrize("path", TURTLE_FILES, ids=place)
def test_only_prefixes_in_use_are_declared(path):
    text = NOT_NAMES.sub(lambda match: "" if match[0][0] != '"' else '""', path.read_text("utf-8"))
    used = set(re.findall(r"(?<![\w-])([\w-]*):", text))

    assert set(prefixes(path)) == used
