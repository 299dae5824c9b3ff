"""On random data and queries: what is loaded for a query is enough, and pySHACL finds the same."""

import os
from collections import Counter

import pytest

from shacl_random import QueryWorld
from shacl_reference import by_reference, ours, turtle
from stimson import shacl
from stimson.shacl import constraint_query, processor

WORLDS = int(os.environ.get("STIMSON_TEST_WORLDS", "100"))
PER_TEST = 50


@pytest.fixture
def left(monkeypatch):
    """Take notes of what the engine would leave to pySHACL, and leave it out."""
    found = []

    def leave(data, shapes, work):
        found.extend(work)
        return shacl.ValidationReport([], [])

    monkeypatch.setattr(processor, "_leave", leave)
    return found


def load_everything(self, facts, focus):
    if not self._is_full:
        self.store.extend(constraint_query._quads(self._data.index, constraint_query._DEFAULT))
        self._is_full = True


@pytest.mark.parametrize("first", range(0, 5 * WORLDS, PER_TEST))
def test_a_query_finds_as_much_in_what_it_loads_as_in_everything(first, left, monkeypatch):
    worlds = [QueryWorld(seed) for seed in range(first, first + PER_TEST)]
    graphs = [(turtle(world.data), turtle(world.shapes)) for world in worlds]
    found = [ours(shacl.validate(data, shapes), shapes) for data, shapes in graphs]
    assert sum(map(bool, found)) > PER_TEST / 20
    assert len(left) < PER_TEST * 0.8

    monkeypatch.setattr(constraint_query._Store, "load", load_everything)
    for world, (data, shapes), some in zip(worlds, graphs, found, strict=True):
        assert ours(shacl.validate(data, shapes), shapes) == some, world.query


@pytest.mark.parametrize("first", range(0, WORLDS, PER_TEST))
def test_a_query_finds_the_same_as_in_pyshacl(first):
    results = Counter()
    for seed in range(first, first + PER_TEST):
        world = QueryWorld(seed)
        data, shapes = turtle(world.data), turtle(world.shapes)
        expected = by_reference(data, shapes)
        found = shacl.validate(data, shapes)
        if expected is not None:  # else pySHACL fails, as at a variable that BIND binds twice
            assert (ours(found, shapes), found.failures) == (expected, []), world.query
        results[bool(expected)] += 1
    assert results[True] > PER_TEST / 20
