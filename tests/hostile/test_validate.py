"""What ``/validate`` survives, while the endpoint goes on answering queries."""

import os
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from http_fixtures import running
from http_fixtures import store as store
from pools import is_running
from waiting import PATIENCE, wait_for

TURTLE = "text/turtle"
JSON_LD = "application/ld+json"
RDF_XML = "application/rdf+xml"
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/"'
SMALL = "<http://example.org/a> <http://example.org/b> <http://example.org/c> ."
SECONDS = 5.0  # that a check may take
ST = "https://w3id.org/stimson/ontology#"
# The parser goes through all outer elements again for each inner one.
SLOW = f"<rdf:RDF {RDF}>{'<e:a><e:b>' * 45_000}{'</e:b></e:a>' * 45_000}</rdf:RDF>"
# The parser calls itself for each level, until its stack is full.
DEEP = "<a:a> <a:b> " + "<<( <a:a> <a:b> " * 20_000 + "<a:c>" + " )>>" * 20_000 + " ."
# Three bytes to a triple.
LARGE = "<a:a> <a:b> " + "[]," * 340_000 + "[] ."


@pytest.fixture(scope="module")
def site(store):
    """A server with short limits."""
    limits = {"validate_timeout": str(SECONDS), "receive_timeout": str(SECONDS), "memory_mb": "256"}
    # All clients of this file have one address: what each may have is not its subject.
    with running(store, client_requests="0", queue_timeout="5", **limits) as running_site:
        # The first check waits until the checker has loaded what it checks with.
        assert post(running_site, SMALL).status == 200
        yield running_site


def post(site, body, media_type=TURTLE, path="/validate", **headers):
    content = body if isinstance(body, bytes) else body.encode()
    return site.request(path, body=content, Content_Type=media_type, **headers)


def messages(reply):
    """Read what a report says, each finding on a line."""
    assert reply.status == 200, reply.text
    return "\n".join(finding["message"] for finding in reply.json["findings"])


@contextmanager
def queries_answered(site):
    """Ask for as long as the block lasts, and expect each answer."""
    stop, answers = threading.Event(), []

    def ask():
        while not stop.is_set():
            # Never the same text twice, so that the cache is of no help.
            assert site.query(f"ASK {{}} # {len(answers)}").status == 200
            answers.append(1)
            time.sleep(0.05)

    with ThreadPoolExecutor(1) as threads:
        asking = threads.submit(ask)
        try:
            yield
        finally:
            stop.set()
            asking.result()
    assert answers


@contextmanager
def listening():
    """Listen on a port of this machine, and list the requests that come."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.path)
            self.send_error(404)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", seen
        server.shutdown()


def connect(site, length, content=b"", more=""):
    """Begin a request that says it has `length` bytes, and send some of them."""
    url = urlsplit(site.url)
    connection = socket.create_connection((url.hostname, url.port), timeout=PATIENCE)
    head = f"POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: {TURTLE}\r\n{more}"
    connection.sendall(f"{head}Content-Length: {length}\r\n\r\n".encode() + content)
    return connection


# What it costs


def test_what_takes_too_long_is_ended(site):
    with queries_answered(site):
        reply = post(site, SLOW, RDF_XML)

    assert (reply.status, reply.json["type"].rpartition("/")[2]) == (504, "check-timeout")
    assert post(site, SMALL).status == 200


def steady(site):
    """Wait until the processes of the server have been the same for a second, and list them."""
    deadline = time.monotonic() + PATIENCE
    seen = [site.descendants()]
    while any(each != seen[-1] for each in seen[-10:]) or len(seen) < 10:
        assert time.monotonic() < deadline
        time.sleep(0.1)
        seen.append(site.descendants())
    return seen[-1]


def test_what_overflows_the_stack_ends_only_its_own_process(site):
    assert post(site, SMALL).status == 200  # which starts the checker
    before = steady(site)  # what an earlier test began may be ending

    with queries_answered(site):
        reply = post(site, DEEP)

    assert (reply.status, reply.json["type"].rpartition("/")[2]) == (400, "check-too-deep")
    assert steady(site) == before, "the checker itself lives on"


def test_what_outgrows_its_memory_is_ended(store):
    limits = {"validate_timeout": str(PATIENCE), "memory_mb": "160"}
    with running(store, **limits) as site:
        assert post(site, SMALL).status == 200, "a small one fits"
        reply = post(site, LARGE)

        assert (reply.status, reply.json["type"].rpartition("/")[2]) == (507, "check-too-large")
        assert post(site, SMALL).status == 200


def test_fifty_megabytes_are_refused_and_not_kept(site):
    content = b"#" * 50 * 2**20
    memory = resident(site)

    with connect(site, len(content)) as connection:
        try:
            connection.sendall(content)
        except OSError:
            pass  # it may hang up on who goes on sending
        else:
            assert connection.recv(1000).startswith(b"HTTP/1.1 413")

    assert post(site, SMALL).status == 200
    assert resident(site) < memory + 30


def test_fifty_megabytes_are_refused_before_they_are_sent(site):
    with connect(site, 50 * 2**20, more="Expect: 100-continue\r\n") as connection:
        assert connection.recv(1000).startswith(b"HTTP/1.1 413")


def resident(site):
    """Count the MiB that the server's processes hold."""
    pages = sum(
        int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in site.descendants()
    )
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def test_twenty_at_once_are_checked_or_told_to_come_back(site):
    with queries_answered(site), ThreadPoolExecutor(20) as threads:
        replies = list(threads.map(lambda _: post(site, SMALL), range(20)))

    statuses = [reply.status for reply in replies]
    assert set(statuses) <= {200, 503}
    assert 200 in statuses
    assert all(reply.headers["Retry-After"] for reply in replies if reply.status == 503)


def test_many_slow_checks_leave_queries_alone(site):
    with queries_answered(site), ThreadPoolExecutor(20) as threads:
        replies = list(threads.map(lambda _: post(site, SLOW, RDF_XML), range(20)))

    assert {reply.status for reply in replies} <= {503, 504}
    assert post(site, SMALL).status == 200


# How it is sent


def test_a_body_that_breaks_off_is_not_checked(site):
    with connect(site, 1000, b"<a:a>") as connection:
        connection.shutdown(socket.SHUT_WR)
        head = connection.recv(1000)

    assert head == b"" or head.startswith(b"HTTP/1.1 400")


def test_a_body_that_trickles_is_not_waited_for(site):
    with connect(site, 1_000_000) as connection:
        start = time.monotonic()
        connection.settimeout(0.1)
        head = b""
        while not head and time.monotonic() - start < PATIENCE:
            connection.sendall(b"#" * 100)
            try:
                head = connection.recv(1000)
            except TimeoutError:
                continue

    assert head.startswith(b"HTTP/1.1 408")


def test_many_bodies_that_do_not_arrive_leave_everybody_alone(site):
    connections = [connect(site, 1000, b"<a:a>") for _ in range(20)]
    try:
        with queries_answered(site):
            assert post(site, SMALL).status == 200
            heads = [connection.recv(1000) for connection in connections]
    finally:
        for connection in connections:
            connection.close()

    assert all(head.startswith(b"HTTP/1.1 408") for head in heads)


def test_who_drops_out_leaves_nothing_behind(site):
    assert post(site, SMALL).status == 200  # which starts the checker
    before = steady(site)
    for content in (SMALL.encode()[:20], SMALL.encode()):
        for _ in range(5):
            connect(site, len(SMALL), content).close()
    slow = SLOW.encode()
    connect(site, len(slow), slow).close()

    after, deadline = steady(site), time.monotonic() + PATIENCE
    while after != before and time.monotonic() < deadline:
        after = steady(site)
    assert after == before
    assert post(site, SMALL).status == 200


# What it holds


@pytest.mark.parametrize(
    "body",
    [
        b"\x7fELF\x02\x01\x01\x00\xff\xfe\xfd",
        b"\xff\xfe<\x00a\x00>\x00",
        SMALL.encode() + b'\n<a:b> <a:c> "\xe9" .',
        b"\x00" * 1000,
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    ],
    ids=["ELF", "UTF-16", "Latin-1", "NUL", "PNG"],
)
@pytest.mark.parametrize("media_type", [TURTLE, JSON_LD, RDF_XML])
def test_what_is_no_text_is_a_finding(site, body, media_type):
    assert messages(post(site, body, media_type))


def test_the_first_wrong_byte_has_its_place(site):
    reply = post(site, SMALL.encode() + b'\n<a:b> <a:c> "\xe9" .')

    (finding,) = reply.json["findings"]
    assert "UTF-8" in finding["message"]
    assert (finding["line"], finding["column"]) == (2, 14)


@pytest.mark.parametrize("form", ["text", "json", "turtle", "junit", "sarif", "github", "html"])
def test_control_characters_come_back_in_every_format(site, form):
    body = '<http://e/a> <http://www.w3.org/2000/01/rdf-schema#label> "\\u0000\\u0008\\uFFFE"@en .'
    body += '<http://e/a> <http://e/b> "\\u0000x"^^<http://www.w3.org/2001/XMLSchema#date> .'

    reply = post(site, body, path=f"/validate?format={form}")

    assert reply.status == 200, reply.text
    assert b"\x00" not in reply.body


@pytest.mark.parametrize(
    "body",
    [
        "<a:a> <a:b> " + "[ <a:b> " * 50_000 + "1" + " ]" * 50_000 + " .",
        "<a:a> <a:b> " + "( " * 50_000 + ")" * 50_000 + " .",
        "".join(f"_:n{n} <a:b> _:n{n + 1} ." for n in range(20_000)) + "_:n20000 <a:b> _:n0 .",
        "_:a <a:b> _:a . _:b <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> _:b .",
    ],
    ids=["nodes", "lists", "ring", "loops"],
)
def test_deep_and_round_graphs_end_in_an_answer(site, body):
    with queries_answered(site):
        reply = post(site, body)

    assert reply.status in (200, 400, 504), reply.text
    assert post(site, SMALL).status == 200


XSD, RDF_NS = "http://www.w3.org/2001/XMLSchema#", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
ABOUT = f"<https://w3id.org/stimson/id/source/a> a <{ST}Source> ; <{ST}notBefore> "
LONG = "9" * 5000


def literal(text, datatype):
    """Write a contribution with a literal on which each reader has a say."""
    return f'{ABOUT}"{text}"^^<{datatype}> , 1 .', TURTLE


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (DEEP, TURTLE),
        ("<a:a> <a:b> " + "<<( <a:a> <a:b> " * 500 + "1" + " )>>" * 500 + " .", TURTLE),
        ("<< " * 20_000 + "<a:a> <a:b> 1" + " >> <a:b> 1" * 20_000 + " .", TURTLE),
        (f"{ABOUT} {LONG} , {LONG}.5 , 1e{LONG} .", TURTLE),
        *(
            literal(f"{LONG}{end}", f"{XSD}{kind}")
            for kind, end in (("integer", ""), ("gYear", ""))
        ),
        *(literal(f"P{LONG}{unit}", f"{XSD}duration") for unit in "YMD"),
        literal(f"P{LONG * 80}Y", f"{XSD}duration"),
        literal("-P1Y2DT3H", f"{XSD}duration"),
        literal("<b>" * 100_000, f"{RDF_NS}HTML"),
        literal("<a>" * 50_000, f"{RDF_NS}XMLLiteral"),
        literal("x" * 900_000, f"{XSD}token"),
        (ABOUT + " , ".join(f"<{ST}no{n}>" for n in range(20_000)) + " .", TURTLE),
        ("[" * 400_000 + "]" * 400_000, JSON_LD),
        ('{"http://e/p":' * 60_000 + "1" + "}" * 60_000, JSON_LD),
        (f"<rdf:RDF {RDF}>" + "<e:a>" * 150_000, RDF_XML),
    ],
    ids=[
        *("deep terms", "terms", "deep reifiers", "bare numbers", "integer", "year"),
        *("years", "months", "days", "400,000 digits", "negative", "HTML", "XML", "token"),
        *("undefined", "deep JSON", "deep objects", "open elements"),
    ],
)
def test_what_is_too_much_is_said_to_be_and_the_next_one_is_checked(site, body, media_type):
    reply = post(site, body, media_type)

    if reply.status == 200:
        assert reply.json["findings"], "it is taken for what it is, and is no good"
    else:
        slug = reply.json["type"].rpartition("/")[2]
        assert (reply.status, slug) in LIMITS, reply.text
    assert post(site, SMALL).status == 200


LIMITS = {(400, "check-too-deep"), (504, "check-timeout"), (507, "check-too-large")}


def test_a_list_that_bites_its_tail_is_checked(site):
    rdf, st = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "https://w3id.org/stimson/ontology#"
    body = f"<a:a> a <{st}State> ; <{st}officialName> _:l . "
    body += f"_:l <{rdf}first> 1 ; <{rdf}rest> _:l ."

    assert "official name" in messages(post(site, body))


def test_entities_are_not_expanded(site):
    names = "abcdefghi"
    bomb = "".join(
        f'<!ENTITY {name} "{f"&{inner};" * 10}">'
        for name, inner in zip(names[1:], names, strict=False)
    )
    body = (
        f'<?xml version="1.0"?>\n<!DOCTYPE r [<!ENTITY a "ha">{bomb}]>\n<rdf:RDF {RDF}>'
        '<rdf:Description rdf:about="http://example.org/a"><e:p>&i;</e:p></rdf:Description>'
        "</rdf:RDF>"
    )
    (finding,) = post(site, body, RDF_XML).json["findings"]

    assert "entities" in finding["message"]
    assert (finding["line"], finding["column"]) == (2, 14)


def test_no_file_is_read_for_an_entity(site):
    body = (
        f'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rdf:RDF {RDF}>'
        '<rdf:Description rdf:about="http://example.org/a"><e:p>&a;</e:p></rdf:Description>'
        "</rdf:RDF>"
    )
    reply = post(site, body, RDF_XML)

    assert "entities" in messages(reply)
    assert "root:" not in reply.text


def test_nothing_is_fetched(site):
    with listening() as (url, seen):
        contexts = [f'"{url}/c"', f'{{"@import": "{url}/i"}}', f'["{url}/a", {{"p": "x:p"}}]']
        contexts += [f'{{"p": {{"@id": "x:p", "@context": "{url}/s"}}}}']
        for context in contexts:
            body = f'{{"@context": {context}, "@id": "x:a", "p": {{"@id": "x:b"}}}}'
            assert "remote contexts are not fetched" in messages(post(site, body, JSON_LD))
        imports = f"<a:o> <http://www.w3.org/2002/07/owl#imports> <{url}/ontology> ."
        graph = f"<{url}/shapes> <http://www.w3.org/ns/shacl#shapesGraph> <{url}/graph> ."
        reply = post(site, f"{imports} {graph}")
        assert any("Nothing was fetched" in note for note in reply.json["notes"])
        assert seen == []


def test_what_is_sent_is_never_markup(site):
    script = "<script>alert(1)</script>"
    literal = f'"{script}"^^<http://www.w3.org/2001/XMLSchema#date>'
    body = (
        f"<http://e/%3Cscript%3E> <http://e/p> {literal} .\n<javascript:alert(1)> <x:p> {literal} ."
    )
    name = "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E.ttl"

    for form in ("page", "html"):
        reply = post(site, body, path=f"/validate?name={name}&format={form}")
        assert reply.headers["Stimson-Conforms"] == "false"
        assert "alert(1)" in reply.text
        assert script not in reply.text
        assert 'href="javascript:' not in reply.text
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    # A command to the runner of a pipeline begins its line with two colons.
    lines = post(site, body, path="/validate?name=a%0A%3A%3Aset-env&format=github").text
    assert all(line.startswith(("::error", "::warning", "::notice")) for line in lines.splitlines())


# What it leaves


def test_the_process_of_a_check_can_open_nothing_and_ends_with_the_checker(site):
    before = site.descendants()
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(post, site, SLOW, RDF_XML)
        (child,) = new_process(site, before)
        wait_for(lambda: limits(child)["Max open files"] == "0")  # the last that it sets
        values = limits(child)
        fork_server = int(Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[1])
        descriptors = list(Path(f"/proc/{child}/fd").iterdir())
        os.kill(fork_server, signal.SIGKILL)
        reply = waiting.result()

    assert values["Max open files"] == values["Max file size"] == "0"
    assert values["Max address space"] != "unlimited"
    assert len(descriptors) == 4, "three that lead nowhere, and the one for the outcome"
    assert (reply.status, reply.json["type"].rpartition("/")[2]) == (500, "checker-failed")
    wait_for(lambda: not is_running(child))
    assert post(site, SMALL).status == 200, "another checker was started"


def limits(pid):
    """Read what the kernel allows a process."""
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()
    return {line[:26].strip(): line[26:].split()[0] for line in lines}


def new_process(site, before):
    """Wait for a process that was not there."""
    return wait_for(lambda: site.descendants() - before)


def test_nothing_is_written_and_nothing_remains(store, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    secret = "a-word-that-is-nowhere-else"
    number = "http://www.w3.org/2001/XMLSchema#integer"  # who tries to read it logs what it says
    body = f'<http://e/{secret}> <http://e/p> "{secret}"^^<{number}> .'
    before = set(store.rglob("*"))
    with errors_read() as errors, running(store, validate_timeout=str(SECONDS)) as site:
        assert secret in post(site, body).text
        assert post(site, f"{body} x").status == 200
        assert post(site, DEEP.replace("a:c", f"a:{secret}")).status == 400
        assert post(site, f"<!--{secret}-->{SLOW}", RDF_XML).status == 504
        big = f"--e\r\nContent-Disposition: form-data; name=file; filename=a.ttl\r\n\r\n{body}"
        big += "#" * 900_000 + "\r\n--e--\r\n"
        assert post(site, big, "multipart/form-data; boundary=e").status == 200
        family = site.descendants()

    wait_for(lambda: not [pid for pid in family if is_running(pid)])
    assert set(store.rglob("*")) == before
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert secret not in "".join(errors)


@contextmanager
def errors_read():
    """Read what is written to the standard errors of processes that are started meanwhile.

    Through a pipe: to a file, as pytest would have it, a confined process cannot write.
    """
    read = []
    receiver, sender = os.pipe()
    kept = os.dup(2)
    os.dup2(sender, 2)
    try:
        yield read
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(sender)
        with os.fdopen(receiver, encoding="utf-8") as errors:
            os.set_blocking(receiver, False)
            read.append(errors.read() or "")
