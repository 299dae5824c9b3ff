"""Names as they stand in the sources and in tables, against the graph of this repository."""

import csv
import io
import json
import random
import string
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from stimson.reconcile.gathering import gather
from stimson.reconcile.matching import Candidate, reconcile
from stimson.reconcile.name_index import NameIndex
from stimson.reconcile.request_parser import read_query
from stimson.snapshot import read_current
from stimson.snapshot.local_query import ask, load

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "fixtures" / "reconcile" / "golden.csv"
ROWS = list(csv.DictReader(GOLDEN.read_text(encoding="utf-8").splitlines()))
KINDS = ("stated", "printed", "transliterated", "misspelt", "mojibake", "ambiguous", "absent")


@pytest.fixture(scope="module")
def index() -> NameIndex:
    """The index of what this repository holds."""
    command = [sys.executable, "-m", "stimson", "build"]  # nothing to do after `make build`
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    store = load(read_current(ROOT / ".stimson"))

    def rows(text: str):
        written = io.BytesIO()
        ask(store, text, union=True).write("json", written)
        return json.loads(written.getvalue())["results"]["bindings"]

    return NameIndex(gather(rows))


def candidates(index: NameIndex, name: str, type: str, **more) -> list[Candidate]:
    asked = {"query": name, **({"type": f"st:{type}"} if type else {}), **more}
    return reconcile(index, read_query(asked, "The query"))


def matched(found: list[Candidate]) -> str:
    return next((each.thing.id for each in found if each.is_match), "")


def test_the_golden_set_is_large_and_names_what_there_is(index):
    named = {id for row in ROWS for id in [row["match"], *row["among"].split()] if id}

    assert len(ROWS) >= 150
    assert Counter(row["kind"] for row in ROWS).keys() == set(KINDS)
    assert {id for id in named if index.position(id) is None} == set()
    assert {row["type"] for row in ROWS if row["type"]} <= {id[3:] for id in index.types}


def test_matches_are_right_and_few_are_missed(index):
    found = {n: matched(candidates(index, row["name"], row["type"])) for n, row in enumerate(ROWS)}
    wrong = [(ROWS[n]["name"], id) for n, id in found.items() if id and id != ROWS[n]["match"]]
    wanted = [n for n, row in enumerate(ROWS) if row["match"]]
    missed = [ROWS[n]["name"] for n in wanted if found[n] != ROWS[n]["match"]]

    assert wrong == []  # precision 1
    assert len(missed) <= 0.03 * len(wanted), missed  # recall 0.97


@pytest.mark.parametrize("row", [row for row in ROWS if row["match"]], ids=lambda row: row["name"])
def test_what_is_meant_comes_first(index, row):
    assert candidates(index, row["name"], row["type"])[0].thing.id == row["match"]


@pytest.mark.parametrize("row", [row for row in ROWS if row["among"]], ids=lambda row: row["name"])
def test_an_ambiguous_name_is_left_to_the_user_with_all_it_may_mean(index, row):
    found = candidates(index, row["name"], row["type"])

    assert matched(found) == ""
    assert set(row["among"].split()) <= {each.thing.id for each in found}


@pytest.mark.parametrize("kind", KINDS[:5])
def test_each_kind_of_damage_is_mostly_mended(index, kind):
    rows = [row for row in ROWS if row["kind"] == kind and row["match"]]
    right = [row for row in rows if matched(candidates(index, row["name"], row["type"]))]

    assert len(right) >= (0.8 if kind == "misspelt" else 0.97) * len(rows)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("place/crimea", "territory/autonomous-republic-of-crimea"),
        ("territory/autonomous-republic-of-crimea", "organization/republic-of-crimea"),
        ("territory/donetsk-oblast", "organization/donetsk-peoples-republic"),
        ("territory/kherson-oblast", "organization/kherson-oblast-declared-by-russia"),
        ("place/donetsk", "territory/donetsk-oblast"),
        ("state/russia", "organization/government-of-russia"),
    ],
)
def test_rivals_are_told_apart_by_their_types(index, one, other):
    mine, theirs = (index.things[index.position(id)].types[0] for id in (one, other))

    assert mine != theirs


def test_another_column_settles_what_the_name_does_not(index):
    position = {"pid": "st:locatedIn", "v": {"id": "territory/donetsk-oblast"}}
    code = {"pid": "st:iso31662Code", "v": "UA-14"}

    assert matched(candidates(index, "Donetsk", "Place")) == ""
    assert matched(candidates(index, "Donetsk", "Place", properties=[position])) == "place/donetsk"
    found = candidates(index, "Donetsk Oblast", "Place", properties=[code])
    assert matched(found) == "territory/donetsk-oblast"


@pytest.mark.parametrize("type", ["State", "Settlement", "Region", "Person"])
def test_one_wrong_letter_never_leads_to_another_thing(index, type):
    chance = random.Random(1932)
    things = [thing for thing in index.things if f"st:{type}" in thing.types]
    wrong, right, all = [], 0, 0
    for thing in [thing for thing in things for _ in range(5)]:
        damaged = list(thing.label)
        damaged[chance.randrange(len(damaged))] = chance.choice(string.ascii_lowercase)
        name = "".join(damaged)
        found = candidates(index, name, type)
        if any(each.likeness.is_same and each.thing is not thing for each in found):
            continue  # Gambia has become Zambia
        all += 1
        right += bool(found) and found[0].thing.id == thing.id
        if matched(found) not in ("", thing.id):
            wrong.append((name, matched(found)))

    assert wrong == []
    assert right >= 0.9 * all


def test_a_name_that_is_stated_finds_its_thing(index):
    lost = [
        thing.label
        for thing in index.things
        if thing.id not in [each.thing.id for each in candidates(index, thing.label[:256], "")]
    ]

    assert lost == []
