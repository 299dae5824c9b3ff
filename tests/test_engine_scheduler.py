"""Whose turn it is: the queue for workers, without any workers."""

import asyncio

import pytest

from stimson.config import Config
from stimson.engine.scheduler import FairQueue
from stimson.errors import EngineBusy, EngineFailed, QueryError, QueueFull


class Scheduled:
    """A queue, and what is given back of them."""

    def __init__(self, workers, queue=10):
        config = Config(query_workers=workers, queue=queue, queue_timeout=60)
        self.queue = FairQueue(config, self.give_back)
        self.returned = []

    def give_back(self, worker, client):
        """Take a worker, and have others use it."""
        self.returned.append((worker, client))
        self.queue.add(worker)
        self.queue.release(client)

    async def line_up(self, clients):
        """Have clients wait, in this order."""
        asking = [asyncio.ensure_future(self.queue.acquire(each)) for each in clients]
        await asyncio.sleep(0)
        return asking

    async def run(self, clients):
        """Have queries of clients run."""
        for number, client in enumerate(clients):
            self.queue.add(f"old {number}")
            await self.queue.acquire(client)


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
        scheduled = Scheduled(workers=20)
        await scheduled.run(running)
        asking = await scheduled.line_up(waiting)
        order = []
        for _ in waiting:
            done = {each for each in asking if each.done()}
            scheduled.queue.add("new")
            await asyncio.sleep(0)
            (fresh,) = {each for each in asking if each.done()} - done
            order.append(waiting[asking.index(fresh)])
        return "".join(order)

    assert asyncio.run(serve()) == served


def test_one_worker_is_left_for_others():
    async def serve():
        scheduled = Scheduled(workers=3)
        await scheduled.run("aa")
        third, other, own = await scheduled.line_up(["a", "b", None])
        scheduled.queue.add("free")
        await asyncio.sleep(0)
        assert (third.done(), other.done(), own.done()) == (False, True, False)
        scheduled.queue.release("a")
        scheduled.queue.add("free")
        await asyncio.sleep(0)
        assert [each.done() for each in (third, own)].count(True) == 1
        scheduled.queue.add("free")
        assert await asyncio.gather(third, own) == ["free", "free"]

    asyncio.run(serve())


def refused_at_the_end(scheduled):
    scheduled.queue.close()


def refused_for_another(scheduled):
    scheduled.queue._make_room("b")


def refused_as_late(scheduled):
    (ticket, _) = scheduled.queue._waiting
    ticket.worker.set_exception(EngineBusy("late"))


@pytest.mark.parametrize("refuse", [refused_at_the_end, refused_for_another, refused_as_late])
def test_who_is_cancelled_is_cancelled_though_refused_first(refuse):
    async def serve():
        scheduled = Scheduled(workers=1, queue=2)
        asking = await scheduled.line_up("aa")
        refuse(scheduled)
        for each in asking:
            each.cancel()
        found = await asyncio.gather(*asking, return_exceptions=True)
        assert [type(each) for each in found] == [asyncio.CancelledError] * 2
        assert (scheduled.returned, scheduled.queue.waiting) == ([], 0)

    asyncio.run(serve())


def test_who_is_cancelled_as_its_turn_comes_gives_the_worker_back():
    async def serve():
        scheduled = Scheduled(workers=2)
        first, second = await scheduled.line_up("ab")
        scheduled.queue.add("only")
        first.cancel()
        assert await second == "only"
        assert first.cancelled()
        assert scheduled.returned == [("only", "a")]
        scheduled.give_back("only", "b")
        assert scheduled.queue.idle == 1

    asyncio.run(serve())


def test_who_waits_is_told_why_it_waits_no_longer():
    async def serve():
        scheduled = Scheduled(workers=1, queue=3)
        *greedy, last = await scheduled.line_up("aaa")
        (modest,) = await scheduled.line_up("b")
        with pytest.raises(QueueFull):
            await last
        for client in "ab":  # nobody would have less than who comes
            with pytest.raises(QueueFull):
                await scheduled.queue.acquire(client)
        scheduled.queue.close()
        for each in (*greedy, modest):
            with pytest.raises(EngineFailed, match="stopped"):
                await each
        with pytest.raises(QueryError, match="stopped"):
            await scheduled.queue.acquire("b")
        assert scheduled.queue.waiting == 0

    asyncio.run(serve())
