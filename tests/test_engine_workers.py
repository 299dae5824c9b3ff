"""Every stage of a worker's life can be its last: it is replaced, and counted no longer."""

import asyncio
import os
import signal
import socket
from contextlib import suppress

import pytest

from failing_processes import DEAF, IDLE, STARTING, UNFORKED
from faults import faults as faults
from http_fixtures import write_snapshot
from pools import is_running, load, workers_of
from stimson.config import Config
from stimson.engine import Load, Request, data_process
from stimson.engine.pool import Pool
from stimson.engine.threads import Standalone
from stimson.errors import EngineFailed, QueryTimeout
from waiting import PATIENCE, wait_for

LIMITS = Config(query_workers=2, queue=4, timeout=20, queue_timeout=20, memory_mb=96)
LONG = 4 * 2**20  # characters, more than a socket holds


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return write_snapshot(tmp_path_factory.mktemp("store"))


@pytest.fixture
def plan(faults, monkeypatch):
    """Have the next workers fail."""
    monkeypatch.setattr("stimson.engine.pool._PAUSES", (0.0, 0.01))
    return faults(data_process, "_WORKER")


def ask(pool, text="ASK {}", **wanted):
    """Ask, but do not wait for ever."""
    asked = Request(text, base_iri="http://example.org/", **wanted)
    answer = pool.submit(pool._engine.reply(asked)).result(PATIENCE)
    answer.close()
    return answer


def await_load(pool, workers):
    """Wait until all workers are idle, and give what is counted."""
    wait_for(lambda: load(pool).idle == workers)
    return load(pool)


def one_of(pool):
    return next(iter(workers_of(pool)))


@pytest.mark.parametrize("fault", [UNFORKED, STARTING, IDLE])
def test_a_worker_that_fails_before_it_can_be_asked_is_not_counted(dataset, plan, fault):
    with Standalone(Pool(dataset, LIMITS)) as pool:
        folder = plan(fault, fault, fault)
        os.kill(one_of(pool), signal.SIGKILL)
        wait_for(lambda: not list(folder.iterdir()))
        wait_for(lambda: load(pool)[:2] == (2, 2) and all(map(is_running, workers_of(pool))))


@pytest.mark.parametrize("fault", [UNFORKED, STARTING])
def test_an_engine_whose_workers_fail_does_not_start(dataset, plan, fault):
    plan(fault)
    pool = Pool(dataset, LIMITS)
    with pytest.raises(EngineFailed, match="did not load"):
        Standalone(pool)
    assert pool.load() == Load(0, 0, 0, 0)


def test_who_cannot_be_forked_takes_no_other_with_it(dataset, plan):
    with Standalone(Pool(dataset, LIMITS)) as pool:
        before = workers_of(pool)
        plan(UNFORKED)
        killed = one_of(pool)
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda: load(pool) == Load(2, 2, 0, 1))
        assert before - {killed} < workers_of(pool)


def test_a_worker_that_takes_no_query_is_given_up_at_the_deadline(dataset, plan):
    plan(DEAF)
    limits = Config(query_workers=1, queue=1, timeout=0.3, queue_timeout=PATIENCE)
    with Standalone(Pool(dataset, limits)) as pool:
        with pytest.raises(QueryTimeout):
            ask(pool, f"ASK {{}} # {'x' * LONG}")
        assert await_load(pool, 1) == Load(1, 1, 0, 1)
        ask(pool)


def test_a_worker_killed_while_it_takes_a_query_is_replaced(dataset, plan):
    plan(DEAF)
    limits = Config(query_workers=1, queue=1, timeout=PATIENCE, queue_timeout=PATIENCE)
    with Standalone(Pool(dataset, limits)) as pool:
        asked = Request(f"ASK {{}} # {'x' * LONG}", base_iri="http://example.org/")
        reply = pool.submit(pool._engine.reply(asked))
        wait_for(lambda: not load(pool).idle)
        os.kill(one_of(pool), signal.SIGKILL)
        with suppress(EngineFailed):  # or another is asked, if the loss was seen in sending
            reply.result(PATIENCE).close()
        assert await_load(pool, 1).workers == 1


def test_a_request_for_a_worker_that_was_not_sent_is_not_waited_for(dataset, plan, monkeypatch):
    send, failed = socket.send_fds, []

    def send_fds(*arguments):
        if not failed:
            failed.append(True)
            raise BlockingIOError
        return send(*arguments)

    with Standalone(Pool(dataset, LIMITS)) as pool:
        monkeypatch.setattr(socket, "send_fds", send_fds)
        os.kill(one_of(pool), signal.SIGKILL)
        wait_for(lambda: load(pool) == Load(2, 2, 0, 1))
        assert failed


def test_a_request_for_a_worker_is_answered_though_another_ended_before_it_was_known(dataset, plan):
    async def note_an_unknown_end(pool):
        pool._server._note_end(2**30, 1)

    with Standalone(Pool(dataset, LIMITS)) as pool:
        server = pool._engine._server.pid
        os.kill(server, signal.SIGSTOP)  # requests wait
        os.kill(one_of(pool), signal.SIGKILL)
        wait_for(lambda: load(pool).idle == 1)
        pool.wait(note_an_unknown_end(pool._engine))
        os.kill(server, signal.SIGKILL)
        assert await_load(pool, 2).workers == 2


def test_a_query_sent_to_a_worker_that_has_just_died_is_sent_to_another(dataset):
    async def serve():
        pool = Pool(dataset, LIMITS)
        await pool.start()
        try:
            first = pool._queue._idle[-1]  # the one that is asked next
            os.kill(first.pid, signal.SIGKILL)
            wait_for(lambda: not is_running(first.pid))  # and the loop waits: nobody hears of it
            assert first.is_alive
            (await pool.reply(Request("ASK {}", base_iri="a:a"))).close()
            assert not first.is_alive
        finally:
            await pool.close()

    asyncio.run(serve())
