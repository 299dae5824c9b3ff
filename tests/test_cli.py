"""The command line, as a user meets it: real processes, exit codes, streams."""

import csv
import io
import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rdflib import Graph

from conftest import MINI
from stimson import __version__
from stimson.cli.exits import code_of
from stimson.errors import (
    EngineBusy,
    InvalidData,
    InvalidFile,
    InvalidQueryFile,
    NothingToRead,
    PortInUse,
    QuerySyntaxError,
    SnapshotMissing,
    UnknownQuery,
)

STATES = "https://w3id.org/stimson/id/state/"


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """Build the small project once, by the command line."""
    store = tmp_path_factory.mktemp("ready") / "store"
    folders = (f"--{part}={MINI / part}" for part in ("data", "shapes", "ontology"))
    command = [sys.executable, "-m", "stimson", "build", f"--store={store}", *folders]
    subprocess.run(command, check=True, capture_output=True)
    return store


@pytest.fixture
def built(ready, project, run):
    """Run queries on the snapshot and the saved queries of the project."""
    shutil.copytree(ready, project.store)

    def query(*arguments, stdin=None, **environment):
        folders = ("--store", "store", "--queries", "queries")
        return run("query", *arguments, *folders, stdin=stdin, **environment)

    return query


def test_the_version_is_printed(run):
    assert run("--version").stdout == f"stimson, version {__version__}\n"


def test_every_command_explains_itself(run):
    commands = ("build", "info", "query", "quote", "reason", "serve", "validate")

    listed = run("--help").stdout
    for command in commands:
        assert f"\n  {command} " in listed
        assert run(command, "--help").stdout.startswith("Usage: python -m stimson")


def test_starting_loads_neither_validator_nor_web_server(project):
    code = (
        "import sys, stimson.cli\n"
        "print({'rdflib', 'pyshacl', 'owlrl', 'pyoxigraph', 'rich', 'uvicorn', 'flask'}"
        " & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert found.stdout == "set()\n"


def test_unknown_commands_and_options_are_wrong_use(run):
    assert run("frobnicate").returncode == 2
    assert run("build", "--frobnicate").returncode == 2
    assert run("query").returncode == 2


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (NothingToRead(""), 2),
        (InvalidFile("x", "y"), 2),
        (UnknownQuery(""), 2),
        (InvalidQueryFile(""), 2),
        (QuerySyntaxError(""), 2),
        (SnapshotMissing(""), 1),
        (PortInUse(""), 1),
        (InvalidData(""), 1),
        (EngineBusy(""), 1),
    ],
)
def test_each_error_has_its_exit_code(fault, code):
    assert code_of(fault) == code


# validate


def test_a_sound_project_validates(work):
    done = work("validate", "--sources", "sources")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("\n5 files checked, nothing found\n")


def test_it_is_said_when_source_texts_were_not_compared(work):
    done = work("validate")

    assert done.returncode == 0
    assert done.stdout.splitlines()[-2:] == [
        "note: The texts of the sources were not compared (no --sources).",
        "5 files checked, nothing found",
    ]


def test_source_texts_can_be_named_in_the_environment(work, project):
    text = project.sources / "minutes-2031.txt"
    text.write_text(text.read_text("utf-8").replace("every", "each"), "utf-8")

    assert work("validate").returncode == 0
    done = work("validate", STIMSON_SOURCES="sources")
    assert done.returncode == 1
    assert "[source-hash]" in done.stdout


def test_an_altered_letter_is_shown_with_its_line_and_a_caret(work, project):
    line, _ = project.change(project.minutes, "as binding", "as bindinq")

    done = work("validate")

    assert done.returncode == 1
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0] == "data/sources/minutes-2031.ttl"
    assert lines[1].startswith(f"  {line}:14   violation  Prefix, words and suffix do not match")
    assert lines[3] == '        |     oa:exact "\\"We do not recognise the duty 🕊 as bindinq.\\"" ;'
    assert lines[4] == "        |              ^"
    assert lines[-1] == "5 files checked: 1 violation"


def test_a_long_line_is_cut_around_the_caret(work, project):
    padding = "x" * 300
    project.change(
        project.minutes,
        "st:speechAct stv:denial",
        f'rdfs:comment "{padding}" ; st:speechAct stv:denail',
    )

    lines = work("validate").stdout.splitlines()
    caret = next(line for line in lines if line.strip(" |") == "^")
    shown = lines[lines.index(caret) - 1]
    assert len(shown) <= 111
    assert shown[caret.index("^") :].startswith("stv:denail")


def test_the_json_report_is_json_and_nothing_else(work, project):
    line, _ = project.change(project.minutes, "as binding", "as bindinq")

    done = work("validate", "--format", "json")

    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert (report["conforms"], report["counts"]["violation"]) == (False, 1)
    (finding,) = report["findings"]
    assert (finding["file"], finding["line"]) == ("data/sources/minutes-2031.ttl", line)
    assert len(finding["fingerprint"]) == 16


def test_a_syntax_error_is_a_finding_with_its_place(work, project):
    line, column = project.change(project.minutes, "stv:denial ;", "stv:denial ? ;")

    done = work("validate")

    assert done.returncode == 1
    assert f"  {line}:{column + 11}" in done.stdout
    assert done.stdout.endswith("5 files checked: 1 violation\n")


def test_a_file_that_is_not_utf_8_is_a_finding(work, project):
    (project.root / "data" / "latin.ttl").write_bytes(b"# na\xefve\n")

    done = work("validate")

    assert done.returncode == 1
    assert "data/latin.ttl\n  1:5" in done.stdout
    assert "save the file as UTF-8" in done.stdout


@pytest.mark.parametrize("part", ["data", "shapes", "ontology"])
def test_a_folder_without_files_is_wrong_use(run, project, part):
    (project.root / "empty").mkdir()
    folders = {name: name for name in ("data", "shapes", "ontology")} | {part: "empty"}
    options = [word for name, folder in folders.items() for word in (f"--{name}", folder)]

    for command in ("validate", "build", "reason"):
        done = run(command, *options)
        assert done.returncode == 2
        assert done.stdout == ""
        assert done.stderr == (
            f"error: empty: no Turtle file (*.ttl) found; name the {part} folder with --{part}.\n"
        )


def test_colours_are_for_terminals_only(project, work):
    project.change(project.minutes, "as binding", "as bindinq")
    folders = ("--data", "data", "--shapes", "shapes", "--ontology", "ontology")
    main, terminal = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | {"TERM": "xterm"}
    with subprocess.Popen(
        [sys.executable, "-m", "stimson", "validate", *folders],
        cwd=project.root,
        stdout=terminal,
        env=environment,
    ) as process:
        os.close(terminal)
        shown = b""
        while chunk := _read(main):
            shown += chunk
    os.close(main)

    assert process.returncode == 1
    assert b"\x1b[1;31mviolation" in shown
    assert "\x1b" not in work("validate").stdout


def _read(descriptor):
    try:
        return os.read(descriptor, 4096)
    except OSError:  # how Linux tells that the other end of a terminal is closed
        return b""


# build, info, reason


def test_build_says_what_it_did_and_does_nothing_twice(work, project):
    first, second = (work("build", "--store", "store") for _ in range(2))
    name = (project.store / "current").read_text().strip()

    assert first.stdout.startswith(f"Snapshot {name} built: ")
    assert second.stdout.startswith(f"Snapshot {name} is up to date: ")
    assert first.stderr == second.stderr == ""


def test_the_store_can_be_named_in_the_environment_and_quiet_is_quiet(work, project):
    done = work("build", STIMSON_STORE="elsewhere")
    assert done.returncode == 0
    assert (project.root / "elsewhere" / "current").is_file()


def test_quiet_prints_results_and_errors_only(run, project):
    folders = ("--data", "data", "--shapes", "shapes", "--ontology", "ontology")

    assert run("-q", "build", *folders).stdout == ""
    assert run("-q", "validate", *folders).stdout == ""
    assert run("-q", "reason", *folders).stderr == ""
    project.change(project.minutes, "as binding", "as bindinq")
    assert "violation" in run("-q", "validate", *folders).stdout


def test_violations_stop_the_build_with_the_report(work, project):
    line, _ = project.change(project.minutes, "as binding", "as bindinq")

    done = work("build", "--store", "store")

    assert done.returncode == 1
    assert done.stdout == ""
    assert f"  {line}:14   violation" in done.stderr
    assert done.stderr.endswith("Nothing was built; correct the violations above first.\n")
    assert not project.store.exists()


def test_a_contradiction_is_a_finding_of_a_build_and_one_line_where_nothing_is_validated(
    work, project
):
    project.change(
        project.minutes, "st:quotes quotation:minutes-2031-222", "st:quotes state:otherland"
    )

    built, reasoned = work("build"), work("reason")
    assert (built.returncode, reasoned.returncode) == (1, 1)
    assert "state:otherland is both st:Actor and st:Passage" in built.stderr
    assert reasoned.stderr.startswith("error: Ontology and data contradict each other: ")
    assert reasoned.stderr.count("\n") == 1


def test_reason_prints_turtle_and_a_summary_apart(work, project):
    done = work("reason")
    graph = Graph().parse(data=done.stdout, format="turtle")

    assert done.returncode == 0
    assert f"{len(graph)} triples follow from " in done.stderr
    assert "state:otherland a prov:Agent , st:Actor ." in done.stdout

    assert work("reason", "--output", "inferred.ttl").stdout == ""
    assert (project.root / "inferred.ttl").read_text() == done.stdout


def test_reason_names_unreadable_files(work, project):
    (project.root / "data" / "bad.ttl").write_text("x")

    done = work("reason")

    assert done.returncode == 1
    assert done.stderr.startswith("error: data/bad.ttl:1:1: ")


def test_info_tells_what_is_in_the_snapshot(built, run, project):
    text = run("info", "--store", "store").stdout
    manifest = json.loads(run("info", "--store", "store", "--format", "json").stdout)
    name = (project.store / "current").read_text().strip()

    assert f"snapshot  {name}\n" in text
    assert "       2  st:State\n" in text
    assert manifest["name"] == name
    assert manifest["version"] == __version__


def test_a_missing_snapshot_says_what_to_do(run):
    for command in (("info",), ("query", "states", "--queries", "queries")):
        done = run(*command, "--store", "nowhere")
        assert done.returncode == 1
        assert done.stderr == "error: No snapshot in nowhere; run `stimson build` first.\n"


# query


def test_a_saved_query_is_answered_as_csv_where_no_terminal_is(built):
    done = built("states")

    assert done.returncode == 0
    assert list(csv.reader(io.StringIO(done.stdout))) == [
        ["state", "name"],
        [f"{STATES}exampleland", "Exampleland"],
        [f"{STATES}otherland", "Otherland"],
    ]


def test_inferred_triples_are_part_of_the_answer(built):
    assert f"{STATES}otherland" in built("agents").stdout


def test_the_table_has_short_names(built):
    done = built("states", "--format", "table")

    assert "state:otherland" in done.stdout
    assert STATES not in done.stdout
    assert done.stderr == "2 rows\n"


def test_a_name_that_nothing_bears_is_warned_of(built):
    done = built("-", stdin="SELECT ?s { ?s a st:Agentt ; st:p state:otherlamd }")

    assert (done.returncode, done.stdout) == (0, "s\n")
    assert "warning: state:otherlamd is not in this snapshot" in done.stderr
    assert "did you mean state:otherland?" in done.stderr
    assert built("states").stderr == ""


def test_prefixes_may_be_left_out_but_for_strict(built):
    text = "SELECT ?s\n{ ?s rdfs:label ?l }"

    assert built("-", stdin=text).returncode == 0
    done = built("-", "--strict", stdin=text)
    assert done.returncode == 2
    assert done.stderr.startswith("error: <stdin>:2:16: A prefix is used but not declared. Add")
    assert "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>" in done.stderr
    done = built("-", stdin="SELECT ?s { ?s rdfz:label ?l }")
    assert "rdfz: is used but not declared; did you mean rdf: or rdfs:?" in done.stderr


def test_what_looks_like_markup_is_shown_as_it_is(built):
    done = built("-", "--format", "table", stdin='SELECT ("[red]x[/red] :smile:" AS ?v) {}')

    assert "[red]x[/red] :smile:" in done.stdout


def test_a_byte_order_mark_before_a_query_is_named(built, project):
    (project.root / "mark.rq").write_text("\ufeffASK {}", encoding="utf-8")

    words = "begins with a byte order mark; save it as UTF-8 without one"
    assert built("mark.rq").stderr == f"error: mark.rq:1:1: {words}\n"
    assert f"<stdin>:1:1: {words}" in built("-", stdin="\ufeffASK {}").stderr


def test_queries_come_from_files_and_from_standard_input(built, project):
    (project.root / "ask.rq").write_text("ASK { ?s ?p ?o }")

    assert built("ask.rq").stdout == "true\n"
    assert built("-", stdin="ASK { <urn:a> <urn:b> <urn:c> }").stdout == "false\n"


@pytest.mark.parametrize(
    ("form", "sparql", "start"),
    [
        ("csv", "SELECT ?x { VALUES ?x { 1 } }", "x\r\n1"),
        ("tsv", "SELECT ?x { VALUES ?x { 1 } }", "?x\n1"),
        ("json", "SELECT ?x { VALUES ?x { 1 } }", '{"head":{"vars":["x"]}'),
        ("xml", "SELECT ?x { VALUES ?x { 1 } }", '<?xml version="1.0"?><sparql'),
        ("json", "ASK {}", '{"head":{},"boolean":true}'),
        ("table", "ASK {}", "true\n"),
        ("turtle", "CONSTRUCT { <urn:a> a <urn:b> } {}", "@prefix"),
        ("ntriples", "CONSTRUCT { <urn:a> a <urn:b> } {}", "<urn:a> <http"),
        ("rdfxml", "CONSTRUCT { <urn:a> a <urn:b> } {}", "<?xml"),
        (None, "CONSTRUCT { <urn:a> a <urn:b> } {}", "@prefix"),
    ],
)
def test_each_kind_of_answer_has_its_formats(built, form, sparql, start):
    done = built("-", *(("--format", form) if form else ()), stdin=sparql)

    assert done.returncode == 0
    assert done.stdout.startswith(start.replace("\r\n", "\n"))  # as text, lines end alike


@pytest.mark.parametrize(
    ("form", "sparql", "message"),
    [
        ("turtle", "SELECT * {}", "A SELECT has no turtle form; choose one of table, csv, tsv"),
        ("csv", "ASK {}", "An ASK has no csv form; choose one of table, json, xml."),
        ("table", "DESCRIBE <urn:a>", "A CONSTRUCT or DESCRIBE has no table form; choose one of"),
    ],
)
def test_a_format_that_does_not_fit_is_wrong_use(built, form, sparql, message):
    done = built("-", "--format", form, stdin=sparql)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {message}")


def test_a_syntax_error_names_file_line_and_column(built, project):
    (project.root / "bad.rq").write_text("SELECT ?x\n  WHERE [ ]\n")

    done = built("bad.rq")

    assert done.returncode == 2
    assert done.stderr.startswith("error: bad.rq:2:9: ")
    assert done.stderr.count("\n") == 1


def test_a_union_of_all_graphs_is_asked_unless_the_query_names_graphs(built):
    count = "SELECT (COUNT(*) AS ?n) {} {{ ?s a <https://w3id.org/stimson/ontology#State> }}"
    graph = "https://w3id.org/stimson/graph/data/"

    for start, number in (("", "2"), (f"FROM <{graph}actors/states>", "2"), ("FROM <urn:x>", "0")):
        assert built("-", stdin=count.format(start)).stdout.split() == ["n", number]


def test_other_endpoints_are_not_called(built):
    done = built("-", stdin="SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }")

    assert done.returncode == 2
    assert "remove SERVICE from the query" in done.stderr


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("stats", "No saved query is called 'stats'; did you mean states?"),
        ("zzz", "No saved query is called 'zzz'; see `stimson query --list`."),
        ("zzz.rq", "zzz.rq: no such file; name a query file or a saved query."),
    ],
)
def test_an_unknown_query_is_wrong_use(built, name, message):
    done = built(name)

    assert (done.returncode, done.stderr) == (2, f"error: {message}\n")


def test_a_query_file_with_a_faulty_header_is_wrong_use(built, project):
    (project.root / "queries" / "faulty.rq").write_text("#+ title: x\nASK {}")

    done = built("faulty")

    assert done.returncode == 2
    assert done.stderr == "error: queries/faulty.rq: the header lacks `question`\n"


def test_saved_queries_are_listed_with_their_questions(run):
    assert run("query", "--list", "--queries", "queries").stdout == (
        "agents  Which agents does reasoning find?\nstates  Which states are there?\n"
    )


# quote


def test_found_words_can_be_pasted_into_the_data_and_verified(work, run, project):
    found = run("quote", "find", "in a personal capacity", "--source", "sources/minutes-2031.txt")
    assert (found.returncode, found.stderr) == (0, "")
    (project.root / "data" / "new.ttl").write_text(
        f"@prefix oa: <http://www.w3.org/ns/oa#> .\n{found.stdout}", "utf-8"
    )

    assert work("quote", "verify", "--sources", "sources").returncode == 0

    project.change(project.root / "data" / "new.ttl", '"in a personal', '"in a public')
    done = work("quote", "verify", "--sources", "sources")
    assert done.returncode == 1
    assert "[quotation-text]" in done.stdout


def test_words_that_stand_twice_are_both_printed(run):
    done = run("quote", "find", "The delegate of", "--source", "sources/minutes-2031.txt")

    assert done.stdout.count(" a st:Quotation ;") == 2
    assert "2 places" in done.stderr


def test_words_that_are_not_there_are_an_error(run):
    done = run("quote", "find", "The delegates of", "--source", "sources/minutes-2031.txt")
    assert done.returncode == 1
    assert done.stderr.startswith("error: minutes-2031.txt does not hold these words; ")

    assert run("quote", "find", "x", "--source", "sources/none.txt").returncode == 2


def test_verifying_needs_the_source_texts(work, project):
    assert work("quote", "verify").returncode == 2
    (project.root / "empty").mkdir()
    done = work("quote", "verify", "--sources", "empty")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: empty: no source text (*.txt) found; name their folder.\n"


SHIPPED = {"cwd": Path(__file__).parents[1], "capture_output": True, "text": True}


def test_explain_goes_down_to_files_and_quotations():
    stance = "stance:g7-non-recognition-purported-annexation-2022-of-canada"
    command = [sys.executable, "-m", "stimson", "explain", stance, "st:position"]
    done = subprocess.run(command, **SHIPPED)

    assert done.returncode == 0, done.stderr
    first, second, *rest = done.stdout.splitlines()
    assert first == f"{stance} st:position stv:non-recognition"
    assert second.startswith("  by rule:derived-stance: Who belonged to a group")
    tree = "\n".join(rest)
    assert "membership:canada-in-the-g7 st:member state:canada  [said in data/actors/" in tree
    assert "\u201cimpose further economic costs on Russia.\u201d" in tree


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        (["place:nowhere"], "error: Nothing is inferred about https://w3id.org/stimson/id/place/"),
        (["state:canada", "st:position"], "error: Nothing says https://w3id.org/stimson/id/state/"),
        (["no iri"], "error: 'no iri': expected an IRI or a prefixed name."),
    ],
)
def test_explain_says_when_there_is_nothing_to_explain(work, terms, message):
    done = work("explain", *terms)

    assert done.returncode == 2
    assert done.stderr.startswith(message)
    assert done.stderr.count("\n") == 1


def test_a_parameter_of_a_saved_query_is_bound(work):
    def query(*arguments):
        command = [sys.executable, "-m", "stimson", "query", *arguments, "--format", "csv"]
        return subprocess.run(command, **SHIPPED)

    subprocess.run([sys.executable, "-m", "stimson", "build"], check=True, **SHIPPED)
    assert "Ukraine,Ukraine,UA,UKR,804" in query("state-codes").stdout
    assert "KAZ" in query("state-codes", "--param", "state=state:kazakhstan").stdout
    assert "KAZ" in query("state-codes", "--param", "state=Казахстан").stdout
    assert len(query("state-codes", "--param", "state=").stdout.splitlines()) > 190
    for given, message in (
        ("state=no iri", "error: state='no iri': the graph holds no st:State of this name"),
        ("state=state:ukrane", "did you mean state:ukraine (Ukraine)?"),
        ("country=state:ukraine", "error: state-codes has no parameter country; it has state."),
        ("state", "Error: --param state: expected NAME=VALUE."),
    ):
        done = query("state-codes", "--param", given)
        assert done.returncode == 2
        assert message in done.stderr
