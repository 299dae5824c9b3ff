"""Each stage of validation finds what it is there for, at file, line and column."""

import re

import pytest

from stimson import names, validation
from stimson.errors import NothingToRead
from stimson.findings import Report
from stimson.project import read_project
from stimson.sources.quotations import NOT_COMPARED
from stimson.validation.pipeline import validate as validate_project
from stimson.validation.stages import STAGES

SH = "http://www.w3.org/ns/shacl#"


def validate(project, **more) -> Report:
    """Validate the small project."""
    folders = {part: project.root / part for part in ("data", "shapes", "ontology")}
    return validate_project(read_project(project.root, **folders, **more))


def found(project):
    """List rule, severity, file, line and column of every finding."""
    return [
        (finding.rule, finding.severity, finding.file.name, finding.line, finding.column)
        for finding in validate(project).findings
    ]


def test_a_sound_project_conforms(project):
    report = validate(project)

    assert report.findings == ()
    assert (report.files, report.notes) == (5, (NOT_COMPARED,))
    assert validate(project, sources=project.sources).notes == ()


def test_syntax_errors_of_all_files_are_reported_at_once(project):
    line, _ = project.change(project.minutes, "source:minutes-2031 a st:", "source:minutes-2031 b:")
    (project.root / "data" / "latin.ttl").write_bytes(b"\n# na\xefve\n")

    assert found(project) == [
        (f"{names.RULE}syntax", "violation", "latin.ttl", 2, 5),
        (f"{names.RULE}syntax", "violation", "minutes-2031.ttl", line, 21),
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "offset", "hint"),
    [
        ("data/sources/minutes-2031.ttl", "stv:denial", "stv:denail", 0, "mean stv:denial?"),
        ("data/sources/minutes-2031.ttl", "state:otherland ", "state:otherlnad ", 0, "otherland?"),
        (
            "data/actors/states.ttl",
            'a st:State ;\n    rdfs:label "O',
            'a st:Stat ;\n    rdfs:label "O',
            2,
            "st:State?",
        ),
        ("ontology/mini.ttl", "rdfs:range st:Quotation", "rdfs:range st:Zzzzz", 11, "file."),
        ("shapes/mini.ttl", "sh:path st:speechAct", "sh:path st:speachAct", 8, "st:speechAct?"),
        (
            "shapes/mini.ttl",
            ", shape:Statement-speechAct",
            ", shape:Statement-speachAct",
            2,
            "Statement-speaker?",
        ),
    ],
)
def test_an_undefined_name_is_found_and_a_close_one_suggested(
    project, file, old, new, offset, hint
):
    line, column = project.change(project.root / file, old, new)

    findings = validate(project).findings
    finding = next(f for f in findings if f.rule == f"{names.RULE}undefined-reference")
    assert (finding.line, finding.column) == (line, column + offset)
    assert finding.message.endswith(hint)


def test_a_term_used_as_property_is_not_thereby_defined(project):
    line, _ = project.change(project.minutes, "st:quotes quotation:minutes-2031-222", "st:cites 1")
    with project.minutes.open("a") as file:
        file.write('\nst:cites rdfs:label "defined in the wrong place"@en .\n')

    rules = {(rule, line) for rule, _, _, line, _ in found(project)}
    assert (f"{names.RULE}undefined-reference", line) in rules


def test_a_value_that_is_none_of_its_datatype_is_found(project):
    line, column = project.change(project.minutes, '"2031-02-03"^^', '"2031-02-30"^^')

    assert found(project) == [
        (f"{names.RULE}literal", "violation", "minutes-2031.ttl", line, column)
    ]


def test_text_that_is_not_in_the_normal_form_is_found(project):
    file = project.root / "data" / "actors" / "states.ttl"
    line, column = project.change(file, '"Otherland"@en', '"Othe\u0301rland"@en')

    assert found(project) == [
        (f"{names.RULE}unnormalised", "violation", "states.ttl", line, column)
    ]


def test_a_broken_shape_is_found_at_the_value(project):
    line, _ = project.change(project.minutes, "st:speaker state:otherland", "st:speaker stv:denial")

    (finding,) = validate(project).findings
    assert (finding.line, finding.column) == (line, 16)
    assert finding.rule == f"{names.SHAPE}Statement-speaker"
    assert finding.message == "A statement is made by an actor. Name one."
    assert finding.component == f"{SH}ClassConstraintComponent"
    assert finding.focus == f"{names.ID}statement/minutes-2031-2"
    assert finding.path == f"{names.ST}speaker"
    assert finding.value == f"{names.STV}denial"


def test_what_is_missing_is_found_at_the_subject(project):
    line, _ = project.change(project.minutes, "    st:speaker state:otherland ;\n", "")

    assert found(project) == [
        (f"{names.SHAPE}Statement-speaker", "violation", "minutes-2031.ttl", line - 2, 1)
    ]


def test_a_warning_does_not_break_conformance(project):
    project.change(project.minutes, "stv:denial ;", "stv:denial , stv:assertion ;")

    report = validate(project)
    assert [finding.severity for finding in report.findings] == ["warning"]
    assert report.conforms


def test_a_statement_that_two_files_make_is_found_in_the_file_that_makes_it(project):
    second = project.root / "data" / "second.ttl"
    second.write_text(
        "@prefix st: <https://w3id.org/stimson/ontology#> .\n"
        "<https://w3id.org/stimson/id/statement/minutes-2031-2>\n"
        "  st:speaker <https://w3id.org/stimson/vocabulary/denial> .\n"
    )

    assert found(project) == [(f"{names.SHAPE}Statement-speaker", "violation", "second.ttl", 3, 14)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sh:targetClass st:Statement", "sh:targetClass <http://example.org/Statment>"),
        ("sh:targetClass st:Statement", "sh:targetSubjectsOf <http://example.org/sayz>"),
        ("sh:maxCount 1", "sh:maxCuont 1"),
        ("sh:severity sh:Warning", "sh:severity sh:Warnnig"),
    ],
)
def test_a_shape_that_could_never_speak_is_found(project, old, new):
    line, _ = project.change(project.root / "shapes" / "mini.ttl", old, new)

    expected = (f"{names.RULE}shape-without-effect", "violation", "mini.ttl", line)
    assert expected in [finding[:4] for finding in found(project)]


def test_shapes_without_a_node_shape_are_refused(project):
    (project.root / "shapes" / "mini.ttl").write_text("<urn:a> <urn:b> <urn:c> .")

    with pytest.raises(NothingToRead, match="no sh:NodeShape"):
        validate(project)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("sh:maxCount 1", 'sh:maxCount "many"', "sh:maxCount must be a literal"),
        ("sh:maxCount 1", "sh:minCount 1, 2", "at most one sh:minCount"),
        ("sh:targetClass st:S", "sh:qualifiedValueShape [] ; sh:targetClass st:S", "Qualified"),
        ("sh:maxCount 1", 'sh:pattern "("', "unterminated"),
        ("sh:maxCount 1", 'sh:sparql [ sh:select "SELECT $this WHERE {" ]', "SelectQuery"),
        ("sh:maxCount 1", 'sh:sparql [ sh:select "SELECT $this { ?x no:p $this }" ]', "no"),
    ],
)
def test_a_shape_that_cannot_be_applied_is_reported(project, old, new, problem, capfd):
    project.change(project.root / "shapes" / "mini.ttl", old, new)

    (finding,) = validate(project).findings
    assert (finding.rule, finding.severity) == (f"{names.RULE}shape-unusable", "violation")
    assert problem in finding.message
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("[ sh:inversePath st:speaker ]", "^st:speaker"),
        ("( st:quotes rdf:type )", "(st:quotes/rdf:type)"),
        (
            "[ sh:alternativePath ( st:quotes [ sh:zeroOrMorePath st:speaker ] ) ]",
            "(st:quotes|st:speaker*)",
        ),
    ],
)
def test_a_path_of_several_steps_is_written_as_in_sparql(project, path, written):
    shapes = project.root / "shapes" / "mini.ttl"
    project.change(shapes, "sh:path st:speaker", f"sh:path {path}")
    project.change(shapes, "sh:minCount 1 ;\n    sh:class st:Actor", "sh:minCount 9")
    text = shapes.read_text()
    shapes.write_text(f"@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n{text}")

    paths = {f.path for f in validate(project).findings if "speaker" in f.rule}
    assert paths == {written}


def test_an_anonymous_shape_takes_the_name_of_the_shape_around_it(project):
    project.change(
        project.root / "shapes" / "mini.ttl",
        "sh:property shape:Statement-speaker , ",
        "sh:property [ sh:path st:quotes ; sh:maxCount 0 ] , shape:Statement-speaker , ",
    )

    assert {rule for rule, *_ in found(project)} == {f"{names.SHAPE}Statement"}


def test_a_result_inside_a_result_is_not_a_finding_of_its_own(project):
    shapes = project.root / "shapes" / "mini.ttl"
    project.change(shapes, "sh:class st:Actor", "sh:node shape:Named")
    with shapes.open("a") as file:
        file.write("shape:Named a sh:NodeShape ; sh:property shape:Named-nickname .\n")
        file.write("shape:Named-nickname a sh:PropertyShape ; sh:path skos:x ; sh:minCount 1 .\n")

    assert {rule for rule, *_ in found(project)} == {f"{names.SHAPE}Statement-speaker"}


def test_fingerprints_survive_new_lines_before_the_finding(project):
    project.change(project.minutes, "st:speaker state:otherland", "st:speaker stv:denial")
    project.change(project.minutes, "oa:start 267", "oa:start 900")
    before = {f.fingerprint: f.line for f in validate(project).findings}
    text = project.minutes.read_text("utf-8")
    project.minutes.write_text("# new\n\n" + text + "[] <urn:p> [] .\n", "utf-8")

    after = {f.fingerprint: f.line for f in validate(project).findings}
    assert after == {mark: line + 2 for mark, line in before.items()}


def test_the_package_says_in_which_file_the_checks_of_each_stage_are():
    rows = dict(re.findall(r"^\| (\w+) \| (`.*) \|$", validation.__doc__, re.MULTILINE))

    assert list(rows) == [stage.name for stage in STAGES]
    for stage in STAGES:
        files = {check.rpartition(".")[0].rpartition(".")[2] for check in stage.checks}
        named = {each.rpartition(".")[2] for each in re.findall(r"`([\w.]+)`", rows[stage.name])}
        assert files <= named <= files | {"input_files"}
