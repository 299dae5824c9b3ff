"""Limits are kept, shown, and named when they are met."""

import re
import time

import pytest

from http_fixtures import ENDLESS, running
from http_fixtures import site as site
from http_fixtures import store as store
from stimson.config import Config
from stimson.errors import ClientBusy, RateExceeded
from stimson.web.server.admission import Clients
from waiting import PATIENCE

ROWS = "SELECT ?x { VALUES ?x { 1 2 3 4 } }"


def limits(reply):
    return dict(re.findall(r"([\w-]+)=([\d.]+)", reply.headers["Stimson-Limits"]))


def slug(reply):
    return reply.status, reply.json["type"].rpartition("/")[2]


def test_every_answer_shows_the_limits_errors_included(site):
    for reply in (site.query("ASK {}"), site.query("ASK {}"), site.query("ASK"), site.request("/")):
        assert limits(reply)["timeout"] == "6.0"
        assert limits(reply)["memory-mb"] == "96"
        assert limits(reply)["result-mb"] == "1"
        assert limits(reply)["query-kb"] == "64"
        assert "Stimson-Limits" in reply.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
@pytest.mark.parametrize(("asked", "limit", "kept"), [("0.3", "600", 0.3), ("600", "1", 1.0)])
def test_a_client_may_ask_for_less_time_and_not_for_more(store, accept, asked, limit, kept):
    with running(store, timeout=limit) as site:
        start = time.monotonic()
        reply = site.query(ENDLESS, accept=accept, timeout=asked)
        assert reply.status == 504
        assert kept <= time.monotonic() - start < PATIENCE


@pytest.mark.parametrize("asked", ["soon", "0", "-1", "nan", "inf"])
def test_a_time_that_is_none_is_refused(site, asked):
    assert slug(site.query("ASK {}", timeout=asked)) == (400, "bad-request")


def test_rows_are_counted_and_never_cut_off(store):
    with running(store, result_rows="3") as site:
        assert slug(site.query(ROWS)) == (507, "too-many-rows")
        assert site.query(f"{ROWS} LIMIT 3", accept="text/csv").text.split() == ["x", *"123"]
        graph = "CONSTRUCT { <a:a> <a:b> ?x } { VALUES ?x { 1 2 3 4 } }"
        assert slug(site.query(graph)) == (507, "too-many-rows")
        assert site.query(f"{graph} LIMIT 3").text.count("<a:b>") == 1
        assert limits(site.query("ASK {}"))["result-rows"] == "3"


def test_a_client_that_sends_too_much_is_told_when_to_come_back(store):
    # An hour to a request, so that none comes meanwhile.
    limits = {"client_rate": f"{1 / 3600}", "client_burst": "3", "trusted_proxies": "127.0.0.0/8"}
    with running(store, **limits) as site:
        path = "/sparql?query=ASK%7B%7D"
        replies = [site.request(path, X_Forwarded_For="192.0.2.1") for _ in range(4)]
        assert [reply.status for reply in replies] == [200, 200, 200, 429]
        assert slug(replies[3]) == (429, "client-rate")
        assert 3500 < int(replies[3].headers["Retry-After"]) <= 3600
        assert replies[0].headers["RateLimit-Policy"] == '"client";q=3;w=10800'
        assert replies[0].headers["RateLimit"].startswith('"client";r=2;')
        assert site.request(path, X_Forwarded_For="192.0.2.2").status == 200
        assert site.request("/healthz", X_Forwarded_For="192.0.2.1").status == 200


def test_a_client_that_comes_back_when_it_was_told_is_let_in():
    now = 1000.0
    clients = Clients(Config(client_rate=0.5, client_burst=1), clock=lambda: now)
    clients.enter("a")
    with pytest.raises(RateExceeded) as told:
        clients.enter("a")
    now += told.value.seconds - 0.5
    with pytest.raises(RateExceeded):
        clients.enter("a")
    now += 0.5
    clients.enter("a")


def test_a_head_that_is_too_large_is_refused(store):
    with running(store, header_kb="8") as site:
        assert site.request("/healthz", X_Long="a" * 4000).status == 200
        assert site.request("/healthz", X_Long="a" * 20_000).status == 431


@pytest.mark.parametrize(
    ("proxies", "peer", "header", "name"),
    [
        ("", "192.0.2.1", "198.51.100.1", "192.0.2.1"),
        ("10.0.0.0/8", "192.0.2.1", "198.51.100.1", "192.0.2.1"),
        ("10.0.0.0/8", "10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.0/8", "10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.0/8", "10.0.0.1", "1.1.1.1, nonsense", "10.0.0.1"),
        ("10.0.0.0/8", "10.0.0.1", "", "10.0.0.1"),
        ("", "2001:db8::1", "", "2001:db8::/64"),
        ("::1", "::1", "2001:db8::5", "2001:db8::/64"),
        ("", "::ffff:192.0.2.1", "", "192.0.2.1"),
        ("", "::FFFF:C000:201", "", "192.0.2.1"),
        ("", "2001:DB8:0:0::1", "", "2001:db8::/64"),
        ("", "fe80::1%eth0", "", "fe80::1"),  # neighbours are not one client
        ("", "", "", ""),
        ("10.0.0.0/8", "", "198.51.100.1", ""),
        ("10.0.0.0/8", "::ffff:10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
        ("::ffff:10.0.0.0/104", "10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.1", "198.51.100.1:4711, ::ffff:10.0.0.1", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.1", "[2001:db8::5]:4711", "2001:db8::/64"),
        ("10.0.0.1", "10.0.0.1", "[2001:db8::5]", "2001:db8::/64"),
        ("10.0.0.1", "10.0.0.1", '"[::ffff:198.51.100.1]:80"', "198.51.100.1"),
        ("fe80::/10", "fe80::1%eth0", "fe80::2%eth0, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.1", f"198.51.100.1{' ' * 1000}", "10.0.0.1"),  # no address
        ("10.0.0.1", "10.0.0.1", f"198.51.100.1{', 10.0.0.1' * 5000}", "10.0.0.1"),
    ],
)
def test_a_client_is_who_calls_or_who_a_trusted_proxy_says(proxies, peer, header, name):
    clients = Clients(Config(trusted_proxies=proxies))
    assert clients.name(clients.address(peer, {"x-forwarded-for": header})) == name


def test_the_header_that_names_the_client_can_be_chosen():
    clients = Clients(Config(trusted_proxies="10.0.0.1", client_header="CF-Connecting-IP"))
    headers = {"x-forwarded-for": "192.0.2.9", "cf-connecting-ip": "192.0.2.1"}
    assert clients.address("10.0.0.1", headers) == "192.0.2.1"


@pytest.mark.parametrize("setting", ["STIMSON_TRUSTED_PROXIES", "STIMSON_METRICS"])
def test_what_is_no_network_is_said_at_the_start(store, run, setting):
    result = run("serve", "--store", str(store), "--port", "0", **{setting: "10.0.0.0/8, nowhere"})
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        f"error: {setting}='10.0.0.0/8, nowhere': "
        "'nowhere' does not appear to be an IPv4 or IPv6 network.\n"
    )


def test_requests_at_once_are_counted_for_each_client():
    clients = Clients(Config(client_requests=2))
    clients.enter("a")
    clients.enter("a")
    clients.enter("b")
    with pytest.raises(ClientBusy, match="2 requests"):
        clients.enter("a")
    clients.leave("a")
    clients.enter("a")


def test_nothing_is_remembered_for_ever_of_those_who_came():
    clients = Clients(Config(client_rate=1 / 3600, client_burst=1))
    for number in range(20_000):
        clients.enter(f"{number}")
        clients.leave(f"{number}")
    assert len(clients._buckets) == 10_000
    assert not clients._open
    with pytest.raises(RateExceeded):
        clients.enter("19999")


def test_a_client_that_was_away_has_no_more_than_the_burst():
    now = [0.0]
    clients = Clients(Config(client_rate=1.0, client_burst=3), clock=lambda: now[0])

    def send_all_it_can():
        for sent in range(100):
            try:
                clients.enter("a")
            except RateExceeded:
                return sent
            clients.leave("a")
        return None

    assert send_all_it_can() == 3
    assert clients.head("a")[1] == ("ratelimit", '"client";r=0;t=3')
    now[0] += 2
    assert send_all_it_can() == 2
    now[0] += 3600
    assert send_all_it_can() == 3
