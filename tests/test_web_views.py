"""Views across many things: the matrix of stances, the map, the chronology, side by side."""

import csv
import io
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from http_fixtures import ID, LABEL, ONE, ST, TYPE, Site, running, write_snapshot

ROOT = Path(__file__).parents[1]
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SVG = "{http://www.w3.org/2000/svg}"
EVIL = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """The graph of this repository, served."""
    command = [sys.executable, "-m", "stimson", "build"]  # nothing to do after `make build`
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    with running(ROOT / ".stimson") as found:
        yield found


def page(site: Site, path: str) -> str:
    reply = site.request(path, Accept=BROWSER)
    assert reply.status == 200, reply.text
    return reply.text


def rows(site: Site, path: str) -> list[dict[str, str]]:
    reply = site.request(path)
    assert reply.status == 200, reply.text
    assert reply.type == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(reply.text)))


def problem(site: Site, path: str) -> dict[str, object]:
    reply = site.request(path, Accept="application/json")
    assert reply.status == 400, reply.text
    assert site.request(path, Accept=BROWSER).type == "text/html; charset=utf-8"
    return json.loads(reply.text)


def test_the_matrix_tells_own_from_derived_and_leads_to_each_stance(site):
    text = page(site, "/stances")
    found = rows(site, "/stances.csv")

    own = [row for row in found if row["basis"] == "own"]
    derived = [row for row in found if row["basis"] == "derived"]
    assert f"{len(own)} own stances and {len(derived)} derived" in text
    assert own
    assert derived
    for row in found:
        assert f'href="/id/stance/{row["stance_iri"].rpartition("/")[2]}.html"' in text
    assert len(re.findall(r'<p class="own">', text)) == len(own)
    assert len(re.findall(r'<p class="derived">', text)) == len(derived)
    assert all(row["derived_from"] for row in derived)


def test_a_day_takes_out_what_is_not_yet_shown(site):
    early = rows(site, "/stances.csv?on=2022-09-25")
    assert {row["on_the_day"] for row in early} == {"held", "perhaps"}
    assert all(row["held_since"] <= "2022-09-25" for row in early if row["on_the_day"] == "held")
    assert all(row["first_possible"] <= "2022-09-25" for row in early)
    text = page(site, "/stances?on=2022-09-25")
    assert "On 25 September 2022" in text
    assert 'rel="prev"' in text
    assert 'rel="next"' in text


def test_a_group_shows_also_those_members_of_whom_nothing_is_recorded(site):
    text = page(site, "/stances?group=organization:g7&on=2022-10-12")

    holders = {row["holder"] for row in rows(site, "/stances.csv?group=g7&on=2022-10-12")}
    assert "Japan" not in holders
    assert ">Japan</a>" in text
    assert "no stance is recorded" in text
    assert holders == {"G7", "United Kingdom", "United States"}


def test_a_member_of_one_day_has_the_stance_of_its_group_for_that_day_alone(site):
    assert rows(site, "/stances.csv?on=2022-10-04&group=g7&basis=derived")
    assert not rows(site, "/stances.csv?on=2022-10-05&group=g7&basis=derived")


def test_no_stance_is_said_and_not_left_blank(site):
    text = page(site, "/stances?on=1900-01-01")
    assert "No stance is recorded" in text
    assert "<table" not in text


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("axis=recognition", {"recognition", "non-recognition", "conditional recognition"}),
        ("position=stv:non-recognition", {"non-recognition"}),
        ("position=Non-recognition", {"non-recognition"}),
    ],
)
def test_positions_are_chosen_by_axis_and_by_name(site, query, names):
    assert {row["position"] for row in rows(site, f"/stances.csv?{query}")} == names


def test_the_same_is_json_and_a_picture_that_stands_alone(site):
    found = json.loads(site.request("/stances.json?axis=recognition").text)
    assert found["rows"] == rows(site, "/stances.csv?axis=recognition")
    assert found["chosen"] == {"axis": "recognition"}
    reply = site.request("/stances.svg?axis=recognition")
    assert reply.type == "image/svg+xml"
    drawing = ET.fromstring(reply.text)
    assert drawing.tag == f"{SVG}svg"
    assert len(drawing.findall(f"{SVG}a")) == len(found["rows"])
    assert "sha256-" in reply.headers["Content-Security-Policy"]


def test_accept_chooses_and_the_answer_is_kept(site):
    reply = site.request("/stances", Accept="text/csv")
    assert reply.type == "text/csv; charset=utf-8"
    assert "Accept" in reply.headers["Vary"]
    tag = site.request("/stances?axis=recognition", Accept=BROWSER).headers["ETag"]
    kept = site.request("/stances?axis=recognition", **{"Accept": BROWSER, "If-None-Match": tag})
    assert kept.status == 304


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("on=2022-13-01", "write year, month, day, as 2022-10-12"),
        ("on=yesterday", "write year, month, day"),
        ("on=20221012", "write year, month, day"),
        ("group=organization:g8", "organization:g7 (G7)"),
        ("group=state:japan", "There are:"),
        ("position=stv:recogniton", "stv:recognition (recognition)"),
        ("axis=recognitoin", "Did you mean recognition?"),
        ("kind=planet", "process, act, entity, territory, event"),
        ("basis=both", "own, derived"),
        ("date=2022-10-12", "on, group, kind, axis, position, basis"),
    ],
)
def test_what_the_graph_does_not_hold_is_an_error_that_helps(site, query, said):
    assert said in str(problem(site, f"/stances?{query}")["detail"])


@pytest.mark.parametrize("ending", ["", ".json", ".svg"])
def test_labels_are_text_whatever_is_in_them(tmp_path, ending):
    holder, stance, object_, position = (
        f"<{ID}{each}>" for each in ("state/a", "stance/a", "act/a", "x/y")
    )
    quads = [f'{thing} <{LABEL}> "{EVIL}"@en <{ONE}> .' for thing in (holder, object_, position)]
    quads += [
        f"{stance} <{TYPE}> <{ST}Stance> <{ONE}> .",
        f"{holder} <{TYPE}> <{ST}State> <{ONE}> .",
        f"{stance} <{ST}holder> {holder} <{ONE}> .",
        f"{stance} <{ST}stanceObject> {object_} <{ONE}> .",
        f"{stance} <{ST}position> {position} <{ONE}> .",
    ]
    write_snapshot(tmp_path, "\n".join([*quads, ""]))
    with running(tmp_path) as found:
        reply = found.request(f"/stances{ending}", Accept=BROWSER)
    assert reply.status == 200, reply.text
    if ending == ".json":
        assert json.loads(reply.text)["rows"][0]["holder"] == EVIL
    else:
        assert EVIL not in reply.text
        assert "&lt;script&gt;" in reply.text


def test_the_map_says_whose_account_each_is_and_leads_to_it(site):
    text = "".join(page(site, f"/map?page={number}") for number in (1, 2))
    found = rows(site, "/map.csv")

    assert {row["kind"] for row in found} == {"control", "belonging"}
    assert all(row["according_to"] for row in found)
    assert f"{len(found)} accounts" in text
    for row in found:
        assert f'/{row["account_iri"].rpartition("/id/")[2]}.html"' in text
    assert "said to belong to Russia by" in text
    assert "said to belong to Ukraine by" in text


def test_the_map_names_the_source_of_its_lines_and_how_it_draws_crimea(site):
    text = page(site, "/map")
    assert "Natural Earth 1:10m admin-1 and disputed areas" in text
    assert "Autonomous Republic of Crimea, Sevastopol: Drawn as a region of Ukraine" in text
    assert "68/262" in text
    assert text.count('class="border disputed" href=') == 6  # the others have one account


def test_a_day_takes_out_later_accounts_and_those_without_a_date(site):
    found = rows(site, "/map.csv?on=2022-09-25")
    assert found
    assert all(row["from"] <= "2022-09-25" for row in found)
    assert {row["standing"] for row in found} <= {"day", "before", "perhaps"}
    text = page(site, "/map?on=2022-09-25")
    assert "accounts without a date" in text
    assert "On 25 September 2022, by all accounts" in text


@pytest.mark.parametrize(
    "name", ["person:volodymyr-zelensky", "Volodymyr Zelensky", "volodymyr-zelensky"]
)
def test_the_map_is_of_one_account_by_iri_or_name(site, name):
    found = rows(site, f"/map.csv?according={quote(name)}&show=control")
    assert {row["according_to"] for row in found} == {"Volodymyr Zelensky"}
    assert {row["kind"] for row in found} == {"control"}


def test_the_map_by_one_source_has_the_accounts_that_were_read_there(site):
    found = rows(site, "/map.csv?according=source:newsweek-full-swing")
    assert len({row["read_in"] for row in found}) == 1
    assert len({row["according_to"] for row in found}) > 1


def test_the_map_is_a_picture_of_its_own_and_small(site):
    reply = site.request("/map.svg?on=2022-10-05")
    drawing = ET.fromstring(reply.text)
    assert drawing.tag == f"{SVG}svg"
    assert "Dashed outline: accounts differ" in reply.text
    assert len(page(site, "/map").encode()) < 150_000


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("on=2022-02-30", "write year, month, day"),
        ("according=person:volodymyr-zelenski", "person:volodymyr-zelensky (Volodymyr Zelensky)"),
        ("show=claims", "control, belonging"),
        ("page=3", "the pages are 1 to 2"),
        ("at=2022-10-05", "on, according, show, page"),
    ],
)
def test_what_the_map_does_not_know_is_an_error_that_helps(site, query, said):
    assert said in str(problem(site, f"/map?{query}")["detail"])


def test_a_graph_without_outlines_has_no_map_and_a_page_that_says_so(tmp_path):
    write_snapshot(tmp_path)
    with running(tmp_path) as found:
        text = page(found, "/map")
        assert found.request("/map.svg").status == 200
    assert "nothing to draw" in text
    assert "No account is recorded" in text


def test_the_chronology_holds_all_that_has_a_time_in_order_and_in_pages(site):
    found = rows(site, "/chronology.csv")
    days = [row["not_after"] or row["not_before"] for row in found]
    last = -(-len(found) // 60)

    assert {row["kind"] for row in found} == {"act", "statement", "event"}
    assert days == sorted(days, key=lambda day: (not day, day))
    assert f"{len(found)} acts, statements and events, page 1 of {last}" in page(
        site, "/chronology"
    )
    for number, start in ((1, 0), (last, 60 * (last - 1))):
        text = page(site, f"/chronology?page={number}")
        for row in found[start : start + 60]:
            assert f'/{row["iri"].rpartition("/id/")[2]}.html"' in text


def test_open_bounds_are_told_and_drawn_as_open(site):
    open_first = [row for row in rows(site, "/chronology.csv?kind=event") if not row["not_before"]]
    assert open_first
    text = page(site, "/chronology?kind=event")
    assert "no first day known" in text
    drawing = ET.fromstring(site.request("/chronology.svg?kind=event").text)
    bars = drawing.findall(f".//{SVG}path[@class='span open']")
    assert len(bars) == text.count('class="span open"') - 1  # one is in the legend
    assert bars


def test_a_chronology_is_of_one_process_and_one_actor(site):
    path = "/chronology.csv?process=act:purported-annexation-2022"
    found = rows(site, f"{path}&kind=act")
    assert len(found) > 10
    assert all("2022" in row["not_after"] for row in found)
    assert all("purported annexation of four regions" in row["processes"] for row in found)
    spoken = rows(site, "/chronology.csv?actor=Antony+Blinken")
    assert spoken
    assert all("Antony Blinken" in row["actors"] for row in spoken)


def test_from_and_to_take_in_what_may_have_been_between_them(site):
    found = rows(site, "/chronology.csv?from=2022-09-24&to=2022-09-25&kind=act")
    labels = {row["label"] for row in found}
    assert "voting in the purported referendums, September 2022" in labels  # 23 to 27
    for row in found:
        assert row["not_before"] <= "2022-09-25"
        assert row["not_after"] >= "2022-09-24"


def test_a_time_in_which_nothing_is_recorded_is_said(site):
    assert "Nothing is recorded" in page(site, "/chronology?to=1800-01-01&kind=act")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=2022", "write year, month, day"),
        ("from=2022-10-01&to=2022-09-01", "exchange them"),
        ("kind=acts", "Did you mean act?"),
        ("process=act:purported-annexation-2020", "act:purported-annexation-2022"),
        ("actor=Antony+Blinkn", "person:antony-blinken"),
        ("page=0", "the pages are 1 to"),
        ("page=999", "the pages are 1 to"),
        ("page=%C2%B2", "the pages are 1 to"),
        ("on=2022-10-05", "from, to, kind, process, actor, page"),
    ],
)
def test_what_the_chronology_does_not_know_is_an_error_that_helps(site, query, said):
    assert said in str(problem(site, f"/chronology?{query}")["detail"])


@pytest.mark.parametrize("day", ["9999-99-99", "-0044-03-15", "2022-01-01Z", "tomorrow"])
def test_a_day_that_is_none_of_our_calendar_breaks_no_picture(tmp_path, day):
    event = f"<{ID}event/a>"
    quads = [
        f"{event} <{TYPE}> <{ST}Event> <{ONE}> .",
        f'{event} <{LABEL}> "{EVIL}"@en <{ONE}> .',
        f'{event} <{ST}notAfter> "{day}" <{ONE}> .',
    ]
    write_snapshot(tmp_path, "\n".join([*quads, ""]))
    with running(tmp_path) as found:
        text = page(found, "/chronology")
        assert found.request("/chronology.svg").status == 200
    assert EVIL not in text
    assert "&lt;script&gt;" in text


def test_who_contradicts_whom_counts_conflicts_and_none_that_only_seem_so(site):
    found = rows(site, "/compare.csv")
    text = page(site, "/compare")
    question = "SELECT (COUNT(*) AS ?n) { ?c a <https://w3id.org/stimson/ontology#Conflict> }"
    counted = site.request(f"/sparql?query={quote(question)}", Accept="text/csv").text.split()[1]

    assert len(found) == int(counted)
    assert all(row["reason"] for row in found)
    assert f"{counted} pairs of claims contradict each other" in text
    assert 'href="/compare?one=state:russia&amp;other=state:ukraine"' in text


def test_two_sources_tell_of_one_place_side_by_side_in_their_words(site):
    one, other = "independent-win-back-territory", "cnn-regions-moscow-is-trying-to-seize"
    path = f"/compare?on=place:lyman&one=source:{one}&other=source:{other}"
    text = page(site, path)
    found = rows(site, path.replace("/compare", "/compare.csv"))

    assert "<blockquote>Our Lyman after the occupier" in text
    assert text.count("<blockquote>Our Lyman after the occupier") == 1 + len(found)
    assert [row["one_iri"].count(one) + row["other_iri"].count(other) for row in found] == [2]
    assert "Russia no longer holds Lyman (Russian Defense Ministry)" in text
    assert 'id="network"' not in text


def test_the_one_stands_left_and_the_other_right_however_they_are_recorded(site):
    there = rows(site, "/compare.csv?one=state:russia&other=state:ukraine")
    back = rows(site, "/compare.csv?one=state:ukraine&other=state:russia")
    assert there
    assert {row["one_according_to"] for row in there} == {"Russia"}
    assert {(row["one_iri"], row["other_iri"]) for row in there} == {
        (row["other_iri"], row["one_iri"]) for row in back
    }


def test_where_no_claim_is_recorded_the_column_says_so(site):
    text = page(site, "/compare?on=place:lyman&one=person:antony-blinken&other=state:ukraine")
    assert "No claim is recorded" in text
    assert "0 pairs of claims contradict each other" in text


def test_the_network_is_a_picture_of_its_own(site):
    drawing = ET.fromstring(site.request("/compare.svg").text)
    assert len(drawing.findall(f"{SVG}a")) == len(
        {
            row[f"{end}_according_to"]
            for row in rows(site, "/compare.csv")
            for end in ("one", "other")
        }
    )


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("on=place:limann", "the graph holds no thing of which a claim is made of this name"),
        ("one=state:rusia", "state:russia (Russia)"),
        ("one=state:russia&other=Russia", "choose two that are not"),
        ("a=state:russia", "on, one, other"),
    ],
)
def test_what_cannot_be_compared_is_an_error_that_helps(site, query, said):
    assert said in str(problem(site, f"/compare?{query}")["detail"])
