"""Every command reads the project that it is run in, and says so: real processes, two projects."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import MINI
from http_fixtures import serving
from stimson.cli import COMMANDS

PARTS = ("data", "shapes", "ontology", "queries", "sources")
TOML = "[validate]\n" + "".join(f'{part} = "{part}"\n' for part in PARTS)
MORE = """\
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix st: <https://w3id.org/stimson/ontology#> .
@prefix state: <https://w3id.org/stimson/id/state/> .

state:thirdland a st:State ;
    rdfs:label "Thirdland"@en .
"""
SHAPE = """\
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix shape: <https://w3id.org/stimson/shapes#> .
@prefix st: <https://w3id.org/stimson/ontology#> .

shape:More a sh:NodeShape ;
    sh:targetClass st:State .
"""
QUERY = """\
#+ title: Thirdland
#+ question: What is Thirdland?
#+ keywords: [state]
#+ columns:
#+   what: what it is
SELECT ?what
WHERE {
  <https://w3id.org/stimson/id/state/thirdland> a ?what
}
"""
# What is printed depends on the data, and not on where they are.
COMPARED = {
    "explain": ("explain", "state:thirdland"),
    "query": ("query", "thirdland"),
    "list": ("query", "--list"),
    "reason": ("reason",),
    "validate": ("validate", "--format=json"),
    "verify": ("quote", "verify"),
}


@pytest.fixture(scope="module")
def projects(tmp_path_factory) -> tuple[Path, Path]:
    """Two projects, each built; the second has a state, a query and a shape more."""
    folder = tmp_path_factory.mktemp("projects")
    one, two = folder / "one", folder / "two"
    for root in (one, two):
        shutil.copytree(MINI, root)
        (root / "stimson.toml").write_text(TOML)
    (two / "data" / "actors" / "more.ttl").write_text(MORE)
    (two / "queries" / "thirdland.rq").write_text(QUERY)
    (two / "shapes" / "more.ttl").write_text(SHAPE)
    for root in (one, two):
        assert run(root, "build").returncode == 0
    return one, two


def run(folder, *arguments, **environment):
    inherited = {key: value for key, value in os.environ.items() if "STIMSON" not in key}
    return subprocess.run(
        [sys.executable, "-m", "stimson", *arguments],
        cwd=folder,
        env=inherited | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", COMPARED.values(), ids=COMPARED)
def test_a_command_reads_the_project_it_is_run_in(projects, command):
    one, two = projects
    elsewhere = run(one, *command)
    found = [
        run(two, *command),
        run(two / "data" / "actors", *command),
        run(one, "--project", str(two), *command),
        run(one, "--project", "../two/shapes", *command),
        run(two.parent, *command, STIMSON_PROJECT=str(two)),
    ]

    assert {done.returncode for done in found} == {0}, found[0].stderr
    assert len({done.stdout for done in found}) == 1
    assert elsewhere.stdout != found[0].stdout
    for done in found[:2]:
        assert "Reading " in done.stderr
        assert "stimson.toml)." in done.stderr or "Reading snapshot" in done.stderr


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("validate",), "data, shapes, ontology, queries, sources (project stimson.toml)"),
        (("build",), "data, shapes, ontology, queries, sources (project stimson.toml)"),
        (("reason",), "data, shapes, ontology (project stimson.toml)"),
        (("reason", "--data=data/actors"), "data/actors, shapes, ontology (project stimson.toml)"),
        (("explain", "state:x"), "data, shapes, ontology (project stimson.toml)"),
        (("fmt", "--check"), "data, shapes, ontology (project stimson.toml)"),
        (("quote", "verify"), "data, shapes, ontology, sources (project stimson.toml)"),
        (("mappings", "table"), "data, shapes, ontology (project stimson.toml)"),
        (("mappings", "export"), "snapshot {name} in .stimson"),
        (("query", "--list"), "queries (project stimson.toml)"),
        (("query", "states"), "snapshot {name} in .stimson"),
        (("search", "arcadia"), "snapshot {name} in .stimson"),
        (("release", "load", "--engine=http://127.0.0.1:9/x"), "snapshot {name} in .stimson"),
        (
            ("wikidata", "pull", "--user-agent-contact=x@example.org"),
            "data, shapes, ontology (project stimson.toml)",
        ),
        (("wikidata", "check"), "data, shapes, ontology (project stimson.toml)"),
        (("wikidata", "quickstatements"), "data, shapes, ontology (project stimson.toml)"),
        (("new", "act", "--to=data/x.ttl", "--dry-run"), "data (project stimson.toml)"),
        (
            ("quote", "add", "binding", "--source=sources/minutes-2031.txt", "--dry-run"),
            "data (project stimson.toml)",
        ),
    ],
    ids=lambda value: "-".join(value[:2]) if isinstance(value, tuple) else "",
)
def test_a_command_says_what_it_reads_unless_it_is_to_be_quiet(projects, command, told):
    for root in projects:
        name = (root / ".stimson" / "current").read_text().strip()
        assert f"Reading {told.format(name=name)}.\n" in run(root, *command).stderr
    assert "Reading " not in run(root, "-q", *command).stderr


def test_every_command_is_covered():
    told = {"info", "serve"}  # tested below
    (marks,) = test_a_command_says_what_it_reads_unless_it_is_to_be_quiet.pytestmark
    assert {case[0][0] for case in marks.args[1]} | told == set(COMMANDS)


def test_info_shows_where_everything_is(projects):
    one, two = projects
    found = json.loads(run(two / "data", "info", "--format=json").stdout)
    text = run(two, "info").stdout

    assert found["store"] == str(two / ".stimson")
    parts = {part: str(two / part) for part in PARTS}
    assert found["project"] == parts | {"file": str(two / "stimson.toml")}
    assert "store     .stimson\n" in text
    assert "queries   queries\n" in text
    assert json.loads(run(one, "info", "--format=json").stdout)["name"] != found["name"]


def test_a_server_shows_the_queries_rules_and_shapes_of_the_project(projects, monkeypatch):
    one, two = projects
    for root, status in ((one, 404), (two / "data", 200)):
        monkeypatch.chdir(root)
        with serving() as site:
            assert site.request("/queries/thirdland").status == status
            found = site.request("/shapes", Accept="text/turtle").text
            assert ("shape:More" in found) == (status == 200), found
            reply = site.query(
                "ASK { GRAPH ?g { <https://w3id.org/stimson/id/state/thirdland> ?p ?o } }"
            )
            assert reply.json["boolean"] == (status == 200)


def test_a_shape_that_was_changed_is_sent_again(projects, monkeypatch, tmp_path):
    root = Path(shutil.copytree(projects[0], tmp_path / "again"))
    monkeypatch.chdir(root)
    with serving() as site:
        before = site.request("/shapes", Accept="text/turtle")
    with (root / "shapes" / "mini.ttl").open("a") as file:
        file.write("<urn:x> <urn:y> <urn:z> .\n")
    with serving() as site:
        tag = before.headers["ETag"]
        after = site.request("/shapes", Accept="text/turtle", If_None_Match=tag)
    assert (after.status, "urn:z" in after.text) == (200, True)


def test_without_a_project_what_is_installed_is_read_and_nothing_written(tmp_path):
    listed = run(tmp_path, "query", "--list")
    assert (listed.returncode, listed.stdout == "") == (0, False)
    assert listed.stderr == "Reading Stimson's queries (no stimson.toml here or above).\n"
    for command in (("fmt",), ("new", "act", "--to", "x.ttl")):
        done = run(tmp_path, *command)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == (
            "error: There is no stimson.toml here or above, so no project: "
            "say which files are meant.\n"
        )


def test_a_repository_without_a_project_is_not_that_of_the_folder_above(projects):
    inner = projects[0] / "inner"
    (inner / ".git").mkdir(parents=True)
    try:
        assert "Stimson's queries" in run(inner, "query", "--list").stderr
    finally:
        shutil.rmtree(inner)


def test_a_project_that_is_named_must_be_one(projects, tmp_path):
    done = run(projects[0], "--project", str(tmp_path), "reason")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {tmp_path} holds no stimson.toml")


def test_a_project_file_that_cannot_be_read_is_not_passed_over(tmp_path):
    (tmp_path / "stimson.toml").symlink_to("nowhere")
    for command in (("reason",), ("query", "--list"), ("validate",), ("fmt",)):
        done = run(tmp_path, *command)
        assert (done.returncode, done.stdout) == (2, ""), done.stderr
        assert done.stderr.startswith(f"error: {tmp_path}/stimson.toml: cannot be read")


def test_a_working_folder_that_is_gone_is_said(tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    script = 'rmdir "$PWD"; exec "$0" -m stimson reason'
    command = ["bash", "-c", script, sys.executable]
    done = subprocess.run(
        command, cwd=gone, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: The working folder is gone: change to one that is there.\n"
