"""The generated part of the data: up to date, complete, and only from verified rows."""

import csv
import io
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pyoxigraph
import pytest

from stimson import names, paths

REFERENCE = paths.DATA / "reference"
TABLES = sorted(REFERENCE.glob("*.csv"))
MAPPINGS = sorted((paths.DATA / "mappings").glob("*.sssom.tsv"))
CHOICES = {
    "in_favour": "in-favour",
    "against": "against",
    "abstaining": "abstention",
    "not_voting": "not-voting",
}

Row = dict[str, str]


def table(name: str) -> list[Row]:
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def mappings(path: Path) -> tuple[str, list[Row]]:
    """Split a set of mappings into its header and its rows."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    head = [line for line in lines if line.startswith("#")]
    rows = csv.DictReader(io.StringIO("".join(lines[len(head) :])), dialect="excel-tab")
    return "".join(head), list(rows)


def generate(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # -S leaves the standard library alone: nothing installed may be needed.
    command = [sys.executable, "-S", str(data / "generate.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path) -> Path:
    target = tmp_path / "data"
    shutil.copytree(paths.DATA, target, ignore=shutil.ignore_patterns("__pycache__"))
    return target


@pytest.fixture(scope="module")
def store() -> pyoxigraph.Store:
    store = pyoxigraph.Store()
    for file in sorted(paths.DATA.rglob("*.ttl")):
        store.bulk_load(path=str(file), format=pyoxigraph.RdfFormat.TURTLE)
    return store


def ask(store: pyoxigraph.Store, sparql: str) -> list[list[str]]:
    prefixes = "".join(f"PREFIX {short}: <{space}>\n" for short, space in names.PREFIXES.items())
    return [[term.value for term in row] for row in store.query(prefixes + sparql)]


def test_the_committed_files_are_as_generated():
    result = generate(paths.DATA, "--check")

    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("path", ["votes/a-res-es-11-4.ttl", "mappings/acts.sssom.tsv"])
def test_an_altered_file_is_named_and_writing_anew_mends_it(copy, path):
    original = (copy / path).read_bytes()
    (copy / path).write_bytes(original + b"# one more line\n")

    result = generate(copy, "--check")
    assert result.returncode == 1
    assert result.stderr == f"data/{path} is not as generated; run: python data/generate.py\n"

    assert generate(copy).returncode == 0
    assert (copy / path).read_bytes() == original
    assert generate(copy, "--check").returncode == 0


def test_a_lost_file_and_one_that_nothing_generates_are_named(copy):
    (copy / "actors/states.ttl").unlink()
    (copy / "votes/a-res-0-0.ttl").touch()

    result = generate(copy, "--check")

    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        "data/actors/states.ttl is not as generated; run: python data/generate.py",
        "data/votes/a-res-0-0.ttl is generated from nothing; delete it",
    ]


def test_a_row_of_low_confidence_is_refused(copy):
    path = copy / "reference/bodies.csv"
    first, line, *rest = path.read_text(encoding="utf-8").splitlines(keepends=True)
    low = line.replace(",high\n", ",low\n")
    assert low != line
    path.write_text("".join([first, low, *rest]), encoding="utf-8")

    result = generate(copy)

    assert result.returncode == 1
    assert "bodies.csv:2: confidence is 'low'" in result.stderr


def test_an_empty_table_is_refused(copy):
    path = copy / "reference/votes.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")

    result = generate(copy)

    assert result.returncode == 1
    assert "votes.csv holds no row" in result.stderr


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_every_row_is_well_verified_and_says_where(path):
    rows = table(path.stem)
    known = {row["slug"] for row in table("citations")}

    assert rows
    if "confidence" in rows[0]:
        assert {row["confidence"] for row in rows} <= {"high", "medium"}
    for row in rows:
        assert set(row.get("sources", "").split()) <= known, row
        if "sources" in row:
            assert row["sources"], row


def test_every_citation_is_used():
    used = {
        slug
        for path in TABLES
        for row in table(path.stem)
        for column in ("sources", "point_source")
        for slug in (row.get(column) or "").split()
    }

    # The polygons stand in a file of their own, which cites this one.
    assert {row["slug"] for row in table("citations")} == used | {"natural-earth-admin-1"}


def test_votes_add_up_to_the_official_totals(store):
    rows = ask(
        store,
        "SELECT ?act ?choice ?voter WHERE "
        "{ ?vote a st:Vote ; st:votedOn ?act ; st:choice ?choice ; st:voter ?voter }",
    )
    counts = Counter((act, choice) for act, choice, _ in rows)
    voted = {act for act, _, _ in rows}
    resolutions = {f"{names.ID}act/{row['slug']}": row for row in table("resolutions")}

    assert len({(act, voter) for act, _, voter in rows}) == len(rows) == len(table("votes"))
    assert voted <= set(resolutions)
    for act in voted:
        for column, choice in CHOICES.items():
            assert counts[act, names.STV + choice] == int(resolutions[act][column]), (act, choice)


def test_every_vote_of_the_general_assembly_on_ukraine_lists_all_members(store):
    rows = ask(store, "SELECT ?act (COUNT(*) AS ?n) WHERE { ?v st:votedOn ?act } GROUP BY ?act")
    sizes = {act.removeprefix(f"{names.ID}act/"): int(number) for act, number in rows}

    assert sizes.pop("s-2022-720") == 15
    assert len(sizes) == 18
    assert set(sizes.values()) == {193}


def test_every_state_is_a_member_or_observer_and_has_its_codes(store):
    rows = ask(store, "SELECT ?a ?b ?c WHERE { ?s a st:State ; st:iso3166Alpha2 ?a ; "
               "st:iso3166Alpha3 ?b ; st:m49Code ?c }")  # fmt: skip
    members = ask(store, "SELECT ?s WHERE { ?m st:memberOf organization:united-nations ; "
                  "st:capacityOfMember stv:full-member ; st:member ?s }")  # fmt: skip
    states = ask(store, "SELECT ?s WHERE { ?s a st:State }")

    assert len(states) == 195
    assert all(len(set(column)) == 195 for column in zip(*rows, strict=True))
    observers = {row["slug"] for row in table("states") if row["un_observer"] == "true"}
    outside = {f"{names.ID}state/{slug}" for slug in observers}
    assert {state for (state,) in states} - {state for (state,) in members} == outside


def test_no_stance_rests_on_a_vote(store):
    assert ask(store, "SELECT ?s WHERE { ?s st:evidence ?vote . ?vote a st:Vote }") == []


def test_russia_s_view_is_recorded_only_where_a_row_says_so(store):
    rows = ask(store, "SELECT ?place WHERE { ?p st:accordingTo state:russia ; st:placed ?place }")
    claimed = {row["slug"] for row in table("regions") if row["claimed_by_russia_since_year"]}

    assert {place for (place,) in rows} == {f"{names.ID}territory/{slug}" for slug in claimed}


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.name)
def test_every_mapping_comes_from_the_verified_table_and_maps_a_thing_we_have(path, store):
    head, rows = mappings(path)
    verified = {(row["subject"], row["qid"], row["modifier"]) for row in table("wikidata")}
    things = {f"{thing}" for (thing,) in ask(store, "SELECT DISTINCT ?s WHERE { ?s a ?kind }")}

    assert "license:" in head
    assert rows
    for row in rows:
        prefix, slug = row["subject_id"].split(":")
        qid = row["object_id"].removeprefix("wikidata:")
        assert (row["subject_id"], qid, row["predicate_modifier"]) in verified
        assert f"{names.ID}{prefix}/{slug}" in things, row["subject_id"]
        assert f'#   {prefix}: "{names.ID}{prefix}/"' in head
        assert re.fullmatch(r"Q[1-9][0-9]*", qid)


def test_no_pair_is_both_mapped_and_denied_and_no_item_is_the_same_as_two_things():
    rows = [row for path in MAPPINGS for row in mappings(path)[1]]
    exact = [row for row in rows if row["predicate_id"] == "skos:exactMatch"]
    same = [(r["subject_id"], r["object_id"]) for r in exact if not r["predicate_modifier"]]
    denied = [(r["subject_id"], r["object_id"]) for r in exact if r["predicate_modifier"] == "Not"]

    assert denied
    assert set(same) & set(denied) == set()
    for column in zip(*same, strict=True):
        assert [name for name, number in Counter(column).items() if number > 1] == []


def test_rival_units_of_crimea_are_said_to_differ():
    denied = {
        (row["subject_id"], row["object_id"])
        for row in mappings(paths.DATA / "mappings/territories.sssom.tsv")[1]
        if row["predicate_modifier"] == "Not"
    }
    items = {"place:crimea": "Q7835", "territory:autonomous-republic-of-crimea": "Q756294"}
    items |= {"territory:sevastopol": "Q7525"}

    wanted = {
        (subject, f"wikidata:{item}")
        for subject, own in items.items()
        for item in {*items.values(), "Q15966495"} - {own}
    }
    assert wanted <= denied


def test_every_case_has_its_place_and_what_was_purported(store):
    cases = ask(store, "SELECT ?case WHERE { ?case a st:TerritorialProcess }")
    whole = ask(store, "SELECT DISTINCT ?case WHERE { ?case a st:TerritorialProcess ; "
                "st:purportedEffect ?effect ; st:purportedTerritory/rdf:type ?kind }")  # fmt: skip

    assert len(cases) >= 13
    assert sorted(cases) == sorted(whole)


def test_one_chain_of_cases_leads_from_1932_to_2022(store):
    (chain,) = ask(store, "SELECT (GROUP_CONCAT(STR(?case)) AS ?cases) WHERE { SELECT ?case WHERE "
                   "{ act:purported-annexation-2022 st:follows+ ?case ; st:notBefore ?new . "
                   "?case st:notBefore ?day . FILTER(?day < ?new) } ORDER BY ?day }")  # fmt: skip

    assert [case.rpartition("/")[2] for case in chain[0].split()] == [
        "manchukuo-manchuria",
        "baltic-states",
        "purported-annexation-2014",
    ]


def test_declarations_have_one_speaker_and_hold_claims_of_their_day(store):
    silent = ask(store, "SELECT ?act WHERE { ?act a st:Declaration "
                 "FILTER NOT EXISTS { ?act st:speaker ?speaker } }")  # fmt: skip
    of_the_g7 = ask(
        store,
        "SELECT ?claim ?day WHERE { ?claim a st:IntentionClaim ; "
        "st:polarity stv:denied ; st:claimedIn ?act ; st:notBefore ?day . "
        "?act a st:Declaration ; st:speaker organization:g7 ; st:issuedBy ?g7 }",
    )
    late = ask(
        store,
        "SELECT ?claim WHERE { ?claim st:claimedIn ?act ; st:notBefore ?day . "
        "?stage st:stageOf ?act ; st:notBefore ?issued FILTER(?day != ?issued) }",
    )

    assert silent == late == []
    assert {day for _, day in of_the_g7} == {"2022-09-23", "2022-09-30", "2022-10-11"}


def test_a_norm_says_where_it_stands_and_is_invoked(store):
    bare = ask(
        store,
        "SELECT ?norm WHERE { ?norm a st:Norm "
        "FILTER NOT EXISTS { ?norm st:citedWords ?words ; dcterms:source ?page } }",
    )
    invoked = ask(store, "SELECT DISTINCT ?act ?norm WHERE { ?act a st:Resolution ; "
                  "st:invokes ?norm . ?norm st:normIn act:a-res-2625-1970 }")  # fmt: skip

    assert bare == []
    assert [f"{names.ID}act/a-res-es-11-1"] in [row[:1] for row in invoked]


def test_nothing_spoken_or_sent_is_adopted(store):
    assert ask(store, "SELECT ?stage WHERE { ?stage st:stageOf/rdf:type st:Declaration ; "
               "st:stageKind stv:adoption }") == []  # fmt: skip


def test_settlements_cite_the_file_of_settlements():
    rows = [row for row in table("wikidata") if row["subject"].startswith("place:")]
    cited = [row for row in rows if "countries-states-cities-database-cities" in row["sources"]]

    assert len(cited) == 19
    assert not [
        row for row in cited if "countries-states-cities-database" in row["sources"].split()
    ]


def test_one_apostrophe_per_language_and_no_abbreviation_or_double_space():
    for row in table("states"):
        for column in ("name_uk", "name_ru", "official_name_uk", "official_name_ru"):
            assert not re.search(r"['\u02bc`]|  |\u043e-\u0432\u0430|республіка", row[column]), row[
                column
            ]
