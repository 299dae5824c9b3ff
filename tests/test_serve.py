"""``stimson serve`` as an operator runs it: its start, its end, and what it survives."""

import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from http_fixtures import ENDLESS, descendants, endless, leaves, running, serving, write_snapshot
from http_fixtures import store as store
from waiting import PATIENCE, wait_for

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
IDLE = 'query_workers{state="idle"}'
NUMBERS = itertools.count()


def serve(*arguments, **environment):
    """Run the command where it should fail at once."""
    return subprocess.run(
        [sys.executable, "-m", "stimson", "serve", *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        env=os.environ | environment,
    )


def answers(site):
    # Never the same text twice, so that it is the engine that answers.
    return site.query(f"{COUNT} # {next(NUMBERS)}", accept="text/csv").text == "n\r\n9\r\n"


def test_without_a_store_one_sentence_says_what_to_run(tmp_path):
    done = serve("--store", str(tmp_path / "none"), "--port", "0")
    assert done.returncode == 1
    assert "stimson build" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_port_in_use_is_said_in_one_sentence(store):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = serve("--store", str(store), "--port", str(port))
    assert done.returncode == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert "--port" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("place", ["file", "file/x"])
def test_a_folder_of_metrics_that_is_none_is_said_in_one_sentence(store, tmp_path, place):
    (tmp_path / "file").touch()
    folder = str(tmp_path / place)
    done = serve("--store", str(store), "--port", "0", STIMSON_METRICS_FOLDER=folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"error: {folder}: ")
    assert done.stderr.count("\n") == 1


def test_a_snapshot_that_cannot_be_loaded_ends_the_server_and_is_named(tmp_path):
    dataset = write_snapshot(tmp_path)
    dataset.write_text("this is no quad\n")
    done = serve("--store", str(tmp_path), "--port", "0", STIMSON_LOG="text")
    assert done.returncode == 1
    assert f"did not load {dataset}" in done.stderr


TURTLE = "@prefix : <http://example.org/> . :a :p [ :q 1 ] ."
FILES = {
    "a.ttl": TURTLE,
    "b.trig": "@prefix : <http://example.org/> . :g { :b :p :c } :d :p _:x .",
    "c.nt": "<http://example.org/e> <http://example.org/p> _:x .\n",
    "d.nq": "<http://example.org/f> <http://example.org/p> _:x <http://example.org/g> .\n",
    "e.rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns="http://example.org/"><rdf:Description rdf:about="http://example.org/h">'
    "<p>x</p></rdf:Description></rdf:RDF>",
    "f.jsonld": '{"@id": "http://example.org/i", "http://example.org/p": "x"}',
}


def write(folder, **files):
    for name, text in files.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return [str(folder / name) for name in files]


def counted(site, pattern="?s ?p ?o"):
    reply = site.query(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}", accept="text/csv")
    return int(reply.text.split()[1])


def test_files_of_every_format_are_served_and_nothing_is_added(tmp_path):
    with serving(*write(tmp_path, **FILES)) as site:
        assert counted(site) == 8
        assert counted(site, "GRAPH ?g { ?s ?p ?o }") == 2
        # A blank node belongs to its file: no two are one, whatever they are called.
        assert counted(site, "{ ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } FILTER ISBLANK(?o)") == 5
        query = "SELECT ?o { ?s <http://example.org/p> ?o FILTER ISBLANK(?o) }"
        assert len(set(site.query(query, accept="text/csv").text.split()[1:])) == 4
        home = site.request("/", Accept="text/html")
        assert (home.status, "8" in home.text) == (200, True)
        assert site.request("/queries", Accept="text/html").status == 200
        void = site.request("/.well-known/void", Accept="application/n-triples").text
        assert "a.ttl, b.trig" in void
        assert "w3id.org/stimson" not in void
        assert f'<{site.url}/dataset> <http://rdfs.org/ns/void#triples> "8"' in void


def test_the_default_graph_may_be_just_that(tmp_path):
    files = write(tmp_path, **FILES)
    with serving(*files, "--default-graph", "default") as site:
        assert counted(site) == 6
        assert counted(site, "GRAPH ?g { ?s ?p ?o }") == 2
    with serving(*files, default_graph="default") as site:
        assert counted(site) == 6


def test_a_base_is_given_or_missed(tmp_path):
    files = write(tmp_path, **{"a.ttl": "<a> <b> <c> ."})
    with serving(*files, "--base", "http://example.org/x/") as site:
        assert counted(site, "<http://example.org/x/a> ?p ?o") == 1
    done = serve(*files, "--port", "0")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "a.ttl:1:" in done.stderr
    assert "--base" in done.stderr


def test_the_same_files_bear_the_same_name_and_nothing_stays(tmp_path, monkeypatch):
    files, names = write(tmp_path, **{"a.ttl": TURTLE}), []
    with TemporaryDirectory() as folder:  # pytest's are too long for the path of a socket
        monkeypatch.setenv("TMPDIR", folder)
        for _ in range(2):
            with serving(*files) as site:
                names.append(site.request("/readyz").text)
                assert list(Path(folder).glob("stimson-*"))
            assert not list(Path(folder).glob("stimson-*"))
    assert names[0] == names[1]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.ttl", "@prefix : <http://example.org/> .\n:a :b", "a.ttl:2:"),
        ("a.ttl", "\ufeff<urn:x:a> <urn:x:b> 1 .", "a.ttl:1:1: begins with a byte order mark"),
        ("a.nt", "<urn:x:a> <urn:x:b> 1 .".encode("utf-16"), "a.nt:1:1: is in UTF-16"),
        ("a.csv", "a,b", ".ttl"),
        ("a.jsonld", '{"@context": "http://127.0.0.1:9/c", "@id": "http://e.org/a"}', "a.jsonld"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_in_one_sentence(tmp_path, name, text, said):
    done = serve(*write(tmp_path, **{name: text}), "--port", "0")
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_what_does_not_go_together_is_wrong_use(tmp_path, store):
    assert serve(str(tmp_path / "none.ttl"), "--port", "0").returncode == 2
    files = write(tmp_path, **{"a.ttl": TURTLE})
    both = serve(*files, "--store", str(store))
    assert (both.returncode, "not both" in both.stderr) == (2, True)
    assert serve("--base", "http://example.org/").returncode == 2
    wrong = serve("--store", str(store), STIMSON_DEFAULT_GRAPH="all")
    assert (wrong.returncode, "union or default" in wrong.stderr) == (1, True)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_and_leaves_no_process(store, ending):
    with running(store) as site:
        assert answers(site)
        busy = threading.Thread(target=_ask_and_forget, args=(site,))
        busy.start()
        site.wait_for_queries(running=1)
        family = site.descendants()
        assert len(family) >= 5, "server, web process, fork server, two workers"
        site.process.send_signal(ending)
        assert site.process.wait(PATIENCE) == 0
        busy.join()
    assert not [pid for pid in family if _stays(pid)]


def test_a_killed_server_leaves_no_process(store):
    with running(store) as site:
        busy = threading.Thread(target=_ask_and_forget, args=(site,))
        busy.start()
        assert answers(site)
        (web,) = _web_processes(site)
        family = descendants(web)
        os.kill(site.process.pid, signal.SIGKILL)
        os.kill(web, signal.SIGKILL)
        site.process.wait(PATIENCE)
        busy.join()
    assert not [pid for pid in family if _stays(pid)]


def test_a_lost_web_process_comes_back(store):
    with running(store) as site:
        (web,) = _web_processes(site)
        os.kill(web, signal.SIGKILL)
        wait_for(lambda: _tried(site))
        assert answers(site)


def test_a_slow_query_is_ended_in_time_while_others_are_answered(store):
    with running(store, timeout=str(PATIENCE)) as site:
        with endless(site):
            site.wait_for_queries(running=1)
            assert answers(site)
        start = time.monotonic()
        assert site.query(ENDLESS, timeout="1").status == 504
        assert 1 <= time.monotonic() - start < PATIENCE


def test_killed_workers_and_a_killed_fork_server_are_replaced(store):
    with running(store) as site:
        (web,) = _web_processes(site)
        for lost in (4, 8):
            wait_for(lambda: len(_workers(site)) == site.count(IDLE) == 4)
            for pid in _workers(site):
                os.kill(pid, signal.SIGKILL)
            # A query that is handed to one that is just dying may be lost with it.
            wait_for(lambda n=lost: site.count("query_workers_replaced_total") == n)
            assert all(answers(site) for _ in range(4))
        wait_for(lambda: site.count(IDLE) == 4)
        for fork_server in descendants(web) - {web} - leaves(web):
            os.kill(fork_server, signal.SIGKILL)
        # Its workers end with it, and what they were doing.
        wait_for(lambda: site.count("query_workers_replaced_total") == 12)
        assert all(answers(site) for _ in range(4))


def test_a_full_house_says_when_to_come_back(store):
    limits = {"timeout": str(PATIENCE), "query_workers": "1", "queue": "0"}
    with running(store, **limits) as site:
        with endless(site):
            site.wait_for_queries(running=1)
            reply = site.query("ASK {}")
            assert (reply.status, reply.json["type"].rpartition("/")[2]) == (503, "queue-full")
            assert int(reply.headers["Retry-After"]) > 0
            assert site.request("/readyz").status == 503
            assert site.request("/healthz").status == 200
        wait_for(lambda: site.request("/readyz").status == 200)  # the worker is replaced


def _ask_and_forget(site):
    try:
        site.query(ENDLESS)
    except OSError:
        return  # the server was ended under it, as the test wants


def _tried(site):
    try:
        return site.request("/healthz").status == 200
    except OSError:
        return False


def _web_processes(site):
    """The children of the server that have children: the others only keep books."""
    own = site.process.pid
    below = descendants(own) - {own}
    return {pid for pid in below if len(descendants(pid)) > 2} - {
        pid for parent in below for pid in descendants(parent) - {parent}
    }


def _workers(site):
    return {pid for pid in leaves(site.process.pid) if _shut_in(pid)}


def _shut_in(pid):
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()
    return any(line.split()[:4] == ["Max", "open", "files", "0"] for line in lines)


def _stays(pid):
    """Tell whether a process is still there after a while."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        stat = Path(f"/proc/{pid}/stat")
        try:
            if stat.read_text().rpartition(")")[2].split()[0] == "Z":
                return False
        except (FileNotFoundError, ProcessLookupError):
            return False
        time.sleep(0.1)
    return True
