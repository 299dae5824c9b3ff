"""A server that listens by IPv6 knows its IPv4 clients apart."""

import http.client
import json
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing

import pytest

from http_fixtures import Site, serving
from http_fixtures import store as store
from stimson.web.server import wsgi
from stimson.web.server.asgi import NO_BODY, AsgiRequest

SETTINGS = {
    "client_rate": "0.001",
    "client_burst": "2",
    "trusted_proxies": "127.0.0.9",
    "log": "json",
    "log_addresses": "1",
}


@pytest.fixture
def dual(store) -> Iterator[Site]:
    """A server on all addresses of both families; a client may send two requests in all."""
    try:
        socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True).close()
    except (OSError, ValueError):
        pytest.skip("this machine has no IPv6")
    arguments = ("--store", str(store), "--host", "::")
    with serving(*arguments, stderr=subprocess.PIPE, **SETTINGS) as site:
        yield site


def status(site, path, source="127.0.0.1", to="127.0.0.1", **headers):
    """Ask from an address of this machine."""
    port = int(site.url.rpartition(":")[2])
    asking = http.client.HTTPConnection(to, port, timeout=30, source_address=(source, 0))
    with closing(asking):
        asking.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        return asking.getresponse().status


def test_what_one_client_asks_is_not_counted_against_another(dual):
    assert [status(dual, "/") for _ in range(3)] == [200, 200, 429]
    assert status(dual, "/", "127.0.0.2") == 200
    assert status(dual, "/", "::1", "::1") == 200


def test_the_metrics_are_answered_to_the_machine_itself(dual):
    assert status(dual, "/metrics") == 200
    assert status(dual, "/metrics", "::1", "::1") == 200


def test_a_trusted_proxy_is_known_by_its_ipv4_address(dual):
    forwarded = ["192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1:4711", "192.0.2.2"]
    found = [status(dual, "/", "127.0.0.9", X_Forwarded_For=each) for each in forwarded]
    assert found == [200, 200, 429, 200]


def test_the_log_writes_one_address_in_one_way(dual):
    assert status(dual, "/prefixes") == 200
    lines = map(json.loads, dual.process.stderr)
    assert (
        next(line for line in lines if line.get("route") == "/prefixes")["address"] == "127.0.0.1"
    )


def test_the_views_are_told_the_same_address():
    scope = {
        "method": "GET",
        "path": "/",
        "query_string": b"",
        "client": ("::ffff:192.0.2.1", 4711),
        "server": ("127.0.0.1", 8000),
        "scheme": "http",
        "http_version": "1.1",
        "headers": [],
    }
    assert wsgi.environ(AsgiRequest(scope, None), NO_BODY)["REMOTE_ADDR"] == "192.0.2.1"
