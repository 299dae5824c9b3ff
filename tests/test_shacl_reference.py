"""On our own shapes, the engine and pySHACL find the same: in examples and in the data."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest

from shacl_random import World
from shacl_reference import by_reference, ours, turtle
from stimson import shacl
from stimson.rdf import Index
from stimson.shacl import reference
from turtle_files import DATA_FILES, EXAMPLE_FILES, ONTOLOGY_FILES, SHAPE_FILES
from xsd_order import xsd_order

GENERATOR = Path(__file__).parents[1] / "benchmarks" / "generate.py"


def read(files: Iterable[Path]) -> Index:
    """Read Turtle files into one index; the parser keeps the blank nodes of files apart."""
    return Index(quad for path in files for quad in ox.parse(path=path))


@pytest.fixture(scope="module")
def shapes() -> Index:
    return read(SHAPE_FILES)


def test_the_examples_break_the_same_shapes(shapes):
    data = read([*ONTOLOGY_FILES, *EXAMPLE_FILES])

    found = shacl.validate(data, shapes)
    assert found.failures == []
    assert len(found.results) > 500
    assert ours(found, shapes) == by_reference(data, shapes)


def test_generated_data_with_faults_break_the_same_shapes(shapes, tmp_path):
    command = [sys.executable, GENERATOR, "--triples", "2000", "--broken", "--output", tmp_path]
    subprocess.run(command, check=True, capture_output=True)
    data = read([*ONTOLOGY_FILES, *sorted(tmp_path.rglob("*.ttl"))])

    found = shacl.validate(data, shapes)
    assert found.failures == []
    assert len(found.results) > 20
    assert ours(found, shapes) == by_reference(data, shapes)


@pytest.mark.slow
def test_the_data_break_the_same_shapes(shapes):
    data = read([*ONTOLOGY_FILES, *DATA_FILES])

    found = shacl.validate(data, shapes)
    assert found.failures == []
    assert ours(found, shapes) == by_reference(data, shapes)


@pytest.mark.parametrize("seed", range(0, 300, 10))
def test_our_words_for_its_report_lose_nothing(seed):
    world = World(seed)
    data, shapes = turtle(world.data), turtle(world.shapes)
    with xsd_order():
        found = reference.validate(data, shapes)
    expected = by_reference(data, shapes)

    if expected is None:  # it cannot apply one of the shapes, so it applies none
        assert (found.results, [failure.shape for failure in found.failures]) == ([], [None])
    else:
        assert ours(found, shapes) == expected
