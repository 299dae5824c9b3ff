"""On random graphs and shapes, the engine and pySHACL find the same."""

import os

import pytest

from shacl_random import World
from shacl_reference import by_reference, ours, turtle
from stimson import shacl

WORLDS = int(os.environ.get("STIMSON_TEST_WORLDS", "100"))
PER_TEST = 25


@pytest.mark.parametrize("first", range(0, WORLDS, PER_TEST))
def test_random_shapes_find_the_same_as_in_pyshacl(first):
    for seed in range(first, first + PER_TEST):
        world = World(seed)
        data, shapes = turtle(world.data), turtle(world.shapes)
        found = shacl.validate(data, shapes)
        expected = by_reference(data, shapes)
        if expected is None:
            assert found.failures, f"World({seed})"
        else:
            assert (ours(found, shapes), found.failures) == (expected, []), f"World({seed})"
