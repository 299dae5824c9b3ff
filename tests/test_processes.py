"""Whatever point of its life a process ends at: nothing is lost, and nothing is left.

Each task gets its answer, or an error that says why there is none; and after that no process,
no descriptor and no temporary file is there that was not there before.
"""

import os
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from failing_processes import (
    FOLDER,
    FORKING,
    IDLE,
    READING,
    STARTING,
    UNFORKED,
    WORKING,
    WRITING,
)
from faults import faults as faults
from faults import held
from http_fixtures import ENDLESS, descendants, write_snapshot
from pools import await_work, is_running, load, processor_time, workers_of
from stimson.config import Config
from stimson.engine import Request, data_process
from stimson.engine.pool import Pool
from stimson.engine.threads import Standalone
from stimson.errors import StimsonError
from stimson.validation.sandbox import Submission, validation_server
from stimson.validation.sandbox.validation_server import ValidationServer
from waiting import PATIENCE, wait_for

LONG = "x" * 2**22  # characters, more than a socket holds
KILLED = r"was lost( \(exit code -9\))?: try again"  # the code, unless the loss was seen in sending
ANSWERED = "answered"
TASKS = 3


class Queries:
    """The engine as a user of processes: one worker, which is replaced at once."""

    def __init__(self, folder):
        limits = Config(query_workers=1, timeout=PATIENCE, queue_timeout=PATIENCE)
        self.pool = Standalone(Pool(write_snapshot(folder), limits))

    @property
    def server(self):
        """The process that forks."""
        return self.pool._engine._server.pid

    def meet(self, plan, fault):
        """Have the next worker fail."""
        folder = plan(fault)
        (worker,) = workers_of(self.pool)
        os.kill(worker, signal.SIGKILL)
        wait_for(lambda: not list(folder.iterdir()))
        wait_for(lambda: worker not in workers_of(self.pool))

    def do(self, text=f"ASK {{}} # {LONG}"):
        """Ask a query."""
        with self.pool.answer(Request(text, base_iri="a:a")):
            return ANSWERED

    def do_endlessly(self):
        """Ask what never comes to an end."""
        return self.do(ENDLESS)

    def await_work(self):
        """Wait until that is under way."""
        await_work(self.pool)

    def close(self):
        """End it, once all has been replaced."""
        wait_for(lambda: not self.pool._thread.is_running or load(self.pool).idle == 1)
        self.pool.close()


class Checks:
    """The sandbox as a user of processes: one check at once."""

    def __init__(self, folder):
        self.checks = ValidationServer(Config(validate_workers=1, validate_timeout=PATIENCE))
        self.do()  # it starts with the first

    @property
    def server(self):
        """The process that forks."""
        return self.checks._server.pid

    def meet(self, plan, fault):
        """Have the process of the next check fail."""
        plan(fault)

    def do(self, content=f"<a:a> <a:b> <a:c> . # {LONG}"):
        """Have something checked."""
        self.checks.check(Submission(content.encode(), "text/turtle", "a.ttl"), "json")
        return ANSWERED

    def do_endlessly(self):
        """Have something checked that takes long."""
        return self.do("<a:a> <a:b> <a:c> .\n" * 300_000)

    def await_work(self):
        """Wait until that is under way."""
        wait_for(lambda: any(processor_time(pid) > 0.1 for pid in self._children()))

    def _children(self):
        return descendants(self.server) - {self.server}

    def close(self):
        """End it."""
        self.checks.close()


USERS = {
    "queries": (Queries, data_process, "_WORKER"),
    "checks": (Checks, validation_server, "_PROGRAM"),
}
# What becomes of the first task whose process fails so; the tasks after it are answered.
OUTCOMES = {
    ("queries", UNFORKED): ANSWERED,  # it waits for another worker
    ("queries", FORKING): ANSWERED,
    ("queries", STARTING): ANSWERED,
    ("queries", IDLE): ANSWERED,
    ("queries", READING): f"{ANSWERED}|worker {KILLED}",  # if not all was sent, another is asked
    ("queries", WORKING): f"worker {KILLED}",
    ("queries", WRITING): f"worker {KILLED}",
    ("checks", UNFORKED): "Resource temporarily unavailable",
    ("checks", FORKING): ANSWERED,  # of another fork server
    ("checks", STARTING): f"process of the check {KILLED}",
    ("checks", IDLE): f"process of the check {KILLED}",
    ("checks", READING): f"process of the check {KILLED}",
    ("checks", WORKING): f"process of the check {KILLED}",
    ("checks", WRITING): f"process of the check {KILLED}",
}


@pytest.fixture
def nothing_is_left(tmp_path, monkeypatch):
    """Count what is held before and after, temporary files included."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    monkeypatch.setenv("TMPDIR", str(temporary))
    before = held()
    yield
    wait_for(lambda: all(now <= then for now, then in zip(held(), before, strict=True)))
    assert list(temporary.iterdir()) == []


@contextmanager
def using(name, tmp_path):
    user = USERS[name][0](tmp_path)
    try:
        yield user
    finally:
        user.close()


def outcome(do):
    """Say what becomes of a task."""
    try:
        return do()
    except StimsonError as error:
        return str(error)


@pytest.mark.parametrize(("name", "fault"), OUTCOMES)
@pytest.mark.usefixtures("nothing_is_left")
def test_a_process_that_ends_costs_its_own_task_at_most(tmp_path, faults, name, fault):
    plan = faults(*USERS[name][1:])
    with using(name, tmp_path) as user:
        user.meet(plan, fault)
        first, *rest = [outcome(user.do) for _ in range(TASKS)]
        assert re.search(OUTCOMES[name, fault], first)
        assert rest == [ANSWERED] * (TASKS - 1)


@pytest.mark.parametrize("name", USERS)
@pytest.mark.usefixtures("nothing_is_left")
def test_a_fork_server_killed_while_idle_costs_no_task(tmp_path, name):
    with using(name, tmp_path) as user:
        before = user.server
        os.kill(before, signal.SIGKILL)
        wait_for(lambda: not is_running(before))
        assert [outcome(user.do) for _ in range(TASKS)] == [ANSWERED] * TASKS
        assert user.server != before


@pytest.mark.parametrize("name", USERS)
@pytest.mark.usefixtures("nothing_is_left")
def test_a_fork_server_killed_while_a_child_works_costs_that_task(tmp_path, name):
    with using(name, tmp_path) as user, ThreadPoolExecutor(1) as threads:
        busy = threads.submit(outcome, user.do_endlessly)
        user.await_work()
        children = descendants(user.server)
        os.kill(user.server, signal.SIGKILL)
        assert re.search(KILLED, busy.result(PATIENCE))
        wait_for(lambda: not any(map(is_running, children)))  # none outlives it
        assert outcome(user.do) == ANSWERED


@pytest.mark.parametrize("name", USERS)
@pytest.mark.usefixtures("nothing_is_left")
def test_what_is_closed_while_a_child_works_leaves_nothing(tmp_path, name):
    with using(name, tmp_path) as user, ThreadPoolExecutor(1) as threads:
        busy = threads.submit(outcome, user.do_endlessly)
        user.await_work()
        children = descendants(user.server)
        if name == "queries":
            user.pool.close()
            assert "was ended" in busy.result(PATIENCE)
        else:  # a check that is under way is made
            user.checks.close()
            assert busy.result(PATIENCE) == ANSWERED
        wait_for(lambda: not any(map(is_running, children)))


@pytest.mark.parametrize("name", USERS)
def test_a_file_beside_which_the_server_is_started_is_not_imported(tmp_path, monkeypatch, name):
    (tmp_path / "json.py").write_text("raise SystemExit('This is not the module.')")
    monkeypatch.chdir(tmp_path)
    with using(name, tmp_path) as user:
        assert outcome(user.do) == ANSWERED


@pytest.mark.usefixtures("nothing_is_left")
def test_a_program_that_was_launched_ahead_and_killed_is_an_error_at_the_start(tmp_path):
    dataset, limits = write_snapshot(tmp_path), Config()
    launched = data_process.launch_workers(dataset, limits)
    launched.process.kill()
    with pytest.raises(StimsonError, match="did not load"):
        Standalone(Pool(dataset, limits, launched))


LANES = """
import os, signal, sys, time
sys.path.insert(0, sys.argv[1])
import failing_processes
from faults import held
from stimson import processes

failing_processes.install()
before = held()
with processes.limited(600, 512):
    lanes = processes.run([[lambda n=n, m=m: (n, m) for m in range(3)] for n in range(2)])
print(before == held(), [task if type(task) is tuple else task.why for task in lanes[0]], lanes[1])
"""
OTHER = [(1, 0), (1, 1), (1, 2)]
CUT = {  # the tasks of the lane whose first process fails so: the one it was at is cut
    UNFORKED: [(0, 0), (0, 1), (0, 2)],  # they are carried out here
    STARTING: ["memory", (0, 1), (0, 2)],  # as the kernel kills where memory is scarce
    WORKING: ["memory", (0, 1), (0, 2)],
    WRITING: ["memory", (0, 1), (0, 2)],
    IDLE: [(0, 0), "memory", (0, 2)],
}


@pytest.mark.parametrize("fault", CUT)
def test_a_lane_whose_process_ends_loses_the_task_it_was_at_only(tmp_path, fault):
    (tmp_path / "0").write_text(fault)
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", LANES, str(Path(__file__).parent)],
        env=os.environ | {FOLDER: str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (run.stdout, run.stderr) == (f"True {CUT[fault]} {OTHER}\n", "")


def test_the_processes_of_lanes_end_with_the_one_that_is_killed():
    script = "import time\nfrom stimson import processes\n"
    script += "processes.run([[lambda: time.sleep(600)]] * 2)"
    run = subprocess.Popen([sys.executable, "-c", script])
    try:
        wait_for(lambda: len(descendants(run.pid)) == 3)
        children = descendants(run.pid) - {run.pid}
    finally:
        run.kill()
        run.wait()
    wait_for(lambda: not any(map(is_running, children)))
