"""The one HTTP client, against servers that do all that goes wrong."""

import contextlib
import gzip
import io
import socket
import threading
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest

from faulty_peer import (
    CERTIFICATE,
    after,
    chunked,
    endless,
    faulty_peer,
    hang_up,
    raw,
    trickle,
    whole,
)
from stimson.errors import PeerError, PeerLost, PeerSlow, PeerTooLarge, PeerUnreachable
from stimson.http import (
    HttpClient,
    HttpLimits,
    HttpRequest,
    RetryPolicy,
    TemporaryFailure,
    read_url,
    user_agent,
)
from stimson.http.response import read_retry_after
from waiting import PATIENCE, wait_for

GET = HttpRequest("GET", "/sparql")
ONCE = RetryPolicy()
OK = b"HTTP/1.1 200 OK\r\n"
TEN = OK + b"Content-Length: 10\r\n\r\n"
PACKED = gzip.compress(b"all of it " * 999)
MIB = 2**20


@contextlib.contextmanager
def client_of(peer, retries=ONCE, url=None, **limits):
    """Make a client, and see at its end that it has left no connection behind."""
    limits = {"total": PATIENCE, "size": MIB} | limits
    made = HttpClient(read_url("test", url or peer.url), retries, HttpLimits(**limits))
    with contextlib.closing(made):
        yield made
    wait_for(lambda: peer.connected == 0)


def body_of(response):
    with response:
        return response.status, response.read() if response.is_success else response.text.encode()


# What goes wrong


@pytest.mark.parametrize(
    ("act", "error", "words"),
    [
        (endless(OK, b"X-More: and more\r\n"), PeerLost, "more than 100 headers"),
        (endless(OK + b"X: ", b"x" * 999), PeerLost, "more than 65536 bytes"),
        (endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.001), PeerSlow, "did not answer in time"),
        (endless(OK + b"X: ", b"x", 0.01), PeerSlow, "did not answer in time"),
        (endless(OK + b"Content-Length: 99999\r\n\r\n", b"x", 0.01), PeerSlow, "in the middle"),
        (endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 0.01), PeerSlow, "mid"),
        (endless(OK + b"\r\n", b"x", 0.01), PeerSlow, "in the middle of a response"),
        (after(PATIENCE, whole("late")), PeerSlow, "did not answer in time"),
    ],
    ids=["heads", "line", "1xx", "slow head", "slow length", "slow chunks", "slow end", "nothing"],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_what_has_no_end_comes_to_one(monkeypatch, scheme, act, error, words):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with (
        faulty_peer(act, scheme=scheme) as peer,
        client_of(peer, total=0.5) as client,
        pytest.raises(error, match=words) as told,
    ):
        body_of(client.send(GET))
    assert str(told.value).startswith(f"{peer.url} ")


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (hang_up, "it ended before the head of a response did"),
        (raw(b"HTTP/1.1 200 O", is_over=True), "it ended before"),
        (raw(OK + b"X-Some: header\r\n", is_over=True), "it ended before"),
        (raw(OK + b"X-Some: hea", is_over=True), "it ended before"),
        (raw(TEN + b"short", is_over=True), "5 bytes read, 5 more expected"),
        (
            raw(OK + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde"),
            "sent what is not HTTP .*multiple unmatching",
        ),
        (chunked(b"no end", "text/csv", is_ended=False), "in the middle of a response"),
        (raw(OK + b"Transfer-Encoding: chunked\r\n\r\nfff\r\nx", is_over=True), "more expected"),
        (raw(OK + b"Transfer-Encoding: chunked\r\n\r\nnone\r\n"), "none"),
        (raw(b"SSH-2.0-OpenSSH_9.9\r\n", is_over=True), "sent what is not HTTP .SSH-2.0"),
        (whole(PACKED[:-9], Content_Encoding="gzip"), "packed data have no end"),
        (whole(b"not packed", Content_Encoding="gzip"), "incorrect header"),
        (whole(b"packed", Content_Encoding="br"), r"in a way not asked for \(br\)"),
    ],
    ids=[
        *(
            "nothing",
            "status",
            "head",
            "header",
            "length",
            "lengths",
            "no last chunk",
            "chunk",
            "no chunk",
            "no HTTP",
        ),
        *("cut gzip", "no gzip", "brotli"),
    ],
)
def test_what_is_broken_off_is_never_taken_for_whole(act, words):
    with faulty_peer(act) as peer, client_of(peer) as client:
        with pytest.raises(PeerLost, match=words) as told:
            body_of(client.send(GET))
        assert str(told.value).startswith(f"{peer.url} ")
        peer.acts[:] = [whole("again")]
        assert body_of(client.send(GET)) == (200, b"again"), "a new connection is made"


@pytest.mark.parametrize("length", ["", "Content-Length: many\r\n", "Content-Length: -1\r\n"])
def test_a_body_that_ends_with_its_connection_may_have_been_cut_and_says_so(length):
    act = raw(OK + length.encode() + b"\r\nwhole or not", is_over=True)
    with faulty_peer(act) as peer, client_of(peer) as client:
        with client.send(GET) as response:
            assert not response.is_framed
            assert response.read() == b"whole or not"
        peer.acts[:] = [whole("a")]
        with client.send(GET) as response:
            assert response.is_framed


@pytest.mark.parametrize(
    "act",
    [
        whole(b"x" * (MIB + 1)),
        chunked(b"x" * (MIB + 1), "text/csv"),
        endless(OK + b"\r\n", b"x" * 9999),
        whole(gzip.compress(b" " * 50 * MIB), Content_Encoding="gzip"),
        whole(gzip.compress(b" " * 1000) * 2000, Content_Encoding="gzip"),
    ],
    ids=["length", "chunk", "endless", "gzip", "gzip parts"],
)
def test_what_is_too_large_is_not_read_to_its_end(act):
    with faulty_peer(act) as peer, client_of(peer) as client:
        tracemalloc.start()
        try:
            with pytest.raises(PeerTooLarge, match="sends more than 1 MiB") as told:
                client.send(GET).read()
            assert tracemalloc.get_traced_memory()[1] < 8 * MIB
        finally:
            tracemalloc.stop()
        assert str(told.value).startswith(f"{peer.url} ")
        peer.acts[:] = [whole("next")]
        assert body_of(client.send(GET)) == (200, b"next")


def test_of_a_refusal_the_beginning_is_read():
    act = endless(b"HTTP/1.1 500 Oops\r\n\r\nwhy: ", b"x" * 9999)
    with faulty_peer(act) as peer, client_of(peer) as client:
        response = client.send(GET)
        assert (response.status, response.text[:6], len(response.text)) == (500, "why: x", 4096)


@pytest.mark.parametrize(
    "body",
    [
        PACKED,
        gzip.compress(b"all of it " * 990) + gzip.compress(b"all of it " * 9),
        gzip.compress(b"all of it " * 999, 0),
    ],
    ids=["one part", "two parts", "stored"],
)
def test_packed_bodies_are_unpacked(body):
    for act in (
        whole(body, Content_Encoding="gzip"),
        raw(OK + b"Content-Encoding: gzip\r\n\r\n" + body, is_over=True),
    ):
        with faulty_peer(act) as peer, client_of(peer) as client:
            assert body_of(client.send(GET)) == (200, b"all of it " * 999)


def test_silence_is_bounded_by_itself():
    act = endless(OK + b"Content-Length: 20\r\n\r\n", b"x", PATIENCE)
    with (
        faulty_peer(act) as peer,
        client_of(peer, idle=0.2) as client,
        pytest.raises(PeerSlow, match="stopped in the middle"),
    ):
        body_of(client.send(GET))
    # What comes slowly, but comes, is no silence.
    slow = trickle(TEN + b"0123456789", 0.02)
    with faulty_peer(slow) as peer, client_of(peer, idle=PATIENCE / 2) as client:
        assert body_of(client.send(GET)) == (200, b"0123456789")


@contextlib.contextmanager
def accepting(act):
    """Listen, and do something with the one connection that is accepted, without reading."""

    def accept():
        client, _ = listener.accept()
        with client:
            act(client)
            over.wait(PATIENCE)

    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            over.set()
            thread.join(PATIENCE)


def test_a_server_that_takes_a_body_by_and_by_is_not_waited_for():
    def read_slowly(client):
        while not over.wait(0.05):
            client.recv(2**16)

    over = threading.Event()
    with accepting(read_slowly) as place:
        client = HttpClient(read_url("test", f"http://{place}"), ONCE, HttpLimits(total=0.5))
        request = HttpRequest(
            "PUT", "/", {"Content-Length": str(64 * MIB)}, lambda: io.BytesIO(bytes(64 * MIB))
        )
        with contextlib.closing(client), pytest.raises(PeerSlow, match="did not answer in time"):
            client.send(request)
        over.set()


@pytest.mark.parametrize(
    ("greeting", "words"),
    [
        (b"this is no TLS\r\n", r"is not to be trusted \(.+\)"),
        (b"", r"cannot be reached \(.*timed out.*\)"),
    ],
)
def test_what_does_not_speak_tls_is_no_server_to_trust(greeting, words):
    with accepting(lambda client: client.sendall(greeting)) as place:
        client = HttpClient(read_url("test", f"https://{place}"), ONCE, HttpLimits(connect=0.5))
        with contextlib.closing(client), pytest.raises(PeerUnreachable, match=words) as told:
            client.send(GET)
        assert str(told.value).startswith(f"https://{place} ")


def test_a_server_is_trusted_by_its_certificate(monkeypatch):
    with faulty_peer(whole("a"), scheme="https") as peer:
        with client_of(peer) as client, pytest.raises(PeerUnreachable, match="not to be trusted"):
            client.send(GET)
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        with client_of(peer) as client:
            before = peer.connections
            for _ in range(3):
                assert body_of(client.send(GET)) == (200, b"a")
            assert peer.connections == before + 1
        with (
            client_of(peer, url=peer.url.replace("127.0.0.1", "localhost")) as client,
            pytest.raises(PeerUnreachable, match="not to be trusted"),
        ):
            client.send(GET)


def test_where_nobody_is_that_is_said():
    with faulty_peer() as peer:
        pass
    with (
        client_of(peer) as client,
        pytest.raises(PeerUnreachable, match=r"cannot be reached \(Connection refused\)") as told,
    ):
        client.send(GET)
    assert str(told.value).startswith(f"{peer.url} ")
    with (
        client_of(peer, url="http://nowhere.invalid/") as client,
        pytest.raises(PeerUnreachable, match=r"http://nowhere.invalid/ cannot be reached \(.+\)"),
    ):
        client.send(GET)


# Where it goes


@pytest.mark.parametrize("status", ["301 A", "302 B", "303 C", "307 D", "308 E"])
def test_no_redirect_is_followed(status):
    with faulty_peer(whole("b")) as other:
        act = whole("", status=status, Location=other.url)
        with faulty_peer(act) as peer, client_of(peer) as client:
            response = client.send(GET)
            assert (response.status, response.headers["Location"]) == (int(status[:3]), other.url)
        assert (len(peer.requests), other.requests) == (1, [])


def test_no_proxy_is_taken_from_the_environment(monkeypatch):
    with faulty_peer(whole("proxy")) as proxy, faulty_peer(whole("direct")) as peer:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        with client_of(peer) as client:
            assert body_of(client.send(GET)) == (200, b"direct")
        assert proxy.requests == []


def test_one_connection_is_kept_and_says_who_asks():
    with faulty_peer(whole("a")) as peer, client_of(peer) as client:
        for _ in range(3):
            assert body_of(client.send(GET)) == (200, b"a")
        assert peer.connections == 1
        assert f"User-Agent: {user_agent()}" in peer.requests[0].head
    assert user_agent("me@example.org").startswith("Stimson/")
    assert "(https://w3id.org/stimson/; me@example.org)" in user_agent("me@example.org")


def test_what_a_server_sends_unasked_is_not_the_next_response():
    def too_much(peer_socket):
        peer_socket.sendall(TEN + b"0123456789")
        peer_socket.sendall(OK + b"Content-Length: 4\r\n\r\nevil")

    with faulty_peer(too_much, whole("good")) as peer, client_of(peer) as client:
        assert body_of(client.send(GET)) == (200, b"0123456789")
        time.sleep(0.05)  # let it come, whichever way
        assert body_of(client.send(GET)) == (200, b"good")


def test_no_secret_is_in_what_is_shown():
    url = "http://me:s3cr3t@127.0.0.1:9/sparql?key=s3cr3t"
    read = read_url("test", url)
    client = HttpClient(read, ONCE)
    with contextlib.closing(client), pytest.raises(PeerError) as told:
        client.send(HttpRequest("GET", read.target()))
    assert "s3cr3t" not in f"{told.value} {read} {read!r} {client!r}"


# Cut from another thread


@pytest.mark.parametrize(
    ("act", "retries"),
    [
        (after(PATIENCE, whole("late")), RetryPolicy(attempts=5)),
        (endless(OK, b"X", 0.01), RetryPolicy(attempts=5)),
        (endless(OK + b"\r\n", b"x", 0.01), RetryPolicy(attempts=5)),
        (whole("", status="503 Busy"), RetryPolicy(attempts=2, first_wait=PATIENCE)),
        (hang_up, RetryPolicy(attempts=2, first_wait=PATIENCE)),
    ],
    ids=["waiting", "head", "body", "pause after 503", "pause after loss"],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_request_is_cut_from_another_thread(monkeypatch, scheme, act, retries):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with (
        faulty_peer(act, scheme=scheme) as peer,
        client_of(peer, retries, size=None) as client,
        ThreadPoolExecutor(1) as threads,
    ):
        waiting = threads.submit(lambda: body_of(client.send(GET)))
        wait_for(lambda: peer.requests)
        time.sleep(0.1)  # into the middle of it
        client.cut()
        with pytest.raises(PeerError) as told:
            waiting.result(PATIENCE)
        assert str(told.value).startswith(f"{peer.url} ")
        assert client.is_cut
        with pytest.raises(PeerLost, match="was given up"):
            client.send(GET)
        assert len(peer.requests) == 1
        client.cut()  # again, which does no harm


# Again


WAITS = RetryPolicy(attempts=4, first_wait=0.1, factor=3.0, longest_asked=60)


@pytest.mark.parametrize(
    ("failures", "losses", "asked", "wait"),
    [
        (1, 0, None, 0.1),
        (2, 0, None, 0.3),
        (3, 0, None, 0.9),
        (4, 0, None, None),
        (1, 1, None, 0.1),
        (2, 2, None, None),
        (1, 0, 7, 7),
        (2, 0, 0, 0.3),
        (1, 0, 60, 60),
        (1, 0, 61, None),
    ],
)
def test_how_long_is_waited(failures, losses, asked, wait):
    assert WAITS.wait_after(failures, losses, asked) == (wait and pytest.approx(wait))


def test_waits_are_bounded_and_drawn_apart():
    drawn = RetryPolicy(attempts=99, first_wait=2, jitter=0.5, longest_wait=10)
    found = [drawn.wait_after(3, 0, None) for _ in range(50)]
    assert all(4 <= each <= 8 for each in found)
    assert len(set(found)) > 25
    assert all(5 <= drawn.wait_after(90, 0, None) <= 10 for _ in range(50))


@pytest.mark.parametrize(
    ("text", "seconds"), [("0", 0), ("120", 120), (" 5 ", 5), ("soon", None), (None, None)]
)
def test_retry_after_is_read(text, seconds):
    assert read_retry_after(text) == seconds


def test_a_date_that_has_passed_is_no_wait():
    assert read_retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0


def test_what_may_pass_is_sent_again_with_its_body_anew():
    busy = whole("", status="503 Busy", Retry_After="3")
    waited, told = [], []
    with faulty_peer(busy, hang_up, whole("done")) as peer:
        client = HttpClient(
            read_url("test", peer.url),
            RetryPolicy(attempts=3),
            sleep=waited.append,
            tell=lambda fault, seconds: told.append(fault.problem),
        )
        request = HttpRequest("PUT", "/", {"Content-Length": "4"}, lambda: io.BytesIO(b"body"))
        with contextlib.closing(client):
            assert body_of(client.send(request)) == (200, b"done")
    assert [each.body for each in peer.requests] == [b"body"] * 3
    assert waited == [3, pytest.approx(0.2)]
    assert told[0] == "answered with status 503"
    assert "broke off the connection" in told[1]


def test_what_does_not_pass_is_given_back_or_raised():
    with faulty_peer(whole("why", status="503 Busy")) as peer:
        with client_of(peer, RetryPolicy(attempts=3, first_wait=0)) as client:
            assert body_of(client.send(GET)) == (503, b"why")
            assert len(peer.requests) == 3
            with pytest.raises(TemporaryFailure, match="answered with status 503"):
                client.ask(GET, body_of)
            final = HttpRequest("GET", "/", is_final=lambda response: response.text == "why")
            assert body_of(client.send(final)) == (503, b"why")
        assert len(peer.requests) == 7


def test_no_wait_goes_past_the_time_there_is():
    later = whole("", status="503 Busy", Retry_After="3600")
    with faulty_peer(later) as peer, client_of(peer, RetryPolicy(attempts=9)) as client:
        assert client.send(GET, time.monotonic() + PATIENCE).status == 503
        assert len(peer.requests) == 1


def test_requests_keep_their_pace():
    with faulty_peer(whole("a")) as peer, client_of(peer, rate=20) as client:
        started = time.monotonic()
        for _ in range(4):
            body_of(client.send(GET))
        assert time.monotonic() - started >= 3 / 20
