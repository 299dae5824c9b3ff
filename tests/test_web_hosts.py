"""What a client writes into Host sends nobody elsewhere, and breaks nothing."""

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from http_fixtures import Site, running
from http_fixtures import site as site
from http_fixtures import store as store
from stimson.config import Config
from stimson.web.app import create_app

FOREIGN = "evil.example"
MADE_OF_IT = (
    *("/sparql", "/dataset", "/.well-known/void", "/.well-known/sparql-examples", "/validate"),
    *("/reconcile", "/reconcile/help"),
)
# Each is a host by RFC 3986, or nearly one: most are no name of any machine.
ODD = (
    f"{'a' * 64}.example",
    "a" * 5000,
    *("xn--.example", "xn--a", "a..b", "...", "-", "_", "~", "%41", "%zz", "a,b", "a;b", "(x)"),
    *("x:", "x:0", "x:99999", "x:100000", "x:y", ":80", "[::1]", "[::1]:80", "[::::]", "[1.2.3.4]"),
    *("[::1", "[v1.x]", "a b", "a/b", "a@b", "a?b", "a#b", "a\\b", '"', "<x>", "'", "{{7*7}}", "é"),
    "",
)


def ask(
    site: Site, target: str, host: str, *more: str, method: str = "GET"
) -> tuple[int, dict, str]:
    """Send one request as it is written; give the status, the headers and the rest."""
    address = urlsplit(site.url)
    lines = (f"{method} {target} HTTP/1.1", f"Host: {host}", "Connection: close", *more)
    with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
        connection.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1"))
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    head, _, body = received.decode("utf-8", "replace").partition("\r\n\r\n")
    status, *fields = head.split("\r\n")
    pairs = (field.partition(": ") for field in fields)
    headers: dict[str, str] = {}
    for name, _, value in pairs:
        headers[name.lower()] = f"{headers.get(name.lower(), '')}{value}"
    return int(status.split()[1]), headers, body


class _Ours:
    """As much of a snapshot as an application needs to be made."""

    manifest: dict[str, object] = {}  # noqa: RUF012
    name = "none"
    dataset = Path("none.nq")


def targets() -> Iterator[str]:
    """List an address for every route, and how a slash too many or too few changes each."""
    made = create_app(Config(), None, _Ours(), {})
    for rule in made.url_map.iter_rules():
        if "GET" in rule.methods:
            path = rule.rule
            for name in rule.arguments:
                for kind in ("", "path:"):
                    path = path.replace(f"<{kind}{name}>", "x/y" if kind else "x")
            yield path
            yield f"{path}/"
            yield f"/{path}"
            yield f"//{FOREIGN}{path}"
            yield path.replace("/", "//")
            yield f"{path}//"
            if path.count("/") > 1:
                head, _, last = path.rpartition("/")
                yield f"{head}//{last}"


@pytest.mark.parametrize("target", sorted(set(targets())))
def test_no_address_sends_on_to_a_foreign_host(site, target):
    for more in ((), ("Accept: text/html",), ("Accept: text/turtle",)):
        status, headers, body = ask(site, target, FOREIGN, *more)
        assert status < 500
        for name in ("location", "content-location", "link", "refresh"):
            assert FOREIGN not in headers.get(name, "").replace(target, "")
        place = headers.get("location", "/")
        assert place.startswith("/")
        assert not place.startswith("//")
        if FOREIGN in body.replace(target, ""):
            caching = headers["cache-control"]
            assert "private" in caching or "no-store" in caching
            assert "public" not in caching


@pytest.mark.parametrize("target", ["/store//x", "/id//state/arcadia", "/static//stimson.css"])
def test_two_slashes_are_not_one(site, target):
    assert ask(site, target, FOREIGN)[0] == 404


def test_a_redirect_of_the_framework_is_from_the_root():
    app = create_app(Config(), None, _Ours(), {})
    app.add_url_rule("/here/", view_func=lambda: "here")
    reply = app.test_client().get("/here?a=%20b", headers={"Host": FOREIGN})
    assert (reply.status_code, reply.headers["Location"]) == (308, "/here/?a=%20b")


@pytest.mark.parametrize("target", MADE_OF_IT)
def test_what_is_made_of_host_is_for_who_wrote_it(site, target):
    more = ("Accept: text/turtle, application/json;q=0.9, text/html;q=0.1",)
    status, headers, body = ask(site, target, FOREIGN, *more)
    assert (status, f"http://{FOREIGN}/" in body) == (200, True)
    assert "private" in headers["cache-control"]
    if tag := headers.get("etag"):  # what another was given is not taken for this
        other = ask(site, target, "good.example", *more, f"If-None-Match: {tag}")
        assert (other[0], FOREIGN in other[2]) == (200, False)
        assert ask(site, target, FOREIGN, *more, f"If-None-Match: {tag}")[0] == 304


def test_what_does_not_hold_it_may_be_kept_by_anyone(site):
    for target in ("/id/state/arcadia.ttl", "/store", "/sparql?query=ASK%7B%7D", "/shapes"):
        assert "public" in ask(site, target, FOREIGN)[1]["cache-control"], target


def test_a_site_that_knows_its_address_does_not_look_at_host(store):
    with running(store, public_url="https://known.example/") as site:
        for target in MADE_OF_IT:
            status, headers, body = ask(site, target, FOREIGN, "Accept: text/turtle, */*;q=0.5")
            assert (status, FOREIGN in body) == (200, False)
            assert "https://known.example/" in body
            assert "private" not in headers.get("cache-control", "")


@pytest.mark.parametrize("host", ODD)
def test_a_host_that_is_no_name_breaks_nothing(site, host):
    own = urlsplit(site.url).netloc
    for target in ("/", "/id/state/arcadia", "/store/x", "/static/stimson.css", *MADE_OF_IT):
        status, _, body = ask(site, target, host, "Accept: text/turtle, */*;q=0.5")
        assert status < 500
        if status != 400 and target == "/sparql":
            assert (
                f"<http://{host.removesuffix(':80')}/sparql>" in body or f"<http://{own}/" in body
            )


def test_without_a_host_the_address_is_where_the_request_came_in(site):
    address = urlsplit(site.url)
    with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
        connection.sendall(b"GET /sparql HTTP/1.0\r\nAccept: text/turtle\r\n\r\n")
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    assert received.startswith((b"HTTP/1.1 200", b"HTTP/1.1 400"))
    if received.startswith(b"HTTP/1.1 200"):
        assert f"<{site.url}/sparql>".encode() in received
