"""Wikidata is asked politely, kept with its ranks and qualifiers, and compared with the data."""

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pyoxigraph as ox
import pytest

import wikibase as wiki
from stimson import paths
from stimson.errors import FetchFailed, InvalidFile, StimsonError
from stimson.mappings.mapping_graph import to_quads as mappings_to_quads
from stimson.mappings.sssom_tsv import read_folder
from stimson.mappings.wikidata import GRAPH, WikidataItem
from stimson.mappings.wikidata.entity_client import (
    LIMITS,
    RETRIES,
    WikidataClient,
    agent_with_contact,
    read_entity,
)
from stimson.mappings.wikidata.item_graph import read_items, to_quads, write_items
from stimson.mappings.wikidata.pull import ItemCache, pull
from stimson.queries import find_query
from stimson.rdf import Folders, Index, read_dataset
from stimson.reasoning import infer
from waiting import PATIENCE, wait_for
from wikidata_samples import (
    ACT,
    CITY,
    CLAIMANT,
    DISTRICT,
    HUMAN,
    IDS,
    PERSON,
    REGION,
    RIVAL,
    STATE,
    TOWN,
    day,
    world,
)

DATA = Path(__file__).parent / "fixtures" / "wikidata" / "data"
CONTACT = "--user-agent-contact=tests@example.org"
WD = "http://www.wikidata.org/entity/"


@pytest.fixture
def server():
    with wiki.serve(world()) as wikibase:
        yield wikibase


@pytest.fixture
def quick():
    """A way to wait a little only, which keeps a list of what it was told to wait."""
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        time.sleep(min(seconds, 0.01))

    sleep.waited = waited  # type: ignore[attr-defined]
    return sleep


@pytest.fixture
def client():
    """Make clients, whose connections are closed at the end."""
    made = []

    def make(url, sleep=time.sleep, **limits):
        made.append(
            WikidataClient(
                url,
                agent_with_contact("tests@example.org"),
                retries=replace(RETRIES, first_wait=0.02),
                limits=replace(LIMITS, **{"rate": 1e9} | limits),
                sleep=sleep,
            )
        )
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def folder(tmp_path):
    """A working folder with the made-up world."""
    shutil.copytree(DATA, tmp_path / "data")
    return tmp_path


@pytest.fixture
def stimson(folder, server):
    """Run the command line in that folder, against that server."""

    def run(*arguments, **environment):
        inherited = {key: value for key, value in os.environ.items() if "STIMSON" not in key}
        return subprocess.run(
            [sys.executable, "-m", "stimson", *arguments],
            cwd=folder,
            env=inherited | {"PYTHONWARNINGS": "error", **environment},
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )

    return run


@pytest.fixture
def pulled(stimson, server):
    """Pull, after the server was changed, and give back how that went."""

    def run(*more):
        options = ("--data=data", f"--endpoint={server.url}", CONTACT, "--max-rate=1000")
        return stimson("wikidata", "pull", *options, "--output=wikidata.nq", *more)

    return run


# Asking


def test_a_request_says_who_asks_and_takes_packed_answers(server, quick, client):
    answer = client(server.url, quick).fetch(STATE)

    ((path, headers, _),) = server.requests
    assert path == f"{wiki.PATH}{STATE}.json"
    assert headers["User-Agent"].startswith("Stimson/")
    assert "(https://w3id.org/stimson/; tests@example.org)" in headers["User-Agent"]
    assert headers["Accept-Encoding"] == "gzip"
    assert answer.status == 200
    assert answer.items[0].labels == {"en": "Arcadia", "uk": "Аркадія"}


@pytest.mark.parametrize("contact", ["", "me", "a@b", "not an address", "x@y.org) evil (", "ftp:x"])
def test_who_gives_no_contact_may_not_ask(contact):
    with pytest.raises(StimsonError, match="--user-agent-contact"):
        agent_with_contact(contact)


def test_one_connection_serves_for_all_requests_and_is_opened_again(server, quick, client):
    asker = client(server.url, quick)

    asker.fetch(STATE)
    first = asker._http._socket.getsockname()
    asker.fetch(REGION)
    assert asker._http._socket.getsockname() == first

    asker._http._socket.shutdown(2)  # as if the host had closed it in the meantime
    assert asker.fetch(TOWN).status == 200
    assert quick.waited == []


def test_no_more_is_asked_in_a_second_than_is_allowed(server, client):
    asker = client(server.url, rate=20)

    started = time.monotonic()
    for id_ in IDS[:4]:
        asker.fetch(id_)

    assert time.monotonic() - started >= 3 / 20


@pytest.mark.parametrize(
    ("play", "least"),
    [
        (wiki.status(429, Retry_After="7"), 7),
        (wiki.status(429), 0.01),
        (wiki.status(503, Retry_After="3"), 3),
        (wiki.status(503), 0.01),
        (wiki.status(500), 0.01),
        (wiki.status(502), 0.01),
        (wiki.lagging(5), 5),
        (wiki.cut_short, 0.01),
        (wiki.cut_gzip, 0.01),
        (wiki.cut_chunk, 0.01),
        (wiki.other_json, 0.01),
        (wiki.no_json, 0.01),
    ],
    ids=lambda value: getattr(value, "__qualname__", value),
)
def test_a_passing_trouble_is_waited_out(server, quick, play, least, client):
    server.first(STATE, play)

    assert client(server.url, quick).fetch(STATE).items[0].id == STATE

    waited = [seconds for seconds in quick.waited if seconds >= 0.01]
    assert len(waited) == 1
    assert waited[0] >= least
    assert waited[0] <= max(least, 0.02)


def test_a_body_that_dribbles_for_long_is_given_up(server, quick, client):
    server.first(STATE, wiki.slow(600))

    assert client(server.url, quick, total=1).fetch(STATE).items[0].id == STATE
    assert [seconds for seconds in quick.waited if seconds >= 0.01]


def test_a_date_to_come_back_at_is_obeyed(server, quick, client):
    moment = datetime.now(UTC) + timedelta(seconds=590)
    server.first(STATE, wiki.status(429, Retry_After=format_datetime(moment, usegmt=True)))

    client(server.url, quick).fetch(STATE)

    assert 590 - PATIENCE < max(quick.waited) <= 590


def test_waits_double_and_are_drawn_apart(server, quick, client):
    server.first(STATE, *(wiki.status(503) for _ in range(4)))

    client(server.url, quick).fetch(STATE)

    waited = [seconds for seconds in quick.waited if seconds >= 0.01]
    for number, seconds in enumerate(waited):
        assert 0.01 * 2**number <= seconds <= 0.02 * 2**number
    assert len({seconds / 2**number for number, seconds in enumerate(waited)}) == 4


def test_patience_has_an_end(server, quick, client):
    server.first(STATE, *(wiki.status(503) for _ in range(6)))

    with pytest.raises(
        FetchFailed, match=r"Q9000001: 127.0.0.1 answered with status 503, 6 times in a row; go on"
    ):
        client(server.url, quick).fetch(STATE)

    assert server.asked() == [STATE] * 6


def test_a_very_long_wait_is_not_sat_out(server, quick, client):
    server.first(STATE, wiki.status(429, Retry_After="86400"))

    with pytest.raises(FetchFailed, match="come back in 86400 seconds"):
        client(server.url, quick).fetch(STATE)

    assert quick.waited == []


def test_a_refusal_is_not_asked_again(server, quick, client):
    server.first(STATE, wiki.status(403))

    with pytest.raises(FetchFailed, match="answers 403; it may know your contact"):
        client(server.url, quick).fetch(STATE)

    assert len(server.requests) == 1


def test_little_that_unpacks_to_very_much_is_stopped(server, quick, client):
    server.first(STATE, wiki.bomb())

    with pytest.raises(FetchFailed, match="more than 32 MiB"):
        client(server.url, quick).fetch(STATE)


def test_not_modified_is_no_answer_to_a_request_without_conditions(server, quick, client):
    server.first(STATE, wiki.status(304))

    with pytest.raises(FetchFailed, match="answers 304"):
        client(server.url, quick).fetch(STATE)


@pytest.mark.parametrize("number", [301, 302, 303, 307, 308])
def test_a_redirect_on_the_same_host_is_followed(server, quick, number, client):
    server.first(STATE, wiki.moved(f"{wiki.PATH}{STATE}.json?x=1", number))

    assert client(server.url, quick).fetch(STATE).items[0].id == STATE

    assert [path for path, _, _ in server.requests] == [
        f"{wiki.PATH}{STATE}.json",
        f"{wiki.PATH}{STATE}.json?x=1",
    ]


def test_a_redirect_to_another_host_is_refused(server, quick, client):
    server.first(STATE, wiki.moved("http://127.0.0.1:9/x.json"))

    with pytest.raises(FetchFailed, match="another host; name this one with --endpoint"):
        client(server.url, quick).fetch(STATE)


def test_redirects_in_a_circle_come_to_an_end(server, quick, client):
    server.first(STATE, *(wiki.moved(f"{wiki.PATH}{STATE}.json") for _ in range(9)))

    with pytest.raises(FetchFailed, match="more than 5 redirects"):
        client(server.url, quick).fetch(STATE)


def test_nobody_there_is_told(quick, client):
    asker = client("http://127.0.0.1:9/", quick)

    with pytest.raises(FetchFailed, match=r"127.0.0.1 cannot be reached \(Connection refused\)"):
        asker.fetch(STATE)


# Reading


def item(server, id_):
    body = json.dumps({"entities": {id_: server.entities[id_]}}).encode()
    return read_entity(body, id_)[0]


def test_ranks_and_qualifiers_are_kept(server):
    region = item(server, REGION)

    said = {
        (each.id, each.property, each.rank, each.value.value, str(each.qualifiers))
        for each in region.statements
    }
    assert {entry[:4] for entry in said} == {
        (f"{REGION}$B1", "P300", "normal", "QA-01"),
        (f"{REGION}$B2", "P17", "preferred", WD + STATE),
        (f"{REGION}$B3", "P17", "deprecated", WD + RIVAL),
        (f"{REGION}$B4", "P1336", "normal", WD + RIVAL),
        (
            f"{REGION}$B5",
            "P1336",
            "normal",
            f"http://www.wikidata.org/.well-known/genid/{REGION}-B5",
        ),
        (f"{REGION}$B6", "P131", "normal", WD + STATE),
    }
    (country,) = region.best("P17")
    assert country.qualifiers == (
        ("P1310", ox.NamedNode(WD + RIVAL)),
        ("P580", ox.Literal(date(2014, 3, 18).isoformat(), datatype=XSD("date"))),
    )
    (within,) = region.of("P131")
    assert within.qualifiers == (
        ("P582", ox.Literal("2014", datatype=XSD("gYear"))),
        ("P805", None),
    )


def XSD(local):
    return ox.NamedNode(f"http://www.w3.org/2001/XMLSchema#{local}")


def test_only_what_is_compared_is_kept(server):
    state = item(server, STATE)

    assert {each.property for each in state.statements} == {"P31", "P297", "P298"}
    assert set(state.labels) == {"en", "uk"}


def test_items_are_the_same_after_they_were_written_and_read(server, tmp_path):
    items = {id_: item(server, id_) for id_ in server.entities}
    items["Q1"] = WikidataItem("Q1", redirect=STATE)
    items["Q2"] = WikidataItem("Q2", missing=True)

    write_items(tmp_path / "x.nq", items.values(), date(2026, 1, 31), server.url)

    reading = read_items(tmp_path / "x.nq")
    assert reading.day == date(2026, 1, 31)
    assert reading.items == items


def test_the_file_has_the_form_of_wikidatas_own_rdf(server, tmp_path):
    write_items(tmp_path / "x.nq", [item(server, REGION)], date(2026, 1, 31), server.url)

    lines = (tmp_path / "x.nq").read_text().splitlines()
    wds = f"http://www.wikidata.org/entity/statement/{REGION}-B2"
    for said in (
        f"<{WD}{REGION}> <http://www.wikidata.org/prop/P17> <{wds}>",
        f"<{wds}> <http://www.wikidata.org/prop/statement/P17> <{WD}{STATE}>",
        f"<{wds}> <http://www.wikidata.org/prop/qualifier/P1310> <{WD}{RIVAL}>",
        f"<{wds}> <http://wikiba.se/ontology#rank> <http://wikiba.se/ontology#PreferredRank>",
    ):
        assert f"{said} <{GRAPH}> ." in lines
    assert lines == sorted(lines)


def test_no_value_ever_stands_without_its_rank(server, tmp_path):
    items = [item(server, id_) for id_ in server.entities]

    write_items(tmp_path / "x.nq", items, date(2026, 1, 31), server.url)

    assert "/prop/direct/" not in (tmp_path / "x.nq").read_text()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (f"<{WD}Q1> <urn:p> 'x' .", "not N-Quads"),
        (f'<{WD}Q1> <urn:p> "x" .', "must be in the graph"),
        (f'<{WD}Q1> <urn:p> "x" <urn:g> .', "must be in the graph"),
        (f'<https://w3id.org/stimson/id/state/x> <urn:p> "x" <{GRAPH}> .', "which is not Wikidata"),
        (f'<{WD}Q1> <urn:p> "x" <{GRAPH}> .', "does not say from which day"),
    ],
)
def test_a_file_that_says_anything_else_is_refused(tmp_path, line, problem):
    (tmp_path / "x.nq").write_text(f"{line}\n")

    with pytest.raises(InvalidFile, match=problem):
        read_items(tmp_path / "x.nq")


# Pulling


def test_the_mapped_items_are_fetched_and_what_their_places_lie_in(server, pulled, folder):
    done = pulled()

    assert done.returncode == 0, done.stderr
    assert server.asked() == [*IDS, DISTRICT]
    assert done.stdout == (
        "7 items in wikidata.nq: 7 sent, 0 as they were, 0 redirected, 0 missing.\n"
    )
    assert set(read_items(folder / "wikidata.nq").items) == {*IDS, DISTRICT}


def test_what_is_not_new_is_not_sent_again(server, pulled, folder):
    pulled()
    first = (folder / "wikidata.nq").read_bytes()
    server.requests.clear()

    done = pulled()

    assert "0 sent, 7 as they were" in done.stdout
    assert {headers["If-Modified-Since"] for _, headers, _ in server.requests} == {
        server.last_modified
    }
    assert (folder / "wikidata.nq").read_bytes() == first


def test_a_tag_of_a_version_is_given_back(server, pulled):
    server.etag, server.last_modified = '"v1"', ""
    pulled()
    server.requests.clear()

    assert "7 as they were" in pulled().stdout
    assert {headers["If-None-Match"] for _, headers, _ in server.requests} == {'"v1"'}


def test_a_damaged_cache_is_fetched_again(server, pulled, folder):
    pulled()
    kept = folder / ".stimson" / "wikidata" / "items" / f"{STATE}.json"
    kept.write_text(kept.read_text()[:100])

    assert "1 sent, 6 as they were" in pulled().stdout


def test_merged_and_deleted_items_are_recorded(server, pulled, folder):
    server.redirects[PERSON] = "Q77"
    server.add(wiki.entity("Q77", {"en": "Jane Doe"}))
    del server.entities[ACT]

    assert "1 redirected, 1 missing" in pulled().stdout

    items = read_items(folder / "wikidata.nq").items
    assert items[PERSON].redirect == "Q77"
    assert items["Q77"].labels == {"en": "Jane Doe"}
    assert items[ACT].missing


def test_a_pull_goes_on_where_it_was_broken_off(server, folder, quick, client):
    server.first(TOWN, *(wiki.status(503) for _ in range(6)))
    cache = ItemCache(folder / "cache")
    with pytest.raises(FetchFailed, match="--resume"):
        pull(IDS, {TOWN}, client(server.url, quick), cache, resume=False)
    server.requests.clear()

    done = pull(IDS, {TOWN}, client(server.url, quick), cache, resume=True)

    assert server.asked() == [TOWN, PERSON, ACT, CLAIMANT, DISTRICT]
    assert (done.resumed, done.sent) == (2, 5)
    assert set(done.items) == {*IDS, DISTRICT}
    assert cache.unfinished() == set()


def test_who_interrupts_is_told_how_to_go_on(server, folder):
    server.first(TOWN, wiki.slow(600))
    command = [sys.executable, "-m", "stimson", "wikidata", "pull", "--data=data", CONTACT]
    with subprocess.Popen(
        [*command, f"--endpoint={server.url}", "--max-rate=1000"],
        cwd=folder,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            wait_for(lambda: TOWN in server.asked())
            process.send_signal(signal.SIGINT)
            _, told = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
    assert process.returncode == 130
    assert "go on with --resume" in told
    assert ItemCache(folder / ".stimson" / "wikidata" / "items").unfinished() == {STATE, REGION}


def test_a_wait_is_told_unless_all_should_be_quiet(server, stimson, pulled):
    server.first(STATE, wiki.status(429, Retry_After="1"))
    assert f"{STATE}: 127.0.0.1 answered with status 429; waiting " in pulled().stderr

    server.first(STATE, wiki.status(429, Retry_After="1"))
    quiet = stimson(
        *("--quiet", "wikidata", "pull", "--data=data", f"--endpoint={server.url}", CONTACT),
        "--max-rate=1000",
    )
    assert (quiet.stdout, quiet.stderr) == ("", "")


def test_a_terminal_shows_how_far_it_is(server, folder):
    parent, child = pty.openpty()
    command = [sys.executable, "-m", "stimson", "wikidata", "pull", "--data=data", CONTACT]
    done = subprocess.run(
        [*command, f"--endpoint={server.url}", "--max-rate=20"],
        cwd=folder,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=child,
        timeout=PATIENCE,
        check=True,
    )
    os.close(child)
    shown = os.read(parent, 2**16).decode()
    os.close(parent)

    assert "/6" in shown or "/7" in shown
    assert "\x1b[" in shown
    assert b"\x1b[" not in done.stdout


def test_a_row_that_cannot_be_read_is_not_passed_over(server, pulled, folder):
    file = folder / "data" / "world.sssom.tsv"
    file.write_text(file.read_text().replace("wikidata:Q9000004", "wd:Q9000004"))

    done = pulled()

    assert done.returncode == 2
    assert "world.sssom.tsv:19:" in done.stderr
    assert "'wd' is not declared" in done.stderr
    assert server.requests == []


def test_nothing_is_asked_without_a_contact(server, stimson):
    done = stimson("wikidata", "pull", "--data=data", f"--endpoint={server.url}")

    assert done.returncode == 1
    assert "--user-agent-contact" in done.stderr
    assert server.requests == []


def test_the_contact_may_be_a_setting(server, stimson):
    done = stimson(
        *("wikidata", "pull", "--data=data", f"--endpoint={server.url}", "--max-rate=1000"),
        STIMSON_WIKIDATA_CONTACT="https://example.org/me",
    )

    assert done.returncode == 0, done.stderr
    today = datetime.now(UTC).date()
    assert f".stimson/wikidata/wikidata-{today}.nq" in done.stdout
    assert "; https://example.org/me)" in server.requests[0][1]["User-Agent"]


# Building


def test_a_build_keeps_it_in_a_graph_of_its_own(pulled, stimson, folder):
    pulled()
    options = ("--data=data", "--shapes=shapes", "--ontology=ontology")
    _empty_standards(folder)

    plain = stimson("build", *options, "--store=plain")
    built = stimson("build", *options, "--store=both", "--wikidata=wikidata.nq")
    again = stimson("build", *options, "--store=both", STIMSON_WIKIDATA="wikidata.nq")

    assert built.returncode == 0, built.stderr
    assert "is up to date" in again.stdout
    theirs = set((folder / "wikidata.nq").read_text().splitlines())
    both, ours = _quads(folder / "both"), _quads(folder / "plain")
    assert {line for line in both if line.endswith(f"<{GRAPH}> .")} == theirs
    meta = "<https://w3id.org/stimson/graph/meta> ."
    assert {line for line in both - theirs if not line.endswith(meta)} == {
        line for line in ours if not line.endswith(meta)
    }
    assert plain.returncode == 0


def test_a_build_refuses_a_file_that_is_not_there(stimson, folder):
    done = stimson("build", "--data=data", STIMSON_WIKIDATA="none.nq")

    assert done.returncode == 2
    assert "run `stimson wikidata pull`" in done.stderr


def _empty_standards(folder):
    """Make shapes and an ontology that demand nothing, so that the small world conforms."""
    for part in ("shapes", "ontology"):
        (folder / part).mkdir()
    (folder / "shapes" / "x.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        "@prefix st: <https://w3id.org/stimson/ontology#> .\n"
        "<urn:x:shape> a sh:NodeShape ; sh:targetClass st:State ; sh:property <urn:x:p> .\n"
        "<urn:x:p> a sh:PropertyShape ; sh:path st:iso3166Alpha2 ; sh:maxCount 1 .\n"
    )
    (folder / "ontology" / "x.ttl").write_text(
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        "<urn:x:o> a owl:Ontology ; owl:versionIRI <urn:x:o:1> .\n"
    )
    (folder / "stimson.toml").write_text("[validate]\nterms = []\n")


def _quads(store):
    name = (store / "current").read_text().strip()
    return set((store / name / "dataset.nq").read_text().splitlines())


# Comparing


@pytest.fixture
def compared(pulled, stimson):
    """Pull, compare, and list rule, severity, line and message of what was found."""

    def run(*options):
        assert pulled().returncode == 0
        done = stimson(
            "wikidata", "check", "--data=data", "--wikidata=wikidata.nq", "--format=json", *options
        )
        assert done.returncode in (0, 1), done.stderr
        found = json.loads(done.stdout)["findings"]
        return [(each["rule"].rpartition("-")[2], each["severity"]) for each in found], found, done

    return run


def test_what_agrees_is_not_reported(compared):
    rules, _, done = compared()

    assert rules == []
    assert done.returncode == 0


def test_drift_is_found_at_its_line(server, compared, folder):
    state, region, town = (server.entities[id_] for id_ in (STATE, REGION, TOWN))
    state["labels"]["uk"]["value"] = "Аркадська держава"
    state["labels"]["en"]["value"] = "Arcady"
    state["aliases"] = {"en": [{"language": "en", "value": "Arcadia"}]}
    state["claims"]["P297"][0]["mainsnak"]["datavalue"]["value"] = "QB"
    town["claims"]["P625"][0] = wiki.claim(f"{TOWN}$C1", "P625", (48.5, 36.0))
    server.entities[DISTRICT]["claims"] = {}
    server.entities[PERSON]["claims"]["P31"] = [wiki.claim(f"{PERSON}$D1", "P31", CITY)]
    del region["claims"]["P300"]  # what Wikidata lacks is no drift

    rules, found, done = compared()

    assert sorted(rules) == [
        ("class", "warning"),
        ("code", "violation"),
        ("coordinates", "warning"),
        ("hierarchy", "warning"),
        ("label", "info"),
        ("label", "warning"),
    ]
    assert done.returncode == 1
    lines = (folder / "data" / "world.ttl").read_text().splitlines()
    marks = {"class": "st:Person", "code": '"QA"', "coordinates": "POINT", "hierarchy": "locatedIn"}
    for each in found:
        slug = each["rule"].rpartition("-")[2]
        assert marks.get(slug, '"Arcadia"@en') in lines[each["line"] - 1]
    messages = " ".join(each["message"] for each in found)
    assert "has QB as its ISO 3166-1 alpha-2 code (P297), not QA" in messages
    assert f"{TOWN} is 56 km away" in messages
    assert f"{TOWN} does not lie in {REGION} by P131" in messages
    assert f"{PERSON} is not a person, as it is here" in messages


def test_the_distance_that_is_let_pass_can_be_chosen(compared):
    assert [rule for rule, _ in compared("--distance=0.5")[0]] == ["coordinates"]


def test_a_person_where_a_place_should_be_is_found(server, compared):
    server.entities[TOWN]["claims"]["P31"] = [wiki.claim(f"{TOWN}$C3", "P31", HUMAN)]

    assert [rule for rule, _ in compared()[0]] == ["class"]


def test_a_page_about_a_name_is_no_thing(server, compared):
    server.entities[TOWN]["claims"]["P31"] = [wiki.claim(f"{TOWN}$C3", "P31", "Q4167410")]

    _, found, _ = compared()
    assert found[0]["message"].startswith(f"{TOWN} is a disambiguation page")


def test_items_that_are_gone_are_found_at_their_row(server, compared):
    server.redirects[PERSON] = "Q77"
    server.add(wiki.entity("Q77", {"en": "Jane Doe"}))
    del server.entities[ACT]

    rules, found, _ = compared()

    assert sorted(rules) == [("missing", "violation"), ("redirect", "violation")]
    assert {(Path(each["file"]).name, each["line"]) for each in found} == {
        ("world.sssom.tsv", 19),
        ("world.sssom.tsv", 20),
    }


def test_an_item_that_was_not_pulled_is_told(pulled, stimson, folder):
    pulled()
    text = (folder / "data" / "world.sssom.tsv").read_text()
    (folder / "data" / "world.sssom.tsv").write_text(text.replace("Q9000004", "Q9000044"))

    done = stimson("wikidata", "check", "--data=data", "--wikidata=wikidata.nq")

    assert "Q9000044 was not fetched" in done.stdout
    assert done.returncode == 0


def test_every_report_of_validate_is_there_too(pulled, stimson, folder, server):
    server.entities[STATE]["labels"]["en"]["value"] = "Arcady"
    pulled()

    done = stimson(
        *("wikidata", "check", "--data=data", "--wikidata=wikidata.nq", "--fail-on=warning"),
        *("--output=sarif=x.sarif", "--output=junit=x.xml", "--output=turtle=x.ttl"),
    )

    assert done.returncode == 1
    assert json.loads((folder / "x.sarif").read_text())["runs"][0]["results"]
    assert "wikidata-label" in (folder / "x.xml").read_text()
    assert list(ox.parse(path=str(folder / "x.ttl"), format=ox.RdfFormat.TURTLE))


def test_without_a_pull_the_command_says_what_to_do(stimson):
    done = stimson("wikidata", "check", "--data=data")

    assert done.returncode == 2
    assert "run `stimson wikidata pull`" in done.stderr


# Giving


@pytest.fixture
def commands(pulled, stimson):
    """Pull, and write what Wikidata lacks; give the commands and what is left out."""

    def run():
        assert pulled().returncode == 0
        done = stimson("wikidata", "quickstatements", "--data=data", "--wikidata=wikidata.nq")
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines(), done.stderr

    return run


def test_wikidata_lacks_nothing(commands):
    lines, left_out = commands()

    assert lines == []
    assert "territory:north: the country of a place" in left_out


def test_names_codes_and_symbols_that_are_lacking_are_given_with_a_source(server, commands):
    del server.entities[STATE]["labels"]["uk"]
    del server.entities[STATE]["claims"]["P298"]
    server.entities[REGION]["claims"] = {}
    server.entities[ACT]["claims"] = {}

    lines, _ = commands()

    source = '\tS854\t"https://example.org/gazette"'
    assert lines == [
        f'{STATE}\tLuk\t"Аркадія"',
        f'{STATE}\tP298\t"QAA"{source}',
        f'{REGION}\tP300\t"QA-01"{source}',
        f'{ACT}\tP3069\t"A/RES/99/1"{source}',
    ]


def test_what_comes_with_conditions_is_left_out(server, commands):
    del server.entities[TOWN]["claims"]["P1566"], server.entities[TOWN]["claims"]["P625"]

    lines, left_out = commands()

    assert lines == []
    assert "Left out: GeoNames ID of place:harbour: no cited source" in left_out
    assert "Left out: coordinate location of place:harbour: coordinates come from" in left_out


def test_what_is_contested_is_never_given(server, commands):
    for each in server.entities.values():
        each["claims"], each["labels"] = {}, {}

    lines, left_out = commands()

    assert lines
    assert not {"P17", "P131", "P1336", "P1310"} & {line.split("\t")[1] for line in lines}
    assert not any(line.startswith((CLAIMANT, f"{ACT}\tL")) for line in lines)
    assert "label of act:a-res-99-1: their labels describe them" in left_out


def test_nothing_is_given_to_items_that_are_gone(server, commands):
    server.redirects[STATE] = "Q77"
    server.add(wiki.entity("Q77", {}))

    assert not any(line.startswith((STATE, "Q77")) for line in commands()[0])


@pytest.mark.parametrize("mark", ['"', "|", "\u201c", "/*"])
def test_what_the_format_cannot_hold_is_left_out(server, commands, folder, mark):
    file = folder / "data" / "world.ttl"
    label = json.dumps(f"Аркадія {mark}", ensure_ascii=False)
    file.write_text(file.read_text().replace('"Аркадія"@uk', f"{label}@uk"))
    del server.entities[STATE]["labels"]["uk"]

    lines, left_out = commands()

    assert lines == []
    assert "the text holds a character" in left_out


def test_the_index_of_a_reading_knows_its_graph(server, tmp_path):
    write_items(tmp_path / "x.nq", [item(server, STATE)], date(2026, 1, 31), server.url)

    index = Index(ox.parse(path=str(tmp_path / "x.nq"), format=ox.RdfFormat.N_QUADS))
    graph = ox.NamedNode(GRAPH)
    licence = index.value(graph, ox.NamedNode("http://purl.org/dc/terms/license"))
    assert licence.value == "https://creativecommons.org/publicdomain/zero/1.0/"


# Asking both


@pytest.fixture(scope="module")
def joined():
    """Our graph, and a reading that is made up: no word of it is Wikidata's."""
    found = ox.Store()
    found.extend(infer(read_dataset(Folders()), Folders()).store)
    found.extend(mappings_to_quads(read_folder(paths.DATA)))
    russia, ukraine, kherson = "Q159", "Q212", "Q163271"
    items = [
        wiki.entity(russia, {"en": "Russia"}),
        wiki.entity(ukraine, {"en": "Ukraine"}),
        wiki.entity(
            kherson,
            {"en": "Kherson Oblast"},
            wiki.claim(f"{kherson}$1", "P17", ukraine, "preferred"),
            wiki.claim(f"{kherson}$2", "P17", russia, P1310=ukraine, P580=day("2022-09-30")),
            wiki.claim(f"{kherson}$3", "P17", "Q9000099", "deprecated"),
            wiki.claim(f"{kherson}$4", "P1336", russia),
            wiki.claim(f"{kherson}$5", "P1336", "Q9000099", "deprecated"),
        ),
    ]
    bodies = ((each["id"], json.dumps({"entities": {each["id"]: each}})) for each in items)
    read = [read_entity(body.encode(), id_)[0] for id_, body in bodies]
    found.extend(to_quads(read, date(2026, 1, 31), "https://example.org/"))
    return found


def saved(joined, name, values, *columns):
    sparql = find_query(paths.QUERIES, name).bind(values)
    rows = joined.query(sparql, use_default_graph_as_union=True)
    return {tuple(row[each] and row[each].value for each in columns) for row in rows}


def test_a_saved_query_shows_whose_a_region_is_here_and_there(joined):
    region = {"region": "territory:kherson-oblast"}
    columns = ("stateName", "source", "rank", "since", "disputedBy")

    assert saved(joined, "country-here-and-in-wikidata", region, *columns) == {
        ("Russia", "Russia", None, None, None),
        ("Ukraine", "Ukraine", None, None, None),
        ("Ukraine", "Wikidata", "PreferredRank", None, None),
        ("Russia", "Wikidata", "NormalRank", "2022-09-30", f"{WD}Q212"),
        (f"{WD}Q9000099", "Wikidata", "DeprecatedRank", None, None),
    }


def test_a_saved_query_joins_stances_with_claimants(joined):
    rows = saved(
        joined, "stances-and-claimants-in-wikidata", {}, "regionName", "positionName", "claimants"
    )

    assert ("Kherson Oblast", "non-recognition", "Russia") in rows
    assert ("Donetsk Oblast", "non-recognition", "") in rows
    assert len(rows) == 32
