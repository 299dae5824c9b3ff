"""Long attacks: afterwards, everything is as it was, memory included."""

import socket
import time
from contextlib import ExitStack

import pytest

from attacked_server import asked_slowly, attacked_server, status, visited
from http_fixtures import BOMB, DEEP, ENDLESS
from waiting import wait_for

pytestmark = pytest.mark.slow
ORDERED = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY DESC(?i) ?a"
LARGE = "SELECT * { ?s ?p ?o . ?o ?q ?t } LIMIT 30000"
GROWTH = 48.0  # MiB


@pytest.fixture
def place(tmp_path):
    """A server with limits that are soon met, which has answered every kind of query once."""
    with attacked_server(tmp_path, memory_mb="512", queue="8") as made:
        for text in (ENDLESS, BOMB, DEEP, LARGE, ORDERED, "ASK {}"):
            made.site.post(text)
        made.site.request("/", Accept="text/html")
        made.site.wait_for_queries(running=0)
        yield made


def test_memory_is_back_after_a_long_attack(place):
    before, memory = place.left(), place.memory()
    with visited(place):
        for number in range(15):
            texts = [f"{text} # {number}" for text in (ENDLESS, BOMB, DEEP, LARGE, ORDERED)]
            with ExitStack() as stack:
                connections = [
                    stack.enter_context(place.send(text, f"198.51.100.{n}"))
                    for n, text in enumerate(texts)
                ]
                if number % 3:  # else they leave at once
                    found = [status(connection) for connection in connections]
                    assert set(found) <= {200, 400, 503, 504, 507}, found
    place.await_as_before(before)
    wait_for(lambda: place.memory() < memory + GROWTH)


def test_the_cache_takes_what_it_may_and_no_more(tmp_path):
    with attacked_server(tmp_path, cache_mb="8", client_requests="0") as place:
        place.site.post(LARGE)
        memory = place.memory()
        for number in range(300):
            text = f"SELECT * {{ ?s ?p ?o }} LIMIT {900 + number}"
            assert place.site.query(text).status == 200
        assert place.memory() < memory + 8 + GROWTH


def test_hundreds_of_clients_that_leave_leave_nothing(place):
    before = place.left()
    with visited(place):
        for number in range(20):
            with asked_slowly(place, [f"198.51.100.{number}"] * 12):
                time.sleep(0.05)
    place.await_as_before(before)


def test_slow_queries_of_many_clients_are_refused_in_time(place):
    clients = [f"198.51.100.{n}" for n in range(64)]
    with asked_slowly(place, clients) as connections:
        found = [status(connection) for connection in connections]
    assert set(found) <= {503, 504}
    with visited(place):
        pass


def test_hundreds_of_idle_connections_keep_nobody_out(place):
    before = place.left()
    with ExitStack() as stack:
        for _ in range(500):
            stack.enter_context(socket.create_connection(place.address))
        with visited(place):
            time.sleep(1)
        # Connections on which nothing is said are closed.
        wait_for(lambda: place.left()[1] < before[1] + 50)
    place.await_as_before(before)
