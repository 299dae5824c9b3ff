"""The checkers without a server: their processes, and who waits for them."""

import multiprocessing
import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from stimson.config import Config
from stimson.errors import CheckerBusy, CheckerFailed, CheckTimeout
from stimson.validation.sandbox import Contribution
from stimson.validation.sandbox.pool import Checkers
from stimson.validation.sandbox.process import KeeperProcess
from stimson.validation.sandbox.server import READY, Order, keep
from stimson.validation.sandbox.wire import pack, unpack
from waiting import PATIENCE, wait_for

GOOD = Contribution(b"<x:a> <x:b> <x:c> .", "text/turtle", "a.ttl")
BAD = Contribution(b"<x:a> <x:b> .", "text/turtle", "a.ttl")
SLOW = Contribution(
    b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="x:">'
    + b"<e:a><e:b>" * 45_000
    + b"</e:b></e:a>" * 45_000
    + b"</r:RDF>",
    "application/rdf+xml",
    "a.rdf",
)


@pytest.fixture(scope="module")
def checkers():
    made = Checkers(Config(validate_timeout=5.0, queue_timeout=0.3, web_threads=6))
    assert made.check(GOOD, "json").conforms
    yield made
    made.close()


def children():
    return {process.pid for process in multiprocessing.active_children()}


def keep_without_fork(connection, memory_mb):
    """Be a keeper on a platform that has no fork."""
    del os.fork
    keep(connection, memory_mb)


def test_a_verdict_says_whether_it_conforms(checkers):
    assert checkers.check(GOOD, "json").conforms
    assert not checkers.check(BAD, "json").conforms
    assert checkers.check(BAD, "text").report.startswith(b"a.ttl")


def test_a_keeper_that_was_lost_is_replaced(checkers):
    (before,) = children()
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: before not in children())

    assert checkers.check(GOOD, "json").conforms
    assert children() != {before}


def test_a_check_that_was_ended_costs_nobody_their_keeper(checkers):
    before = children()

    with pytest.raises(CheckTimeout):
        checkers.check(SLOW, "json")

    assert children() == before
    assert checkers.check(GOOD, "json").conforms


def test_who_waits_too_long_is_told_so(checkers):
    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(checkers.check, SLOW, "json")
        wait_for(lambda: not checkers._idle)
        with pytest.raises(CheckerBusy, match="in time"):
            checkers.check(GOOD, "json")
        with pytest.raises(CheckTimeout):
            slow.result()


def test_half_of_the_threads_are_left_to_others(checkers):
    taken = [checkers.slot() for _ in range(3)]
    for slot in taken:
        slot.__enter__()
    with pytest.raises(CheckerBusy, match="Too many"), checkers.slot():
        pass
    for slot in taken:
        slot.__exit__(None, None, None)
    with checkers.slot():
        pass


def test_warming_starts_a_keeper_and_waits_for_nothing(monkeypatch):
    monkeypatch.delattr(KeeperProcess, "_ready")  # which waits
    made = Checkers(Config())
    before = children()
    made.warm()
    try:
        assert len(children() - before) == 1
    finally:
        made.close()
    assert children() == before


def test_a_closed_checker_checks_nothing_and_leaves_no_process():
    made = Checkers(Config())
    assert made.check(GOOD, "json").conforms
    own = children()
    made.close()

    assert len(children()) == len(own) - 1
    with pytest.raises(CheckerFailed, match="stopped"):
        made.check(GOOD, "json")


def test_where_there_is_no_fork_a_keeper_checks_once_and_ends():
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=keep_without_fork, args=(theirs, 256))
    process.start()
    theirs.close()
    try:
        assert ours.recv_bytes() == READY
        ours.send(Order(BAD, "json", 5.0))
        assert not unpack(ours.recv_bytes()).conforms
        process.join(PATIENCE)
        assert process.exitcode == 0
    finally:
        process.kill()
        process.join()
        ours.close()


def test_an_error_travels_as_text():
    with pytest.raises(CheckerBusy, match="later"):
        unpack(pack(CheckerBusy("Come back later.")))
