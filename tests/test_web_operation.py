"""What an operator needs: a log, metrics, and a server that stops and changes in order."""

import hashlib
import http.client
import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import replace
from io import StringIO
from logging import LogRecord
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.parse import quote

import pytest
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families

from http_fixtures import (
    BOMB,
    ENDLESS,
    QUADS,
    descendants,
    endless,
    leaves,
    running,
    write_snapshot,
)
from http_fixtures import store as store
from pools import is_running
from stimson.config import Config
from stimson.engine.pool import Pool
from stimson.engine.threads import Standalone
from stimson.logs import Formatter, LogThread
from stimson.queries import read_queries
from stimson.snapshot import read_current
from stimson.web.app import create_app
from stimson.web.ops import access_log
from stimson.web.ops.metrics import memory_by_part
from waiting import PATIENCE, wait_for

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
SECRET = "SELECT * { ?s ?p 'the name of a source' }"
# Ten million rows to count: a second or two.
SLOW = " ".join(f"VALUES ?v{n} {{ {' '.join('0123456789')} }}" for n in range(7))
SLOW = f"SELECT (COUNT(*) AS ?n) WHERE {{ {SLOW} }}"
# Longer than anything takes: what ends sooner has another reason.
PATIENT = {"timeout": "600", "queue_timeout": "600", "stop_timeout": "600", "log": "off"}
DOCS = Path(__file__).parents[1] / "docs"
MORE = f"{QUADS}<http://example.org/a> <http://example.org/b> <http://example.org/c> .\n"


DOCUMENTED = {
    name
    for name in re.findall(r"\bstimson_\w+", (DOCS / "operating.md").read_text())
    if not name.endswith("_")
}


class Log:
    """What a server writes on standard error, read while it runs."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "log"

    def read(self, lines: int = 1) -> str:
        """Read what there is as soon as it is so many lines: they are gathered for a moment."""
        return wait_for(lambda: (text := self._text()).count("\n") >= lines and text)

    def await_(self, words: str) -> str:
        """Read what there is as soon as it says `words`."""
        return wait_for(lambda: words in (text := self._text()) and text)

    def of(self, route: str, number: int = 1) -> list[dict]:
        """Give the lines that tell of requests to one route, as soon as there are so many."""

        def found() -> list[dict]:
            lines = [json.loads(line) for line in self._text().splitlines()]
            return [line for line in lines if line.get("route") == route]

        return wait_for(lambda: len(lines := found()) >= number and lines)

    def _text(self) -> str:
        """Read the lines that are whole."""
        text = self.file.read_text(encoding="ascii")
        return text[: text.rfind("\n") + 1]


@contextmanager
def logging(store, **settings):
    """Run a server, and hold its log."""
    with TemporaryDirectory() as folder:
        log = Log(Path(folder))
        with log.file.open("ab") as file, running(store, stderr=file.fileno(), **settings) as site:
            yield site, log


def samples(site) -> dict[tuple, float]:
    """Read /metrics as Prometheus does."""
    reply = site.request("/metrics")
    assert (reply.status, reply.type) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert reply.headers["Cache-Control"] == "no-store"
    found = {}
    for family in text_string_to_metric_families(reply.text):
        assert family.type in ("counter", "gauge", "histogram"), family
        assert family.documentation
        for sample in family.samples:
            limit = sample.labels.pop("le", None)
            labels = [*sample.labels.values(), *([limit] if limit else [])]
            key = (sample.name.removeprefix("stimson_"), *labels)
            assert key not in found, f"{key} twice"
            found[key] = sample.value
    return found


def webs(site, number: int) -> set[int]:
    """Wait for so many web processes: each with one that holds the data, and its four workers."""

    def found() -> set[int]:
        return {pid for pid in site.descendants() if len(descendants(pid)) == 6}

    # They share their numbers once they listen.
    wait_for(lambda: len(found()) == number and site.count("web_processes") == number)
    return found()


def named(store) -> str:
    return (store / "current").read_text().strip()


# The log


def test_a_request_is_one_line_of_json(store):
    with logging(store) as (site, log):
        for _ in range(3):
            reply = site.query(COUNT, accept="text/csv")
        site.query("SELECT * {")
        site.request("/id/state/arcadia?secret=1", Accept="text/html")
        site.request("/nothing")
        stored, fast, hit, wrong = log.of("/sparql", 4)
        (page,) = log.of("/id/<kind>/<path:slug>")
        (missing,) = log.of("none")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", stored.pop("time"))
    assert stored.pop("duration_ms") > 0
    assert stored.pop("process") > 1
    assert stored == {
        "level": "info",
        "event": "request",
        "method": "GET",
        "route": "/sparql",
        "status": 200,
        "bytes": len(reply.body),
        "type": "text/csv",
        "query": hashlib.sha256(COUNT.encode()).hexdigest()[:16],
        "cache": "miss",
        "snapshot": named(store),
    }
    assert (fast["cache"], hit["cache"]) == ("hit", "hit")
    assert hit["bytes"] == len(reply.body)
    assert (wrong["status"], wrong["problem"]) == (400, "query-syntax")
    assert page["bytes"] > 0
    assert (missing["status"], missing["problem"]) == (404, "not-found")


def test_neither_the_query_nor_who_asks_is_in_the_log_unless_wanted(store):
    asked = {"X_Forwarded_For": "203.0.113.9"}
    with logging(store, trusted_proxies="127.0.0.0/8") as (site, log):
        site.post(SECRET, **asked)
        site.request(f"/sparql?query={quote(SECRET)}&x=secret", **asked)
        assert len(log.of("/sparql", 2)) == 2
        text = log.read()
    assert not re.search("source|secret|203.0.113|127.0.0", text)

    settings = {"log_queries": "1", "log_addresses": "yes", "trusted_proxies": "127.0.0.0/8"}
    with logging(store, **settings) as (site, log):
        site.post(SECRET, **asked)
        site.post(f"ASK {{}} # {'x' * 5000}", **asked)
        short, long = log.of("/sparql", 2)
    assert (short["text"], short["address"]) == (SECRET, "203.0.113.9")
    assert len(long["text"]) == 2000


EVIL = 'ASK {} #\r\n{"event":"request"}\x1b[2J\x85\u2028\u2029\u202e\x00 é'


@pytest.mark.parametrize("form", ["json", "text"])
def test_nothing_a_client_sends_breaks_a_line(store, form):
    with logging(store, log=form, log_queries="1", log_addresses="1") as (site, log):
        started = len(log.await_("/healthz"))
        site.post(EVIL)
        site.post(EVIL, Content_Type="text/evil")
        site.request("/id/a%0d%0a%1b[2Jb/c")
        site.request("/%0a", method="PROPFIND")
        site.request("/sparql?query=%ff%0aASK")
        site.request("/readyz")
        text = log.await_("/readyz")[started:]
    assert len(text.splitlines()) == text.count("\n") == 6
    assert all(each.isprintable() for each in text.splitlines())
    assert text.isascii()
    assert "PROPFIND" not in text


@pytest.mark.parametrize("form", ["json", "text"])
def test_nothing_a_message_holds_breaks_a_line(form):
    """A message may quote a client, and a trace may do so in the middle."""
    try:
        raise ValueError(EVIL)
    except ValueError:
        made = LogRecord("stimson", 40, "x.py", 1, "Failed: %s", (EVIL,), sys.exc_info())
    text = Formatter(form).format(made)
    first, *trace = text.splitlines()
    assert "Failed: ASK" in first
    assert "Traceback" in text
    assert all(line.isprintable() for line in text.split("\n"))
    assert all(line.startswith("    ") for line in trace)
    assert bool(trace) == (form == "text")


def test_a_terminal_gets_text_and_log_off_means_off(store):
    reader, writer = pty.openpty()
    with running(store, stderr=writer) as site:
        site.query(COUNT)
        shown = ""
        while "route=/sparql" not in shown:
            shown += os.read(reader, 2**16).decode()
        os.close(writer)
    os.close(reader)
    assert f"Snapshot {named(store)} is served." in shown
    assert re.search(r"Z info +method=GET route=/sparql status=200 duration_ms=[\d.]+ ", shown)
    with logging(store, log="off") as (site, log):
        site.query(COUNT)
        site.process.terminate()
        assert site.process.wait(PATIENCE) == 0
        (line,) = log.read().splitlines()
    assert f"Snapshot {named(store)} is served." in line


def test_what_takes_long_or_fails_is_a_warning(store):
    with logging(store, slow_request="0.001") as (site, log):
        site.query(ENDLESS, timeout="0.1")
        (slow,) = log.of("/sparql")
    assert slow["level"] == "warning"
    assert slow["duration_ms"] >= 100
    with logging(store, slow_request="0", memory_mb="96") as (site, log):
        site.query(COUNT)
        assert site.query(ENDLESS, timeout="0.5").status == 504
        assert site.query(BOMB).status == 507
        quick, late, large = log.of("/sparql", 3)
        # Last words of a worker: they come from a library, and are a line like any other.
        log.await_('"The engine says: memory')
    assert quick["level"] == "info"
    assert (late["level"], late["problem"]) == ("warning", "query-timeout")
    assert (large["level"], large["problem"]) == ("warning", "query-too-large")


def test_a_client_that_leaves_is_in_the_log_and_the_metrics(store):
    with logging(store) as (site, log):
        port = int(site.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(f"GET /sparql?query={quote(ENDLESS)} HTTP/1.1\r\n".encode())
            connection.sendall(b"Host: x\r\n\r\n")
            site.wait_for_queries(running=1)
        (line,) = log.of("/sparql")
        wait_for(lambda: site.count('queries_total{outcome="client-left"}') == 1)
        found = samples(site)
    assert line["status"] == 499
    assert found["http_requests_total", "GET", "/sparql", "499"] == 1
    assert found["queries_total", "client-left"] == 1


def test_a_log_that_nobody_reads_stops_nobody(store):
    reader, writer = os.pipe()
    with running(store, stderr=writer, log_queries="1") as site:
        os.close(writer)
        for number in range(100):  # far more than a pipe holds
            text = f"ASK {{ FILTER({number} = {number}) }} # {'x' * 1500}"
            assert site.query(text).status == 200
        shown = b""
        while shown.count(b'"/sparql"') < 100:
            shown += os.read(reader, 2**16)
    os.close(reader)
    assert all(json.loads(line) for line in shown.splitlines())


@pytest.mark.parametrize("log", ["json", "off"])
def test_a_message_that_nobody_reads_stops_nobody(store, log):
    reader, writer = os.pipe()
    with running(store, stderr=writer, log=log, memory_mb="96", query_workers="1") as site:
        filling = os.open(f"/proc/self/fd/{writer}", os.O_WRONLY | os.O_NONBLOCK)
        with suppress(BlockingIOError):
            while True:  # until the pipe is full
                os.write(filling, b"\n" * 512)
        os.close(filling)
        assert site.query(BOMB).status == 507  # on which the engine has something to say
        assert site.query("ASK {}").status == 200
        assert site.request("/healthz").status == 200
        os.close(writer)
        shown = b""
        while b"The engine says" not in shown:
            shown += os.read(reader, 2**16)
    os.close(reader)


class Stream(StringIO):
    """A pipe that is full until somebody reads."""

    def __init__(self):
        super().__init__()
        self.is_read = threading.Event()

    def write(self, text):
        """Wait for the reader."""
        self.is_read.wait(PATIENCE)
        return super().write(text)


def test_lines_that_too_many_others_wait_before_are_lost_and_counted():
    lost, stream = [], Stream()
    log = LogThread(stream, "json", lost.append)
    log.start()
    written = range(10_500)
    for number in written:
        log.put({"number": number})
    assert 0 < sum(lost) <= 500, "one that is being written does not wait"
    start = time.monotonic()
    log.close()
    assert time.monotonic() - start < PATIENCE, "nobody reads, and it ends all the same"
    stream.is_read.set()
    kept = len(written) - sum(lost)
    lines = wait_for(lambda: len(found := stream.getvalue().splitlines()) == kept and found)
    assert [json.loads(line)["number"] for line in lines] == list(written)[:kept]


def test_lines_that_cannot_be_written_are_lost_and_counted():
    lost, (reader, writer) = [], os.pipe()
    os.close(reader)
    with open(writer, "w") as stream:  # noqa: PTH123 (it has no path)
        log = LogThread(stream, "text", lost.append)
        log.start()
        log.put({"time": "now", "level": "info"})
        wait_for(lambda: sum(lost) == 1)
        log.close()
        with suppress(BrokenPipeError):  # what it holds yet cannot be written either
            stream.close()


# The metrics


def test_the_metrics_are_what_happened(store):
    with running(store, memory_mb="96", result_rows="5", query_workers="2") as site:
        before = samples(site)
        assert before["queries_total", "ok"] == before["queries_total", "query-timeout"] == 0
        for _ in range(2):
            ok = site.query(COUNT)
        for text in ("SELECT", "SELECT * { SERVICE <http://x/> {} }", "SELECT * { ?s ?p ?o }"):
            site.query(text)
        site.query(ENDLESS, timeout="1")
        site.query(BOMB)
        site.request("/nothing", method="PROPFIND")
        site.request("/readyz")
        wait_for(lambda: site.count('query_workers{state="idle"}') == 2)  # they are replaced
        found = samples(site)
    outcomes = {key[1]: value for key, value in found.items() if key[0] == "queries_total"}
    assert {name: count for name, count in outcomes.items() if count} == {
        "ok": 1,
        "query-syntax": 1,
        "query-refused": 1,
        "too-many-rows": 1,
        "query-timeout": 1,
        "query-too-large": 1,
    }
    assert found["http_requests_total", "GET", "/sparql", "200"] == 2
    assert found["http_requests_total", "GET", "/sparql", "504"] == 1
    assert found["http_requests_total", "other", "none", "404"] == 1
    assert found["http_problems_total", "query-timeout"] == 1
    assert found["http_response_bytes_total", "/sparql"] > 2 * len(ok.body)
    assert found["http_request_duration_seconds_count", "/sparql"] == 7
    assert found["http_request_duration_seconds_bucket", "/sparql", "+Inf"] == 7
    assert found["http_request_duration_seconds_bucket", "/sparql", "0.5"] <= 6
    assert found["http_request_duration_seconds_sum", "/sparql"] > 1
    assert found["query_duration_seconds_count", "query-timeout"] == 1
    assert found["cache_lookups_total", "hit"] == 1
    assert found["cache_bytes",] > len(ok.body)
    assert found["cache_limit_bytes",] == 64 * 2**20
    assert found["query_workers", "idle"] + found["query_workers", "busy"] == 2
    assert found["query_workers_replaced_total",] == 2
    assert found["queries_waiting",] == 0
    assert found["http_requests_open",] == 1
    assert found["snapshot_info", named(store), "0.0.0"] == 1
    assert found["snapshot_quads",] == 9
    assert found["snapshot_created_timestamp_seconds",] == 1767225600
    assert 2**20 < found["memory_bytes", "engine"] < 2**30
    assert 2**20 < found["memory_bytes", "web"] < 2**30


def test_memory_is_measured_while_processes_come_and_go():
    over = threading.Event()

    def churn():
        while not over.is_set():
            subprocess.run(["true"], check=True)

    threads = [threading.Thread(target=churn) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        found = [memory_by_part(os.getppid()) for _ in range(80)]
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert all(each["web"] > 2**20 for each in found)


def test_the_metrics_show_a_queue(store):
    with running(store, query_workers="1", **PATIENT) as site, endless(site, 3):
        site.wait_for_queries(running=1, waiting=2)
        found = samples(site)
    assert (found["query_workers", "busy"], found["query_workers", "idle"]) == (1, 0)
    assert found["queries_waiting",] == 2
    assert found["http_requests_open",] == 4


@pytest.mark.parametrize(
    ("settings", "address", "headers", "status"),
    [
        ({}, "127.0.0.1", {}, 200),
        ({}, "::1", {}, 200),
        ({}, "::ffff:127.0.0.1", {}, 200),
        ({"metrics": "::ffff:10.0.0.0/104"}, "10.0.0.1", {}, 200),
        ({}, "203.0.113.9", {}, 403),
        ({}, "", {}, 403),
        ({}, "127.0.0.1", {"X-Forwarded-For": "x"}, 403),  # through a proxy that is not known
        ({"client_header": "X-Who"}, "127.0.0.1", {"X-Who": "x"}, 403),
        ({"trusted_proxies": "127.0.0.1"}, "127.0.0.1", {"X-Forwarded-For": "x"}, 200),
        ({"metrics": "10.0.0.0/8, fd00::/8"}, "127.0.0.1", {}, 403),
        ({"metrics": "10.0.0.0/8, fd00::/8"}, "fd00::7", {}, 200),
        ({"metrics": "off"}, "127.0.0.1", {}, 404),
    ],
)
def test_the_metrics_are_for_the_operator(app, settings, address, headers, status):
    made = app.extensions["stimson"]
    config = replace(made.config, **settings)
    other = create_app(config, made.engine, made.snapshot, {})
    access_log.begin("GET", address)  # as the front finds out
    reply = other.test_client().get("/metrics", headers=headers)
    assert reply.status_code == status
    assert (b"stimson_info" in reply.data) == (status == 200)


def test_who_asks_for_the_metrics_is_who_a_trusted_proxy_says(store):
    with running(store, trusted_proxies="127.0.0.1") as site:
        statuses = [
            site.request("/metrics", X_Forwarded_For=address).status
            for address in ("127.0.0.2", "203.0.113.9", "127.0.0.1, 203.0.113.9")
        ]
    assert statuses == [200, 403, 403]


def test_several_processes_are_added_up_and_the_dead_stay_counted(store):
    with running(store, web_workers="2") as site:
        webs(site, 2)
        for number in range(40):  # each on a connection of its own: both get some
            site.query(f"ASK {{ FILTER({number} = {number}) }}")
        # They let each other know once a second, and either may be asked.
        wait_for(lambda: [_answered(site) for _ in range(4)] == [40] * 4)
        for _ in range(4):
            assert _answered(site) == 40
            found = samples(site)
            assert found["web_processes",] == 2
            assert found["query_workers", "idle"] == 8
        lost, _ = webs(site, 2)
        os.kill(lost, signal.SIGKILL)
        assert _gone([lost])
        webs(site, 2)  # its place is taken; some connections were lost with it
        assert _answered(site) == 40
        assert site.count("web_processes") == 2


def _answered(site) -> float:
    return samples(site).get(("http_requests_total", "GET", "/sparql", "200"), 0)


def test_the_metrics_are_there_as_openmetrics_too(store):
    asked = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"
    with running(store) as site:
        site.query(COUNT)
        reply = site.request("/metrics", Accept=asked)
        plain = site.request("/metrics")
    assert reply.type.startswith("application/openmetrics-text; version=1.0.0;")
    found = {each.name: each for each in openmetrics.text_string_to_metric_families(reply.text)}
    assert {each.removesuffix("_total") for each in DOCUMENTED} == set(found)
    assert found["stimson_queries"].type == "counter"
    named_plainly = {each.name for each in text_string_to_metric_families(plain.text)}
    assert {each.removesuffix("_total") for each in DOCUMENTED} == named_plainly


@pytest.mark.parametrize("web_workers", ["1", "2"])
def test_the_folder_of_the_metrics_is_left_as_it_was(store, tmp_path, web_workers):
    gone = subprocess.Popen(["true"])
    gone.wait()
    of_the_dead = [tmp_path / f"{kind}_{gone.pid}.db" for kind in ("counter", "gauge_livesum")]
    theirs = tmp_path / "notes.txt"
    for file in (*of_the_dead, theirs):
        file.touch()
    settings = {"web_workers": web_workers, "metrics_folder": str(tmp_path)}
    with running(store, **settings) as site:
        webs(site, int(web_workers))
        assert not any(file.exists() for file in of_the_dead)
        assert len(list(tmp_path.glob("counter_*.db"))) == int(web_workers)
        site.process.terminate()
        assert site.process.wait(PATIENCE) == 0
    assert list(tmp_path.iterdir()) == [theirs]


def test_a_server_that_has_just_lost_a_process_still_listens(store):
    with running(store, web_workers="2", log="off") as site:
        lost, _ = webs(site, 2)
        family = site.descendants()
        os.kill(lost, signal.SIGKILL)
        for _ in range(200):
            site.process.send_signal(signal.SIGHUP)
            time.sleep(0.001)
        assert site.process.poll() is None
        site.process.send_signal(signal.SIGTERM)
        site.process.wait(PATIENCE)
    assert _gone(family)


# Its end


def test_what_is_asked_before_the_end_is_answered(store):
    with running(store, **PATIENT) as site:
        family, replies = site.descendants(), []
        asking = threading.Thread(target=lambda: replies.append(site.query(SLOW)))
        asking.start()
        site.wait_for_queries(running=1)
        site.process.send_signal(signal.SIGTERM)
        wait_for(lambda: _is_refused(site))
        asking.join()
        assert site.process.wait(PATIENCE) == 0
    assert [(reply.status, "10000000" in reply.text) for reply in replies] == [(200, True)]
    assert _gone(family)


def test_a_signal_to_all_its_processes_does_no_harm_to_queries(store):
    """As a terminal sends one, or systemd with its usual ``KillMode``."""
    with running(store, **PATIENT) as site:
        family, replies = site.descendants(), []
        asking = threading.Thread(target=lambda: replies.append(site.query(SLOW).status))
        asking.start()
        site.wait_for_queries(running=1)
        for pid in family:
            os.kill(pid, signal.SIGHUP)
        for pid in family:
            os.kill(pid, signal.SIGTERM)
        asking.join()
        assert site.process.wait(PATIENCE) == 0
    assert replies == [200]
    assert _gone(family)


def test_queries_have_a_time_to_end_in(store):
    with running(store, **PATIENT | {"stop_timeout": "1"}) as site, endless(site):
        family = site.descendants()
        site.wait_for_queries(running=1)
        start = time.monotonic()
        site.process.send_signal(signal.SIGTERM)
        assert site.process.wait(PATIENCE) == 0, "far sooner than the query"
        assert time.monotonic() - start > 0.9
    assert _gone(family)


@pytest.mark.parametrize("delay", ["0", "600"])
def test_a_second_signal_ends_it_at_once(store, delay):
    with running(store, stop_delay=delay, **PATIENT) as site, endless(site):
        family = site.descendants()
        site.wait_for_queries(running=1)
        site.process.send_signal(signal.SIGTERM)
        wait_for(lambda: _is_stopping(site))
        site.process.send_signal(signal.SIGTERM)
        assert site.process.wait(PATIENCE) == 0, "far sooner than the query, and the delay"
    assert _gone(family)


def test_who_asks_whether_it_is_ready_is_told_before_the_end(store):
    with running(store, stop_delay="600", log="off") as site:
        assert site.request("/readyz").status == 200
        site.process.send_signal(signal.SIGTERM)
        wait_for(lambda: site.request("/readyz").status == 503)
        assert site.request("/readyz").json["detail"] == "The server is stopping."
        assert site.request("/healthz").status == 200
        assert site.query(COUNT).status == 200
        site.process.kill()
    with running(store, stop_delay="1", log="off") as site:
        start = time.monotonic()
        site.process.send_signal(signal.SIGTERM)
        assert site.process.wait(PATIENCE) == 0
        assert time.monotonic() - start >= 1


def test_why_it_is_not_ready(store):
    with running(store, query_workers="1", queue="0", **PATIENT) as site:
        with endless(site):
            site.wait_for_queries(running=1)
            reply = site.request("/readyz")
        wait_for(lambda: site.request("/readyz").text == f"{named(store)}\n")
    assert (reply.status, reply.json["type"].rpartition("/")[2]) == (503, "not-ready")
    assert "Too many queries are waiting" in reply.json["detail"]
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Retry-After"]


def test_nothing_outlives_the_first_process(store):
    with running(store, web_workers="2", log="off") as site:
        webs(site, 2)
        family = site.descendants()
        site.process.kill()
        assert _gone(family)


# A new snapshot


class Crowd:
    """Clients that ask all the time: two keep their connection, two make a new one each time."""

    def __init__(self, site) -> None:
        self.seen: list[tuple[str, str | None]] = []
        self.faults: list[str] = []
        self._site = site
        self._over = threading.Event()
        self._clients = [threading.Thread(target=self._ask, args=(n % 2,)) for n in range(4)]

    def __enter__(self):
        for client in self._clients:
            client.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        for client in self._clients:
            client.join()

    def _ask(self, is_kept: bool) -> None:
        port = int(self._site.url.rpartition(":")[2])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        number = 0
        while not self._over.is_set():
            number += 1
            # One in two is in the cache.
            query = COUNT if number % 2 else f"{COUNT} # {threading.get_ident()} {number}"
            headers = {"Accept": "text/csv", "Connection": "keep-alive" if is_kept else "close"}
            try:
                connection.request("GET", f"/sparql?query={quote(query)}", headers=headers)
                reply = connection.getresponse()
                body = reply.read().decode()
            except (OSError, http.client.HTTPException) as fault:
                self.faults.append(repr(fault))
                connection.close()
                continue
            if reply.status != 200:
                self.faults.append(body)
            self.seen.append((body.split()[-1], reply.headers["ETag"] if number % 2 else None))
        connection.close()


@pytest.mark.parametrize("web_workers", ["1", "2"])
def test_a_new_snapshot_is_served_without_a_failed_request(tmp_path, web_workers):
    write_snapshot(tmp_path)
    with running(tmp_path, web_workers=web_workers, **PATIENT) as site:
        old = {pid for web in webs(site, int(web_workers)) for pid in leaves(web)}
        with Crowd(site) as crowd:
            wait_for(lambda: crowd.seen)
            slow = threading.Thread(target=lambda: crowd.seen.append((site.query(SLOW).text, "")))
            slow.start()
            time.sleep(0.2)  # it may run by then: all should be the same if it does not
            write_snapshot(tmp_path, MORE)
            site.process.send_signal(signal.SIGHUP)
            wait_for(lambda: len(crowd.seen) > 20 and {n for n, _ in crowd.seen[-16:]} == {"10"})
            slow.join()
        assert crowd.faults == []
        assert {number for number, tag in crowd.seen if tag != ""} == {"9", "10"}
        assert any("10000000" in number for number, _ in crowd.seen), "the slow one was answered"
        tags = {(number, tag) for number, tag in crowd.seen if tag}
        assert len(tags) == len({tag for _, tag in tags}) == 2
        assert site.request("/readyz").text == f"{named(tmp_path)}\n"
        if web_workers == "1":
            assert samples(site)["snapshot_switches_total", "done"] == 1
            assert samples(site)["snapshot_quads",] == 10
        assert _gone(old)


def _without_a_line(store: Path, name: str) -> None:
    dataset = store / name / "dataset.nq"
    dataset.write_text("".join(dataset.read_text().splitlines(keepends=True)[1:]))


def _not_rdf(store: Path, name: str) -> None:
    content = b"<http://example.org/a> <http://example.org/b"
    fresh = hashlib.sha256(content).hexdigest()[:16]
    (store / name).rename(store / fresh)
    (store / fresh / "dataset.nq").write_bytes(content)
    manifest = store / fresh / "manifest.json"
    manifest.write_text(manifest.read_text().replace(name, fresh))
    (store / "current").write_text(fresh)


def _without_counts(store: Path, name: str) -> None:
    manifest = store / name / "manifest.json"
    manifest.write_text(json.dumps({"name": name}))


def _gone_again(store: Path, name: str) -> None:
    (store / "current").unlink()


@pytest.mark.parametrize("spoil", [_without_a_line, _not_rdf, _without_counts, _gone_again])
def test_a_broken_snapshot_leaves_the_old_one_in_service(tmp_path, spoil):
    write_snapshot(tmp_path)
    first = named(tmp_path)
    with logging(tmp_path) as (site, log):
        before = site.descendants()
        write_snapshot(tmp_path, MORE)
        second = named(tmp_path)
        spoil(tmp_path, second)
        with Crowd(site) as crowd:
            site.process.send_signal(signal.SIGHUP)
            wait_for(lambda: samples(site)["snapshot_switches_total", "failed"])
        assert crowd.faults == []
        assert {number for number, _ in crowd.seen} == {"9"}
        assert site.request("/readyz").text == f"{first}\n"
        lines = [json.loads(line) for line in log.await_("served as before").splitlines()]
        said = [line for line in lines if "served as before" in line.get("message", "")]
        assert [line["level"] for line in said] == ["error"]
        assert said[0]["message"].startswith(f"Snapshot {first} is served as before: ")
        wait_for(lambda: len(site.descendants()) == len(before))
        # What was mended is served.
        (tmp_path / "current").unlink(missing_ok=True)
        write_snapshot(tmp_path, f"{MORE}{MORE.splitlines()[0].replace('Arcadia', 'x')}\n")
        site.process.send_signal(signal.SIGHUP)
        wait_for(lambda: site.request("/readyz").text.strip() == named(tmp_path))


def test_the_same_snapshot_is_not_loaded_twice(store):
    with logging(store) as (site, log):
        before = site.descendants()
        site.process.send_signal(signal.SIGHUP)
        log.await_(f"Snapshot {named(store)} is served already.")
        assert site.descendants() == before


# Every page


FRAMED = {"/reconcile/preview"}  # other programs show it in a frame, as their protocol says


def _paths(app):
    """Give a path for every route, with something in each place."""
    for rule in app.url_map.iter_rules():
        for method in sorted({*rule.methods, "TRACE"}):
            yield re.sub(r"<[^>]*>", "x", rule.rule), method
    for path in (
        "/id/state/arcadia",
        f"/sparql?query={quote(COUNT)}",
        "/static/stimson.css",
        "/nowhere",
    ):
        yield path, "GET"


@pytest.fixture(scope="module")
def app(store):
    config = Config(store=store, query_workers=1)
    snapshot = read_current(store)
    queries = read_queries(Path(__file__).parents[1] / "queries")
    with Standalone(Pool(snapshot.dataset, config)) as engine:
        made = create_app(config, engine, snapshot, queries)
        yield made
        made.extensions["stimson"].checkers.close()


def test_every_answer_has_the_security_headers(app):
    client, seen = app.test_client(), Counter()
    for path, method in _paths(app):
        for accept in ("text/html", "application/json"):
            reply = client.open(path, method=method, headers={"Accept": accept})
            seen[reply.status_code // 100] += 1
            reply.close()
            where = f"{method} {path} {reply.status}"
            policy = reply.headers["Content-Security-Policy"]
            directives = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
            assert directives["default-src"] == "'none'", where
            allowed = {"'none'", "*"} if path in FRAMED else {"'none'"}
            assert directives["frame-ancestors"] in allowed, where
            assert directives["base-uri"] == "'none'", where
            assert "unsafe" not in policy, where
            assert "*" not in policy.replace("frame-ancestors *", ""), where
            assert reply.headers["X-Content-Type-Options"] == "nosniff", where
            assert reply.headers["Referrer-Policy"] == "no-referrer", where
            readers = None if path == "/metrics" else "*"
            assert reply.headers.get("Access-Control-Allow-Origin") == readers, where
            assert "Access-Control-Allow-Credentials" not in reply.headers, where
            assert "Set-Cookie" not in reply.headers, where
            assert "Server" not in reply.headers, where
    assert seen[2] > 10
    assert seen[4] > 10


def test_so_have_the_errors_of_the_front(store):
    with running(store, client_rate="0.01", client_burst="1") as site:
        site.query(COUNT)
        reply = site.query(COUNT)
    assert reply.status == 429
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("LOG", "xml", "auto, json, text or off"), ("LOG_QUERIES", "maybe", "false or no")],
)
def test_a_wrong_setting_is_named(store, name, value, said):
    done = subprocess.run(
        [sys.executable, "-m", "stimson", "serve", "--store", str(store), "--port", "0"],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        env=os.environ | {f"STIMSON_{name}": value},
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"STIMSON_{name}" in done.stderr
    assert said in done.stderr


def _is_stopping(site) -> bool:
    """Find out whether a server takes no more, or says so."""
    try:
        return site.request("/readyz").status == 503
    except (URLError, ConnectionError):
        return True


def _is_refused(site) -> bool:
    """Find out whether no connection is taken on; one that was still waiting is reset."""
    try:
        site.request("/healthz")
    except URLError as fault:
        return isinstance(fault.reason, ConnectionError)
    except ConnectionError:
        return True
    return False


def _gone(pids) -> bool:
    """Wait until all these processes are gone."""
    return wait_for(lambda: not any(is_running(pid) for pid in pids))
