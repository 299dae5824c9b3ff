"""What people feed to ``stimson validate`` by mistake or on purpose, through the front door.

Each is answered by a report (1) or one line of error (2), in time, and without a traceback.
"""

import json
import os
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from conftest import unread
from stimson.validation.catalogue import RULES
from stimson.validation.stages import ENGINES
from waiting import PATIENCE

PREFIXES = """\
@prefix ex: <http://example.org/> .
@prefix id: <https://w3id.org/stimson/id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix st: <https://w3id.org/stimson/ontology#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SHAPES = "shapes/mini.ttl"
UNDEFINED = "<urn:x> <urn:y> <https://w3id.org/stimson/id/nope> ."
TARGET = "sh:targetClass st:Statement ;"
LABEL = f"{TARGET} sh:property [ sh:path <http://www.w3.org/2000/01/rdf-schema#label> ;"


def report(done):
    """Read a JSON report, beside which nothing may have been printed."""
    assert done.returncode in (0, 1), done.stderr
    assert done.stderr == ""
    return json.loads(done.stdout)


def found(done):
    """List rule, file and line of the findings in a JSON report."""
    return [
        (each["rule"].removeprefix("https://w3id.org/stimson/"), each["file"], each["line"])
        for each in report(done)["findings"]
    ]


def messages(done):
    return [each["message"] for each in report(done)["findings"]]


def write(project, name, content):
    path = project.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.fixture
def check(work):
    """Validate the small project, as JSON."""
    return lambda *arguments: work("validate", "--sources=sources", "--format=json", *arguments)


# files that cannot be read


def test_all_files_that_cannot_be_read_are_named_at_once(check, project):
    turtle = "<urn:a> <urn:b> 'ü' ."
    write(project, "data/binary.ttl", bytes(range(256)) * 40)
    write(project, "data/bom.ttl", b"\xef\xbb\xbf" + turtle.encode())
    write(project, "data/json.ttl", '{"@id": "urn:a"}')
    write(project, "data/latin.ttl", f"# one\n{turtle}".encode("latin-1"))
    write(project, "data/long.ttl", f"<urn:a> <urn:b> '{'x' * 17_000_000}' .")
    write(project, "data/utf-16.ttl", turtle.encode("utf-16"))
    (project.root / "data" / "link.ttl").symlink_to("nowhere.ttl")
    (project.root / "data" / "memory.ttl").symlink_to("/proc/self/mem")
    folder = project.root / "data" / "folder.ttl"
    write(project, "data/folder.ttl/inner.ttl", "what?")
    os.mkfifo(project.root / "data" / "pipe.ttl")  # whoever opens it waits for ever

    done = check()
    assert folder.is_dir()
    assert done.returncode == 1
    assert found(done) == [
        ("rule/syntax", "data/binary.ttl", 2),
        ("rule/syntax", "data/bom.ttl", 1),
        ("rule/syntax", "data/folder.ttl/inner.ttl", 1),
        ("rule/syntax", "data/json.ttl", 1),
        ("rule/syntax", "data/latin.ttl", 2),
        ("rule/syntax", "data/link.ttl", None),
        ("rule/syntax", "data/long.ttl", None),
        ("rule/syntax", "data/memory.ttl", None),
        ("rule/syntax", "data/pipe.ttl", None),
        ("rule/syntax", "data/utf-16.ttl", 1),
    ]
    told = dict(zip((name for _, name, _ in found(done)), messages(done), strict=True))
    assert told["data/bom.ttl"] == "begins with a byte order mark; save it as UTF-8 without one"
    assert told["data/utf-16.ttl"] == "is in UTF-16; save it as UTF-8"
    assert told["data/link.ttl"].startswith("cannot be read (No such file or directory);")
    assert told["data/long.ttl"] == "a name or a text in it is too long; it must be shorter"
    assert told["data/memory.ttl"].startswith("cannot be read (Input/output error);")
    assert len(report(done)["stages"]) == 8


def test_a_byte_order_mark_in_the_file_of_the_project_is_named(work, project):
    (project.root / "stimson.toml").write_text("\ufeff[data]", encoding="utf-8")

    words = "begins with a byte order mark; save it as UTF-8 without one"
    assert f"stimson.toml:1:1: {words}" in work("validate").stderr


@contextmanager
def locked(path):
    """Take from a file or folder the right to be read."""
    path.chmod(0)
    try:
        yield
    finally:
        path.chmod(0o700)


def unprivileged(project, *arguments):
    """Validate as a user for whom the rights of files count, as they do not for root."""
    drop = [] if os.geteuid() else ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    if drop and shutil.which("setpriv") is None:
        pytest.skip("root may read everything, and there is no setpriv")
    folders = ("--data=data", "--shapes=shapes", "--ontology=ontology", "--format=json")
    command = [*drop, sys.executable, "-m", "stimson", "validate", *folders, *arguments]
    return unread(
        subprocess.run(
            command, cwd=project.root, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
    )


def test_a_file_that_may_not_be_read_is_a_finding(project):
    with locked(project.root / "data" / "actors" / "states.ttl"):
        done = unprivileged(project)
    assert found(done) == [("rule/syntax", "data/actors/states.ttl", None)]
    assert "(Permission denied)" in done.stdout


def test_a_folder_that_may_not_be_read_is_not_passed_over(project):
    with locked(project.root / "data" / "actors"):
        done = unprivileged(project)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: data/actors cannot be read; open this folder to you.\n"


@pytest.mark.parametrize(
    ("option", "name"), [("sources", "sources/minutes-2031.txt"), ("queries", "queries/states.rq")]
)
def test_other_files_that_may_not_be_read_are_named(project, option, name):
    with locked(project.root / name):
        done = unprivileged(project, f"--{option}={option}")
    assert "Permission denied" in done.stdout + done.stderr
    assert name in done.stdout + done.stderr
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr


def test_a_file_that_vanishes_while_it_is_about_to_be_read_is_a_finding(project, run, tmp_path):
    write(project, "data/gone.ttl", "")
    (tmp_path / "sitecustomize.py").write_text(
        "from pathlib import Path\n"
        "read = Path.read_bytes\n"
        "def read_bytes(path):\n"
        "    if path.name == 'gone.ttl':\n"
        "        path.unlink()\n"
        "    return read(path)\n"
        "Path.read_bytes = read_bytes\n"
    )
    folders = ("--data=data", "--shapes=shapes", "--ontology=ontology")
    done = run("validate", *folders, "--format=json", PYTHONPATH=str(tmp_path))

    assert found(done) == [("rule/syntax", "data/gone.ttl", None)]


def test_a_file_may_be_called_anything(check, project):
    names = [
        *("with space.ttl", "Україна.ttl", "new\nline.ttl", "-x.ttl", "[x]*.ttl", "a%b<c>.ttl"),
        *("a\"q'.ttl", "a#b?c.ttl", "\x1b[31mred.ttl", os.fsdecode(b"\xff.ttl")),
    ]
    for name in names:
        write(project, f"data/{name}", UNDEFINED)

    done = check()
    assert done.returncode == 1
    assert len(found(done)) == len(names)
    assert all(line == 1 for _, _, line in found(done))
    text = check("--output=text=report.txt", "--output=sarif=x.sarif", "--output=junit=x.xml")
    assert text.returncode == 1
    assert b"\x1b[31m" not in (project.root / "report.txt").read_bytes()


# files that are large, long or deep


def large(lines, content):
    return "".join(f"<http://e.org/{n}> <http://e.org/p> {content} .\n" for n in range(lines))


def test_a_file_of_50_megabytes_is_checked_in_time(check, project):
    text = large(110_000, f'"{"x" * 430}"')
    assert len(text) > 50_000_000
    write(project, "data/large.ttl", text + UNDEFINED)

    done = check()
    # Its subject's line; to look for more would mean to read all of it once more.
    assert found(done) == [("rule/undefined-reference", "data/large.ttl", 110_001)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("end", "rule"), [(UNDEFINED, "rule/undefined-reference"), ("?", "rule/syntax")]
)
def test_a_file_of_a_million_triples_is_checked_in_time(project, end, rule):
    write(project, "data/large.ttl", large(1_000_000, f'"{"x" * 10}"') + end)
    folders = ("--data=data", "--shapes=shapes", "--ontology=ontology", "--format=json")
    done = subprocess.run(
        [sys.executable, "-m", "stimson", "-q", "validate", *folders],
        cwd=project.root,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )

    assert found(done) == [(rule, "data/large.ttl", 1_000_001)]


def test_a_very_long_line_is_cut_and_its_place_is_known(work, project):
    write(project, "data/long.ttl", f"<urn:x> <urn:z> '{'x' * 1_000_000}' ; {UNDEFINED[8:]}")

    done = work("validate")
    assert done.returncode == 1
    assert "  1:1000030 violation" in done.stdout
    assert max(map(len, done.stdout.splitlines())) < 250


def test_what_is_nested_deeply_is_checked(check, project):
    inner = "<https://w3id.org/stimson/id/nope>"
    write(
        project,
        "data/deep.ttl",
        "<urn:a> <urn:b> " + "[ <urn:b> " * 3000 + inner + " ]" * 3000 + " .",
    )
    write(project, "data/list.ttl", "<urn:a> <urn:b> " + "( " * 3000 + inner + " )" * 3000 + " .")

    assert [rule for rule, _, _ in found(check())] == ["rule/undefined-reference"] * 2


# circles


def test_imports_that_go_round_in_a_circle_are_followed_once(check, project):
    header = "a owl:Ontology ; owl:versionIRI"
    write(project, "ontology/a.ttl", f"{PREFIXES}ex:a {header} ex:a1 ; owl:imports ex:b , ex:a .")
    write(project, "ontology/b.ttl", f"{PREFIXES}ex:b {header} ex:b1 ; owl:imports ex:a .")

    assert found(check()) == []


def test_blank_nodes_that_go_round_in_a_circle_are_read(check, project):
    write(
        project,
        "data/loop.ttl",
        f"{PREFIXES}_:a ex:p _:b . _:b ex:p _:a . _:c rdf:rest _:c . _:d a _:d . "
        "_:e rdf:first id:nope ; rdf:rest _:e .",
    )

    assert found(check()) == [("rule/undefined-reference", "data/loop.ttl", 9)]


def test_classes_and_lists_of_an_ontology_that_go_round_in_a_circle_are_read(check, project):
    write(
        project,
        "ontology/loop.ttl",
        f"{PREFIXES}ex:A a owl:Class ; rdfs:subClassOf ex:B . ex:B a owl:Class ; "
        "rdfs:subClassOf ex:A .\nex:l a owl:AllDisjointClasses ; owl:members _:l .\n"
        "_:l rdf:first ex:A ; rdf:rest _:l .\n"
        "ex:p a owl:ObjectProperty ; owl:propertyChainAxiom _:l .",
    )

    # What the ontology stage says of it is its own affair; it must come to an end.
    assert {name for _, name, _ in found(check())} <= {"ontology/loop.ttl"}


LOOP = "_:p rdf:first st:speaker ; rdf:rest _:p ."


@pytest.mark.parametrize(
    ("old", "new", "more"),
    [
        ("sh:path st:speaker", "sh:path _:p", ""),
        ("sh:path st:speaker", "sh:path _:p", "_:p sh:inversePath _:p ."),
        ("sh:path st:speaker", "sh:path _:p", LOOP),
        ("sh:path st:speaker", "sh:path [ sh:alternativePath _:p ]", LOOP),
        ("sh:maxCount 1", "sh:in _:p", LOOP),
        ("sh:maxCount 1", "sh:or _:p", LOOP.replace("st:speaker", "[ sh:minCount 1 ]")),
        ("sh:maxCount 1", "sh:node shape:Statement", ""),
        ("sh:maxCount 1", "sh:property shape:Statement-speechAct", ""),
    ],
)
def test_shapes_that_go_round_in_a_circle_come_to_an_end(check, project, old, new, more):
    shapes = project.root / SHAPES
    project.change(shapes, old, new)
    text = shapes.read_text()
    shapes.write_text(f"{PREFIXES}{text}{more}\n")

    rules = {rule for rule, _, _ in found(check())}
    # A shape that contains itself is let pass, as in pySHACL; the others cannot be applied.
    assert ("rule/shape-unusable" in rules) == ("_:p" in new)


# the world outside


class Listener(BaseHTTPRequestHandler):
    """Answers every call, and remembers it."""

    calls: ClassVar[list[str]] = []

    def do_GET(self):
        """Take a call."""
        self.calls.append(self.path)
        self.send_response(200)
        self.end_headers()

    do_POST = do_HEAD = do_GET

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def host():
    """A web server on this machine that nobody is to call."""
    Listener.calls.clear()
    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_is_ever_fetched(check, project, host, engine):
    imports = f"a owl:Ontology ; owl:versionIRI ex:v ; owl:imports <{host}/x.ttl> .\n"
    write(project, "ontology/a.ttl", f"{PREFIXES}ex:a {imports}")
    write(project, "data/a.ttl", f"{PREFIXES}@base <{host}/> . ex:b {imports}<a> ex:p <b> .")
    shapes = project.root / SHAPES
    text = shapes.read_text()
    query = "SELECT ?this { ?this a <https://w3id.org/stimson/ontology#Statement> }"
    shapes.write_text(
        f"{PREFIXES}{text}ex:c {imports}"
        f"ex:c sh:shapesGraph <{host}/shapes> .\n"
        # Targets like this one are left to pySHACL, which can fetch.
        f'ex:T a sh:NodeShape ; sh:target [ a sh:SPARQLTarget ; sh:select "{query}" ] ; '
        "sh:nodeKind sh:IRI .\n"
        "ex:S a sh:NodeShape ; sh:targetClass st:Statement ; sh:sparql [ sh:select "
        f'"SELECT $this FROM <{host}/g> {{ $this ?p ?o . SERVICE <{host}/s> {{ ?o ?q ?r }} }}"'
        " ] .\n"
    )
    header = "#+ title: T\n#+ question: Q?\n#+ keywords: [k]\n#+ columns:\n#+   s: a thing\n"
    write(
        project,
        "queries/out.rq",
        f"{header}SELECT ?s FROM <{host}/q> {{ SERVICE <{host}/q> {{ ?s ?p ?o }} }}",
    )

    done = check("--queries=queries", f"--engine={engine}")
    assert Listener.calls == []
    rules = [rule for rule, _, _ in found(done)]
    assert rules.count("rule/import-missing") == 3
    assert {"rule/shape-unusable", "rule/query-answer"} <= set(rules)


CALLS = {
    "target": "ex:T a sh:NodeShape ; sh:nodeKind sh:IRI ; sh:target [ a sh:SPARQLTarget ; "
    'sh:select "SELECT ?this { ?this a st:Statement . SERVICE <%s> { ?a ?b ?c } }" ] .',
    "rule": "ex:R a sh:NodeShape ; sh:targetClass st:Statement ; sh:rule [ a sh:SPARQLRule ; "
    'sh:construct "CONSTRUCT { $this a ex:D } { $this ?p ?o . SERVICE <%s> { ?o ?q ?r } }" ] .',
    "function": "ex:f a sh:SPARQLFunction ; sh:returnType xsd:boolean ; "
    "sh:parameter [ sh:path ex:a ; sh:datatype xsd:string ] ; "
    'sh:select "SELECT ?r { SERVICE <%s> { ?a ?b ?r } }" . '
    "ex:F a sh:NodeShape ; sh:targetClass st:Statement ; sh:sparql [ sh:select "
    '"SELECT $this { $this a ?c FILTER(<http://example.org/f>(STR(?c))) }" ] .',
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_no_query_of_a_shape_calls_another_endpoint(check, project, host, engine, call):
    call = call.replace("st:Statement .", "<https://w3id.org/stimson/ontology#Statement> .")
    write(project, "shapes/more.ttl", PREFIXES + call.replace("ex:D", "<urn:d>") % host)

    done = check(f"--engine={engine}", "--stage=shacl")
    assert Listener.calls == []
    assert "rule/shape-unusable" in {rule for rule, _, _ in found(done)}


@pytest.mark.parametrize("command", ["validate", "reason", "build"])
def test_no_rule_of_an_ontology_calls_another_endpoint(work, project, host, command):
    construct = "CONSTRUCT { ?s a <urn:c> } WHERE { ?s ?p ?o . SERVICE <%s> { ?a ?b ?c } }"
    write(project, "ontology/rules/out.rq", f"#+ title: T\n#+ sentence: S\n{construct % host}")

    done = work(command)
    assert Listener.calls == []
    assert done.returncode in (1, 2)
    assert "a rule asks no other endpoint: remove SERVICE" in done.stdout + done.stderr


# shapes


@pytest.mark.parametrize(
    "pattern",
    [
        "^(a+)+$",
        # Only what looks back or ahead needs an engine that can be brought to a standstill.
        pytest.param("^(?=a)(a+)+$", marks=pytest.mark.slow),
    ],
)
def test_a_regular_expression_that_explodes_is_given_up(check, project, pattern):
    project.change(project.root / SHAPES, TARGET, f'{LABEL} sh:pattern "{pattern}" ] ;')
    project.change(project.minutes, "Exampleland supports a duty to report", f"{'a' * 60}b")

    done = check()
    if "?=" in pattern:
        assert found(done)[0][0] == "rule/unfinished"
        assert "was not matched in time" in messages(done)[0]
    else:
        assert [rule for rule, _, _ in found(done)] == ["shapes#Statement"] * 2


@pytest.mark.parametrize(
    ("select", "problem"),
    [
        ("SELECT $this WHERE { nonsense", "nonsense"),
        ("SELECT $this WHERE { $this no:p ?x }", "no"),
        ("SELECT $this WHERE { SERVICE <urn:x> { $this ?p ?o } }", "SERVICE"),
        ("DELETE WHERE { $this ?p ?o }", "DELETE"),
    ],
)
def test_a_sparql_constraint_that_cannot_be_asked_is_a_finding(check, project, select, problem):
    project.change(project.root / SHAPES, TARGET, f'{TARGET} sh:sparql [ sh:select "{select}" ] ;')

    done = check()
    assert [rule for rule, _, _ in found(done)] == ["rule/shape-unusable"]
    assert "shape:Statement cannot be applied: " in messages(done)[0]
    assert problem in messages(done)[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The shapes hold no sh:NodeShape; name their folder with --shapes."),
        ("<urn:a> a <urn:b> .", "The shapes hold no sh:NodeShape"),
        (None, "shapes: no Turtle file (*.ttl) found; name the shapes folder with --shapes."),
    ],
)
def test_shapes_without_a_shape_are_wrong_use(check, project, text, message):
    path = project.root / SHAPES
    path.unlink() if text is None else path.write_text(text)

    done = check()
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_data_without_data_are_wrong_use(check, project):
    shutil.rmtree(project.root / "data")
    (project.root / "data").mkdir()
    (project.root / "data" / "readme.txt").write_text("Soon.")

    done = check()
    assert (done.returncode, done.stdout) == (2, "")
    assert "data: no Turtle file (*.ttl) found; name the data folder with --data." in done.stderr


@pytest.mark.parametrize(
    ("file", "old", "new", "rule"),
    [
        (SHAPES, "sh:maxCount 1", "sh:maxCuont 1", "shape-without-effect"),
        (SHAPES, "sh:targetClass st:Statement", "sh:targetClass st:Statment", "shape-without"),
        ("ontology/mini.ttl", "rdfs:range st:Quotation", "rdfs:rnage st:Quotation", "unknown-term"),
        ("data/sources/minutes-2031.ttl", "stv:denial", "stv:denail", "undefined-reference"),
    ],
)
def test_a_misspelt_term_is_found_where_it_stands(check, project, file, old, new, rule):
    line, _ = project.change(project.root / file, old, new)

    done = check()
    assert done.returncode == 1
    assert any(
        each.startswith(f"rule/{rule}") and (name, at) == (file, line)
        for each, name, at in found(done)
    )


# values and sources


def test_literals_that_are_ill_typed_or_would_be_served_in_another_form_are_found(check, project):
    write(
        project,
        "data/values.ttl",
        f"{PREFIXES}ex:a ex:p 7 ,\n 007 ,\n 1.50 ,\n"
        ' "2031-02-30"^^xsd:date ,\n "none"^^xsd:boolean ,\n "1"^^xsd:boolean ,\n "\\u0000" .',
    )
    # pySHACL and rdflib, which would warn, look at these values, too.
    project.change(
        project.root / SHAPES,
        TARGET,
        'sh:target [ a sh:SPARQLTarget ; sh:select "SELECT ?this { ?this ?p ?o }" ] ;',
    )

    done = check()
    start = PREFIXES.count("\n") + 1
    assert [each for each in found(done) if each[0].startswith("rule")] == [
        ("rule/non-canonical", "data/values.ttl", start + 1),
        ("rule/non-canonical", "data/values.ttl", start + 2),
        ("rule/literal", "data/values.ttl", start + 3),
        ("rule/literal", "data/values.ttl", start + 4),
        ("rule/non-canonical", "data/values.ttl", start + 5),
        ("rule/literal", "data/values.ttl", start + 6),
    ]


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (lambda text: text.write_text(text.read_text("utf-8") + "\n", "utf-8"), "source-hash"),
        (lambda text: text.write_bytes(b"na\xefve"), "source-hash"),
        (lambda text: text.rename(text.with_stem("other")), "source-missing"),
    ],
)
def test_a_source_text_that_changed_is_found(check, project, spoil, rule):
    spoil(project.sources / "minutes-2031.txt")

    assert [rule for rule, _, _ in found(check())] == [f"rule/{rule}"]
    assert f"https://w3id.org/stimson/rule/{rule}" in RULES


def test_a_folder_without_source_texts_is_wrong_use(work, project):
    (project.root / "texts").mkdir()

    done = work("validate", "--sources=texts")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: texts: no source text (*.txt) found; name their folder.\n"


def test_nothing_is_written_into_a_project(project):
    before = sorted(path for path in project.root.rglob("*"))
    folders = ("--data=data", "--shapes=shapes", "--ontology=ontology", "--queries=queries")
    command = [sys.executable, "-m", "stimson", "validate", *folders]
    done = subprocess.run(
        command, cwd=project.root, capture_output=True, check=False, timeout=PATIENCE
    )

    assert done.returncode == 0
    assert sorted(path for path in Path(project.root).rglob("*")) == before
