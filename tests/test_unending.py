"""What takes for ever, or the process along, is a finding with its place; the rest is checked.

Every test runs the command line in a fresh process. Each project has another fault, which
must be reported as well: a check that was cut off is no reason to leave out the others.
"""

import os
import socket
import subprocess
import sys

import pytest

from test_bad_input import PREFIXES, UNDEFINED, found, large, messages, write
from waiting import PATIENCE

LIMITS = ("--timeout=20",)  # a shape may then take 1.6 seconds, a check 8
OTHER = ("rule/undefined-reference", "data/other.ttl", 1)
BROKEN = ("rule/syntax", "data/other.ttl", 1)
DEEP = 20_000
NUMBERS = "".join(f"<urn:n{n}> <urn:m> {n} .\n" for n in range(400))
CLIQUE = "".join(
    f"<urn:n{n}> <urn:m> {' , '.join(f'<urn:n{m}>' for m in range(60))} .\n" for n in range(60)
)
PRODUCT = "$this <urn:m> ?a . " + " ".join(f"?s{n} <urn:m> ?{v} ." for n, v in enumerate("bcdef"))
INTEGER = "<http://www.w3.org/2001/XMLSchema#integer>"
BOMB = "a: &a [x, x]\n" + "".join(
    f"{new}: &{new} [*{old}, *{old}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.fixture
def check(work, project):
    """Validate the small project and one more file with a fault, as JSON."""
    write(project, "data/other.ttl", UNDEFINED)
    return lambda *arguments: work("validate", "--format=json", *LIMITS, *arguments)


def nested(depth):
    return "<urn:a> <urn:p> " + "<<( <urn:a> <urn:p> " * depth + "<urn:o>" + " )>>" * depth + " .\n"


# files


@pytest.fixture
def check_files(work, project):
    """Validate the small project and one more file that cannot be read."""
    write(project, "data/other.ttl", "?")
    return lambda *arguments: work("validate", "--format=json", *LIMITS, *arguments)


def test_a_link_onto_itself_is_a_finding(check_files, project):
    (project.root / "data" / "link.ttl").symlink_to("link.ttl")
    (project.root / "outside.ttl").symlink_to("outside.ttl")

    assert found(check_files()) == [("rule/syntax", "data/link.ttl", None), BROKEN]
    done = check_files("outside.ttl", "data")
    assert ("rule/syntax", "outside.ttl", None) in found(done)
    assert BROKEN in found(done)
    assert "Too many levels of symbolic links" in "".join(messages(done))


def make_pipe(path):
    os.mkfifo(path)


def make_socket(path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(path))  # the name of a socket may not be long


def make_device(path):
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [make_pipe, make_socket, make_device])
def test_what_has_no_end_is_not_read(check_files, project, make, monkeypatch):
    monkeypatch.chdir(project.root)
    make(project.root / "odd.ttl")
    done = check_files("odd.ttl", "data")

    if make == make_device:  # a link counts as what it leads to
        assert "Not checked, as neither Turtle nor part of the project: /dev/zero" in done.stdout
    else:
        assert ("rule/syntax", "odd.ttl", None) in found(done)
        assert "is a pipe, a socket or a device, not a file; name a file" in messages(done)
    assert BROKEN in found(done)


def test_other_files_of_a_project_that_have_no_end_are_findings(check, project):
    for name in ("data/m.sssom.tsv", "queries/q.rq", "ontology/rules/r.rq"):
        (project.root / name).parent.mkdir(exist_ok=True)
        os.mkfifo(project.root / name)
    done = check("--queries=queries")

    assert set(found(done)) == {
        OTHER,
        ("rule/mapping-syntax", "data/m.sssom.tsv", None),
        ("rule/query-header", "queries/q.rq", 1),
        ("rule/syntax", "ontology/rules/r.rq", None),
    }


def test_triple_terms_that_are_nested_deeply_are_a_finding(check_files, project):
    write(project, "data/deep.ttl", f"# << in a comment\n{nested(DEEP)}")

    done = check_files()
    assert found(done) == [("rule/syntax", "data/deep.ttl", 2), BROKEN]
    assert "triple terms are nested more than 100 times here; nest them less" in messages(done)


def test_brackets_that_are_none_are_not_counted(check, project):
    text = "<urn:a> <urn:p> '" + "<<( " * 200 + '\' , """' + "<< \n" * 200 + '""" .'
    write(project, "data/text.ttl", text)

    assert found(check()) == [OTHER]


def test_a_file_that_needs_too_much_memory_is_a_finding(check_files, project):
    write(project, "data/large.ttl", large(200_000, f'"{"x" * 100}"'))

    done = check_files("--memory=40", "--timeout=2000")
    assert found(done) == [("rule/syntax", "data/large.ttl", None), BROKEN]
    assert "needs too much memory and was ended" in messages(done)[0]
    assert found(check_files("--timeout=2000")) == [BROKEN]


# a project's own file


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (f"{'.'.join(['a'] * 5000)} = 1", ":3: values are nested more than 20 times"),
        (f"a = {'[' * 5000}{']' * 5000}", "values are nested more than 20 times"),
        (f"a = {'1' * 5000}", "a value cannot be read: Exceeds the limit"),
        (f"shapes = '{'s' * 5000}'", ":3: `shapes` names "),
    ],
)
def test_a_project_file_that_is_too_much_is_an_error(run, project, line, problem):
    write(project, "stimson.toml", f"[validate]\ndata = 'data'\n{line}\n")

    done = run("validate")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {project.root / 'stimson.toml'}")
    assert problem in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("make", [lambda path: path.symlink_to(path.name), make_pipe])
def test_a_project_file_that_cannot_be_read_is_not_passed_over(run, project, make):
    make(project.root / "stimson.toml")

    done = run("validate")
    assert (done.returncode, done.stdout) == (2, "")
    assert "stimson.toml" in done.stderr
    assert "Traceback" not in done.stderr


# values


@pytest.mark.parametrize(
    "value",
    [
        *(f'"P{"1" * 5000}{unit}"^^xsd:duration' for unit in "YMD"),
        f'"PT{"1" * 5000}S"^^xsd:dayTimeDuration',
        f'"P{"1" * 5000}Y"^^xsd:yearMonthDuration',
        "1" * 5000,
        f'"{"1" * 5000}"^^xsd:nonNegativeInteger',
        f'"{"1" * 5000}-01-01"^^xsd:date',
    ],
)
def test_a_value_of_thousands_of_digits_is_a_finding_beside_others(check, project, value):
    gone = "ex:b ex:q <https://w3id.org/stimson/id/gone> ."
    write(project, "data/long.ttl", f"{PREFIXES}ex:a ex:p {value} .\n{gone}\n")
    line = PREFIXES.count("\n") + 1

    done = check()
    assert found(done) == [
        ("rule/literal", "data/long.ttl", line),
        ("rule/undefined-reference", "data/long.ttl", line + 1),
        OTHER,
    ]
    assert all(message.endswith(".") and len(message) < 300 for message in messages(done))


# shapes


def add_shape(project, about):
    """Add a shape, at the line after the prefixes."""
    write(project, "shapes/slow.ttl", f"{PREFIXES}ex:S a sh:NodeShape ; {about} .\n")
    return ("rule/unfinished", "shapes/slow.ttl", PREFIXES.count("\n") + 1)


def sparql(select):
    return f'sh:targetNode <urn:n1> ; sh:sparql [ sh:message "x" ; sh:select """{select}""" ]'


SLOW = {
    "a product": sparql(f"SELECT $this {{ {PRODUCT} FILTER(?a + ?b + ?c + ?d + ?e + ?f < 0) }}"),
    # Only pySHACL reads a cast.
    "a product that is left to pySHACL": sparql(
        f"SELECT $this {{ {PRODUCT} FILTER({INTEGER}(?a + ?b + ?c + ?d + ?e + ?f) < 0) }}"
    ),
    "a target": 'sh:nodeKind sh:IRI ; sh:target [ a sh:SPARQLTarget ; sh:select """'
    f'SELECT ?this {{ {PRODUCT.replace("$", "?")} FILTER(?a + ?b + ?c + ?d + ?e + ?f < 0) }}""" ]',
}


@pytest.mark.parametrize("name", SLOW)
def test_a_query_of_a_shape_that_takes_for_ever_is_a_finding(check, project, name):
    write(project, "data/numbers.ttl", NUMBERS)
    slow = add_shape(project, SLOW[name])

    done = check()
    assert set(found(done)) == {OTHER, slow}
    assert any("it takes too long and was ended" in message for message in messages(done))


def test_a_query_of_a_shape_that_needs_too_much_memory_is_a_finding(check, project):
    write(project, "data/numbers.ttl", NUMBERS)
    slow = add_shape(project, sparql(f"SELECT DISTINCT $this ?b ?c ?d ?e ?f {{ {PRODUCT} }}"))

    done = check("--memory=400", "--timeout=2000")
    assert found(done) == [OTHER, slow]
    assert "it needs too much memory and was ended" in messages(done)[1]


def test_a_query_of_a_shape_that_is_nested_deeply_is_a_finding(check, project):
    write(project, "data/numbers.ttl", NUMBERS)
    _, *place = add_shape(
        project, sparql(f"SELECT $this {{ {'{ ' * DEEP} $this ?p ?o {'} ' * DEEP} }}")
    )

    done = check()
    assert [each for each in found(done) if each[1:] != tuple(place)] == [OTHER]
    (rule,) = {each[0] for each in found(done) if each[1:] == tuple(place)}
    assert rule in ("rule/unfinished", "rule/shape-unusable")


def test_paths_within_paths_that_take_for_ever_are_a_finding(check, project):
    write(project, "data/clique.ttl", CLIQUE)
    path = "<urn:m>"
    for _ in range(8):
        path = f"[ sh:zeroOrMorePath {path} ]"
    name, file, line = add_shape(
        project,
        "sh:targetNode <urn:n1> ; sh:property ex:inner .\n"
        f"ex:inner a sh:PropertyShape ; sh:path {path} ; sh:maxCount 1",
    )

    # It is the property shape that is named, not the one that has the target.
    assert found(check()) == [OTHER, (name, file, line + 1)]


def test_many_patterns_that_take_for_ever_are_findings_in_the_time_of_one(check, project):
    write(project, "data/texts.ttl", f'<urn:a> <urn:m> "{"a" * 60}b" .')
    patterns = [f"^(?=a)(a+)+{'c' * number}$" for number in range(20)]
    shapes = "".join(
        f"ex:S{number} a sh:NodeShape ; sh:targetSubjectsOf <urn:m> ; "
        f'sh:property [ sh:path <urn:m> ; sh:pattern "{pattern}" ] .\n'
        for number, pattern in enumerate(patterns)
    )
    write(project, "shapes/slow.ttl", PREFIXES + shapes)
    first = PREFIXES.count("\n") + 1

    done = check()
    lines = [("rule/unfinished", "shapes/slow.ttl", first + number) for number in range(20)]
    assert found(done) == [OTHER, *lines]
    assert all("was not matched in time" in message for message in messages(done)[1:])


def test_other_shapes_are_applied(check, project):
    write(project, "data/numbers.ttl", NUMBERS)
    slow = add_shape(project, SLOW["a product"])
    write(
        project,
        "shapes/wrong.ttl",
        f"{PREFIXES}ex:T a sh:NodeShape ; sh:targetNode <urn:n1> ; sh:nodeKind sh:Literal .",
    )

    rules = [each[0] for each in found(check())]
    assert sorted(rules) == sorted([OTHER[0], slow[0], "http://example.org/T"])


def test_a_report_of_some_files_and_of_changes_says_what_was_cut_off(check, project):
    write(project, "data/numbers.ttl", NUMBERS)
    slow = add_shape(project, SLOW["a product"])
    git = ("git", "-c", "user.name=x", "-c", "user.email=x@example.org")
    for command in (("init", "-q"), ("add", "."), ("commit", "-qm", "x")):
        subprocess.run([*git, *command], cwd=project.root, check=True)

    # It was so before; but nobody knows what it would have found.
    assert found(check("--changed")) == [slow]
    assert slow in found(check("data/numbers.ttl"))


def test_a_waiver_for_what_was_cut_off_is_not_called_unused(check, project):
    write(project, "data/numbers.ttl", NUMBERS)
    slow = add_shape(project, SLOW["a product"])
    write(
        project,
        "waivers.toml",
        '[[waiver]]\nrule = "http://example.org/S"\nfocus = "urn:n1"\n'
        'reason = "So it is."\nexpires = 2999-12-31\n',
    )

    assert found(check("--waivers=waivers.toml")) == [OTHER, slow]


# rules, queries and mappings


RULE = "#+ title: T\n#+ sentence: S\n"


def test_a_rule_that_takes_for_ever_is_a_finding(check, project):
    write(project, "data/numbers.ttl", NUMBERS)
    body = f"{PRODUCT.replace('$', '?')} FILTER(?a + ?b + ?c + ?d + ?e + ?f < 0)"
    write(project, "ontology/rules/slow.rq", f"{RULE}CONSTRUCT {{ ?a ?a ?a }} WHERE {{ {body} }}")

    done = check()
    assert set(found(done)) == {OTHER, ("rule/unfinished", "ontology/rules/slow.rq", None)}


def test_a_rule_that_is_nested_deeply_is_a_finding(check, project):
    body = "{ " * DEEP + "?a <urn:p> ?b" + " }" * DEEP
    write(project, "ontology/rules/r.rq", f"{RULE}CONSTRUCT {{ ?a ?b ?b }} WHERE {{ {body} }}")

    assert set(found(check())) == {OTHER, ("rule/syntax", "ontology/rules/r.rq", None)}


def head(yaml, mark):
    return "".join(f"{mark}{line}\n" for line in yaml.splitlines())


@pytest.mark.parametrize(
    ("yaml", "line"), [(BOMB, 2), (f"a: {'[' * 5000}{']' * 5000}", 1), ("a: 2001-99-99", None)]
)
def test_a_head_that_stands_for_more_than_it_says_is_a_finding(check, project, yaml, line):
    write(project, "queries/bomb.rq", head(yaml, "#+ ") + "SELECT * { ?s ?p ?o }\n")
    write(project, "data/bomb.sssom.tsv", head(yaml, "#") + "subject_id\n")

    done = check("--queries=queries")
    assert OTHER in found(done)
    assert ("rule/query-header", "queries/bomb.rq", line or 1) in found(done)
    if line is not None:  # SSSOM takes a date as text
        assert ("rule/mapping-syntax", "data/bomb.sssom.tsv", line) in found(done)


# other commands


@pytest.mark.parametrize(
    "command",
    [
        ("build", "--store=store"),
        ("reason",),
        ("quote", "verify", "--sources=sources"),
        ("mappings", "table"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("kind", ["deep", "loop"])
def test_other_commands_name_the_file_too(work, project, command, kind):
    file = project.root / "data" / "odd.ttl"
    file.write_text(nested(DEEP)) if kind == "deep" else file.symlink_to(file.name)

    done = work(*command)
    assert done.returncode in (1, 2)
    assert "data/odd.ttl" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("ending", ["ttl", "nt", "nq", "trig"])
def test_no_server_is_started_over_what_ends_its_process(run, project, ending):
    write(project, f"deep.{ending}", nested(DEEP))

    done = run("serve", f"deep.{ending}")
    assert (done.returncode, done.stdout) == (2, "")
    place = f"deep.{ending}:1:"
    assert done.stderr.startswith(f"error: {place}")
    assert "triple terms are nested more than 100 times" in done.stderr


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        (("serve", "pipe.ttl"), "is a pipe, a socket or a device"),
        (("fmt", "pipe.ttl"), "no such file"),
        (("query", "pipe.ttl"), "no such file"),
        (("quote", "find", "x", "--source=pipe.ttl"), "no such file"),
        (("validate", "--data=data", "--waivers=pipe.ttl"), "is a pipe, a socket or a device"),
        (("validate", "--data=data", "x" * 5000), "is no pattern of paths"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_no_command_waits_for_what_has_no_end(run, project, command, problem):
    os.mkfifo(project.root / "pipe.ttl")

    done = run(*command)
    assert (done.returncode, done.stdout) == (2, "")
    assert problem in done.stderr
    assert "Traceback" not in done.stderr


def test_a_query_that_is_nested_deeply_is_an_error(run, work, project):
    assert work("build", "--store=store").returncode == 0
    write(project, "deep.rq", f"SELECT * {{ {'{ ' * DEEP} ?s ?p ?o {'} ' * DEEP} }}")

    done = run("query", "deep.rq", "--store=store")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: deep.rq: the query cannot be parsed: ")


def test_no_build_waits_for_a_shape_that_takes_for_ever(work, project):
    write(project, "data/numbers.ttl", NUMBERS)
    add_shape(project, SLOW["a product"])

    done = work("build", "--store=store", *LIMITS)
    assert done.returncode == 1
    assert "[unfinished]" in done.stderr


@pytest.mark.parametrize("option", ["--timeout=0", "--timeout=-1", "--memory=0", "--memory=x"])
def test_limits_are_numbers_above_zero(work, option):
    done = work("validate", option)
    assert (done.returncode, done.stdout) == (2, "")
    assert option.partition("=")[0] in done.stderr


def test_without_the_right_to_have_processes_all_is_checked_here(project):
    """As in the process that checks what is sent to the server, which may open nothing."""
    write(project, "data/other.ttl", UNDEFINED)
    script = (
        "import os, sys\n"
        "def fork():\n"
        "    raise BlockingIOError(11, 'Resource temporarily unavailable')\n"
        "os.fork = fork\n"
        "from stimson.__main__ import main\n"
        "sys.exit(main())\n"
    )
    folders = ("--data=data", "--shapes=shapes", "--ontology=ontology", "--format=json")
    done = subprocess.run(
        [sys.executable, "-c", script, "-q", "validate", *folders],
        cwd=project.root,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert found(done) == [OTHER]
