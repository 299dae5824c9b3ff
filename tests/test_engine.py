"""The embedded engine, with real processes: what is asked, what is killed, what lives on."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from http_fixtures import BOMB, DEEP, ENDLESS, ONE, TWO, descendants, leaves, write_snapshot
from pools import await_work, is_running, load, parent, processor_time, workers_of
from stimson.config import Config
from stimson.engine import Request
from stimson.engine.data_process import launch_workers
from stimson.engine.pool import Pool
from stimson.engine.threads import Standalone
from stimson.engine.worker import load_dataset
from stimson.errors import (
    EngineBusy,
    EngineFailed,
    FormatUnavailable,
    QueryRefused,
    QuerySyntaxError,
    QueryTimeout,
    QueryTooDeep,
    QueryTooLarge,
    ResultTooLarge,
    TooManyRows,
)
from waiting import PATIENCE, wait_for

BASE = "http://example.org/"
ALL = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
LIMITS = Config(
    query_workers=2,
    queue=1,
    timeout=PATIENCE,
    queue_timeout=PATIENCE,
    memory_mb=96,
    result_mb=1,
)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return write_snapshot(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def pool(dataset):
    with Standalone(Pool(dataset, LIMITS)) as made:
        yield made


def ask(pool, text, **wanted):
    """Return media type and text of an answer."""
    wanted.setdefault("solutions", "text/csv")
    with pool.answer(Request(text, base_iri=BASE, **wanted)) as answer:
        body = b"".join(answer.chunks)
        assert answer.length == len(body)
        return answer.media_type, body.decode()


def count(pool, text=ALL, **wanted):
    """Return the one number an answer consists of."""
    return int(ask(pool, text, **wanted)[1].split()[1])


def workers():
    """List the query workers of this process."""
    own = descendants(os.getpid()) - {os.getpid()}
    return {pid for pid in leaves(os.getpid()) if pid in own and parent(pid) in own}


def test_without_a_dataset_all_graphs_are_one(pool):
    assert count(pool) == 9


def test_from_in_the_query_is_heeded(pool):
    assert count(pool, f"SELECT (COUNT(*) AS ?n) FROM <{ONE}> WHERE {{ ?s ?p ?o }}") == 3


def test_from_named_alone_leaves_the_default_graph_empty(pool):
    where = "{ { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
    assert count(pool, f"SELECT (COUNT(*) AS ?n) FROM NAMED <{TWO}> WHERE {where}") == 6


def test_the_request_overrides_from(pool):
    text = f"SELECT (COUNT(*) AS ?n) FROM <{ONE}> WHERE {{ ?s ?p ?o }}"
    assert count(pool, text, default_graphs=(TWO,)) == 6
    assert count(pool, text, named_graphs=(TWO,)) == 0


def test_default_graphs_alone_leave_no_named_ones(pool):
    text = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"
    assert count(pool, text, default_graphs=(ONE, TWO)) == 0


def test_a_graph_that_has_no_iri_is_said_to_have_none(pool):
    with pytest.raises(QuerySyntaxError, match="absolute IRI, not by 'nowhere'"):
        ask(pool, ALL, default_graphs=("nowhere",))


def test_a_file_named_by_from_is_not_read(pool):
    assert count(pool, "SELECT (COUNT(*) AS ?n) FROM <file:///etc/passwd> { ?s ?p ?o }") == 0


def test_relative_iris_meet_the_base(pool):
    assert ask(pool, "SELECT ?x { VALUES ?x { <a> } }")[1].split() == ["x", f"{BASE}a"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("ASK {}", "ASK"), ("SELECT * { ?s ?p ?o }", "SELECT"), ("DESCRIBE <a:a>", "DESCRIBE")],
)
def test_a_kind_of_result_without_a_format_is_an_error(pool, text, kind):
    with pytest.raises(FormatUnavailable, match=kind):
        ask(pool, text, solutions=None, boolean="text/csv", graph=None)


def test_a_syntax_error_has_its_place_and_the_parsers_words(pool):
    with pytest.raises(QuerySyntaxError) as caught:
        ask(pool, "SELECT *\nWHERE { ?s e:p ?o }")
    assert (caught.value.line, caught.value.column) == (2, 17)
    assert "expected" in caught.value.problem
    assert "u{" not in caught.value.problem


def test_a_call_that_no_token_betrays_finds_no_socket(pool):
    # The engine reads a keyword here where SPARQL has a prefixed name.
    text = "PREFIX e: <http://127.0.0.1:18765/> SELECT * { SERVICEe:x { ?s ?p ?o } }"
    with pytest.raises(QueryRefused, match="open files"):
        ask(pool, text)


def test_a_query_that_runs_on_is_not_noticed_by_another(dataset):
    with ThreadPoolExecutor() as threads, Standalone(Pool(dataset, LIMITS)) as pool:
        endless = threads.submit(ask, pool, ENDLESS)
        await_work(pool)
        assert [count(pool) for _ in range(5)] == [9] * 5
        assert not endless.done()


def test_the_deadline_is_kept_and_ends_the_worker(dataset):
    with Standalone(Pool(dataset, replace(LIMITS, timeout=0.2))) as pool:
        before = workers_of(pool)
        for asked in (None, 1e9):  # a longer one than the pool's is not granted
            with pytest.raises(QueryTimeout, match="deadline"):
                ask(pool, ENDLESS, timeout=asked)
        wait_for(lambda: load(pool).idle == 2)
        assert load(pool).replaced == 2
        assert before != workers_of(pool)


def test_a_shorter_deadline_is_kept(dataset):
    with ThreadPoolExecutor() as threads, Standalone(Pool(dataset, LIMITS)) as pool:
        longer = threads.submit(ask, pool, ENDLESS)
        with pytest.raises(QueryTimeout):
            ask(pool, ENDLESS, timeout=0.2)
        assert not longer.done()


def test_memory_ends_a_query_and_nothing_else(pool):
    with pytest.raises(QueryTooLarge, match="memory"):
        ask(pool, BOMB)
    assert count(pool) == 9


def test_deep_nesting_ends_a_query_and_nothing_else(pool):
    with pytest.raises(QueryTooDeep):
        ask(pool, DEEP)
    assert count(pool) == 9


def test_a_result_over_the_limit_is_never_handed_out(pool):
    pad = "x" * 200
    text = f"SELECT ('{pad}' AS ?y) {{ VALUES ?a {{ {'0 ' * 100} }} VALUES ?b {{ {'0 ' * 100} }} }}"
    with pytest.raises(ResultTooLarge, match="larger than 1 MiB"):
        ask(pool, text)
    assert count(pool) == 9


def test_a_large_answer_comes_whole(pool):
    text = f"SELECT ?a {{ VALUES ?a {{ {'0 ' * 300} }} VALUES ?b {{ {'0 ' * 1000} }} }}"
    assert ask(pool, text)[1].count("\r\n") == 300_001


def kill(pool, pids):
    """Kill workers, and wait until that is known."""
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    # A query on its way to a worker in the moment of its death may be lost with it.
    wait_for(lambda: not pids & workers_of(pool))


def test_a_worker_killed_while_idle_is_replaced_unnoticed(pool):
    kill(pool, workers_of(pool))
    assert [count(pool) for _ in range(4)] == [9] * 4


def test_a_worker_killed_while_busy_is_an_error_for_its_query_only(pool):
    assert count(pool) == 9
    with ThreadPoolExecutor() as threads:
        busy = threads.submit(ask, pool, ENDLESS)
        await_work(pool)
        kill(pool, workers_of(pool))
        with pytest.raises(EngineFailed, match="try again"):
            busy.result()
    assert count(pool) == 9


def test_a_killed_fork_server_is_replaced(pool):
    assert count(pool) == 9
    orphans = workers_of(pool)
    (server,) = {parent(pid) for pid in orphans}
    os.kill(server, signal.SIGKILL)
    wait_for(lambda: not any(is_running(pid) for pid in orphans))  # none outlives it
    wait_for(lambda: not orphans & workers_of(pool))
    assert [count(pool) for _ in range(4)] == [9] * 4
    assert {parent(pid) for pid in workers_of(pool)} != {server}


def test_a_full_queue_is_refused(dataset):
    with ThreadPoolExecutor() as threads, Standalone(Pool(dataset, LIMITS)) as pool:
        busy = asked_by(threads, pool, ENDLESS, None, None)
        (waiting,) = asked_by(threads, pool, ALL, None, among=busy)
        with pytest.raises(EngineBusy, match="Too many"):
            ask(pool, ALL)
        assert not any(each.done() for each in (*busy, waiting))


def test_a_long_wait_is_refused(dataset):
    limits = replace(LIMITS, queue_timeout=0.1)
    with ThreadPoolExecutor() as threads, Standalone(Pool(dataset, limits)) as pool:
        busy = asked_by(threads, pool, ENDLESS, None, None)
        with pytest.raises(EngineBusy, match="in time"):
            ask(pool, ALL)
        assert not any(each.done() for each in busy)


def asked_by(threads, pool, text, *clients, among=()):
    """Ask for several clients, one after another: each is in line before the next one comes.

    `among` are those who have asked before.
    """
    asked = []

    def are_in_line():
        known = load(pool)
        open = [each for each in (*among, *asked) if not each.done()]
        return len(open) == known.workers - known.idle + known.waiting

    for client in clients:
        asked.append(threads.submit(ask, pool, text, client=client))
        wait_for(are_in_line)
    return asked


def ended(future):
    """Say how a query ended."""
    fault = future.exception(PATIENCE)
    return "answered" if fault is None else type(fault).__name__


def test_one_client_does_not_get_all_workers(dataset):
    limits = replace(LIMITS, queue=2)
    with ThreadPoolExecutor() as threads, Standalone(Pool(dataset, limits)) as pool:
        busy = asked_by(threads, pool, ENDLESS, "a", "a")
        assert ask(pool, "ASK {}", client="b")
        assert not any(each.done() for each in busy)


def test_a_full_queue_makes_room_for_who_has_less_in_it(dataset):
    limits = replace(LIMITS, query_workers=1, queue=3)
    with ThreadPoolExecutor(8) as threads, Standalone(Pool(dataset, limits)) as pool:
        busy = asked_by(threads, pool, ENDLESS, "a")
        worker = await_work(pool)
        greedy = asked_by(threads, pool, ALL, "a", "a", "a", "a", among=busy)
        modest = asked_by(threads, pool, ALL, "b", "b", among=busy + greedy)
        os.kill(worker, signal.SIGKILL)
        assert [ended(query) for query in busy] == ["EngineFailed"]
        assert [ended(query) for query in modest] == ["answered", "QueueFull"]
        assert [ended(query) for query in greedy] == [*["answered"] * 2, *["QueueFull"] * 2]


def test_who_gives_up_frees_the_worker(dataset):
    limits = replace(LIMITS, query_workers=1)
    with Standalone(Pool(dataset, limits)) as pool:
        asked = pool.submit(pool._engine.reply(Request(ENDLESS, base_iri=BASE)))
        busy = await_work(pool)
        asked.cancel()
        assert count(pool) == 9
        assert workers_of(pool) != {busy}


def test_rows_over_the_limit_are_an_error(dataset):
    with Standalone(Pool(dataset, replace(LIMITS, result_rows=3))) as pool:
        with pytest.raises(TooManyRows, match="more than 3 rows"):
            ask(pool, "SELECT * { ?s ?p ?o }")
        with pytest.raises(TooManyRows):
            ask(pool, "CONSTRUCT WHERE { ?s ?p ?o }")
        assert ask(pool, "SELECT * { ?s ?p ?o } LIMIT 3")[1].count("\r\n") == 4


def test_workers_share_the_data_and_open_nothing(pool):
    assert count(pool) == 9
    for pid in workers_of(pool):
        lines = Path(f"/proc/{pid}/limits").read_text().splitlines()
        values = {line[:26].strip(): line[26:].split()[0] for line in lines}
        assert values["Max open files"] == values["Max core file size"] == "0"
        assert values["Max file size"] == "0"
        assert values["Max address space"] != "unlimited"


def test_a_cheap_query_costs_little(pool):
    count(pool)
    wait_for(lambda: load(pool).idle == 2)
    before, start = workers_of(pool), time.process_time()
    for _ in range(200):
        ask(pool, "ASK {}")
    # 0.3 ms on a quiet machine; the bound only catches a change of kind.
    assert (time.process_time() - start) / 200 < 0.005
    assert workers_of(pool) == before


def test_a_closed_pool_has_no_workers_and_says_so(dataset):
    before = workers()
    closed = Standalone(Pool(dataset, LIMITS))
    assert closed.is_ready()
    assert len(workers() - before) == 2
    closed.close()
    assert workers() - before == set()
    assert not closed.is_ready()
    with pytest.raises(EngineFailed, match="stopped"):
        ask(closed, ALL)


def test_data_that_cannot_be_loaded_is_an_error_at_the_start(tmp_path):
    broken = write_snapshot(tmp_path, "no quads\n")
    with pytest.raises(EngineFailed, match=r"did not (start|load)"):
        Standalone(Pool(broken, LIMITS))


def test_an_engine_takes_over_the_process_that_was_started_ahead_of_it(dataset):
    launched = launch_workers(dataset, LIMITS)
    with Standalone(Pool(dataset, LIMITS, launched)) as pool:
        assert count(pool) == 9
        assert {parent(pid) for pid in workers_of(pool)} == {launched.process.pid}
    assert launched.process.returncode is not None


def test_a_process_that_was_started_ahead_with_other_data_is_ended(dataset, tmp_path):
    launched = launch_workers(write_snapshot(tmp_path, "<a:a> <a:b> <a:c> .\n"), LIMITS)
    with Standalone(Pool(dataset, LIMITS, launched)) as pool:
        assert count(pool) == 9
        assert launched.process.returncode is not None
        assert launched.control.fileno() == -1


def test_nothing_is_left_in_the_environment_for_other_programs(pool):
    assert count(pool) == 9
    assert not [name for name in os.environ if name.startswith("_STIMSON")]


def test_the_fork_server_holds_the_data_its_workers_use(tmp_path):
    quads = "".join(f"<a:s{n}> <a:p> <a:o> <a:g> .\n" for n in range(100_000))
    dataset = write_snapshot(tmp_path, quads)
    start = time.process_time()
    load_dataset(dataset)
    to_load = time.process_time() - start
    with Standalone(Pool(dataset, replace(LIMITS, query_workers=1))) as pool:
        kill(pool, workers_of(pool))
        assert count(pool) == 100_000
        (fresh,) = workers_of(pool)
        assert processor_time(fresh) < to_load / 2, "a new worker loaded the data anew"
