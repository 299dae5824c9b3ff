"""Tasks in forked processes: real processes, since tests may run in threads."""

import subprocess
import sys
import threading

import pytest

from stimson import parallel
from waiting import PATIENCE

HEAD = """
import multiprocessing, os, signal, sys, time
from pathlib import Path
from stimson import parallel
from stimson.errors import DeadlinePassed, InvalidFile, ProcessLost
"""


def run(script: str) -> str:
    """Run a script in a process with a single thread."""
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", HEAD + script],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_every_task_runs_in_a_process_of_its_own():
    script = """
pids = parallel.run([os.getpid] * 3)
print(len(set(pids)), os.getpid() in pids)
"""
    assert run(script) == "3 False\n"


def test_answers_keep_the_order_of_the_tasks():
    script = """
def slow(number):
    time.sleep(0.2 - number / 20)
    return number, "x" * 3_000_000
print([number for number, _ in parallel.run([lambda n=n: slow(n) for n in range(4)])])
"""
    assert run(script) == "[0, 1, 2, 3]\n"


def test_tasks_run_at_the_same_time():
    script = """
together = multiprocessing.get_context("fork").Barrier(4)
print(sorted(parallel.run([together.wait] * 4, timeout=60)))
"""
    assert run(script) == "[0, 1, 2, 3]\n"


def test_an_exception_comes_out_as_itself():
    script = """
def fail():
    raise InvalidFile(Path("a.ttl"), "wrong", 3, 4)
try:
    parallel.run([fail, os.getpid])
except InvalidFile as fault:
    print(fault, fault.path, fault.line, "in fail" in fault.__notes__[0])
"""
    assert run(script) == "a.ttl:3:4: wrong a.ttl 3 True\n"


def test_an_exception_with_what_cannot_be_pickled_comes_out_too():
    script = """
def fail():
    raise ValueError(lambda: None)
try:
    parallel.run([fail, os.getpid])
except ValueError as fault:
    print("lambda" in str(fault))
"""
    assert run(script) == "True\n"


def test_an_answer_that_cannot_be_pickled_is_an_error():
    script = """
try:
    parallel.run([lambda: (lambda: None), os.getpid])
except Exception as fault:
    print("pickle" in str(fault))
"""
    assert run(script) == "True\n"


def test_a_killed_child_is_said_clearly():
    script = """
try:
    parallel.run([lambda: os.kill(os.getpid(), signal.SIGKILL), os.getpid])
except ProcessLost as fault:
    print(fault)
"""
    assert "was killed by signal 9 before it was done; run the command again" in run(script)


def test_at_the_deadline_the_children_are_ended():
    script = """
try:
    parallel.run([lambda: time.sleep(600)] * 2, timeout=0.3)
except DeadlinePassed as fault:
    print("late")
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("no child left")
"""
    assert run(script) == "late\nno child left\n"


def test_what_waits_to_be_printed_is_printed_once():
    script = """
print("before")
parallel.run([lambda: print("inside")] * 2)
"""
    printed = run(script)
    assert (printed.count("before"), printed.count("inside")) == (1, 2)


def test_without_more_processes_the_tasks_run_here():
    script = """
import resource
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
print(parallel.run([os.getpid] * 2) == [os.getpid()] * 2)
"""
    assert run(script) == "True\n"


def test_beside_threads_the_tasks_run_here():
    """A fork beside a thread could wait for ever for a lock that the thread held."""
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        idents = parallel.run([threading.get_ident] * 2, timeout=PATIENCE)
    finally:
        done.set()
        thread.join()
    assert idents == [threading.get_ident()] * 2


def test_the_deadline_is_for_all_tasks_together():
    script = """
print(parallel.run([lambda: time.sleep(0.2) or "done"] * 2, timeout=600))
"""
    assert run(script) == "['done', 'done']\n"


@pytest.mark.parametrize("number", [0, 1])
def test_few_tasks_need_no_process(number):
    assert parallel.run([lambda: 5] * number) == [5] * number
