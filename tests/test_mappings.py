"""Mappings are read, checked row by row, turned into a graph and back without loss."""

import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pyoxigraph as ox
import pytest

from stimson import names, paths
from stimson.errors import InvalidFile
from stimson.findings import Finding
from stimson.mappings import GRAPH, find_files
from stimson.mappings.mapping_check import check, coverage
from stimson.mappings.mapping_graph import from_index, linksets, to_quads
from stimson.mappings.sssom_tsv import parse, read_folder, write
from stimson.project import Project
from stimson.rdf import Folders, Index, read_dataset
from stimson.validation.pipeline import validate

FIXTURE = Path(__file__).parent / "fixtures" / "wikidata" / "data"
THINGS = (names.ID,)
WD = names.PREFIXES["wd"]
TEXT = (FIXTURE / "world.sssom.tsv").read_text(encoding="utf-8")
ARCADIA = "state:arcadia\tArcadia\tskos:exactMatch\t\twikidata:Q9000001\tArcadia\t"
CURATED = "semapv:ManualMappingCuration"


@pytest.fixture(scope="module")
def index():
    """Ontology and data of the made-up world."""
    return read_dataset(Folders(data=FIXTURE)).index("ontology", "data")


@pytest.fixture(scope="module")
def ours():
    return read_folder(paths.DATA)


@pytest.fixture(scope="module")
def our_index():
    return read_dataset(Folders()).index("ontology", "data")


def found(text: str, index: Index) -> list[Finding]:
    """Check one text, and sort what is found by line."""
    sets = [parse(Path("world.sssom.tsv"), text)]
    return sorted(check(sets, index, THINGS), key=lambda finding: finding.order)


def line_of(text: str, part: str) -> tuple[int, int]:
    """Tell on which line a part begins, and at which character of it."""
    before = text[: text.index(part)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def test_our_own_mappings_are_sound(ours, our_index):
    assert [found.name for found in ours] == [
        path.name.removesuffix(".sssom.tsv") for path in find_files(paths.DATA)
    ]
    assert sum(len(found.rows) for found in ours) >= 337
    assert list(check(ours, our_index, THINGS)) == []


def test_every_mapping_says_when_and_why(ours):
    for found in ours:
        for record in found.rows:
            assert record.first("mapping_date")
            assert record.first("confidence")
            assert "Verified by: " in record.first("comment")


def test_what_the_head_says_is_said_of_every_row(index):
    (found,) = read_folder(FIXTURE)

    assert {record.first("mapping_date") for record in found.rows} == {"2026-01-31"}
    assert found.iri == "https://w3id.org/stimson/mappings/world"
    assert [record.negated for record in found.rows].count(True) == 1
    arcadia = next(record for record in found.rows if record.subject.endswith("/arcadia"))
    assert arcadia.values["object_id"] == (f"{WD}Q9000001",)
    assert (arcadia.line, arcadia.columns["object_id"]) == line_of(TEXT, "wikidata:Q9000001")


@pytest.mark.parametrize(
    ("old", "new", "rule", "severity", "at", "words"),
    [
        ("wikidata:Q9000001", "wikidata:9000001", "identifier", "violation", None, "Q and a"),
        ("wikidata:Q9000001", "wikidata:Q01", "identifier", "violation", None, "Q and a number"),
        ("wikidata:Q9000001", "wikidata:P31", "identifier", "violation", None, "Q and a number"),
        ("wikidata:Q9000001", "wd:Q1", "identifier", "violation", None, "'wd' is not declared"),
        ("wikidata:Q9000001", "Q9000001", "identifier", "violation", None, "a colon"),
        ("wikidata:Q9000001", "state:b", "identifier", "violation", None, "own things"),
        ("wikidata:Q9000001", "wikidata:Q1 2", "identifier", "violation", None, "not make an IRI"),
        ("state:arcadia", "state:arkadia", "subject", "violation", None, "is not defined"),
        ("state:arcadia", "skos:Concept", "subject", "violation", None, "is not defined"),
        ("skos:exactMatch\t\twikidata:Q9000001", "owl:sameAs\t\twikidata:Q9000001", "predicate",
         "violation", None, "is not a mapping predicate; use one of"),
        ("\tArcadia\tskos", "\tArkadia\tskos", "label", "warning", "Arkadia", "'Arkadia' is no"),
        (f"Arcadia\t{CURATED}", "Arcadia\tsemapv:Guess", "justification", "violation",
         "semapv:Guess", "not one that SSSOM knows"),
        (f"Arcadia\t{CURATED}", "Arcadia\t", "justification", "violation", None, "is missing"),
        ("\t1\t\n", "\t1.5\t\n", "value", "violation", "1.5", "not between 0 and 1"),
        ("\t1\t\n", "\tsure\t\n", "value", "violation", "sure", "is not a number"),
        ("exactMatch\tNot", "exactMatch\tNO", "value", "violation", "NO", "the one word"),
        ("wikidata:Q9000001", "wikidata:Q9000003", "cardinality", "violation", None, "n:1"),
        (f"Q9000003\t\t{CURATED}\t\t", f"Q9000003\t\t{CURATED}\t1:n\t", "cardinality", "violation",
         "1:n", "says 1:n, but"),
        (f"Q9000003\t\t{CURATED}\t\t", f"Q9000003\t\t{CURATED}\tmany\t", "cardinality", "violation",
         "many", "is not a cardinality"),
    ],
)  # fmt: skip
def test_a_fault_in_a_row_is_found_in_its_place(index, old, new, rule, severity, at, words):
    assert TEXT.count(old) == 1
    text = TEXT.replace(old, new)

    first = next(each for each in found(text, index) if each.rule.endswith(f"-{rule}"))

    line, column = line_of(text, at or new)
    assert first.severity == severity
    assert words in first.message
    assert first.line == line
    if at is not None or rule in ("identifier", "subject"):
        assert first.column == column


@pytest.mark.parametrize(
    ("old", "new", "words", "line"),
    [
        ("# license: h", "# licence: h", "`licence` is not a supported key", 3),
        ("# license: h", "# other: h", "lacks `license`", 1),
        ("# mapping_date: 2026-01-31", "# mapping_date: 2026-02-31", "2026-02-31", 4),
        ("# mapping_date: 2026-01-31", "# mapping_date: 2999-01-31", "is in the future", 4),
        ("\tcomment\n", "\tremark\n", "'remark' is not a supported column", 15),
        ("\t0.95\tSeen on a map.\n", "\t0.95\n", "The row has 9 cells, but the table 10", 18),
    ],
)
def test_a_fault_in_the_head_or_the_form_is_found(index, old, new, words, line):
    assert TEXT.count(old) == 1

    messages = {(each.message, each.line) for each in found(TEXT.replace(old, new), index)}

    assert any(words in message and at == line for message, at in messages), messages


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (TEXT.replace("mapping_justification\t", "why\t"), r"x:15: the table needs the columns"),
        (TEXT.replace("# curie_map:", "# curie_map: ["), "the head is not valid YAML"),
        (TEXT.replace("# curie_map:\n", "# curie_map: 5\n# x:\n"), "must be prefix: IRI"),
        (TEXT.replace("http://www.wikidata.org/entity/", "no iri"), "must stand for an IRI"),
        ("# - a\n# - b\n", "begin the file with"),
        ("", "the table needs the columns"),
    ],
)
def test_what_is_no_table_of_mappings_is_refused(text, problem):
    with pytest.raises(InvalidFile, match=problem):
        parse(Path("x"), text)


def test_a_mapping_may_not_be_made_and_denied(index):
    row = next(line for line in TEXT.splitlines() if line.startswith("place:harbour"))
    twice, denied = f"{TEXT}{row}\n", TEXT + row.replace("Match\t\t", "Match\tNot\t") + "\n"

    (first, *_), (second, *_) = found(twice, index), found(denied, index)

    assert "occurs twice" in first.message
    assert "both made and denied" in second.message
    assert second.rule == f"{names.RULE}mapping-conflict"


def test_things_of_disjoint_classes_are_not_one_item_whatever_a_row_says(index):
    text = TEXT.replace(f"wikidata:Q9000003\t\t{CURATED}\t",
                        f"wikidata:Q9000002\t\t{CURATED}\tn:1")  # fmt: skip
    text = text.replace(f"Q9000002\t\t{CURATED}\t\t",
                        f"Q9000002\t\t{CURATED}\tn:1\t")  # fmt: skip

    (only,) = found(text, index)

    assert only.rule == f"{names.RULE}mapping-class"
    assert "st:Settlement and st:Region" in only.message


def test_to_be_close_is_not_to_be_one(index):
    text = TEXT.replace(f"exactMatch\t\twikidata:Q9000003\t\t{CURATED}\t",
                        f"closeMatch\t\twikidata:Q9000002\t\t{CURATED}\tn:1")  # fmt: skip
    text = text.replace(f"Q9000002\t\t{CURATED}\t\t",
                        f"Q9000002\t\t{CURATED}\tn:1\t")  # fmt: skip

    assert found(text, index) == []


def test_two_sets_may_not_have_one_name(index):
    sets = [parse(Path(name), TEXT) for name in ("one.sssom.tsv", "two.sssom.tsv")]

    messages = [each.message for each in check(sets, index, THINGS)]

    assert "The set has the name of one.sssom.tsv; give it one of its own." in messages


def test_a_class_that_is_given_must_be_that_of_the_thing(index):
    text = TEXT.replace("\tpredicate_id\t", "\tsubject_category\tpredicate_id\t")
    lines = [
        line.replace("\tskos:", "\tst:Person\tskos:", 1) if "\tskos:" in line else line
        for line in text.splitlines(keepends=True)
    ]

    rules = {(each.rule.rpartition("/")[2], each.line) for each in found("".join(lines), index)}

    assert ("mapping-class", 16) in rules  # a state
    assert ("mapping-class", 19) not in rules  # the person


# The graph


def test_the_graph_gives_the_same_mappings_back(ours):
    assert from_index(Index(to_quads(ours))) == sorted(ours, key=lambda each: each.iri)


def test_what_is_written_is_read_as_the_same_and_written_the_same(ours):
    for each in ours:
        text = write(each)
        assert parse(Path("x"), text) == each
        assert write(parse(Path("x"), text)) == text
        head, _, table = text.partition("\nsubject_id\t")
        assert "# mapping_date: " in head
        assert "mapping_date" not in table


def test_awkward_values_survive():
    text = TEXT.replace("Seen on a map.", '"Two\nlines, a ""quote"" and\ta tab | bar; ünïcode"')
    text = text.replace("\tcomment\n", "\tcomment\tauthor_id\n")
    text = "".join(
        line.replace("\n", "\torganization:b|person:a\n") if line.startswith("person:") else
        line.replace("\n", "\t\n") if line.startswith(("state:", "terr", "act:", "org")) else
        line.replace('code"\n', 'code"\t\n')
        for line in text.splitlines(keepends=True)
    )  # fmt: skip
    once = parse(Path("x"), text)

    assert once.faults == ()
    harbour = next(record for record in once.rows if record.subject.endswith("/harbour"))
    assert harbour.first("comment") == 'Two\nlines, a "quote" and\ta tab | bar; ünïcode'
    (back,) = from_index(Index(to_quads([once])))
    assert back == once
    assert parse(Path("x"), write(back)) == once


def test_a_denied_mapping_is_never_a_plain_triple(ours):
    store = ox.Store()
    store.extend(to_quads(ours))
    graph = ox.NamedNode(GRAPH)

    for found in ours:
        for record in found.rows:
            triple = [ox.NamedNode(iri) for iri in record.key[:3]]
            assert (ox.Quad(*triple, graph) in store) is not record.negated
    (denied,) = store.query(
        "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?m <https://w3id.org/sssom/predicate_modifier>"
        " <https://w3id.org/sssom/NegatedPredicate> } }"
    )
    assert int(denied["n"].value) >= 37


def test_every_mapping_has_a_name_of_its_own(ours):
    axiom = ox.NamedNode("http://www.w3.org/2002/07/owl#Axiom")
    nodes = [quad.subject for quad in to_quads(ours) if quad.object == axiom]

    assert len(nodes) == len(set(nodes)) == sum(len(found.rows) for found in ours)
    assert not any(isinstance(node, ox.BlankNode) for node in nodes)


def test_the_linksets_count_the_plain_triples(ours):
    quads = list(to_quads(ours))
    predicate, number = (
        ox.NamedNode(f"http://rdfs.org/ns/void#{local}") for local in ("linkPredicate", "triples")
    )
    said = Index(linksets(ours))

    for part in said.subjects_with(predicate):
        link = said.value(part, predicate)
        true = sum(1 for quad in quads if quad.predicate == link)
        assert said.value(part, number).value == str(true)
    assert len(said.subjects_with(predicate)) == 3


def test_the_table_counts_things_and_not_rows(index):
    table = {row[0]: row[1:] for row in coverage(read_folder(FIXTURE), index)}

    assert table["st:ContestedEntity"] == ("1", "0", "1", "0", "1")
    assert table["st:State"] == ("1", "1", "0", "0", "0")


# The command line, and validation


def test_the_stage_of_references_reports_them_with_file_and_line(tmp_path):
    shutil.copytree(FIXTURE, tmp_path / "data")
    file = tmp_path / "data" / "world.sssom.tsv"
    file.write_text(TEXT.replace("state:arcadia", "state:arkadia"), encoding="utf-8")
    (tmp_path / "data" / "broken.sssom.tsv").write_bytes(b"# \xff\n")
    project = Project(tmp_path, Folders(data=tmp_path / "data"), stages=("references",))

    report = validate(project)

    mine = [each for each in report.findings if "mapping-" in each.rule]
    assert [(each.rule.rpartition("/")[2], each.file, each.line, each.stage) for each in mine] == [
        ("mapping-syntax", tmp_path / "data" / "broken.sssom.tsv", 1, "references"),
        ("mapping-subject", file, 16, "references"),
    ]
    assert f"{names.RULE}mapping-subject" in report.rules


def test_a_build_holds_them_and_they_are_exported_again(ours, tmp_path):
    def stimson(*arguments):
        command = [sys.executable, "-m", "stimson", *arguments]
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)

    store = f"--store={tmp_path / 'store'}"
    assert stimson("build", store).returncode == 0
    assert stimson("mappings", "export", store, f"--output={tmp_path / 'out'}").returncode == 0

    again = read_folder(tmp_path / "out")
    assert again == ours
    one = stimson("mappings", "export", store, "--set=acts")
    assert one.stdout == (tmp_path / "out" / "acts.sssom.tsv").read_text(encoding="utf-8")
    assert "Name a set with --set" in stimson("mappings", "export", store).stderr
    assert "No set is called 'x'" in stimson("mappings", "export", store, "--set=x").stderr


def test_a_changed_mapping_is_built_anew(tmp_path):
    from stimson.snapshot.builder import hash_inputs

    shutil.copytree(FIXTURE, tmp_path / "data")
    project = Project(tmp_path, Folders(data=tmp_path / "data"))
    before = hash_inputs(project)
    with (tmp_path / "data" / "world.sssom.tsv").open("a") as file:
        file.write("\n")

    assert hash_inputs(project) != before


@pytest.mark.slow
def test_the_reference_tool_reads_and_writes_the_same(ours, tmp_path):
    """The package `sssom` pulls in some hundred others, so it has an environment of its own."""
    venv.create(tmp_path / "venv", with_pip=True)
    tool = tmp_path / "venv" / "bin" / "sssom"
    pip = [tmp_path / "venv" / "bin" / "python", "-m", "pip", "install", "-q", "sssom==0.4.21"]
    subprocess.run(pip, check=True, timeout=1200)
    for each in ours:
        exported = tmp_path / f"{each.name}.sssom.tsv"
        exported.write_text(write(each), encoding="utf-8")
        for file in (each.path, exported):
            subprocess.run([tool, "validate", file], check=True, capture_output=True)
        turtle = tmp_path / f"{each.name}.ttl"
        command = [tool, "convert", exported, "-O", "rdf", "-o", turtle]
        subprocess.run(command, check=True, capture_output=True)
        assert _axioms(Index(ox.parse(path=str(turtle)))) == _axioms(Index(to_quads([each])))


def _axioms(index: Index) -> set[frozenset[tuple[str, str]]]:
    """List what is said of each mapping, whatever its node is called.

    The day is left out: the tool leaves in the head what the head says.
    """
    axiom = ox.NamedNode("http://www.w3.org/2002/07/owl#Axiom")
    kind = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    return {
        frozenset(
            # The tool writes 0.95 as 9.5e-01.
            (predicate, f"{float(value):g}" if predicate.endswith("confidence") else value)
            for predicate, value in _said(index, node)
            if predicate != "http://purl.org/dc/terms/created"
        )
        for node in index.subjects(kind, axiom)
    }


def _said(index, node):
    for predicate, values in index.by_subject[index.number(node)].items():
        for value in values:
            yield index.terms[predicate].value, index.terms[value].value


def test_a_byte_order_mark_is_named():
    with pytest.raises(InvalidFile, match="begins with a byte order mark"):
        parse(Path("world.sssom.tsv"), f"\ufeff{TEXT}")
