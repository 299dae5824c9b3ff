"""The synthetic graph: the same on every run, valid, as large as asked, broken where it says."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pyoxigraph
import pytest
from rdflib import RDF, SH

from stimson import names
from stimson.rdf import Folders, read_dataset
from stimson.reasoning import infer
from turtle_files import ONTOLOGY_FILES, SHAPE_FILES, local, read

GENERATOR = Path(__file__).parents[1] / "benchmarks" / "generate.py"
SMALL, MIDDLE, LARGE = 3000, 10_000, 100_000
# What a shape is, says, or looks along; the rest is what it demands.
NO_DEMAND = {
    *(RDF.type, SH.path, SH.name, SH.severity, SH.message, SH.property, SH.qualifiedValueShape),
    *(SH.targetClass, SH.targetSubjectsOf, SH.inversePath, SH.alternativePath, SH.declare),
    *(SH.prefix, SH.prefixes, SH.namespace, SH.select),
    SH.languageIn,  # only what is counted by sh:qualifiedMinCount: a text in English
}


def command(*arguments: object) -> list[str]:
    # -S leaves the standard library alone: nothing installed may be needed.
    return [sys.executable, "-S", str(GENERATOR), *(str(argument) for argument in arguments)]


def generate(triples: int, output: Path, *arguments: object, **environment: str) -> str:
    done = subprocess.run(
        command("--triples", triples, "--output", output, *arguments),
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""  # progress is for a terminal
    return done.stdout


def content(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def validate(data: Path, *arguments: str) -> list[dict[str, str]]:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "stimson",
            "validate",
            "--format",
            "json",
            "--data",
            data,
            *arguments,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)["findings"]


def load(data: Path) -> pyoxigraph.Store:
    store = pyoxigraph.Store()
    for path in sorted(data.rglob("*.ttl")):
        store.bulk_load(path=str(path), format=pyoxigraph.RdfFormat.TURTLE)
    return store


def ask(store: pyoxigraph.Store, sparql: str) -> list[list[str]]:
    prefixes = "".join(f"PREFIX {short}: <{space}>\n" for short, space in names.PREFIXES.items())
    return [[term.value for term in row] for row in store.query(prefixes + sparql)]


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    generate(SMALL, folder / "data", "--texts", folder / "texts")
    return folder


@pytest.fixture(scope="module")
def middle(tmp_path_factory) -> pyoxigraph.Store:
    folder = tmp_path_factory.mktemp("middle")
    generate(MIDDLE, folder)
    return load(folder)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_gives_others(tmp_path):
    generate(SMALL, tmp_path / "a", PYTHONHASHSEED="1")
    generate(SMALL, tmp_path / "b", PYTHONHASHSEED="2")
    generate(SMALL, tmp_path / "c", "--seed", 2)

    assert content(tmp_path / "a") == content(tmp_path / "b")
    assert content(tmp_path / "a") != content(tmp_path / "c")


def test_nothing_is_wrong_with_it_not_even_against_the_texts(small):
    assert validate(small / "data", "--sources", str(small / "texts")) == []


@pytest.mark.parametrize("triples", [SMALL, LARGE])
def test_it_is_as_large_as_asked_for_and_says_how_large(triples, tmp_path):
    said = generate(triples, tmp_path)

    held = len(load(tmp_path))
    assert triples <= held < triples + 100
    assert said.startswith(f"{held} triples in {len(content(tmp_path))} files")


def test_every_class_and_every_manner_occurs(middle):
    classes = {
        str(name)
        for path in ONTOLOGY_FILES
        for name in read(path).subjects(RDF.type)
        if str(name).startswith(names.ST) and local(name)[0].isupper()
    }
    used = {row[0] for row in ask(middle, "SELECT DISTINCT ?kind { ?thing a ?kind }")}
    # The others are only ever given by their subclasses, or by a rule.
    above = ("Act", "Actor", "Claim", "ClaimPair", "Place", "DerivedStance", "Territory")
    renamed = ("Precedent", "SelfProclaimedEntity")
    assert classes - used == {f"{names.ST}{name}" for name in (*above, *renamed)}

    manners = ask(middle, "SELECT DISTINCT ?manner { ?said st:manner ?manner }")
    assert len(manners) == 4


def test_few_speakers_say_most(middle):
    rows = ask(middle, "SELECT ?who (COUNT(*) AS ?n) { ?said st:speaker ?who } GROUP BY ?who")
    counts = sorted((int(number) for _, number in rows), reverse=True)

    assert len(counts) > 15
    assert sum(counts[: len(counts) // 4]) > sum(counts) / 2


def test_members_derive_stances_and_claims_contradict_each_other(small):
    folders = Folders(data=small / "data")
    store = infer(read_dataset(folders), folders).store
    quads = store.quads_for_pattern(None, None, None, pyoxigraph.NamedNode(names.INFERRED_GRAPH))
    concluded = {local(quad.predicate.value) for quad in quads}

    assert {"derivedFromStance", "contradicts", "purportedlyCovers", "claimant"} <= concluded


def peak(triples: int, output: Path) -> int:
    """Tell how many bytes of memory writing so many triples takes at most."""
    script = (
        "import runpy, sys, tracemalloc; tracemalloc.start(); sys.path.insert(0, sys.argv[1]); "
        "main = runpy.run_path(sys.argv.pop(1) + '/generate.py')['main']; "
        "tracemalloc.reset_peak(); before, _ = tracemalloc.get_traced_memory(); main(); "
        "print(tracemalloc.get_traced_memory()[1] - before)"
    )
    size = ("--triples", str(triples))
    done = subprocess.run(
        [sys.executable, "-S", "-c", script, GENERATOR.parent, *size, "--output", output],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout.split()[-1])


def test_memory_does_not_grow_with_the_size(tmp_path):
    # What is remembered of each kind has a bound, which smaller worlds do not reach.
    small, large = (peak(triples, tmp_path / str(triples)) for triples in (LARGE, 2 * LARGE))

    assert large < 1.2 * small


def fault(finding: dict[str, str], data: Path | None = None) -> tuple[str, ...]:
    """Reduce a finding, listed or found, to what both tell."""
    file = Path(finding["file"])
    place = file.relative_to(data) if data else file
    parts = ("focus", "rule", "component", "severity")
    return (place.as_posix(), *(str(finding[part]) for part in parts))


def listed(data: Path) -> list[dict[str, str]]:
    return json.loads((data / "faults.json").read_text(encoding="utf-8"))


def test_every_planted_fault_is_found_and_nothing_else(tmp_path):
    data, texts = tmp_path / "data", tmp_path / "texts"
    generate(MIDDLE, data, "--broken", "--texts", texts)

    found = validate(data, "--sources", str(texts))

    wanted = Counter(fault(each) for each in listed(data))
    assert Counter(fault(each, data) for each in found) == wanted


def test_without_the_texts_all_is_found_that_does_not_need_them(tmp_path):
    generate(SMALL, tmp_path, "--broken")

    found = validate(tmp_path)

    wanted = Counter(fault(each) for each in listed(tmp_path) if not each["needs_texts"])
    assert Counter(fault(each, tmp_path) for each in found) == wanted


def test_a_fault_of_every_kind_of_constraint_is_planted(tmp_path):
    generate(SMALL, tmp_path, "--broken")
    used = {term for term in read(*SHAPE_FILES).predicates() if str(term).startswith(str(SH))}

    kinds = {each["kind"] for each in listed(tmp_path)}
    demands = {local(term) for term in used - NO_DEMAND}
    assert demands - kinds == set()
    ours = {"undefined-reference", "literal", "non-canonical", "contradiction"}
    assert ours | {"quotation-seal", "quotation-text"} <= kinds


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path):
    (tmp_path / "mine.ttl").touch()

    done = subprocess.run(
        command("--output", tmp_path), capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert f"{tmp_path} is not empty; name a new folder" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.ttl"]


def test_its_prefixes_are_those_of_the_project(small):
    text = (small / "data" / "sources" / "source-00001.ttl").read_text(encoding="utf-8")

    found = dict(re.findall(r"^@prefix (\w+): <(.+)> \.$", text, re.MULTILINE))
    assert found
    assert found.items() <= names.PREFIXES.items()
