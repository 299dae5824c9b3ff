"""None of the critical and important pitfalls of the catalogue of OOPS! is in the ontology.

The catalogue: https://oops.linkeddata.es/catalogue.jsp. Each query in ``fixtures/pitfalls`` finds
one pitfall, and finds it in the small ontology beside it. What no query can tell is left to
readers and to other tests: whether a hierarchy (P17) or a domain and a range (P18) are too
narrow; that an ontology is at its address (P37) the tests of linked data see. Minor ones are
not asked for.
"""

from pathlib import Path

import pyoxigraph as ox
import pytest

from stimson import names, paths
from stimson.queries import read_header

FOLDER = Path(__file__).with_name("fixtures") / "pitfalls"
PITFALLS = sorted(FOLDER.glob("*.rq"))
CRITICAL = "P01 P03 P05 P06 P14 P15 P16 P19 P27 P28 P29 P31 P39 P40"
IMPORTANT = "P10 P11 P12 P23 P24 P25 P26 P30 P34 P35 P38 P41"
# What the inference of a thing is by: a file of a rule, which is a thing of no class.
KNOWN = {"P11": {f"{names.ST}concludedBy"}}


def load(*files: Path) -> ox.Store:
    store = ox.Store()
    for file in files:
        store.load(path=file, format=ox.RdfFormat.TURTLE)
    return store


def ask(store: ox.Store, path: Path, ours: str) -> set[str]:
    """Find the terms that a pitfall befalls; `ours` is where our own terms begin."""
    _, query = read_header(path, ("title", "importance"))
    return {row["term"].value for row in store.query(query.replace("$ours", f'"{ours}"'))}


@pytest.fixture(scope="module")
def ontology() -> ox.Store:
    return load(*paths.ONTOLOGY.rglob("*.ttl"))


def test_every_pitfall_that_a_query_can_find_has_one():
    listed = {path.stem: read_header(path, ("title", "importance"))[0] for path in PITFALLS}

    assert {no for no, head in listed.items() if head["importance"] == "critical"} == set(
        CRITICAL.split()
    )
    assert {no for no, head in listed.items() if head["importance"] == "important"} == set(
        IMPORTANT.split()
    )


@pytest.mark.parametrize("path", PITFALLS, ids=lambda path: path.stem)
def test_the_ontology_is_free_of_it(ontology, path):
    assert ask(ontology, path, names.BASE) == KNOWN.get(path.stem, set())


@pytest.mark.parametrize("path", PITFALLS, ids=lambda path: path.stem)
def test_the_query_finds_it(path):
    assert ask(load(path.with_suffix(".ttl")), path, "https://example.org/")
