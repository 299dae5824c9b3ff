"""pySHACL and owlrl, asked in our place: the same findings, conclusions and exit codes."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rdflib import Graph

from stimson import paths
from waiting import PATIENCE

ROOT = Path(__file__).parents[1]
GENERATOR = ROOT / "benchmarks" / "generate.py"
BY_PYSHACL = "The shapes were applied by pyshacl, not by our own engine."
DATA = """\
@prefix ex: <http://example.org/> .
ex:bridge a ex:Bridge ; ex:crosses ex:river ; ex:spans 3 .
ex:ford a ex:Bridge ; ex:crosses "the brook" ; ex:spans 5 , 7 .
"""
SHAPES = '''\
@prefix ex: <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
ex:BridgeShape a sh:NodeShape ; sh:targetClass ex:Bridge ;
    sh:property ex:crosses-something , [ sh:path ex:spans ; sh:maxCount 1 ;
        sh:severity sh:Warning ; sh:message "A bridge has one number of spans."@en ] ;
    sh:sparql [ sh:message "A bridge of five spans leads nowhere."@en ;
        sh:select """SELECT $this ?value {
            $this <http://example.org/spans> ?value . FILTER(?value = 5) }""" ] .
ex:crosses-something a sh:PropertyShape ; sh:path ex:crosses ; sh:minCount 1 ;
    sh:nodeKind sh:IRI ; sh:message "A bridge crosses a thing with a name."@en .
'''
ONTOLOGY = """\
@prefix ex: <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
ex: a owl:Ontology ; owl:versionIRI ex:1 .
ex:Bridge a owl:Class ; rdfs:subClassOf ex:Building .
ex:Building a owl:Class . ex:Water a owl:Class ; owl:disjointWith ex:Building .
ex:crosses a owl:ObjectProperty .
"""


@pytest.fixture
def own(tmp_path):
    """Somebody's own folder: data, shapes and an ontology that are not Stimson's."""
    for part, text in (("data", DATA), ("shapes", SHAPES), ("ontology", ONTOLOGY)):
        (tmp_path / part).mkdir()
        (tmp_path / part / "bridges.ttl").write_text(text)
    (tmp_path / "stimson.toml").write_text(
        '[validate]\ndata = "data"\nshapes = "shapes"\nontology = "ontology"\n'
    )
    return tmp_path


def stimson(folder, *arguments, patience=PATIENCE):
    command = [sys.executable, "-m", "stimson", "-q", *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=patience, check=False
    )


def both(folder, *arguments, engine, **more):
    """Run a command with our own engine and with another."""
    return [stimson(folder, *arguments, f"--engine={each}", **more) for each in ("stimson", engine)]


def reports(folder, *arguments, **more):
    """Validate with both engines: the same exit code; reports that differ in one note."""
    ours, theirs = both(folder, "validate", "--format=json", *arguments, engine="pyshacl", **more)
    assert (ours.returncode, ours.stderr) == (theirs.returncode, theirs.stderr)
    assert ours.returncode in (0, 1)
    found = json.loads(ours.stdout), json.loads(theirs.stdout)
    found[1]["notes"].remove(BY_PYSHACL)
    return found


# shapes


@pytest.mark.parametrize("fault", ["none", "planted"])
def test_pyshacl_finds_the_same_in_a_folder_of_ones_own(own, fault):
    if fault == "none":
        (own / "data" / "bridges.ttl").write_text(DATA.rpartition("ex:ford")[0])

    ours, theirs = reports(own)
    assert ours == theirs
    assert ours["conforms"] is (fault == "none")
    lines = [(each["line"], each["severity"], each["value"]) for each in ours["findings"]]
    if fault == "planted":
        assert len(lines) == 3
        assert (3, "violation", '"the brook"') in lines
        assert {each["file"] for each in ours["findings"]} == {"data/bridges.ttl"}


@pytest.mark.parametrize("form", ["text", "turtle", "junit", "sarif", "github", "html"])
def test_pyshacl_is_reported_in_every_format(own, form):
    ours, theirs = both(own, "validate", "--stage=shacl", f"--format={form}", engine="pyshacl")
    assert ours.returncode == theirs.returncode == 1
    same = [line for line in theirs.stdout.splitlines() if line in ours.stdout.splitlines()]
    assert len(theirs.stdout.splitlines()) - len(same) <= 4  # the note, and what it is put into
    for message in ("crosses a thing with a name", "leads nowhere", "one number of spans"):
        assert ours.stdout.count(message) == theirs.stdout.count(message) > 0


def test_what_differs_from_a_revision_is_found_by_pyshacl_too(own):
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x"]):
        subprocess.run(["git", *who, *command], cwd=own, check=True)
    shapes = own / "shapes" / "bridges.ttl"
    shapes.write_text(shapes.read_text().replace("sh:maxCount 1", "sh:maxCount 0"))

    ours, theirs = reports(own, "--changed")
    assert ours == theirs
    assert [each["focus"].rpartition("/")[2] for each in ours["findings"]] == ["bridge"]


def test_a_shape_that_pyshacl_refuses_is_a_finding_and_no_pass(own):
    shapes = own / "shapes" / "bridges.ttl"
    shapes.write_text(shapes.read_text().replace("SELECT $this ?value", "SELEKT"))

    done = stimson(own, "validate", "--format=json", "--engine=pyshacl")
    assert done.returncode == 1
    (finding,) = json.loads(done.stdout)["findings"]
    assert finding["rule"].endswith("/shape-unusable")


def test_a_shape_that_takes_pyshacl_too_long_is_ended_and_that_is_no_pass(own):
    (own / "data" / "names.ttl").write_text(f'<urn:a> a <urn:Named> ; <urn:name> "{"a" * 60}b" .')
    (own / "shapes" / "names.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        "<urn:NameShape> a sh:NodeShape ; sh:targetClass <urn:Named> ; sh:property <urn:name-a> .\n"
        '<urn:name-a> a sh:PropertyShape ; sh:path <urn:name> ; sh:pattern "^(a+)+$" .\n'
    )

    ours, theirs = both(
        own, "validate", "--stage=shacl", "--timeout=8", "--format=json", engine="pyshacl"
    )
    rules = [
        {each["rule"].rpartition("/")[2] for each in json.loads(done.stdout)["findings"]}
        for done in (ours, theirs)
    ]
    assert (ours.returncode, theirs.returncode) == (1, 1)
    assert "urn:name-a" in rules[0]
    assert rules[1] == {"unfinished"}


def test_a_small_project_of_stimson_gives_the_same_by_pyshacl(project, work):
    project.change(project.minutes, "stv:assertion ;", "stv:assertion , stv:denial ;")

    done = [
        work("validate", "--format=json", f"--engine={each}") for each in ("stimson", "pyshacl")
    ]
    ours, theirs = (json.loads(each.stdout) for each in done)
    assert ours["findings"] == theirs["findings"]
    assert [each["severity"] for each in ours["findings"]] == ["warning"]


@pytest.mark.slow
@pytest.mark.parametrize("data", ["shipped", "generated with faults"])
def test_pyshacl_finds_the_same_in_the_shipped_and_in_generated_data(data, tmp_path):
    arguments = []
    if data != "shipped":
        command = [sys.executable, GENERATOR, "--triples", "20000", "--broken"]
        subprocess.run([*command, "--output", tmp_path], check=True, capture_output=True)
        arguments = ["--data", tmp_path]

    ours, theirs = reports(ROOT, "--stage=shacl", *arguments, patience=600)
    assert ours == theirs
    assert ours["conforms"] is (data == "shipped")
    assert len(ours["rules"]) > 50


# conclusions


def test_owlrl_concludes_the_same_from_a_folder_of_ones_own(own):
    ours, theirs = both(own, "reason", engine="owlrl")

    assert (ours.returncode, theirs.returncode) == (0, 0)
    assert ours.stdout == theirs.stdout
    assert "<http://example.org/bridge> a <http://example.org/Building>" in ours.stdout


def test_a_contradiction_ends_both_reasoners_alike(own):
    data = own / "data" / "bridges.ttl"
    data.write_text(f"{DATA}ex:bridge a ex:Water .\n")

    for done in both(own, "reason", engine="owlrl"):
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("error: Ontology and data contradict each other: ")
        assert done.stderr.count("\n") == 1


def test_owlrl_knows_axioms_for_which_we_have_no_rule(own):
    ontology = own / "ontology" / "bridges.ttl"
    ontology.write_text(f"{ONTOLOGY}ex:Bridge owl:equivalentClass ex:Crossing .\n")

    ours, theirs = both(own, "reason", engine="owlrl")
    assert (ours.returncode, theirs.returncode) == (1, 0)
    assert "has no rule for owl:equivalentClass" in ours.stderr
    bridge = "<http://example.org/bridge> a <http://example.org/Building> , <http://example.org/Crossing>"
    assert bridge in theirs.stdout
    assert stimson(own, "reason", "--reference").stdout == theirs.stdout


def test_owlrl_has_no_rules_of_a_project(own):
    (own / "ontology" / "rules").mkdir()
    (own / "ontology" / "rules" / "old.rq").write_text(
        "#+ title: Old\n#+ sentence: A bridge is old.\n"
        "CONSTRUCT { ?x a <urn:Old> } WHERE { ?x a <http://example.org/Bridge> }\n"
    )

    ours, theirs = both(own, "reason", engine="owlrl")
    assert "<urn:Old>" in ours.stdout
    assert "<urn:Old>" not in theirs.stdout


@pytest.mark.slow
def test_owlrl_concludes_the_same_from_the_shipped_data(tmp_path):
    ontology = tmp_path / "ontology"
    shutil.copytree(paths.ONTOLOGY, ontology, ignore=shutil.ignore_patterns("rules"))

    ours, theirs = both(ROOT, "reason", "--ontology", ontology, engine="owlrl", patience=600)
    assert ours.returncode == theirs.returncode == 0
    assert ours.stdout == theirs.stdout
    assert len(ours.stdout.splitlines()) > 1000
    # With our own rules there is more, and nothing less.
    more = stimson(ROOT, "reason", patience=600).stdout
    assert set(Graph().parse(data=theirs.stdout)) < set(Graph().parse(data=more))


# rdflib


@pytest.mark.parametrize("page", ["validating.md", "endpoint.md"])
def test_the_python_that_the_pages_show_runs(page, own):
    text = (ROOT / "docs" / page).read_text("utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    stimson(own, "reason", "--output=ours.ttl")
    (own / "theirs.ttl").write_text("<urn:a> <urn:b> <urn:c> .")

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=own, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    if page == "validating.md":
        assert done.stdout == "urn:a urn:b urn:c\n"
    else:
        assert re.search(r"^https://w3id\.org/stimson/vocab\S*/\S+ \d+$", done.stdout, re.MULTILINE)
