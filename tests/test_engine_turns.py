"""Whose turn it is: the queue for workers, without any workers."""

import asyncio

import pytest

from stimson.config import Config
from stimson.engine.scheduler import Turns
from stimson.errors import EngineBusy, EngineFailed, QueryError, QueueFull


class ContributorProject:
    """Turns, and what is given back of them."""

    def __init__(self, workers, queue=10):
        config = Config(query_workers=workers, queue=queue, queue_timeout=60)
        self.turns = Turns(config, self.give_back)
        self.returned = []

    def give_back(self, worker, client):
        """Take a worker, and have others use it."""
        self.returned.append((worker, client))
        self.turns.add(worker)
        self.turns.leave(client)

    async def line_up(self, clients):
        """Have clients wait, in this order."""
        asking = [asyncio.ensure_future(self.turns.take(each)) for each in clients]
        await asyncio.sleep(0)
        return asking

    async def run(self, clients):
        """Have queries of clients run."""
        for number, client in enumerate(clients):
            self.turns.add(f"old {number}")
            await self.turns.take(client)


@pytest.mark.parametrize(
    ("running", "waiting", "served"),
    [
        ("aab", "abc", "cba"),  # fewest running first
        ("aab", "bab", "bab"),  # whoever came first, where they have as many
        ("", "abab", "abab"),
        ("aaabb", "aabbcc", "ccbaba"),
    ],
)
def test_the_client_with_the_fewest_running_comes_first(running, waiting, served):
    async def serve():
        contributor = ContributorProject(workers=20)
        await contributor.run(running)
        asking = await contributor.line_up(waiting)
        order = []
        for _ in waiting:
            done = {each for each in asking if each.done()}
            contributor.turns.add("new")
            await asyncio.sleep(0)
            (fresh,) = {each for each in asking if each.done()} - done
            order.append(waiting[asking.index(fresh)])
        return "".join(order)

    assert asyncio.run(serve()) == served


def test_one_worker_is_left_for_others():
    async def serve():
        contributor = ContributorProject(workers=3)
        await contributor.run("aa")
        third, other, own = await contributor.line_up(["a", "b", None])
        contributor.turns.add("free")
        await asyncio.sleep(0)
        assert (third.done(), other.done(), own.done()) == (False, True, False)
        contributor.turns.leave("a")
        contributor.turns.add("free")
        await asyncio.sleep(0)
        assert [each.done() for each in (third, own)].count(True) == 1
        contributor.turns.add("free")
        assert await asyncio.gather(third, own) == ["free", "free"]

    asyncio.run(serve())


def refused_at_the_end(contributor):
    contributor.turns.close()


def refused_for_another(contributor):
    contributor.turns._make_room("b")


def refused_as_late(contributor):
    (ticket, _) = contributor.turns._waiting
    ticket.worker.set_exception(EngineBusy("late"))


@pytest.mark.parametrize("refuse", [refused_at_the_end, refused_for_another, refused_as_late])
def test_who_is_cancelled_is_cancelled_though_refused_first(refuse):
    async def serve():
        contributor = ContributorProject(workers=1, queue=2)
        asking = await contributor.line_up("aa")
        refuse(contributor)
        for each in asking:
            each.cancel()
        found = await asyncio.gather(*asking, return_exceptions=True)
        assert [type(each) for each in found] == [asyncio.CancelledError] * 2
        assert (contributor.returned, contributor.turns.waiting) == ([], 0)

    asyncio.run(serve())


def test_who_is_cancelled_as_its_turn_comes_gives_the_worker_back():
    async def serve():
        contributor = ContributorProject(workers=2)
        first, second = await contributor.line_up("ab")
        contributor.turns.add("only")
        first.cancel()
        assert await second == "only"
        assert first.cancelled()
        assert contributor.returned == [("only", "a")]
        contributor.give_back("only", "b")
        assert contributor.turns.idle == 1

    asyncio.run(serve())


def test_who_waits_is_told_why_it_waits_no_longer():
    async def serve():
        contributor = ContributorProject(workers=1, queue=3)
        *greedy, last = await contributor.line_up("aaa")
        (modest,) = await contributor.line_up("b")
        with pytest.raises(QueueFull):
            await last
        for client in "ab":  # nobody would have less than who comes
            with pytest.raises(QueueFull):
                await contributor.turns.take(client)
        contributor.turns.close()
        for each in (*greedy, modest):
            with pytest.raises(EngineFailed, match="stopped"):
                await each
        with pytest.raises(QueryError, match="stopped"):
            await contributor.turns.take("b")
        assert contributor.turns.waiting == 0

    asyncio.run(serve())
