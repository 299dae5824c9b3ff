"""A snapshot depends on what the files say, on nothing else, and is switched to in one step."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from stimson import __version__, names
from stimson.errors import SnapshotMissing
from stimson.project import read_project
from stimson.snapshot import builder, read_current
from stimson.snapshot.builder import build

PACKAGE = Path(builder.__file__).parents[1]
CACHES = shutil.ignore_patterns("__pycache__")
VOID = "PREFIX void: <http://rdfs.org/ns/void#> "
BUILD = """
import sys
from pathlib import Path
from stimson.project import read_project
from stimson.snapshot.builder import build
root = Path(sys.argv[1])
parts = {part: root / part for part in ("ontology", "shapes", "data")}
print(build(read_project(root, **parts), root / "store", force=True).snapshot.name)
"""


def make(project, **more):
    """Build a snapshot of the project."""
    parts = {part: project.root / part for part in ("ontology", "shapes", "data")}
    return build(read_project(project.root, **parts), project.store, **more)


def relabel(project, old="Exampleland", new="Exampleland the Great"):
    """Change what the data say, without breaking a rule."""
    project.change(project.root / "data/actors/states.ttl", f'"{old}"@en', f'"{new}"@en')


def listed(folder):
    return sorted(path.name for path in folder.iterdir())


def store_of(snapshot):
    store = ox.Store()
    store.bulk_load(path=str(snapshot.dataset), format=ox.RdfFormat.N_QUADS)
    return store


def value(store, sparql):
    (row,) = store.query(VOID + sparql, use_default_graph_as_union=True)
    return int(row[0].value)


def test_the_name_is_the_hash_and_the_lines_are_sorted(project):
    snapshot = make(project).snapshot
    content = snapshot.dataset.read_bytes()
    lines = content.splitlines()

    assert snapshot.name == hashlib.sha256(content).hexdigest()[:16]
    assert snapshot == read_current(project.store)
    assert lines == sorted(set(lines))
    assert len(lines) == snapshot.manifest["quads"] == sum(snapshot.manifest["graphs"].values())


def test_runs_with_other_hash_seeds_give_the_same_bytes(project):
    seeds = ("0", "1", "2")
    built = [
        subprocess.run(
            [sys.executable, "-c", BUILD, str(project.root)],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in seeds
    ]

    assert len(set(built)) == 1


def test_comments_and_order_do_not_change_the_name_but_the_content_does(project):
    first = make(project)
    states = project.root / "data/actors/states.ttl"
    head, one, two = states.read_text().split("\n\n")
    states.write_text(f"{head}\n\n# turned round\n\n{two}\n{one}\n")
    second = make(project)
    relabel(project)
    third = make(project)

    assert second.report is not None  # it was built anew
    assert second.snapshot.name == first.snapshot.name
    assert third.snapshot.name != first.snapshot.name


def test_blank_nodes_are_labelled_by_what_they_are(project):
    before = make(project).snapshot
    text = project.minutes.read_text("utf-8")
    head, tail = text.split("source:minutes-2031 a", 1)
    extra = 'statement:minutes-2031-1 rdfs:seeAlso [ rdfs:label "a" ] , [ rdfs:label "b" ] .\n'
    swapped = 'statement:minutes-2031-1 rdfs:seeAlso [ rdfs:label "b" ] , [ rdfs:label "a" ] .\n'
    built = []
    for line in (extra, swapped):
        project.minutes.write_text(f"{head}{line}source:minutes-2031 a{tail}", "utf-8")
        built.append(make(project).snapshot.name)

    assert built[0] == built[1] != before.name


def test_ontology_data_inferences_and_description_go_in_and_shapes_do_not(project):
    graphs = make(project).snapshot.manifest["graphs"]

    assert sorted(iri.removeprefix(names.GRAPH) for iri in graphs) == [
        "data/actors/states",
        "data/sources/minutes-2031",
        "inferred",
        "meta",
        "ontology/mini",
        "ontology/vocabularies/speech-acts",
    ]


def test_the_description_counts_what_is_there(project):
    states = project.root / "data/actors/states.ttl"
    (project.root / "data/again.ttl").write_text(states.read_text())  # said twice, counted once
    snapshot = make(project).snapshot
    store = store_of(snapshot)
    everything = f"GRAPH ?g {{ ?s ?p ?o }} FILTER (?g != <{names.META_GRAPH}>)"
    void = f"GRAPH <{names.META_GRAPH}> {{ <{names.DATASET}>"

    for path, counted in (
        (
            "void:triples",
            f"SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT ?s ?p ?o {{ {everything} }} }}",
        ),
        ("void:distinctSubjects", f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ {everything} }}"),
        ("void:properties", f"SELECT (COUNT(DISTINCT ?p) AS ?n) {{ {everything} }}"),
    ):
        assert value(store, f"SELECT ?n {{ {void} {path} ?n }} }}") == value(store, counted)
    for iri, number in snapshot.manifest["classes"].items():
        partition = f"{void} void:classPartition [ void:class <{iri}> ; void:entities ?n ] }}"
        members = f"GRAPH ?g {{ ?s a <{iri}> }} FILTER (?g != <{names.META_GRAPH}>)"
        assert value(store, f"SELECT ?n {{ {partition} }}") == number
        assert value(store, f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ {members} }}") == number


def test_the_manifest_says_what_was_built(project):
    manifest = make(project).snapshot.manifest

    sizes = {"quads", "triples", "graphs", "classes"}
    assert set(manifest) == {"name", "version", "created", "inputs", *sizes}
    assert manifest["version"] == __version__
    assert manifest["classes"][f"{names.ST}State"] == 2
    assert manifest["classes"][f"{names.ST}Actor"] == 2  # by inference


def test_nothing_is_done_when_nothing_has_changed(project):
    first = make(project)
    stamp = first.snapshot.dataset.stat().st_mtime_ns
    again = make(project)

    assert again.report is None
    assert again.snapshot == first.snapshot
    assert again.snapshot.dataset.stat().st_mtime_ns == stamp


def test_force_builds_what_has_not_changed(project):
    make(project)
    forced = make(project, force=True)

    assert forced.report is not None
    assert [path.name for path in project.store.iterdir()].count(forced.snapshot.name) == 1


@pytest.mark.parametrize("file", ["shapes/mini.ttl", "ontology/mini.ttl", "data/actors/states.ttl"])
def test_any_changed_file_is_built_anew(project, file):
    make(project)
    with (project.root / file).open("a") as text:
        text.write("# a comment\n")

    assert make(project).report is not None
    assert make(project).report is None


@pytest.fixture
def copied(project, tmp_path):
    """Build the project by a copy of the program, each time in a process of its own."""
    package = Path(shutil.copytree(PACKAGE, tmp_path / "code" / "stimson", ignore=CACHES))
    folders = (f"--{part}={project.root / part}" for part in ("data", "shapes", "ontology"))
    command = [sys.executable, "-m", "stimson", "build", f"--store={project.store}", *folders]
    environment = os.environ | {"PYTHONPATH": str(package.parent)}

    def run() -> str:
        done = subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return package, run


@pytest.mark.parametrize(
    "file",
    [
        "errors.py",
        "project/read.py",
        "queries.py",
        "web/pages/templates/home.html",
        "a/new/module.py",
    ],
)
def test_a_changed_program_builds_anew(copied, file):
    package, run = copied
    assert " built: " in run()
    assert " is up to date: " in run()
    (package / file).parent.mkdir(parents=True, exist_ok=True)
    with (package / file).open("a") as changed:
        changed.write("\n")

    assert " built: " in run()
    assert " is up to date: " in run()


def test_every_file_of_the_program_counts():
    listed = {name for name, _ in builder._package()}
    top = {path.name for path in PACKAGE.iterdir() if path.is_file()}

    assert top < listed
    assert {f"{part.relative_to(PACKAGE)}" for part in PACKAGE.rglob("*.py")} <= listed


def test_another_library_or_python_builds_anew(project, monkeypatch, tmp_path):
    make(project)
    (tmp_path / "rdflib-99.dist-info").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    assert make(project).report is not None

    monkeypatch.setattr(sys, "version", "4.0")
    assert make(project).report is not None
    assert make(project).report is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("stimson.toml", "[validate]\nfail-on = 'warning'\n"),
        ("stimson.toml", "[[validate.counts]]\nclass = 'st:State'\nminimum = 1\n"),
        ("waivers.toml", "# a comment\n"),
        ("queries/more.rq", "#+ title: none\nASK {}\n"),
        ("sources/more.txt", "A text.\n"),
    ],
)
def test_what_a_project_demands_is_asked_anew(project, name, text):
    parts = ("data", "shapes", "ontology", "queries", "sources")
    table = "[validate]\n" + "".join(f"{part} = {part!r}\n" for part in parts)
    (project.root / "stimson.toml").write_text(table)
    before = builder.hash_inputs(read_project(project.root))
    with (project.root / name).open("a") as file:
        file.write(text.removeprefix("[validate]\n"))

    assert builder.hash_inputs(read_project(project.root)) != before


def test_violations_stop_the_build_and_leave_the_last_snapshot(project):
    before = make(project).snapshot
    project.change(project.minutes, "as binding", "as bindinq")
    stopped = make(project)

    assert stopped.snapshot is None
    assert not stopped.report.conforms
    assert read_current(project.store) == before


def test_a_contradiction_stops_the_build(project):
    project.change(
        project.minutes, "st:quotes quotation:minutes-2031-222", "st:quotes state:otherland"
    )

    stopped = make(project)

    assert stopped.snapshot is None
    assert f"{names.RULE}contradiction" in {each.rule for each in stopped.report.findings}
    assert not project.store.exists()


def test_the_current_and_the_previous_snapshot_are_kept(project):
    built = []
    for old, new in (("Exampleland", "A"), ("A", "B"), ("B", "C")):
        relabel(project, old, new)
        built.append(make(project).snapshot.name)

    assert listed(project.store) == sorted(["current", built[1], built[2]])

    relabel(project, "C", "B")  # back to the one before, which is still there
    assert make(project).snapshot.name == built[1]
    assert listed(project.store) == sorted(["current", built[1], built[2]])


def test_a_reader_sees_a_whole_snapshot_at_any_time_of_a_build(project):
    first = make(project).snapshot.name
    reader = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from pathlib import Path; from stimson.snapshot import read_current\n"
            "seen = None\n"
            "while not Path(sys.argv[2]).exists():\n"
            "    snapshot = read_current(Path(sys.argv[1]))\n"
            "    lines = snapshot.dataset.read_bytes().count(b'\\n')\n"
            "    assert lines == snapshot.manifest['quads']\n"
            "    if snapshot.name != seen:\n"
            "        seen = snapshot.name\n"
            "        print(seen, flush=True)",
            str(project.store),
            str(project.root / "stop"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    with reader:
        try:
            assert reader.stdout.readline() == f"{first}\n"
            for old, new in (("Exampleland", "A"), ("A", "Exampleland"), ("Exampleland", "A")):
                relabel(project, old, new)
                name = make(project).snapshot.name
                assert reader.stdout.readline() == f"{name}\n"
        finally:
            (project.root / "stop").touch()
        assert reader.stdout.read() == ""
    assert reader.returncode == 0


@pytest.mark.parametrize(
    "damage", ["nothing built", "no dataset", "no manifest", "odd name", "half"]
)
def test_a_missing_or_damaged_snapshot_says_what_to_do(project, damage):
    if damage == "nothing built":
        with pytest.raises(
            SnapshotMissing, match=r"No snapshot in .*; run `stimson build` first\."
        ):
            read_current(project.store)
        return
    snapshot = make(project).snapshot
    match damage:
        case "no dataset":
            snapshot.dataset.unlink()
        case "no manifest":
            (snapshot.path / "manifest.json").unlink()
        case "odd name":
            (project.store / "current").write_text("../../etc")
        case "half":
            (snapshot.path / "manifest.json").write_text('{"name": ')

    with pytest.raises(SnapshotMissing, match=r"damaged; run `stimson build --force`\."):
        read_current(project.store)
    assert make(project).snapshot == read_current(project.store)


def test_reading_a_snapshot_loads_no_rdf_library(project):
    make(project)
    code = (
        "import sys; from pathlib import Path; from stimson.snapshot import read_current\n"
        "read_current(Path(sys.argv[1]))\n"
        "print({'rdflib', 'pyoxigraph', 'pyshacl', 'owlrl'} & set(sys.modules))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, str(project.store)], capture_output=True, text=True, check=True
    )

    assert found.stdout == "set()\n"


def test_the_manifest_is_readable_by_others(project):
    snapshot = make(project).snapshot
    text = (snapshot.path / "manifest.json").read_text("utf-8")

    assert json.loads(text) == snapshot.manifest
    assert snapshot.path.stat().st_mode == project.store.stat().st_mode
