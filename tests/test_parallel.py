"""Tasks in forked processes: real processes, since tests may run in threads."""

import subprocess
import sys
import threading

import pytest

from stimson import processes
from waiting import PATIENCE

HEAD = """
import os, resource, signal, sys, time
from pathlib import Path
from stimson import processes
from stimson.errors import InvalidFile
from stimson.processes import Cut
"""


def run(script: str) -> str:
    """Run a script in a process with a single thread; nothing may reach its standard error."""
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", HEAD + script],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout


def test_every_lane_has_a_process_of_its_own_for_all_its_tasks():
    script = """
lanes = processes.run([[os.getpid] * 2] * 3)
print([len(set(lane)) for lane in lanes], len({lane[0] for lane in lanes} | {os.getpid()}))
"""
    assert run(script) == "[1, 1, 1] 4\n"


def test_answers_keep_the_order_of_the_tasks():
    script = """
def slow(number):
    time.sleep(0.2 - number / 20)
    return number, "x" * 3_000_000
lanes = [[lambda n=n: slow(n), lambda n=n: (-n, "")] for n in range(4)]
print([[number for number, _ in lane] for lane in processes.run(lanes)])
"""
    assert run(script) == "[[0, 0], [1, -1], [2, -2], [3, -3]]\n"


def test_lanes_run_at_the_same_time():
    script = """
# Each waits for the other: one after the other, they would wait for ever.
a, b = os.pipe(), os.pipe()
def one():
    os.write(a[1], b"x")
    return os.read(b[0], 1)
def two():
    os.write(b[1], b"y")
    return os.read(a[0], 1)
print(processes.run([[one], [two]], most=60))
"""
    assert run(script) == "[[b'y'], [b'x']]\n"


def test_an_exception_comes_out_as_itself():
    script = """
def fail():
    raise InvalidFile(Path("a.ttl"), "wrong", 3, 4)
try:
    processes.run([[fail], [os.getpid]])
except InvalidFile as fault:
    print(fault, fault.path, fault.line, "in fail" in fault.__notes__[0])
"""
    assert run(script) == "a.ttl:3:4: wrong a.ttl 3 True\n"


def test_an_exception_with_what_cannot_be_pickled_comes_out_too():
    script = """
def fail():
    raise ValueError(lambda: None)
try:
    processes.run([[fail], [os.getpid]])
except ValueError as fault:
    print("lambda" in str(fault))
"""
    assert run(script) == "True\n"


def test_an_answer_that_cannot_be_pickled_is_an_error():
    script = """
try:
    processes.run([[lambda: (lambda: None)], [os.getpid]])
except Exception as fault:
    print("pickle" in str(fault))
"""
    assert run(script) == "True\n"


ENDS = {
    "time.sleep(600)": "time",
    "os.kill(os.getpid(), signal.SIGSEGV)": "crash",
    "os._exit(3)": "crash",
    "os.kill(os.getpid(), signal.SIGKILL)": "memory",  # as the kernel does where it is scarce
    "os.abort()": "memory",  # as allocators do
    "bytearray(2**31)": "memory",
    "deep()": "depth",
}


@pytest.mark.parametrize("end", ENDS)
def test_a_task_that_does_not_come_to_its_end_is_cut_and_those_after_it_run(end):
    script = f"""
def deep():
    return deep()
def end():
    processes.mark("at the end")
    return {end}
with processes.limited(600, 512):
    print(processes.run([[lambda: 1, end, lambda: 2], [lambda: 3]], most=3.0))
"""
    assert run(script) == f"[[1, Cut(why={ENDS[end]!r}, mark='at the end'), 2], [3]]\n"


def test_a_task_may_take_its_share_of_the_time_that_is_left():
    script = """
from stimson.processes.parallel import allowance
def left():
    return allowance(1.0, None)
with processes.limited(1000, 512):
    (inner,) = processes.run_one(lambda: processes.run([[left] * 2], 0.1), 0.5)
print([round(each, -1) for each in inner])
"""
    assert run(script) == "[50.0, 50.0]\n"


def test_what_is_written_to_the_standard_error_by_libraries_is_not_shown():
    script = """
with processes.limited(100, 512):
    print(processes.run_one(lambda: os.write(2, b"memory allocation failed")))
"""
    assert run(script) == "24\n"


def test_a_closed_process_opens_nothing():
    script = """
def look():
    try:
        open("/dev/null")
    except OSError as fault:
        return fault.strerror
print(processes.run([[look]], is_closed=True))
"""
    assert run(script) == "[['Too many open files']]\n"


def test_memory_is_limited_for_each_process_and_never_raised_again():
    script = """
def limit():
    return resource.getrlimit(resource.RLIMIT_AS)[0]
with processes.limited(100, 512):
    outer = processes.run_one(lambda: (limit(), processes.run_one(limit)))
print(outer[0] == outer[1], limit() == resource.RLIM_INFINITY)
"""
    assert run(script) == "True True\n"


def test_no_process_is_left_behind():
    script = """
def fail():
    raise ValueError
try:
    processes.run([[lambda: time.sleep(600)], [fail]])
except ValueError:
    pass
print(processes.run([[lambda: time.sleep(600)]], most=0.2))
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("no child left")
"""
    assert run(script) == "[[Cut(why='time', mark='')]]\nno child left\n"


def test_what_waits_to_be_printed_is_printed_once():
    script = """
print("before")
processes.run([[lambda: print("inside")]] * 2)
"""
    printed = run(script)
    assert (printed.count("before"), printed.count("inside")) == (1, 2)


def test_without_more_processes_the_tasks_run_here():
    script = """
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
with processes.limited(100, 512):
    print(processes.run([[os.getpid]] * 2) == [[os.getpid()]] * 2)
"""
    assert run(script) == "True\n"


@pytest.mark.parametrize("closed", [False, True])
def test_where_there_is_no_fork_the_tasks_run_here(closed):
    script = f"""
del os.fork
with processes.limited(100, 512):
    print(processes.run([[os.getpid]] * 2, is_closed={closed}) == [[os.getpid()]] * 2)
"""
    assert run(script) == "True\n"


def test_beside_threads_the_tasks_run_here():
    """A fork beside a thread could wait for ever for a lock that the thread held."""
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        idents = processes.run([[threading.get_ident]] * 2, most=100)
    finally:
        done.set()
        thread.join()
    assert idents == [[threading.get_ident()]] * 2


@pytest.mark.parametrize("number", [0, 1])
def test_a_lane_without_limits_needs_no_process(number):
    script = f"print(processes.run([[os.getpid]] * {number}) == [[os.getpid()]] * {number})"
    assert run(script) == "True\n"
