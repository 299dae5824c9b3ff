"""The checks of submissions without a web server: their processes, and who waits for them."""

import errno
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from http_fixtures import descendants
from pools import parent
from stimson.config import Config
from stimson.errors import CheckerBusy, CheckerFailed, CheckTimeout
from stimson.validation.sandbox import Submission, validation_server
from stimson.validation.sandbox.validation_server import ValidationServer
from waiting import PATIENCE, wait_for

GOOD = Submission(b"<x:a> <x:b> <x:c> .", "text/turtle", "a.ttl")
BAD = Submission(b"<x:a> <x:b> .", "text/turtle", "a.ttl")
SLOW = Submission(
    b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="x:">'
    + b"<e:a><e:b>" * 45_000
    + b"</e:b></e:a>" * 45_000
    + b"</r:RDF>",
    "application/rdf+xml",
    "a.rdf",
)


@pytest.fixture(scope="module")
def checkers():
    made = ValidationServer(Config(validate_timeout=5.0, queue_timeout=0.3, web_threads=6))
    assert made.check(GOOD, "json").conforms
    yield made
    made.close()


def servers():
    """List the fork servers of checks below this process."""
    own = (pid for pid in descendants(os.getpid()) if b"sandbox.job" in _command(pid))
    return {pid for pid in own if parent(pid) == os.getpid()}


def _command(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it has ended
        return b""


def test_a_result_says_whether_it_conforms(checkers):
    assert checkers.check(GOOD, "json").conforms
    assert not checkers.check(BAD, "json").conforms
    assert checkers.check(BAD, "text").report.startswith(b"a.ttl")


def test_a_fork_server_that_was_lost_is_replaced_unnoticed(checkers):
    (before,) = servers()
    os.kill(before, signal.SIGKILL)

    assert checkers.check(GOOD, "json").conforms
    (after,) = servers()
    assert after != before


def test_a_check_that_was_ended_costs_nobody_the_fork_server(checkers):
    before = servers()

    with pytest.raises(CheckTimeout):
        checkers.check(SLOW, "json")

    assert servers() == before
    assert checkers.check(GOOD, "json").conforms


def test_who_waits_too_long_is_told_so(checkers):
    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(checkers.check, SLOW, "json")
        wait_for(lambda: checkers._turn.locked())
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


def test_warming_starts_the_fork_server_and_waits_for_nothing(monkeypatch):
    monkeypatch.delattr(ValidationServer, "_fork")  # which waits
    made = ValidationServer(Config())
    before = servers()
    made.warm()
    try:
        assert len(servers() - before) == 1
    finally:
        made.close()
    assert servers() == before


def test_a_closed_checker_checks_nothing_and_leaves_no_process():
    made = ValidationServer(Config())
    assert made.check(GOOD, "json").conforms
    own = servers()
    made.close()

    assert len(servers()) == len(own) - 1
    with pytest.raises(CheckerFailed, match="stopped"):
        made.check(GOOD, "json")


def test_where_there_is_no_fork_the_server_checks_once_and_another_is_started(monkeypatch):
    monkeypatch.setattr(validation_server, "_PROGRAM", "checks_without_fork")
    made = ValidationServer(Config())
    try:
        assert [made.check(each, "json").conforms for each in (GOOD, BAD, GOOD)] == [
            True,
            False,
            True,
        ]
    finally:
        made.close()


def test_checks_are_made_at_once_by_one_fork_server():
    made = ValidationServer(Config(validate_workers=2, validate_timeout=PATIENCE))
    before = servers()
    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(made.check, SLOW, "json")
        wait_for(lambda: made._turn._value == 1)
        assert made.check(GOOD, "json").conforms
        assert not slow.done()
        (only,) = servers() - before
        os.kill(only, signal.SIGKILL)
        with pytest.raises(CheckerFailed, match="lost"):
            slow.result()
    made.close()


def test_without_room_for_a_process_a_check_is_an_error_that_says_so(monkeypatch):
    def launch(*_):
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(validation_server, "launch", launch)
    made = ValidationServer(Config())
    made.warm()  # which is only a beginning
    with pytest.raises(CheckerFailed, match="temporarily unavailable"):
        made.check(GOOD, "json")
    made.close()
