"""Work and memory of one request are bounded, however large the graph and hostile the client."""

import pytest

from stimson.errors import ReconciliationTooLarge, ReconciliationUnavailable
from stimson.reconcile import gathering
from stimson.reconcile.gathering import gather
from stimson.reconcile.matching import answer_batch
from stimson.reconcile.name_index import IndexCache, NameIndex
from stimson.reconcile.named_things import Catalogue, Name, NameSource, Thing
from stimson.reconcile.normalization import normalize
from stimson.reconcile.request_parser import ReconciliationQuery


def crowded(count: int) -> NameIndex:
    """An index in which every name has a word in common with every other."""
    things = [Thing(f"place/p{n}", f"Common number {n}") for n in range(count)]
    names = [
        Name(n, NameSource.LABEL, normalized)
        for n, thing in enumerate(things)
        for normalized in normalize(f"common{n} shared")
    ]
    return NameIndex(Catalogue(tuple(things), tuple(names), {}, {}, {}))


@pytest.mark.parametrize("count", [1000, 10_000])
def test_what_is_looked_at_closely_does_not_grow_with_the_graph(count):
    index = crowded(count)
    near = index.near(normalize("common7 shared")[0])

    assert 7 in near
    assert sum(map(len, near.values())) <= 400
    assert len(index.starting("common")) <= 200


def test_a_batch_that_takes_too_long_is_cut_short():
    batch = {str(n): ReconciliationQuery("common7 shared") for n in range(50)}

    with pytest.raises(ReconciliationTooLarge, match="send fewer"):
        answer_batch(crowded(1000), batch, seconds=0.0)


def test_a_graph_beyond_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr(gathering, "_MOST", 1)
    row = {name: {"type": "uri", "value": "https://w3id.org/stimson/id/state/x"} for name in "spo"}

    with pytest.raises(ReconciliationUnavailable):
        gather(lambda _: [row])


def test_the_index_is_built_once_for_each_snapshot():
    asked: list[str] = []

    def ask(text: str):
        asked.append(text)
        return []

    cache = IndexCache()
    first = cache.index("one", ask)
    queries = len(asked)

    assert cache.index("one", ask) is first
    assert len(asked) == queries > 0
    assert cache.index("two", ask) is not first


def test_one_batch_at_a_time_and_the_rest_wait_no_longer_than_told():
    cache = IndexCache()

    with (
        cache.batch_lock(1),
        pytest.raises(ReconciliationUnavailable, match="try again"),
        cache.batch_lock(0.01),
    ):
        pytest.fail("two had their turn at once")
    with cache.batch_lock(0.01):
        pass
